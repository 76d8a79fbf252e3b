"""Figures of LSOAs of the 2021 census to boards, in total and by the fifth of deprivation of the LSOA."""

import polars as pl

from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.groups import ALL, QUINTILES, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.assemble import GROUP
from hi_pipeline.tables.placing.placed import Context, Placed, place_england, resting_on, shaped, unused_levels
from hi_pipeline.tables.placing.practices import empty_fifths
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.lsoa_boards import lsoa21_boards
from hi_pipeline.tables.sums import add_up

# The Indices that rank LSOAs of the 2021 census.
INDICES, INDICES_VINTAGE = "iod2025", "2025"
NO_LSOA = "no small area of this board is in this fifth"
BY_FIFTH = "by the fifth of deprivation of the small area (LSOA), Indices of 2025"


def place_lsoas(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Sum LSOAs to boards and, where the indicator asks for it, to boards by national fifth of deprivation.

    Rows of other levels than LSOA and England are counted and not used.

    Raises:
        NothingToBuild: the lookup or the Indices are not in hand.
        LinkageError: an LSOA that the lookup or the Indices do not know.
    """
    areas, releases, said = lsoa21_boards(context.reader, context.vintage)
    printed = parts.filter(area_level="lsoa")
    rows = printed.filter(dimension=Dimension.TOTAL.value, category=ALL)
    rows = rows.rename({"area_code": "lsoa_code"}).drop("area_name")
    rows = rows.join(areas, on="lsoa_code", how="left", validate="m:1")
    where = f"{indicator.id} {context.financial_year}"
    _refuse_lost(rows, "icb_code", f"{where}: LSOAs without a board of {context.vintage}")
    placed = Placed(frame=place_england(parts), notes=[said] if said else [])
    placed.counted["rows of LSOAs by group that are not used"] = printed.height - rows.height
    frames = [placed.frame, resting_on(_to_boards(rows, context), releases)]
    if Dimension.DEPRIVATION in indicator.dimensions:
        frames.append(resting_on(_by_fifth(rows, context, placed, where), releases))
    placed.counted |= unused_levels(parts, ("england", "lsoa"))
    placed.frame = pl.concat(frames)
    return placed


def _by_fifth(rows: pl.DataFrame, context: Context, placed: Placed, where: str) -> pl.DataFrame:
    held = context.reader.parts(INDICES)
    if not held:
        raise NothingToBuild(f"{where}: the Indices of {INDICES_VINTAGE} are not in hand")
    words = {decile: QUINTILES[(decile - 1) // 2] for decile in range(1, 11)}
    ranked = context.reader.clean(INDICES, "lsoa_imd", held[-1]).select(
        "lsoa_code", fifth=pl.col("imd_decile").replace_strict(words, return_dtype=pl.String)
    )
    joined = rows.join(ranked, on="lsoa_code", how="left", validate="m:1")
    _refuse_lost(joined, "fifth", f"{where}: LSOAs that the Indices of {INDICES_VINTAGE} do not rank")
    placed.imd_vintage = INDICES_VINTAGE
    said = join_notes("note", pl.lit(BY_FIFTH))
    grouped = joined.with_columns(dimension=pl.lit(Dimension.DEPRIVATION.value), category=pl.col("fifth"), note=said)
    found = _to_boards(grouped, context)
    every = pl.concat([found, empty_fifths(found, rows, context, why=NO_LSOA)])
    return resting_on(every, context.reader.releases(INDICES, held[-1]))


def _to_boards(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    summed = add_up(rows.sort("lsoa_code"), by=["icb_code", *GROUP])
    names = footprint.boards(context.vintage).select("icb_code", "icb_name")
    summed = summed.join(names, on="icb_code", how="left", validate="m:1")
    return shaped(summed, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))


def _refuse_lost(rows: pl.DataFrame, column: str, what: str) -> None:
    lost = rows.filter(pl.col(column).is_null())
    if lost.height:
        raise LinkageError(
            f"{what}: {lost['lsoa_code'].n_unique()}, such as {lost['lsoa_code'].unique().sort().to_list()[:8]}. "
            "Are they LSOAs of the 2021 census?",
            failures=lost,
        )
