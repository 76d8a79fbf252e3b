"""The publisher's own figure: value and 95% limits taken as printed, nothing computed.

Where one printed figure is taken from another, the counts hold the difference and its limits (``tables.assemble``).
"""

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import Method
from hi_pipeline.indicators.kind import Statistics

WITHOUT_LIMITS = "the publisher prints no limits"


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the printed value and limits of every row that has a value."""
    nothing = pl.lit(None, dtype=pl.Float64)
    limits = ("published_lower_95", "published_upper_95")
    return rows.filter((pl.col("status") == "ok") & pl.col("published_value").is_not_null()).select(
        "row",
        pl.col("published_value").alias("value"),
        *(pl.col(name).alias(name.removeprefix("published_")) for name in limits),
        nothing.alias("lower_998"),
        nothing.alias("upper_998"),
        pl.lit("ok").alias("status"),
        pl.when(pl.any_horizontal(pl.col(name).is_null() for name in limits))
        .then(pl.lit(WITHOUT_LIMITS))
        .otherwise(pl.lit(""))
        .alias("note"),
        pl.lit((Method.MOVER if indicator.published_less else Method.PUBLISHED).value).alias("method"),
    )


STATISTICS = Statistics(formula="the publisher's own figure and limits, as printed", values=values)
