"""The small areas behind a share of the census: each with the residents of every group that it adds.

The file has one row a small area, which its code names, and its counts are plain digits.
"""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.placing.census import SOURCE
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.lsoa_boards import lsoa21_boards


def residents_behind(reader: Reader, indicator: Indicator, count: Mapping[str, object]) -> pl.DataFrame:
    """Return side, figure, share, area_code, measure, value and text of the residents of an area.

    England is the sum of its boards: 33,755 small areas, which are not listed.
    """
    if count["area_type"] not in (AreaType.ICB.value, AreaType.REGION.value):
        return pl.DataFrame()
    vintage = Vintage(str(count["geography_vintage"]))
    areas, _, _ = lsoa21_boards(reader, vintage)
    boards = footprint.boards(vintage).select("icb_code", "region_code")
    placed = areas.join(boards, on="icb_code", how="left", validate="m:1")
    inside = placed.filter((pl.col("icb_code") == count["icb_code"]) | (pl.col("region_code") == count["icb_code"]))
    part = reader.parts(SOURCE)[-1]
    rows = reader.clean(SOURCE, "residents", part).join(
        inside.select(lsoa21_code="lsoa_code"), on="lsoa21_code", how="semi"
    )
    sides = [
        rows.select(
            pl.lit(side).alias("side"),
            pl.concat_str(pl.lit(f"{SOURCE}/"), "lsoa21_code", pl.lit(f" {name}")).alias("figure"),
            pl.lit(1.0).alias("share"),
            pl.lit("lsoa").alias("area_level"),
            pl.col("lsoa21_code").alias("area_code"),
            pl.lit(name).alias("measure"),
            pl.col(name).cast(pl.Float64).alias("value"),
            pl.lit("ok").alias("status"),
            pl.lit(f"{SOURCE}:{part}").alias("release"),
            pl.col(name).cast(pl.String).alias("text"),
        )
        for side, names in (("numerator", indicator.numerator), ("denominator", indicator.denominator))
        for name in names
    ]
    return pl.concat(sides)
