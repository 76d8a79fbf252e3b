"""Schema of the clean table of Census 2021 residents by ethnic group."""

import pandera.polars as pa
import polars as pl

from hi_pipeline.sources.census_ethnicity.parse import BROAD, COLUMNS, DETAIL, TOTAL


def _parts_add_up(data: pa.PolarsData) -> pl.LazyFrame:
    sums = {TOTAL: BROAD, **DETAIL}
    return data.lazyframe.select(
        pl.all_horizontal(pl.sum_horizontal(parts) == pl.col(whole) for whole, parts in sums.items())
    )


RESIDENTS = pa.DataFrameSchema(
    {
        "lsoa21_code": pa.Column(pl.String, pa.Check.str_matches(r"^E01\d{6}$"), unique=True),
        **{name: pa.Column(pl.Int64, pa.Check.ge(0)) for name in COLUMNS},
    },
    checks=[pa.Check(_parts_add_up, name="groups add up to their broad group, broad groups to the total")],
    strict=True,
    ordered=True,
)

SCHEMAS = {"residents": RESIDENTS}
