"""Core20: the linked table of registered patients by deprivation of where they live, as figures of boards."""

from datetime import date

import polars as pl

from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType, PeriodType, Status
from hi_pipeline.tables.placing.placed import Context, Placed, shaped
from hi_pipeline.tables.placing.practices import NOWHERE
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.editions import imd_vintage_of

SAME_LIST = "every year that uses this list has the same figure, so it shows no trend"
NOTE = (
    "registered patients, by the LSOA they live in and the board of their practice; patients without an English LSOA "
    "are left out"
)


def _said(day: date, year: str) -> str:
    first, last = period(year)
    if first <= day <= last:
        return f"list of {day}"
    return f"list of {day}, the nearest in hand to {year}: {SAME_LIST}"


def place_core20(_parts: pl.DataFrame, _indicator: Indicator, context: Context) -> Placed:
    """Return patients in deciles 1 and 2 over patients of an English LSOA, by board; the rest are unknown.

    Raises:
        NothingToBuild: the practices are not placed on this footprint.
    """
    year = context.financial_year
    table = context.reader.linked("core20_population", year)
    table = table.filter(imd_vintage=imd_vintage_of(year), geography_vintage=context.vintage.value)
    if table.is_empty():
        raise NothingToBuild(f"the patients of {year} are not placed on the footprint {context.vintage}")
    (day,) = table["snapshot"].unique().to_list()
    rows = table.join(footprint.boards(context.vintage), on="icb_code", how="left", validate="1:1").with_columns(
        dimension=pl.lit(Dimension.TOTAL.value),
        category=pl.lit(ALL),
        period_start=pl.lit(day, dtype=pl.Date),
        period_end=pl.lit(day, dtype=pl.Date),
        period_type=pl.lit(PeriodType.SNAPSHOT.value),
        **{f"numerator{end}": pl.col("patients_core20") for end in ("", "_low", "_high")},
        **{f"denominator{end}": pl.col("patients") for end in ("", "_low", "_high")},
        unknown_share=1 - pl.col("patients") / pl.col("patients_all"),
        status=pl.lit(Status.OK.value),
        note=pl.lit(f"{NOTE}; {_said(day, year)}"),
    )
    board = pl.col("icb_code").is_not_null()
    frame = pl.concat(
        [
            shaped(rows.filter(board), area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name")),
            shaped(rows.filter(~board), area_type=AreaType.REMAINDER, code=pl.lit(None), name=pl.lit(NOWHERE)),
        ]
    )
    return Placed(frame=frame, imd_vintage=imd_vintage_of(year))
