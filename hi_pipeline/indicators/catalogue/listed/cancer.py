"""Cancer: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Absence, Derived, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Measure, Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="cancer_early_stage_cma_pct",
        title="Cancers diagnosed at stages 1 and 2, case-mix adjusted",
        short="Early stage cancer, case-mix adjusted",
        area="Cancer",
        statement_number=11,
        definition=(
            "Percentage of cancers diagnosed at stages 1 and 2, adjusted by the publisher for site, age at "
            "diagnosis and sex."
        ),
        numerator_words="Cancers of 16 groups diagnosed at stage 1 or 2",
        denominator_words="Cancers of 16 groups, with and without a stage",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="75% by 2028",
        target_by="2028-12-31",
        levels=Levels(total=Level.BOARD, deprivation=Level.ENGLAND),
        caveats=("Calendar years, about two years late; an unknown stage counts against.",),
        unconfirmed=("the wording of the statement; the target; whether deprivation is one of the adjustments too"),
        why=Absence.NOT_IN_HAND,
        because=(
            "Published by board; no file of it has been seen. The unadjusted figure by authority is "
            "cancer_early_stage_unadjusted_pct."
        ),
        method="The publisher's adjusted value and limits, never recomputed",
        published_in="cancer_stage_case_mix",
    ),
    Listed(
        id="cancer_early_stage_pct_by_imd",
        title="Cancers diagnosed at stages 1 and 2, by deprivation",
        short="Early stage cancer by deprivation",
        area="Cancer",
        statement_number=None,
        annex=("1-4b", "3"),
        definition="Percentage of cancers diagnosed at stages 1 and 2, unadjusted, by fifth of deprivation.",
        numerator_words="Cancers diagnosed at stage 1 or 2",
        denominator_words="Cancers diagnosed",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="increase in all, at least as much in the most deprived",
        levels=Levels(total=Level.ENGLAND, deprivation=Level.ENGLAND),
        held_by="National Disease Registration Service, by board",
        why=Absence.NOT_IN_HAND,
        because="Published for England by fifth; no file of it has been seen.",
        method="Proportion, Wilson; slope index",
        published_in="cancer_stage_case_mix, national table",
    ),
    Derived(
        id="screening_breast_cov__sii",
        title="Slope index of inequality: breast screening",
        short="Breast screening, slope by deprivation",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Slope index of inequality of coverage of breast screening over fifths of deprivation of the practice."
        ),
        numerator_words="Slope of coverage over the deprivation of practices",
        denominator_words="None: a slope",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.LOWER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(deprivation=Level.PART),
        caveats=(
            "The annex asks for age-standardised coverage, which public counts do not allow.",
            "Deprivation is that of the practice (ecological): the slope is flatter than that of patients.",
        ),
        unconfirmed="NHS England's own slope index is not published: the method is this project's",
        of=("screening_breast_cov",),
        measure=Measure.SII,
        dimension=Dimension.DEPRIVATION,
    ),
    Derived(
        id="screening_cervical_25_49__sii",
        title="Slope index of inequality: cervical screening at 25 to 49",
        short="Cervical 25 to 49, slope",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Slope index of inequality of coverage of cervical screening at 25 to 49 over fifths of deprivation "
            "of the practice."
        ),
        numerator_words="Slope of coverage over the deprivation of practices",
        denominator_words="None: a slope",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.LOWER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(deprivation=Level.PART),
        caveats=(
            "The annex asks for age-standardised coverage, which public counts do not allow.",
            "Deprivation is that of the practice (ecological): the slope is flatter than that of patients.",
        ),
        unconfirmed="NHS England's own slope index is not published: the method is this project's",
        of=("screening_cervical_25_49",),
        measure=Measure.SII,
        dimension=Dimension.DEPRIVATION,
    ),
    Derived(
        id="screening_cervical_50_64__sii",
        title="Slope index of inequality: cervical screening at 50 to 64",
        short="Cervical 50 to 64, slope",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Slope index of inequality of coverage of cervical screening at 50 to 64 over fifths of deprivation "
            "of the practice."
        ),
        numerator_words="Slope of coverage over the deprivation of practices",
        denominator_words="None: a slope",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.LOWER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(deprivation=Level.PART),
        caveats=(
            "The annex asks for age-standardised coverage, which public counts do not allow.",
            "Deprivation is that of the practice (ecological): the slope is flatter than that of patients.",
        ),
        unconfirmed="NHS England's own slope index is not published: the method is this project's",
        of=("screening_cervical_50_64",),
        measure=Measure.SII,
        dimension=Dimension.DEPRIVATION,
    ),
    Derived(
        id="screening_bowel_cov__sii",
        title="Slope index of inequality: bowel screening",
        short="Bowel screening, slope by deprivation",
        area="Cancer",
        statement_number=None,
        annex=("1-4c",),
        definition=(
            "Slope index of inequality of coverage of bowel screening over fifths of deprivation of the practice."
        ),
        numerator_words="Slope of coverage over the deprivation of practices",
        denominator_words="None: a slope",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.LOWER_IS_BETTER,
        target='decrease in the "New" slope index',
        levels=Levels(deprivation=Level.PART),
        caveats=(
            "The annex asks for age-standardised coverage, which public counts do not allow.",
            "Deprivation is that of the practice (ecological): the slope is flatter than that of patients.",
        ),
        unconfirmed="NHS England's own slope index is not published: the method is this project's",
        of=("screening_bowel_cov",),
        measure=Measure.SII,
        dimension=Dimension.DEPRIVATION,
    ),
)
