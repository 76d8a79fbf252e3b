"""Stroke and heart attack in boards' own extracts, one entry for each list of codes: literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Levels, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import HOW_SUS, RECALLED

HELD_BY = "NHS England and commissioning support units (Secondary Uses Service)"
OWN_COUNT = (
    "Fingertips prints the rate of boards in total (mi_adm_dsr); by deprivation and ethnic group only records tell it.",
    "The commissioning support units' common method counts sexes 1 and 2 only, and divides by today's list.",
)
ONE_LIST = (
    "Four lists of codes are in use, and each is an entry of its own: a board gives one of them for a year, as the "
    "differences between two would give small counts away.",
    "The commissioning support units' common method counts sexes 1 and 2 only, and divides by today's list.",
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="stroke_adm_i60_i69_dsr",
        title="Stroke admissions, I60 to I69, standardised rate",
        short="Stroke admissions, I60 to I69",
        area="Cardiovascular disease",
        statement_number=12,
        annex=("1-5a", "3"),
        definition=(
            "Emergency admissions of the year with a primary diagnosis of I60 to I69, dominant episode, "
            "standardised for age and sex, per 100,000 registered patients."
        ),
        numerator_words=(
            "Emergency admissions (methods 21 to 25, 2A to 2D, 28), primary diagnosis I60 to I69, dominant episode"
        ),
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(),
        code_lists=("I60 to I69 (commissioning support units)",),
        held_by=HELD_BY,
        how_to_supply=HOW_SUS,
        caveats=ONE_LIST,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.DSR,
        multiplier=100_000,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("stroke_adm_i60_i69_dsr_numerator",),
        denominator=("stroke_adm_i60_i69_dsr_denominator",),
        deprivation_groups=10,
        controlled=True,
        one_of="stroke admissions",
        plausible=(0.0, 5_000.0),
    ),
    Indicator(
        id="stroke_adm_i61_i64_dsr",
        title="Stroke admissions, I61 to I64, standardised rate",
        short="Stroke admissions, I61 to I64",
        area="Cardiovascular disease",
        statement_number=12,
        annex=("1-5a", "3"),
        definition=(
            "Emergency admissions of the year with a primary diagnosis of I61 to I64, first episode, standardised "
            "for age and sex, per 100,000 registered patients."
        ),
        numerator_words=(
            "Emergency admissions (methods 21 to 25, 2A to 2D, 28), primary diagnosis I61 to I64, first episode"
        ),
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(),
        code_lists=("I61 to I64 (Office for Health Improvement and Disparities, first episode, classes 1 and 2)",),
        held_by=HELD_BY,
        how_to_supply=HOW_SUS,
        caveats=ONE_LIST,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.DSR,
        multiplier=100_000,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("stroke_adm_i61_i64_dsr_numerator",),
        denominator=("stroke_adm_i61_i64_dsr_denominator",),
        deprivation_groups=10,
        controlled=True,
        one_of="stroke admissions",
        like="stroke_adm_dsr",
        plausible=(0.0, 5_000.0),
    ),
    Indicator(
        id="stroke_adm_i61_i63_i64_dsr",
        title="Stroke admissions, I61, I63 and I64, standardised rate",
        short="Stroke admissions, I61, I63, I64",
        area="Cardiovascular disease",
        statement_number=12,
        annex=("1-5a", "3"),
        definition=(
            "Emergency admissions of the year with a primary diagnosis of I61, I63, I64, dominant episode, "
            "standardised for age and sex, per 100,000 registered patients."
        ),
        numerator_words=(
            "Emergency admissions (methods 21 to 25, 2A to 2D, 28), primary diagnosis I61, I63, I64, dominant episode"
        ),
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(),
        code_lists=("I61, I63, I64 (CVDPREVENT)",),
        held_by=HELD_BY,
        how_to_supply=HOW_SUS,
        caveats=ONE_LIST,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.DSR,
        multiplier=100_000,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("stroke_adm_i61_i63_i64_dsr_numerator",),
        denominator=("stroke_adm_i61_i63_i64_dsr_denominator",),
        deprivation_groups=10,
        controlled=True,
        one_of="stroke admissions",
        plausible=(0.0, 5_000.0),
    ),
    Indicator(
        id="stroke_adm_i60_i64_dsr",
        title="Stroke admissions, I60 to I64, standardised rate",
        short="Stroke admissions, I60 to I64",
        area="Cardiovascular disease",
        statement_number=12,
        annex=("1-5a", "3"),
        definition=(
            "Emergency admissions of the year with a primary diagnosis of I60 to I64, dominant episode, "
            "standardised for age and sex, per 100,000 registered patients."
        ),
        numerator_words=(
            "Emergency admissions (methods 21 to 25, 2A to 2D, 28), primary diagnosis I60 to I64, dominant episode"
        ),
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(),
        code_lists=("I60 to I64 (strokes without their late effects)",),
        held_by=HELD_BY,
        how_to_supply=HOW_SUS,
        caveats=ONE_LIST,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.DSR,
        multiplier=100_000,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("stroke_adm_i60_i64_dsr_numerator",),
        denominator=("stroke_adm_i60_i64_dsr_denominator",),
        deprivation_groups=10,
        controlled=True,
        one_of="stroke admissions",
        plausible=(0.0, 5_000.0),
    ),
    Indicator(
        id="mi_adm_i21_i22_dsr",
        title="Heart attack admissions, I21 and I22, standardised rate",
        short="Heart attack admissions, I21, I22",
        area="Cardiovascular disease",
        statement_number=13,
        annex=("3",),
        definition=(
            "Emergency admissions of the year with a primary diagnosis of I21, I22, dominant episode, "
            "standardised for age and sex, per 100,000 registered patients."
        ),
        numerator_words=(
            "Emergency admissions (methods 21 to 25, 2A to 2D, 28), primary diagnosis I21, I22, dominant episode"
        ),
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile",
        levels=Levels(),
        code_lists=("I21, I22 (commissioning support units; Office for Health Improvement and Disparities)",),
        held_by=HELD_BY,
        how_to_supply=HOW_SUS,
        caveats=OWN_COUNT,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.DSR,
        multiplier=100_000,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("mi_adm_i21_i22_dsr_numerator",),
        denominator=("mi_adm_i21_i22_dsr_denominator",),
        deprivation_groups=10,
        controlled=True,
        like="mi_adm_dsr",
        plausible=(0.0, 5_000.0),
    ),
)
