"""Elective recovery: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Absence, Derived, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Measure, Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="wl_pace_gap",
        title="Pace of change of the waiting list: group against board",
        short="Pace gap of the waiting list",
        area="Elective recovery",
        statement_number=None,
        annex=("2-1a", "2-2a"),
        definition=(
            "Percentage change of a group's waiting list between the same month of two years, less that of the "
            "whole board."
        ),
        numerator_words="Change in a group's waiting pathways between two snapshots a year apart",
        denominator_words="The group's pathways at the first snapshot",
        unit=Unit.PERCENT,
        polarity=Polarity.NEUTRAL,
        target="equal pace of reduction in all groups",
        levels=Levels(age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD),
        caveats=("Groups below 100 pathways say nothing, as counts are rounded to 5.", "0 is equal pace."),
        unconfirmed="that NHS England measures pace so is not known: the formula is this project's",
        why=Absence.NOT_IN_HAND,
        because=(
            "It is no figure of the results: pace.parquet has the change of each group of the list between snapshots "
            "of the same month, beside the rest; the first two can be of July 2025 and July 2026."
        ),
        method="Log ratio of counts; difference from the board",
        published_in="wlmds",
    ),
    Derived(
        id="wl_long_wait_disproportionality",
        title="Disproportionality of long waits in the most deprived fifth",
        short="Long waits, most deprived fifth",
        area="Elective recovery",
        statement_number=None,
        annex=("2",),
        definition=(
            "Share of deciles 1 and 2 among pathways of more than 52 weeks, divided by their share of the whole "
            "list; 1 is fair."
        ),
        numerator_words="Share of pathways of more than 52 weeks that are of deciles 1 and 2",
        denominator_words="Share of all pathways that are of deciles 1 and 2",
        unit=Unit.RATIO,
        polarity=Polarity.LOWER_IS_BETTER,
        target="1",
        levels=Levels(deprivation=Level.BOARD),
        caveats=(
            "Provider based: trusts that lie in the board, without the independent sector.",
            "Pathways of a known decile and clock start alone. A decile that is empty, hidden or absent is not "
            "replaced: the measure is then not computed.",
        ),
        unconfirmed="the national measure is in development and its formula unknown: the formula is this project's",
        of="wl_gt52_pct",
        measure=Measure.DISPROPORTIONALITY,
        dimension=Dimension.DEPRIVATION,
    ),
)
