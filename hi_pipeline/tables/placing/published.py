"""Areas as the publisher prints them to the boards of the year: boards, partnerships, CCGs or sub-ICB locations."""

import polars as pl

from hi_pipeline.core.errors import NothingToBuild, ValidationError
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.assemble import GROUP
from hi_pipeline.tables.placing.locations import LOCATIONS, PARTNERSHIPS, place_locations, with_hubs_apart
from hi_pipeline.tables.placing.placed import Context, Placed, bare_boards, place_england, shaped, unused_levels
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.sums import add_up, with_own_figure

BOARDS = ("icb", "icb_ons")
REMAINDERS = {
    "unknown": "Area unknown",
    "national": "No board named (national commissioning)",
    "wales": "Health boards of Wales",
}


def place_published(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Place what the publisher prints by area on the footprint of the year.

    Boards where it prints them. Before, a partnership (STP) where it is the same area as the board, by its ONS code,
    else the sum of the board's sub-ICB locations. Rows of regions are used from 2022-23 on; before, their boundaries
    were others. A figure that is taken as printed is never summed: in a year without rows of boards they have none.

    Raises:
        NothingToBuild: the publication prints none of these areas in this year.
        ValidationError: a code of no board, partnership, CCG or sub-ICB location of the year.
    """
    parts = with_hubs_apart(parts)
    levels = set(parts["area_level"].unique())
    if not levels & {*BOARDS, *LOCATIONS, *PARTNERSHIPS}:
        raise NothingToBuild(f"{indicator.id}: {indicator.source} prints no boards in {context.financial_year}")
    fixed = [place_england(parts), _remainders(parts)]
    if levels & set(BOARDS):
        placed = Placed(frame=_boards(parts, context))
        fixed.append(place_regions(parts, context, placed))
        unused = [*LOCATIONS, *PARTNERSHIPS]
    elif indicator.kind.as_printed:
        placed = Placed(frame=bare_boards(parts, context))
        unused = [*LOCATIONS, *PARTNERSHIPS, "region"]
    else:
        placed = place_locations(parts, context)
        unused = ["region"]
    for level in sorted(levels & set(unused)):
        placed.counted[f"rows of level {level} beside those of the boards"] = parts.filter(area_level=level).height
    placed.counted |= unused_levels(parts, ("england", "region", *REMAINDERS, *BOARDS, *LOCATIONS, *PARTNERSHIPS))
    placed.frame = pl.concat([*fixed, placed.frame])
    return placed


def _remainders(parts: pl.DataFrame) -> pl.DataFrame:
    rows = parts.filter(pl.col("area_level").is_in(list(REMAINDERS)))
    name = pl.col("area_level").replace_strict(REMAINDERS, return_dtype=pl.String)
    named, by = rows.with_columns(remainder=name), ["remainder", *GROUP]
    summed = with_own_figure(add_up(named, by=by), named, by=by)
    return shaped(summed, area_type=AreaType.REMAINDER, code=pl.lit(None), name=pl.col("remainder"))


def _boards(parts: pl.DataFrame, context: Context) -> pl.DataFrame:
    boards = footprint.boards(context.vintage)
    by_ods = parts.filter(area_level="icb").join(
        boards.select("icb_code", "icb_name", area_code="icb_ods"), on="area_code", how="left", validate="m:1"
    )
    by_ons = parts.filter(area_level="icb_ons").join(
        boards.select("icb_code", "icb_name", area_code="icb_code"), on="area_code", how="left", validate="m:1"
    )
    rows = pl.concat([by_ods, by_ons])
    lost = rows.filter(pl.col("icb_code").is_null())
    if lost.height:
        raise ValidationError(
            f"{context.financial_year}: {lost['area_code'].unique().sort().to_list()[:8]} are no codes of boards "
            f"on the footprint {context.vintage}. Has the publisher moved to another footprint?",
            failures=lost,
        )
    return shaped(rows, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))


def place_regions(parts: pl.DataFrame, context: Context, placed: Placed) -> pl.DataFrame:
    """Take the publisher's own rows of regions; rows of what is no region of the footprint are counted."""
    rows = parts.filter(area_level="region").join(
        footprint.regions(context.vintage), left_on="area_code", right_on="region_ods", how="left", validate="m:1"
    )
    known = rows.filter(pl.col("region_code").is_not_null())
    if known.height < rows.height:
        placed.counted["rows of an unknown region, whose people stand in the unknown area"] = rows.height - known.height
    return shaped(known, area_type=AreaType.REGION, code=pl.col("region_code"), name=pl.col("region_name"))
