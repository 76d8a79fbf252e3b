"""Nobody is lost on the way: the boards and the remainder against the publisher's own row of England."""

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.tables.assemble import COUNTED, GROUP, total
from hi_pipeline.tables.placing.placed import Placed
from hi_pipeline.tables.placing.registry import PLACINGS

# Authorities: England is exact and residents outside England count in it; what hidden cells do not explain.
ROUNDING_SLACK = 0.001
# Of these groups boards and remainders make up England whole; people of no known group are in no other one.
_WHOLE = [Dimension.TOTAL.value, Dimension.PERIOD.value]
# Footprints hold the same people.
EXACT = 1e-9


def short_of_england(indicator: Indicator) -> float:
    """Return by what share of it the areas that are shown may fall short of England."""
    placings = (PLACINGS[origin.attribution].unassigned for origin in indicator.by_origin)
    return max(ROUNDING_SLACK, indicator.unassigned, *placings)


def validate_total(placed: Placed, parts: pl.DataFrame, indicator: Indicator, *, where: str) -> dict[str, int]:
    """Check that what is shown adds up to the publisher's England within rounding, hiding and declared remainders.

    Args:
        placed: figures on the footprint, before regions and England are summed.
        parts: the publisher's own rows, which hold England and the partnerships.
        indicator: the declaration.
        where: table and year, for the error.

    Returns:
        What was counted: how far the sum is from England.

    Raises:
        ValidationError: the difference is larger than its explanations.
    """
    england = placed.frame.filter(area_type=AreaType.ENGLAND.value, status=Status.OK.value)
    england = england.filter(pl.col("dimension").is_in(_WHOLE) & pl.col("numerator").is_not_null())
    every = parts_of_england(placed)
    counted: dict[str, int] = {}
    for dimension, category, whole in england.select("dimension", "category", "numerator").rows():
        shown = every.filter(dimension=dimension, category=category)
        named = f"{where}, {category}" if dimension == Dimension.PERIOD.value else where
        printed_boards = dimension == Dimension.TOTAL.value or shown.height
        if printed_boards and not (shown["status"] == Status.NOT_PUBLISHED.value).any():
            _check(shown, whole, indicator, where=named, what="boards and remainder")
        printed = parts.filter(pl.col("area_level").is_in(["stp", "stp_ons"]))
        partnerships = printed.filter(dimension=dimension, category=category)
        if partnerships.height:
            _check(partnerships, whole, indicator, where=named, what="partnerships (STPs)")
        if dimension == Dimension.TOTAL.value:
            sum_of = float(shown["numerator"].fill_null(shown["numerator_low"]).sum())
            counted[f"{indicator.id}: England less the sum of what is shown"] = round(whole - sum_of)
    return counted


def parts_of_england(placed: Placed) -> pl.DataFrame:
    """Return the rows that England is the sum of: boards and remainders, or what the publisher prints instead."""
    wanted = [AreaType.ICB.value, AreaType.REMAINDER.value]
    if placed.whole is None:
        return placed.frame.filter(pl.col("area_type").is_in(wanted))
    return pl.concat([placed.frame.filter(area_type=AreaType.REMAINDER.value), placed.whole])


def validate_footprints(own: Placed, other: Placed, *, where: str, added_up: bool = True) -> None:
    """Check that a footprint neither loses nor doubles anyone, and leaves unchanged boards as they are.

    Args:
        own: figures on the footprint of the year.
        other: the same figures on another one.
        where: table, year and indicator, for the error.
        added_up: boards are added up; where each stands by itself, one that ended stands on one footprint alone.

    Raises:
        ValidationError: a sum of counts or bounds over boards and remainders differs by more than 1e-9 of it where
            all are there on both and they are added up; or a board of both footprints has other figures.
    """
    key = [*GROUP, "icb_code"]
    boards = pl.col("area_type") == AreaType.ICB.value
    both = own.frame.filter(boards).join(other.frame.filter(boards), on=key, how="inner", validate="1:1", suffix="_2")
    changed = both.filter(pl.any_horizontal(_apart(name, f"{name}_2") for name in COUNTED))
    sums = [_sums(placed.frame) for placed in (own, other)]
    lost = sums[0].join(sums[1], on=GROUP, how="inner", validate="1:1", suffix="_2")
    lost = lost.filter(pl.lit(added_up) & pl.any_horizontal(_apart(name, f"{name}_2") for name in COUNTED))
    for what, rows in (("boards of both footprints have other figures", changed), ("sums over boards differ", lost)):
        if rows.height:
            raise ValidationError(
                f"{where}: {rows.height} {what}, such as {rows.head(2).to_dicts()}. Expected the same people on both: "
                "is a practice, an authority or a location placed twice, or in another board?",
                failures=rows,
            )


def _sums(frame: pl.DataFrame) -> pl.DataFrame:
    """Sum each group over boards and remainders; null where one of them has no figure."""
    rows = frame.filter(pl.col("area_type").is_in([AreaType.ICB.value, AreaType.REMAINDER.value]))
    nobody = (pl.col("status") == Status.NOT_APPLICABLE.value) & pl.col("numerator").is_null()
    return rows.filter(~nobody).group_by(GROUP).agg(total(name) for name in COUNTED)


def _apart(one: str, two: str) -> pl.Expr:
    # Sums of shares in another order differ in the last digits.
    far = (pl.col(one) - pl.col(two)).abs() > EXACT * pl.col(one).abs() + EXACT
    return far.fill_null(False)


def _check(rows: pl.DataFrame, whole: float, indicator: Indicator, *, where: str, what: str) -> None:
    if rows["numerator_high"].null_count():
        return
    low, high = float(rows["numerator_low"].sum()), float(rows["numerator_high"].sum())
    above = max(ROUNDING_SLACK, indicator.repeated)
    if not low - whole * above <= whole <= high + whole * short_of_england(indicator):
        raise ValidationError(
            f"{where}, {indicator.id}: the {what} sum to between {low:,.0f} and {high:,.0f}, England is {whole:,.0f}. "
            "Rounding, hidden counts and declared remainders do not explain it: are areas missing, or counted twice?"
        )
