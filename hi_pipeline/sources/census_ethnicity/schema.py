"""Schema of the clean table of Census 2021 residents by ethnic group."""

import polars as pl

from hi_pipeline.core.schema import Column, Rule, Schema
from hi_pipeline.sources.census_ethnicity.parse import BROAD, COLUMNS, DETAIL, TOTAL


def _parts_add_up() -> pl.Expr:
    sums = {TOTAL: BROAD, **DETAIL}
    return pl.all_horizontal(pl.sum_horizontal(parts) == pl.col(whole) for whole, parts in sums.items())


RESIDENTS = Schema(
    columns={
        "lsoa21_code": Column(dtype=pl.String, pattern=r"^E01\d{6}$", unique=True),
        **{name: Column(dtype=pl.Int64, least=0) for name in COLUMNS},
    },
    rules=(Rule(name="groups add up to their broad group, broad groups to the total", holds=_parts_add_up()),),
)

SCHEMAS = {"residents": RESIDENTS}
