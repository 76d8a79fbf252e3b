"""Elective recovery: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Beside, Derived, Entry, Level, Levels, Polarity
from hi_pipeline.core.status import Measure, Unit

LISTED: tuple[Entry, ...] = (
    Beside(
        id="wl_pace_gap",
        title="Pace of change of the waiting list: group against board",
        short="Pace gap of the waiting list",
        area="Elective recovery",
        statement_number=None,
        annex=("2-1a", "2-2a"),
        definition=(
            "Change of a group's waiting list between the same month of two years, over that of the other groups "
            "of the board together: pace of pace.parquet."
        ),
        numerator_words="Change in a group's waiting pathways between two snapshots a year apart",
        denominator_words="The group's pathways at the first snapshot",
        unit=Unit.RATIO,
        polarity=Polarity.NEUTRAL,
        target="equal pace of reduction in all groups",
        levels=Levels(age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD),
        caveats=(
            "Groups below 100 pathways say nothing, as counts are rounded to 5.",
            "1 is equal pace.",
            "The latest snapshot in hand stands for a year, and only snapshots of one month are compared: before that "
            "of March is out, a year has no pace unless the year before stands at the same month.",
        ),
        unconfirmed="that NHS England measures pace so is not known: the formula is this project's",
        table="pace",
        column="pace",
        of=("wl_total", "wl_gt52_n"),
        absent="there is no snapshot of the list by group of an earlier year in hand",
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
        of=("wl_gt52_pct",),
        measure=Measure.DISPROPORTIONALITY,
        dimension=Dimension.DEPRIVATION,
    ),
)
