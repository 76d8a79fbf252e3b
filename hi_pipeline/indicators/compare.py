"""Every figure beside one that is made alike: the comparator and, by its 95% limits, the comparison."""

import polars as pl

from hi_pipeline.core.groups import NO_GROUPS, Dimension
from hi_pipeline.core.indicator import Indicator, Polarity
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Comparison, Measure, Status
from hi_pipeline.core.whole import COMPARED_FROM, is_partial
from hi_pipeline.indicators.kind import statistics_of

ALL_BOARDS, ENGLAND = "all boards of England", "England"
BY = ["financial_year", "geography_vintage"]
ON = [*BY, "dimension", "category", "measure"]
AREA = [*BY, "area_type", "icb_code", "area_name"]
# OHID: an area's slope rests on its own ridits and must not be compared with England's (docs/decisions.md, 9).
NOT_COMPARED = [Measure.SII.value, Measure.RII.value]
_COMPARED = [AreaType.ICB.value, AreaType.REGION.value, AreaType.PROVIDER.value, AreaType.AUTHORITY.value]
_NEUTRAL = [Measure.DIFFERENCE.value, Measure.RATE_RATIO.value]
_GAPS = [Measure.GAP.value, Measure.RATIO.value]
_DIRECTIONS = {
    Comparison.BETTER.value: -1,
    Comparison.LOWER.value: -1,
    Comparison.WORSE.value: 1,
    Comparison.HIGHER.value: 1,
}
CLEAR = "the count is hidden; whatever its value, the figure is {} the comparator's"
BOTH_ENDS = (
    "not compared: the most and the least deprived group both differ from the comparator's in the same direction"
)
PARTIAL = f"not compared: under {COMPARED_FROM:.0%} of the expected reporters, or of their people, are in this figure"

PARTIAL_COMPARATOR = (
    f"not compared: under {COMPARED_FROM:.0%} of the expected reporters, or of their people, are in the comparator's "
    "figure"
)


