"""Coverage as a table that a spreadsheet opens: cells that say the same stand in one row, and none is lost.

One row a cell would be 70 MB of CSV (real mirror, 2026-11), nearly all of it repeated; this is a few. The parquet keeps
the cells. Pure functions.
"""

import polars as pl

from hi_pipeline.core.columns import COVERAGE, COVERAGE_RUN_KEY, COVERAGE_RUNS
from hi_pipeline.core.coverage import Cover

EVERY = "all"
_SHEET = ["indicator_id", "dimension", "financial_year", "geography_vintage", "area_type"]
_AREA = ["icb_code", "area_name"]
_ANSWER = [name for name in COVERAGE if name not in (*_SHEET, *_AREA)]


def coverage_runs(cells: pl.DataFrame) -> pl.DataFrame:
    """Return coverage with one row for each run of years in which the same areas have the same answer.

    Where all areas of a kind have one answer in a year, they are one row with the code "all". Areas that are not on a
    footprint are left out.

    Args:
        cells: columns COVERAGE, one row a cell.

    Returns:
        Columns COVERAGE_RUNS, sorted by key.
    """
    there = cells.filter(pl.col("state") != Cover.NO_SUCH_BOARD.value)
    alike = there.group_by(_SHEET).agg(areas=pl.len().cast(pl.Int64), answers=pl.struct(_ANSWER).n_unique())
    counted = there.join(alike, on=_SHEET, how="left", validate="m:1")
    together = (pl.col("answers") == 1) & (pl.col("areas") > 1)
    named = counted.with_columns(
        icb_code=pl.when(together).then(pl.lit(EVERY)).otherwise("icb_code"),
        area_name=pl.when(together).then(pl.format(f"{EVERY} {{}}", "areas")).otherwise("area_name"),
        areas=pl.when(together).then("areas").otherwise(pl.lit(1, dtype=pl.Int64)),
    ).drop("answers")
    # A run ends where a year is missing: the distance of a year from its place among those of its row changes there.
    same = [name for name in COVERAGE_RUNS if name not in ("first_year", "last_year")]
    years = named.unique([*same, "financial_year"]).with_columns(
        start=pl.col("financial_year").str.head(4).cast(pl.Int32)
    )
    run = pl.col("start") - pl.col("start").rank("ordinal").over(same).cast(pl.Int32)
    runs = (
        years.with_columns(run=run)
        .group_by(*same, "run")
        .agg(first_year=pl.col("financial_year").min(), last_year=pl.col("financial_year").max())
    )
    return runs.select(pl.col(name).cast(dtype) for name, dtype in COVERAGE_RUNS.items()).sort(COVERAGE_RUN_KEY)
