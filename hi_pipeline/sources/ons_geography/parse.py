"""ONS lookups of LSOAs, sub-ICB locations and CCGs to clean tables; codes of boards are held against core.geography."""

import re

import polars as pl

from hi_pipeline.core.agreement import validate_names
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, board, region_of, vintage_of
from hi_pipeline.core.source import RawTables, Release, Tables

LSOA_AREAS = "lsoa_areas"
SUB_ICB_AREAS = "sub_icb_areas"
CCG_AREAS = "ccg_areas"
LSOA_CCGS = "lsoa_ccgs"
EXACT_LOOKUP = "lsoa_2011_2021"

# U unchanged, S split, M merged, X irregular.
CHANGES = ("U", "S", "M", "X")

_MAX_SHOWN = 8


def lsoa_layout(year: int) -> str:
    """Return the name of the layout of a lookup from LSOAs to boards: "lsoa_24" for 24."""
    return f"lsoa_{year}"


def sub_icb_layout(year: int) -> str:
    """Return the name of the layout of a lookup from sub-ICB locations to regions: "sub_icb_24" for 24."""
    return f"sub_icb_{year}"


def ccg_layout(year: int) -> str:
    """Return the name of the layout of a lookup of CCGs: "ccg_21" for 21."""
    return f"ccg_{year}"


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the table of the edition's kind; of CCGs of 2019 also the CCG of each LSOA.

    Args:
        tables: one table, named as the result is.
        release: its edition starts with the year of the areas.

    Raises:
        LayoutError: a code that core.geography does not know in that footprint, another parent than there, or a
            board without any area.
    """
    ((kind, raws),) = tables.items()
    frame, where = raws[0].frame, f"ons_geography {release.edition}, {raws[0].member}"
    if kind == EXACT_LOOKUP:
        return {kind: _exact_lookup(frame, where)}
    if kind in (CCG_AREAS, LSOA_CCGS):
        _check_names(frame, where)
        return _ccgs(kind, frame)
    vintage = vintage_of(f"{release.edition[:4]}-{int(release.edition[2:4]) + 1}")
    areas = _lsoa_areas(frame, where) if kind == LSOA_AREAS else _sub_icb_areas(frame)
    _check_codes(areas, vintage, where, whole=kind == SUB_ICB_AREAS)
    _check_names(frame, where)
    return {kind: areas}


def _lsoa_areas(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    named = _without_years(frame)
    authority = pl.col(named["LADCD"]) if "LADCD" in named else pl.lit(None, dtype=pl.String)
    areas = frame.select(
        pl.col(named["LSOACD"]).alias("lsoa_code"),
        pl.col(named["LSOANM"]).alias("lsoa_name"),
        pl.col(named["SICBLCD"]).alias("sub_icb_ons"),
        pl.col(named["SICBLCDH"]).alias("sub_icb_ods"),
        pl.col(named["ICBCD"]).alias("icb_ons"),
        pl.col(named["ICBCDH"]).alias("icb_ods"),
        authority.alias("lad_code"),
    )
    _refuse(areas, ~pl.col("lsoa_code").str.contains(r"^E01\d{6}$"), "lsoa_code", "no LSOA of England", where)
    return areas.sort("lsoa_code")


def _sub_icb_areas(frame: pl.DataFrame) -> pl.DataFrame:
    named = _without_years(frame)
    prefixes = {"sub_icb": "SICBL" if "SICBLCD" in named else "LOC", "icb": "ICB", "region": "NHSER"}
    areas = frame.select(
        pl.col(named[f"{prefix}{suffix}"]).alias(f"{area}_{part}")
        for area, prefix in prefixes.items()
        for part, suffix in {"ons": "CD", "ods": "CDH", "name": "NM"}.items()
    )
    return areas.sort("sub_icb_ons")


def _ccgs(kind: str, frame: pl.DataFrame) -> Tables:
    named = _without_years(frame)
    partnership = {f"stp_{part}": f"STP{suffix}" for part, suffix in (("ons", "CD"), ("ods", "CDH"))}
    areas = frame.select(
        pl.col(named["CCGCD"]).alias("ccg_ons"),
        pl.col(named["CCGCDH"]).alias("ccg_ods"),
        pl.col(named["CCGNM"]).alias("ccg_name"),
        *(
            (pl.col(named[name]) if name in named else pl.lit(None, dtype=pl.String)).alias(ours)
            for ours, name in partnership.items()
        ),
    ).unique()
    tables = {CCG_AREAS: areas.sort("ccg_ons")}
    if kind == LSOA_CCGS:
        lsoas = frame.select(pl.col("LSOA11CD").alias("lsoa_code"), pl.col(named["CCGCD"]).alias("ccg_ons"))
        tables[LSOA_CCGS] = lsoas.sort("lsoa_code")
    return tables


def _check_names(frame: pl.DataFrame, where: str) -> None:
    """A code has one name on all its rows; columns of both are called alike (ICB22CD, ICB22NM)."""
    codes = [name for name in frame.columns if name.endswith("CD") and f"{name[:-2]}NM" in frame.columns]
    validate_names(frame, [(code, f"{code[:-2]}NM") for code in codes], where=where)


def _without_years(frame: pl.DataFrame) -> dict[str, str]:
    return {re.sub(r"\d\d(?=CD|NM)", "", name): name for name in frame.columns}


def _check_codes(areas: pl.DataFrame, vintage: Vintage, where: str, *, whole: bool) -> None:
    keys = ("sub_icb_ons", "sub_icb_ods", "icb_ons", "icb_ods")
    known = {_codes(s.ons, s.ods, s.board[vintage]) for s in SUB_ICB_LOCATIONS if vintage in s.board}
    found = set(areas.select(keys).unique().rows())
    if found - known:
        raise LayoutError(
            f"{where}: {len(found - known)} areas are not in core.geography for {vintage}, such as "
            f"{sorted(found - known, key=str)[:_MAX_SHOWN]} ({', '.join(keys)}). If the footprint changed, declare it."
        )
    wanted, there = (known, found) if whole else ({k[2] for k in known}, {f[2] for f in found})
    if wanted - there:
        raise LayoutError(
            f"{where}: nothing stands for {sorted(wanted - there, key=str)[:_MAX_SHOWN]}, which core.geography has in "
            f"{vintage}. The file is not whole: fetch it again."
        )
    if whole:
        _check_regions(areas, vintage, where)


def _codes(ons: str, ods: str, icb_ons: str) -> tuple[str, str, str, str]:
    return ons, ods, icb_ons, board(icb_ons).ods


def _check_regions(areas: pl.DataFrame, vintage: Vintage, where: str) -> None:
    for icb, ons, ods in areas.select("icb_ons", "region_ons", "region_ods").unique().sort("icb_ons").rows():
        region = region_of(icb, vintage)
        if (ons, ods) != (region.ons[vintage], region.ods):
            raise LayoutError(f"{where}: {icb} lies in {ons} {ods}; core.geography has {region.ods} in {vintage}")


def _exact_lookup(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    lookup = frame.rename({"F_LSOA11CD": "LSOA11CD"}, strict=False).select(
        pl.col("LSOA11CD").alias("lsoa11_code"),
        pl.col("LSOA21CD").alias("lsoa21_code"),
        pl.col("CHGIND").alias("change"),
        pl.col("LAD22CD").alias("lad22_code"),
    )
    _refuse(lookup, ~pl.col("change").is_in(CHANGES), "change", f"none of {CHANGES}", where)
    return lookup.sort("lsoa11_code", "lsoa21_code")


def _refuse(frame: pl.DataFrame, bad: pl.Expr, column: str, what: str, where: str) -> None:
    rows = frame.filter(bad.fill_null(True))
    if rows.height:
        shown = rows[column].unique().sort().to_list()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: {rows.height} rows have as {column} {what}: {shown}")
