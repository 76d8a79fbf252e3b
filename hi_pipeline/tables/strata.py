"""Counts by age and sex: the totals of areas for which only those are published."""

import polars as pl

from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.tables.assemble import AREA, PRINTED
from hi_pipeline.tables.sums import add_up


def with_totals(parts: pl.DataFrame) -> pl.DataFrame:
    """Add, to the parts of a standardised rate, the total of every area that has only rows by age and sex.

    Args:
        parts: as from ``assemble.parts_of``.
    """
    strata = parts.filter(dimension=Dimension.AGE_AND_SEX.value)
    printed = parts.filter(dimension=Dimension.TOTAL.value).select(AREA)
    summed = add_up(strata.join(printed, on=AREA, how="anti"), by=AREA).with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in PRINTED),
        dimension=pl.lit(Dimension.TOTAL.value),
        category=pl.lit(ALL),
    )
    return pl.concat([parts, summed.select(parts.columns)])
