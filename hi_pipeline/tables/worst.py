"""The status of a figure that is made of several."""

from typing import Any

import polars as pl

from hi_pipeline.core.status import Status

# What a sum with parts of several statuses is: the first of these that occurs.
WORST = (
    Status.SUPPRESSED,
    Status.MISSING,
    Status.TOO_FEW,
    Status.NOT_PUBLISHED,
    Status.NOT_APPLICABLE,
)


def worst() -> pl.Expr:
    """Return the status of a sum: ok only where every part is."""
    found: Any = pl.when((pl.col("status") == WORST[0].value).any()).then(pl.lit(WORST[0].value))
    for status in WORST[1:]:
        found = found.when((pl.col("status") == status.value).any()).then(pl.lit(status.value))
    chosen: pl.Expr = found.otherwise(pl.lit(Status.OK.value)).alias("status")
    return chosen
