"""Cardiovascular disease: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Absence, Derived, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Measure, Unit
from hi_pipeline.indicators.catalogue._wording import HOW_SUS, RECALLED

LISTED: tuple[Entry, ...] = (
    Listed(
        id="stroke_adm_dsr",
        title="Stroke: emergency admissions, standardised rate",
        short="Stroke admissions, standardised",
        area="Cardiovascular disease",
        statement_number=12,
        annex=("1-5a", "3"),
        definition=(
            "Emergency admissions with stroke as the primary diagnosis, standardised for age and sex, per 100,000."
        ),
        numerator_words="Emergency admissions with stroke as the primary diagnosis",
        denominator_words="Residents",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(total=Level.UNVERIFIED, sex=Level.UNVERIFIED, deprivation=Level.ENGLAND),
        code_lists=(
            "I60 to I69 (commissioning support units)",
            "I61 to I64, first episode, classes 1 and 2 (Office for Health Improvement and Disparities)",
            "I61, I63, I64 (CVDPREVENT)",
            "I60 to I64 (strokes without their late effects)",
        ),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=("England's admissions by block of diagnoses are published and are no figure of the statement.",),
        unconfirmed="the wording of the statement is recalled; the last code list of stroke too",
        why=Absence.NOT_IN_HAND,
        because=(
            "Fingertips prints totals; whether for boards is not verified and no file has been seen. Splits by "
            "group need the Secondary Uses Service."
        ),
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
        published_in="fingertips",
    ),
    Derived(
        id="stroke_adm_dsr__gap",
        title="Stroke: gap in admissions by decile",
        short="Stroke admissions, gap by decile",
        area="Cardiovascular disease",
        statement_number=None,
        annex=("3",),
        definition=(
            "Standardised rate of admissions for stroke of the most deprived decile less that of the least deprived."
        ),
        numerator_words="Rate of decile 1 less rate of decile 10",
        denominator_words="None: a difference",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap",
        levels=Levels(deprivation=Level.ENGLAND),
        of="stroke_adm_dsr",
        measure=Measure.GAP,
        dimension=Dimension.DEPRIVATION,
    ),
    Listed(
        id="mi_adm_dsr",
        title="Heart attack: emergency admissions, standardised rate",
        short="Heart attack admissions, standardised",
        area="Cardiovascular disease",
        statement_number=13,
        annex=("3",),
        definition=(
            "Emergency admissions with heart attack as the primary diagnosis, standardised for age and sex, per "
            "100,000."
        ),
        numerator_words="Emergency admissions with heart attack as the primary diagnosis",
        denominator_words="Residents",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile",
        levels=Levels(total=Level.UNVERIFIED, sex=Level.UNVERIFIED, deprivation=Level.ENGLAND),
        code_lists=("I21, I22 (commissioning support units; Office for Health Improvement and Disparities)",),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=("England's admissions by block of diagnoses are published and are no figure of the statement.",),
        unconfirmed=RECALLED,
        why=Absence.NOT_IN_HAND,
        because=(
            "Fingertips prints totals; whether for boards is not verified and no file has been seen. Splits by "
            "group need the Secondary Uses Service."
        ),
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
        published_in="fingertips",
    ),
    Derived(
        id="mi_adm_dsr__gap",
        title="Heart attack: gap in admissions by decile",
        short="Heart attack admissions, gap by decile",
        area="Cardiovascular disease",
        statement_number=None,
        annex=("3",),
        definition=(
            "Standardised rate of admissions for heart attack of the most deprived decile less that of the least "
            "deprived."
        ),
        numerator_words="Rate of decile 1 less rate of decile 10",
        denominator_words="None: a difference",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap",
        levels=Levels(deprivation=Level.ENGLAND),
        of="mi_adm_dsr",
        measure=Measure.GAP,
        dimension=Dimension.DEPRIVATION,
    ),
)
