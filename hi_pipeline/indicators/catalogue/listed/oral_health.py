"""Oral health: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, ChildrenArea, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="tooth_extraction_decay_0_9_rate",
        title="Tooth extractions due to decay at ages 0 to 9",
        short="Tooth extractions, 0 to 9",
        area="Oral health",
        statement_number=None,
        definition=(
            "Hospital episodes for tooth extraction with decay as the main diagnosis at ages 0 to 9, per 100,000."
        ),
        numerator_words="Finished consultant episodes for extraction due to decay, ages 0 to 9",
        denominator_words="Residents aged 0 to 9",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        levels=Levels(total=Level.BOARD, age=Level.BOARD, deprivation=Level.ENGLAND),
        children=(ChildrenArea.ORAL_HEALTH,),
        caveats=("Stands in for the statement's 10 and under: ten-year-olds cannot be told apart since 2022-23.",),
        why=Absence.NOT_IN_HAND,
        because="Published from 2022-23 on by board, in bands of five years; no file of it has been seen.",
        method="Crude rate, Byar",
        published_in="tooth_extractions_from_2022",
    ),
)
