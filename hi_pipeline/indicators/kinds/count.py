"""A count: the number itself, without limits and not compared."""

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import Method
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.limits import LIMITS


def values(_indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the numerator of every row that has one."""
    none = [pl.lit(None, dtype=pl.Float64).alias(name) for name in LIMITS]
    return rows.filter(status="ok").select(
        "row",
        pl.col("numerator").alias("value"),
        *none,
        pl.lit("ok").alias("status"),
        pl.lit("").alias("note"),
        pl.lit(Method.NONE.value).alias("method"),
    )


STATISTICS = Statistics(formula="the count itself", values=values, compared=False)
