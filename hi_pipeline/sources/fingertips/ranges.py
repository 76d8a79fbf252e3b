"""The range between upper-tier authorities: what the highest figure has more than the lowest, of England."""

import polars as pl

from hi_pipeline.core.row_index import CELLS
from hi_pipeline.core.status import Status
from hi_pipeline.sources.fingertips.periods import PERIOD

SAID = "{} less {}; {} of {} authorities have a figure; a range between extremes has no limits"


def range_of_authorities(figures: pl.DataFrame, indicator: str) -> pl.DataFrame:
    """Return a row of England for each sex and year: measure range_<id>, ours, as the file has no such row.

    The note names both authorities and says how many have a figure. A range grows with the number of areas and with
    chance, and the limits of its two ends are not its own: it has none.

    Args:
        figures: of one indicator, with cells, areas of the level ``upper_tier`` among them.
        indicator: its number.
    """
    authorities = figures.filter(area_level="upper_tier", measure=f"value_{indicator}")
    by = [*PERIOD, "dimension", "category"]
    every = authorities.group_by(by).agg(areas=pl.len())
    ordered = authorities.filter(status=Status.OK.value).sort("value", "area_code")
    lowest, highest = (
        ordered.unique(by, keep=end, maintain_order=True).select(*by, *(pl.col(n).alias(f"{n}_{end}") for n in _TAKEN))
        for end in ("first", "last")
    )
    shown = ordered.group_by(by).agg(shown=pl.len())
    ends = highest.join(lowest, on=by, how="inner", validate="1:1")
    ends = ends.join(shown, on=by, how="left", validate="1:1").join(every, on=by, how="left", validate="1:1")
    value = pl.col("value_last") - pl.col("value_first")
    nothing = pl.lit(None, dtype=pl.Float64)
    return ends.with_columns(
        pl.lit("england").alias("area_level"),
        pl.lit("").alias("area_code"),
        pl.lit("England").alias("area_name"),
        pl.lit(f"range_{indicator}").alias("measure"),
        pl.lit(Status.OK.value).alias("status"),
        pl.format(SAID, "area_name_last", "area_name_first", "shown", "areas").alias("note"),
        *(value.alias(name) for name in ("value", "low", "high")),
        *(nothing.alias(name) for name in ("lower_95", "upper_95")),
        pl.concat_list(f"{CELLS}_last", f"{CELLS}_first").alias(CELLS),
    ).select(figures.columns)


_TAKEN = ("value", "area_name", CELLS)
