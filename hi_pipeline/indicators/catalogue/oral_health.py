"""The indicators of oral health: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, ChildrenArea, Indicator, Kind, Level, Levels, Origin, Polarity
from hi_pipeline.core.status import Unit

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="tooth_extraction_decay_0_10_rate",
        version="3",
        title="Tooth extractions due to decay at ages 10 and under",
        short="Tooth extractions, 10 and under",
        levels=Levels(total=Level.PART, age=Level.PART, deprivation=Level.ENGLAND),
        children=(ChildrenArea.ORAL_HEALTH,),
        area="Oral health",
        statement_number=21,
        definition=(
            "Hospital episodes for tooth extraction with decay as the main diagnosis at ages 0 to 10, per 100,000 "
            "residents of that age."
        ),
        numerator_words="Finished consultant episodes for extraction due to decay, ages 0 to 10",
        denominator_words="Residents aged 0 to 10",
        source="tooth_extractions",
        attribution=Attribution.LOCAL_AUTHORITY,
        kind=Kind.RATE,
        unit=Unit.PER_100K,
        multiplier=100_000,
        polarity=Polarity.LOWER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE),
        numerator=("caries_extractions_0_5", "caries_extractions_6_10"),
        denominator=("population_0_5", "population_6_10"),
        caveats=(
            "Published by local authority: authorities that span boards are shared out by the residents of their "
            "small areas (Census 2021), as if every part had the same rate.",
            "Counts under 8, 0 among them, are hidden and the others rounded to 5: both are carried as bounds.",
            "By age in the bands that the workbook prints, 0 to 5 and 6 to 10: years up to 2020-21 alone.",
            "Sites that record extractions elsewhere (community dental services) are missing from hospital data.",
        ),
        unconfirmed=("the wording of the statement; that community dental sites are often missing"),
        plausible=(0.0, 5_000.0),
        further=(
            Origin(
                source="tooth_extractions",
                attribution=Attribution.LOCAL_AUTHORITY,
                numerator=("caries_extractions",),
                denominator=("population",),
                dimensions=(Dimension.AGE,),
            ),
        ),
    ),
)
