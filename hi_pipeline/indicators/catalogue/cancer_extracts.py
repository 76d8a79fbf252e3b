"""Screening by group in boards' own extracts: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import HOW_SCREENING

HELD_BY = "NHS England (screening services), and practices' records"
OWN_COUNT = (
    "Counted by the board by the groups of its patients: by deprivation of where each lives, not of the practice.",
    "Not standardised for age, which the annex of the board paper asks for.",
)
UNREAD = "which records a board may see of screening was not read in a publication"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="screening_breast_own_pct",
        title="Breast screening by group, 53 to 70",
        short="Breast screening by group",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Share of women aged 53 to 70, eligible on 31 March, who were screened within three years, as the "
            "board counts them."
        ),
        numerator_words="Women aged 53 to 70 who were screened",
        denominator_words="Eligible women aged 53 to 70",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(total=Level.PART),
        held_by=HELD_BY,
        how_to_supply=HOW_SCREENING,
        caveats=OWN_COUNT,
        unconfirmed=UNREAD,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("screening_breast_own_pct_numerator",),
        denominator=("screening_breast_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        like="screening_breast_cov",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="screening_cervical_25_49_own_pct",
        title="Cervical screening by group, 25 to 49",
        short="Cervical screening by group, 25-49",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Share of women aged 25 to 49, eligible on 31 March, who were screened within three and a half years, "
            "as the board counts them."
        ),
        numerator_words="Women aged 25 to 49 who were screened",
        denominator_words="Eligible women aged 25 to 49",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(total=Level.PART),
        held_by=HELD_BY,
        how_to_supply=HOW_SCREENING,
        caveats=OWN_COUNT,
        unconfirmed=UNREAD,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("screening_cervical_25_49_own_pct_numerator",),
        denominator=("screening_cervical_25_49_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        like="screening_cervical_25_49",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="screening_cervical_50_64_own_pct",
        title="Cervical screening by group, 50 to 64",
        short="Cervical screening by group, 50-64",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Share of women aged 50 to 64, eligible on 31 March, who were screened within five and a half years, "
            "as the board counts them."
        ),
        numerator_words="Women aged 50 to 64 who were screened",
        denominator_words="Eligible women aged 50 to 64",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(total=Level.PART),
        held_by=HELD_BY,
        how_to_supply=HOW_SCREENING,
        caveats=OWN_COUNT,
        unconfirmed=UNREAD,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("screening_cervical_50_64_own_pct_numerator",),
        denominator=("screening_cervical_50_64_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        like="screening_cervical_50_64",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="screening_bowel_own_pct",
        title="Bowel screening by group, 60 to 74",
        short="Bowel screening by group",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Share of people aged 60 to 74, eligible on 31 March, who were screened within two and a half years, "
            "as the board counts them."
        ),
        numerator_words="People aged 60 to 74 who were screened",
        denominator_words="Eligible people aged 60 to 74",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(total=Level.PART),
        held_by=HELD_BY,
        how_to_supply=HOW_SCREENING,
        caveats=OWN_COUNT,
        unconfirmed=UNREAD,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("screening_bowel_own_pct_numerator",),
        denominator=("screening_bowel_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        like="screening_bowel_cov",
        plausible=(0.0, 100.0),
    ),
)
