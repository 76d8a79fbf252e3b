"""How far practices of a fifth lie apart: sums from which the variance between them follows, however added up."""

import polars as pl

from hi_pipeline.core.status import Status


def with_spread(rows: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """Add to each practice units (1), units_xx, units_xn and units_nn, which add up over any group of practices.

    With r a group's events over its population, the sum of (x - r n)^2 over its practices is
    units_xx - 2 r units_xn + r^2 units_nn. A hidden count of events lies as far from what its board and fifth would
    have as its bounds allow, so that it widens. A practice without population counts as no unit.

    Args:
        rows: one practice a row, of one year: COUNTED, status, and ``by``.
        by: columns of the board and the fifth, whose rate a hidden count is set against.
    """
    ok = pl.col("status") == Status.OK.value
    events, people = (pl.col(side).filter(ok).sum().over(by) for side in ("numerator", "denominator"))
    n = pl.col("denominator")
    expected = events / people * n
    placed = expected.clip(pl.col("numerator_low"), pl.col("numerator_high"))
    far = pl.max_horizontal((pl.col("numerator_low") - expected).abs(), (pl.col("numerator_high") - expected).abs())
    x = pl.when(ok).then("numerator").otherwise(placed)
    more = pl.when(ok).then(0.0).otherwise(far**2 - (placed - expected) ** 2)
    return rows.with_columns(
        units=(n > 0).cast(pl.Float64).fill_null(1.0), units_xx=x**2 + more, units_xn=x * n, units_nn=n**2
    )


def between_variance() -> pl.Expr:
    """Return the sum of (x - r n)^2 over the practices of a row; null where they are not known."""
    rate = pl.col("numerator") / pl.col("denominator")
    spread = pl.col("units_xx") - 2 * rate * pl.col("units_xn") + rate**2 * pl.col("units_nn")
    return pl.when(pl.col("denominator") > 0).then(spread.clip(lower_bound=0.0))
