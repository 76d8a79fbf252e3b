"""Mental health: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Absence, Derived, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Measure, Unit
from hi_pipeline.indicators.catalogue._wording import RECALLED

LISTED: tuple[Entry, ...] = (
    Listed(
        id="restrictive_intervention_rate",
        title="Restrictive interventions in inpatient care",
        short="Restrictive interventions",
        area="Mental health",
        statement_number=8,
        definition=(
            "Restrictive interventions per 1,000 occupied bed days (MHS96); people (MHS76) and uses (MHS77) beside it."
        ),
        numerator_words="Restrictive interventions of inpatients",
        denominator_words="Occupied bed days",
        unit=Unit.PER_1K,
        polarity=Polarity.LOWER_IS_BETTER,
        levels=Levels(total=Level.PROVIDER, age=Level.ENGLAND, sex=Level.ENGLAND, ethnicity=Level.ENGLAND),
        caveats=("Providers are where care is given: never summed to boards.",),
        unconfirmed=RECALLED,
        why=Absence.NOT_IN_HAND,
        because=(
            "Published by provider in a file of its own that has not been seen; there are no boards and no deprivation."
        ),
        method="Rate, Byar",
        published_in="Mental health services monthly statistics, restrictive interventions",
    ),
    Derived(
        id="tt_recovery_eth_gap_pp",
        title="NHS Talking Therapies: recovery, ethnic gap",
        short="Talking Therapies, ethnic gap",
        area="Mental health",
        statement_number=None,
        annex=("1-2b", "3"),
        definition="Recovery of each broad ethnic group less that of White British people, in percentage points.",
        numerator_words="Recovery of a broad ethnic group",
        denominator_words="Recovery of White British people",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="50% for all ethnic groups; narrow the gap to White British",
        levels=Levels(ethnicity=Level.BOARD),
        caveats=(
            "Group by group: the publisher's own grouping of all minority groups together is not read.",
            "Negative is lower than White British.",
        ),
        of="tt_recovery_pct",
        measure=Measure.DIFFERENCE,
        dimension=Dimension.ETHNICITY,
    ),
)
