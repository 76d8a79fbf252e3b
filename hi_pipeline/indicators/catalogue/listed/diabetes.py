"""Diabetes: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="ndh_dpp_offer_pct",
        title="Non-diabetic hyperglycaemia: prevention programme offered",
        short="Prevention programme offered",
        area="Diabetes",
        statement_number=None,
        definition=(
            "Share of people with non-diabetic hyperglycaemia who were offered the diabetes prevention programme "
            "and did not decline."
        ),
        numerator_words="People offered the programme who did not decline",
        denominator_words="People with non-diabetic hyperglycaemia",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        caveats=("An offer recorded by the practice is no referral (2021-22: 753,245 and 806,450).",),
        why=Absence.NOT_IN_HAND,
        because="Published by practice; no file of it has been seen.",
        method="Proportion, Wilson",
        published_in="diabetes_prevention",
    ),
)
