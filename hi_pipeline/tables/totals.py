"""Nobody is lost on the way: the boards and the remainder against the publisher's own row of England."""

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.placing.published import Placed
from hi_pipeline.tables.placing.registry import PLACINGS

# Authorities: England is exact and residents outside England count in it; what hidden cells do not explain.
ROUNDING_SLACK = 0.001


def short_of_england(indicator: Indicator) -> float:
    """Return by what share of it the areas that are shown may fall short of England."""
    return max(ROUNDING_SLACK, PLACINGS[indicator.attribution].unassigned)


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
    england = placed.frame.filter(
        (pl.col("area_type") == AreaType.ENGLAND.value) & (pl.col("dimension") == "total") & (pl.col("status") == "ok")
    )
    if england.is_empty() or england["numerator"].null_count():
        return {}
    whole = england["numerator"].item()
    rows = placed.frame if placed.unplaced is None else pl.concat([placed.frame, placed.unplaced])
    shown = rows.filter(
        pl.col("area_type").is_in([AreaType.ICB.value, AreaType.REMAINDER.value])
        & (pl.col("dimension") == "total")
        & (pl.col("status") != "not_published")
    )
    _check(shown, whole, indicator, where=where, what="boards and remainder")
    partnerships = parts.filter(pl.col("area_level").is_in(["stp", "stp_ons"]) & (pl.col("dimension") == "total"))
    if partnerships.height:
        _check(partnerships, whole, indicator, where=where, what="partnerships (STPs)")
    counted = shown["numerator"].fill_null(shown["numerator_low"]).sum()
    return {f"{indicator.id}: England less the sum of what is shown": round(whole - float(counted))}


def _check(rows: pl.DataFrame, whole: float, indicator: Indicator, *, where: str, what: str) -> None:
    if rows["numerator_high"].null_count():
        return
    low, high = float(rows["numerator_low"].sum()), float(rows["numerator_high"].sum())
    if not low - whole * ROUNDING_SLACK <= whole <= high + whole * short_of_england(indicator):
        raise ValidationError(
            f"{where}, {indicator.id}: the {what} sum to between {low:,.0f} and {high:,.0f}, England is {whole:,.0f}. "
            "Rounding, hidden counts and declared remainders do not explain it: are areas missing, or counted twice?"
        )
