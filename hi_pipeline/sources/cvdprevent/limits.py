"""The printed limits against Wilson's, and the printed percentage against its counts."""

import polars as pl

from hi_pipeline.core.errors import ValidationError

# Two-sided 95% quantile of the normal distribution.
_Z = 1.959963984540054
# Figures are printed to two decimals.
HALF_STEP = 0.005
# Whether the publisher takes the quantile or 1.96 was not seen: from 8 people on the limits differ by less than this.
_SLACK = 0.001
_MAX_SHOWN = 6


def wilson(events: pl.Expr, population: pl.Expr, *, upper: bool) -> pl.Expr:
    """Return a limit of Wilson's score interval at 95%, in per cent.

    Formula: 100 (2x + z^2 -+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)), as in ``stats.proportions``.
    """
    root = (_Z**2 + 4 * events * (1 - events / population)).sqrt() * _Z
    return 100 * (2 * events + _Z**2 + (root if upper else -root)) / (2 * (population + _Z**2))


def validate_limits(frame: pl.DataFrame, *, rounded_by: int, where: str) -> None:
    """Refuse percentages and limits that do not follow from their counts.

    Args:
        frame: numerator, denominator, value, lower, upper (Float64); rows without a value or a count are passed over.
        rounded_by: what rounding may hide of a count: 0 where counts are exact. Limits and percentages may be made
            from the counts before they were rounded, so each must lie within what these allow.
        where: file, for the error.

    Raises:
        ValidationError: naming the rows.
    """
    x, n = pl.col("numerator"), pl.col("denominator")
    low_x, high_x = (x - rounded_by).clip(lower_bound=0), x + rounded_by
    # A rounded numerator may come to lie above its denominator: then all of them have the event.
    few, many = pl.max_horizontal(n - rounded_by, low_x, pl.lit(1.0)), n + rounded_by
    high_x = pl.min_horizontal(high_x, many)
    most = pl.max_horizontal(few, high_x)
    bounds = {
        "value": (100 * low_x / many, 100 * high_x / most),
        "lower": (wilson(low_x, many, upper=False), wilson(high_x, most, upper=False)),
        "upper": (wilson(low_x, many, upper=True), wilson(high_x, most, upper=True)),
    }
    there = pl.all_horizontal(pl.col(name).is_not_null() for name in ("numerator", "denominator", "value")) & (n > 0)
    outside = pl.any_horizontal(
        (pl.col(name) < low - HALF_STEP - _SLACK) | (pl.col(name) > high + HALF_STEP + _SLACK)
        for name, (low, high) in bounds.items()
    )
    bare = pl.col("lower").is_null() | pl.col("upper").is_null()
    wrong = frame.filter(there & (outside | bare).fill_null(True))
    if wrong.height:
        shown = wrong.select(
            "area_code", "dimension", "category", "numerator", "denominator", "value", "lower", "upper"
        )
        raise ValidationError(
            f"{where}: {wrong.height} rows whose percentage or limits do not follow from their counts by Wilson's "
            f"method: (area, dimension, category, numerator, denominator, value, limits) "
            f"{shown.head(_MAX_SHOWN).rows()}. Either the publisher has another method now, or the answer is damaged: "
            "fetch it again.",
            failures=wrong,
        )
