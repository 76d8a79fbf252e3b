"""Ethnicity of residents at Census 2021: small areas to boards, in the year in which the census day lies."""

from datetime import date

import polars as pl

from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType, PeriodType, Status
from hi_pipeline.tables.placing.placed import Context, Placed, resting_on, shaped
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.lsoa_boards import lsoa21_boards

SOURCE = "census_ethnicity"
CENSUS_DAY = date(2021, 3, 21)
NOTE = "usual residents of 21 March 2021 by where they live"


def place_census(_parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Sum the residents of a board's small areas: the indicator's groups over all of them.

    A census tells of one day: the figure stands in the year of that day alone, on both of its footprints.

    Raises:
        NothingToBuild: another year, or the lookup of small areas is not in hand.
        LinkageError: a small area of the census that the lookup does not know.
    """
    year = context.financial_year
    if year != label_of_date(CENSUS_DAY):
        raise NothingToBuild(f"Census 2021 tells of {CENSUS_DAY}, which lies in {label_of_date(CENSUS_DAY)}")
    part = context.reader.parts(SOURCE)[-1]
    areas, releases, said = lsoa21_boards(context.reader, context.vintage)
    residents = context.reader.clean(SOURCE, "residents", part).rename({"lsoa21_code": "lsoa_code"})
    rows = residents.join(areas, on="lsoa_code", how="left", validate="1:1")
    lost = rows.filter(pl.col("icb_code").is_null())
    if lost.height:
        raise LinkageError(
            f"{indicator.id} {year}: {lost.height} small areas without a board of {context.vintage}, such as "
            f"{lost['lsoa_code'].to_list()[:8]}. Is the lookup whole?",
            failures=lost,
        )
    top = pl.sum_horizontal(indicator.numerator).cast(pl.Float64)
    bottom = pl.sum_horizontal(indicator.denominator).cast(pl.Float64)
    boards = rows.group_by("icb_code").agg(numerator=top.sum(), denominator=bottom.sum()).sort("icb_code")
    named = boards.join(footprint.boards(context.vintage), on="icb_code", how="left", validate="1:1").with_columns(
        dimension=pl.lit(Dimension.TOTAL.value),
        category=pl.lit(ALL),
        period_start=pl.lit(CENSUS_DAY),
        period_end=pl.lit(CENSUS_DAY),
        period_type=pl.lit(PeriodType.SNAPSHOT.value),
        **{f"{side}{end}": pl.col(side) for side in ("numerator", "denominator") for end in ("_low", "_high")},
        status=pl.lit(Status.OK.value),
        note=pl.lit(NOTE),
    )
    frame = shaped(named, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))
    behind = (*releases, *context.reader.releases(SOURCE, part))
    return Placed(frame=resting_on(frame, behind), notes=[said] if said else [])
