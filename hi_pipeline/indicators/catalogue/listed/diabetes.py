"""Diabetes: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="dm_8cp_gap_pp",
        title="Diabetes: eight care processes, type 2 less type 1",
        short="Eight care processes, gap",
        area="Diabetes",
        statement_number=17,
        definition=(
            "Percentage of people with type 2 diabetes with all eight care processes less that of people with type 1."
        ),
        numerator_words="Type 2 percentage less type 1 percentage",
        denominator_words="None: a difference of percentages",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.NEUTRAL,
        target="towards 0",
        levels=Levels(total=Level.BOARD),
        unconfirmed="the wording of the statement, and that its variation means this difference, are recalled",
        why=Absence.NOT_IN_HAND,
        because="Follows from the two percentages, of which no file has been seen.",
        method="Difference of proportions, Newcombe",
        published_in="national_diabetes_audit",
    ),
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
