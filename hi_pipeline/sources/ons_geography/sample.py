"""Lookups between areas, in the layouts of the ONS portal."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.geography import SubIcb, Vintage, board, region_of
from hi_pipeline.sample.areas import AUTHORITY_NAMES, Lsoa, location_name, location_of, locations, small_areas
from hi_pipeline.sample.ccgs import CCG_ONS
from hi_pipeline.sample.commissioners import Unit, units
from hi_pipeline.sample.containers import csv_bytes, write_file
from hi_pipeline.sample.names import practice_areas
from hi_pipeline.sources.ons_geography.source import (
    CCG_COLUMNS,
    EXACT_COLUMNS,
    LSOA_CCG_COLUMNS,
    LSOA_COLUMNS,
    RELEASES,
    SUB_ICB_COLUMNS,
)

_VINTAGES = {22: Vintage.JULY_2022, 23: Vintage.APRIL_2023, 24: Vintage.APRIL_2023, 25: Vintage.APRIL_2023}


def write(folder: Path) -> None:
    """Write every declared lookup."""
    for release in RELEASES:
        kind, _, year = release.layout.rpartition("_")
        if kind == "lsoa":
            write_file(folder, release.mirror_file, _lsoa_lookup(int(year)))
        elif kind == "sub_icb":
            write_file(folder, release.mirror_file, _sub_icb_lookup(int(year)))
        elif kind == "ccg":
            write_file(folder, release.mirror_file, _ccg_lookup(int(year)))
    exact = next(release for release in RELEASES if release.edition == "2011-2021-lsoa")
    rows = [
        (c.old, c.old_name, c.kind, c.new, c.new_name, c.authority, c.authority_name) for c in small_areas().changes
    ]
    write_file(folder, exact.mirror_file, csv_bytes(EXACT_COLUMNS, rows))


def _lsoa_lookup(year: int) -> bytes:
    vintage = _VINTAGES.get(year, Vintage.APRIL_2026)
    by_ods = {location.ods: location for location in locations(vintage)}
    with_authority = any(name.startswith("LAD") for name in LSOA_COLUMNS[year])
    areas = small_areas().of_2011 if year == 22 else small_areas().of_2021

    def row(lsoa: Lsoa) -> tuple[str, ...]:
        authority = (lsoa.authority, AUTHORITY_NAMES[lsoa.authority]) if with_authority else ()
        return (lsoa.code, lsoa.name, *_location(by_ods[location_of(lsoa, vintage)], vintage), *authority)

    return csv_bytes(LSOA_COLUMNS[year], (row(lsoa) for lsoa in areas))


def _sub_icb_lookup(year: int) -> bytes:
    vintage = _VINTAGES.get(year, Vintage.APRIL_2026)
    columns = SUB_ICB_COLUMNS[year]

    def rows() -> Iterator[tuple[str, ...]]:
        for number, location in enumerate(sorted(locations(vintage), key=lambda s: s.ons), start=1):
            region = region_of(location.board[vintage], vintage)
            cells = (*_location(location, vintage), region.ons[vintage], region.ods, region.name, str(number))
            yield cells[: len(columns)]

    # 2026-11: the file of 2022 has CR LF, those of 2023 and 2026 have LF; which that of 2024 has was not seen.
    return csv_bytes(columns, rows(), bom=True, line_end="\r\n" if year == 22 else "\n")


def _ccg_lookup(year: int) -> bytes:
    """Return the CCGs of an April, or of 2019 those of each LSOA: of a location that several became, each in turn."""
    groups: dict[str, list[Unit]] = {}
    for unit in units():
        if not unit.elsewhere:
            groups.setdefault(unit.sub_icb, []).append(unit)
    if year == 19:
        cells = enumerate((a, groups[a.sub_icb]) for a in small_areas().of_2011)
        rows = ((a.code, a.name, *_ccg(own[n % len(own)]), a.authority, AUTHORITY_NAMES[a.authority], n + 1)
                for n, (a, own) in cells)  # fmt: skip
        return csv_bytes((*LSOA_CCG_COLUMNS, "FID"), rows, bom=True)
    every: list[tuple[str, ...]] = [_ccg(unit) for own in groups.values() for unit in own]
    if year == 21:
        levels = [f"{level}_{part}" for level in ("sub_icb", "icb", "region") for part in ("ons", "ods", "name")]
        every = [tuple(practice_areas(ods, None)[level] for level in levels) for ods in sorted(groups)]
    return csv_bytes(("FID", *CCG_COLUMNS[year]), [(n, *cells) for n, cells in enumerate(every, start=1)], bom=True)


def _ccg(unit: Unit) -> tuple[str, str, str]:
    return CCG_ONS.get(unit.code) or practice_areas(unit.sub_icb, None)["sub_icb_ons"], unit.code, unit.name


def _location(location: SubIcb, vintage: Vintage) -> tuple[str, ...]:
    owner = board(location.board[vintage])
    return location.ons, location.ods, location_name(location, vintage), owner.ons, owner.ods, owner.name
