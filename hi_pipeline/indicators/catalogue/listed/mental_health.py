"""Mental health: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Derived, Entry, Level, Levels, Polarity
from hi_pipeline.core.status import Measure, Unit

LISTED: tuple[Entry, ...] = (
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
        of=("tt_recovery_pct",),
        measure=Measure.DIFFERENCE,
        dimension=Dimension.ETHNICITY,
    ),
)