def with_comparison(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Add comparator, comparator_value and comparison.

    The comparator of boards, regions and authorities is all boards together, as England holds events of no board; it is
    England's own row (as printed, or the sum that its note tells of) where a board has no figure, where the boards' sum
    would rest on hidden counts and England is exact (``tables/complete``), and for providers. A figure is above it
    where its lower 95% limit is, below where its upper is, and similar between; a hidden figure is compared where its
    bounds are clear of it. Above and below become better and worse where a direction is good, higher and lower where
    not.

    Not compared are England itself, remainders, counts, slopes, figures without limits, people whose group is not
    known, figures of less than 90% of their reporters (of their people, where known), all figures whose comparator is
    such a one, gaps that mix deprivation with age, and a gap whose two ends both lie above, or both below, the
    comparator's. A printed row of England is held to the reporters that have a figure of their own: whether it holds
    the others is not known.

    Args:
        indicator: the declaration.
        rows: result rows of one indicator; each year and footprint is compared with its own comparator.
    """
    joined = _with_comparator(rows)
    beside = pl.col("area_type").is_in(_COMPARED) & ~pl.col("measure").is_in(NOT_COMPARED)
    joined = joined.with_columns(
        comparator=pl.when(beside).then("comparator").otherwise(pl.lit("")).fill_null(""),
        comparator_value=pl.when(beside).then("comparator_value"),
    )
    partial, lacking = is_partial(), pl.col("comparator_partial").fill_null(False)
    judged = pl.lit(statistics_of(indicator.kind).compared) & ~pl.col("category").is_in(NO_GROUPS)
    may = judged & ~partial & ~lacking
    if indicator.mixes_age:
        may &= ~pl.col("measure").is_in(_GAPS)
    compared = joined.with_columns(comparison=pl.when(may).then(verdict(indicator)).otherwise(_NONE))
    hidden = (
        may & (pl.col("status") == Status.SUPPRESSED.value) & (pl.col("comparison") != Comparison.NOT_COMPARED.value)
    )
    side = pl.when(pl.col("figure_high") < pl.col("comparator_value")).then(pl.lit("below")).otherwise(pl.lit("above"))
    clear = pl.when(hidden).then(pl.format(CLEAR, side))
    # A slope is compared with nobody anyway, and says it too.
    here = pl.col("area_type").is_in(_COMPARED) & (pl.col("status") == Status.OK.value)
    short = pl.when(partial & here).then(pl.lit(PARTIAL))
    beside_short = pl.when(judged & lacking & here & beside).then(pl.lit(PARTIAL_COMPARATOR))
    noted = compared.with_columns(note=join_notes("note", clear, short, beside_short)).drop("comparator_partial")
    return _without_levels(noted)


_NONE = pl.lit(Comparison.NOT_COMPARED.value)


def _with_comparator(rows: pl.DataFrame) -> pl.DataFrame:
    found = rows
    for name, area in (("boards", AreaType.BOARDS), ("england", AreaType.ENGLAND)):
        held = rows.filter((pl.col("area_type") == area.value) & (pl.col("status") == Status.OK.value))
        figures = held.select(*ON, pl.col("value").alias(name), is_partial().alias(f"{name}_partial"))
        found = found.join(figures, on=ON, how="left", validate="m:1")
    boards = pl.col("boards").is_not_null() & (pl.col("area_type") != AreaType.PROVIDER.value)
    return found.with_columns(
        comparator=pl.when(boards).then(pl.lit(ALL_BOARDS)).when(pl.col("england").is_not_null()).then(pl.lit(ENGLAND)),
        comparator_value=pl.when(boards).then("boards").otherwise("england"),
        comparator_partial=pl.when(boards).then("boards_partial").otherwise("england_partial"),
    ).drop("boards", "boards_partial", "england", "england_partial")


def verdict(indicator: Indicator) -> pl.Expr:
    """Return the word for each row against its comparator_value, from limits or, where hidden, from bounds."""
    there = pl.col("comparator_value").is_not_null()
    ok = (pl.col("status") == Status.OK.value) & pl.col("lower_95").is_not_null() & pl.col("upper_95").is_not_null()
    hidden = pl.col("status") == Status.SUPPRESSED.value
    low = pl.when(ok).then("lower_95").when(hidden).then("figure_low")
    high = pl.when(ok).then("upper_95").when(hidden).then("figure_high")
    up, down = words(indicator)
    return (
        pl.when(~there)
        .then(_NONE)
        .when((low > pl.col("comparator_value")).fill_null(False))
        .then(up)
        .when((high < pl.col("comparator_value")).fill_null(False))
        .then(down)
        .when(ok)
        .then(pl.lit(Comparison.SIMILAR.value))
        .otherwise(_NONE)
    )


def _without_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the word from gaps whose two ends both lie on one side: they differ in level before they differ in gap."""
    groups = rows.filter(
        (pl.col("dimension") == Dimension.DEPRIVATION.value)
        & (pl.col("measure") == Measure.VALUE.value)
        & ~pl.col("category").is_in(NO_GROUPS)
    ).with_columns(pl.col("comparison").replace_strict(_DIRECTIONS, default=0, return_dtype=pl.Int8).alias("side"))
    # The ends: first and last in order.
    ends = groups.group_by(AREA).agg(
        first=pl.col("side").sort_by("category_order").first(), last=pl.col("side").sort_by("category_order").last()
    )
    joined = rows.join(ends, on=AREA, how="left", nulls_equal=True, validate="m:1")
    same = (
        (pl.col("measure") == Measure.GAP.value)
        & (pl.col("comparison") != Comparison.NOT_COMPARED.value)
        & (pl.col("first") == pl.col("last"))
        & (pl.col("first") != 0)
    ).fill_null(False)
    return joined.with_columns(
        comparison=pl.when(same).then(_NONE).otherwise("comparison"),
        note=join_notes("note", pl.when(same).then(pl.lit(BOTH_ENDS))),
    ).drop("first", "last")


def words(indicator: Indicator) -> tuple[pl.Expr, pl.Expr]:
    """Return the words for above and below the comparator, by measure."""
    plain = pl.lit(Comparison.HIGHER.value), pl.lit(Comparison.LOWER.value)
    if not indicator.polarity.directed:
        return plain
    worse, better = pl.lit(Comparison.WORSE.value), pl.lit(Comparison.BETTER.value)
    # The gap is turned: high is worse whatever the polarity. The ratio is most over least deprived, unturned.
    high_is_bad = pl.lit(indicator.polarity is Polarity.LOWER_IS_BETTER) | (pl.col("measure") == Measure.GAP.value)
    neutral = pl.col("measure").is_in(_NEUTRAL)
    high = pl.when(neutral).then(plain[0]).when(high_is_bad).then(worse).otherwise(better)
    low = pl.when(neutral).then(plain[1]).when(high_is_bad).then(better).otherwise(worse)
    return high, low
