"""Patients registered at a practice: the list by LSOA and the practice maps of both layouts."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.geography import Vintage
from hi_pipeline.sample.areas import small_areas
from hi_pipeline.sample.chance import share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, zip_bytes
from hi_pipeline.sample.names import practice_areas
from hi_pipeline.sample.practices import NO_LSOA, Practice, practices
from hi_pipeline.sources.gp_registrations.source import (
    LSOA_COLUMNS,
    LSOA_MEMBER,
    MAP_ICB_COLUMNS,
    MAP_STP_COLUMNS,
    SOURCE,
)

_PUBLICATION = "GP_PRAC_PAT_LIST"
# Edition to the date as the file writes it, the financial year's start and the census of its LSOAs. The second is
# the first list after the publisher turned to LSOAs of 2021; that it does is unconfirmed (2026-11).
_LISTS = {"2022-07-lsoa": ("01JUL2022", 2022, "2011"), "2026-01-lsoa": ("01Jan2026", 2025, "2021")}
_NO_LSOA_2021 = "NO2021"
# Edition to the date as that file writes it, the financial year's start and the footprint of its codes.
_MAPS: dict[str, tuple[str, int, Vintage | None]] = {
    "2020-09-map": ("01-Sep-20", 2020, None),
    "2022-01-map": ("01Jan2022", 2021, None),
    "2022-10-map": ("01Oct2022", 2022, Vintage.JULY_2022),
    "2024-10-map": ("01Oct2024", 2024, Vintage.APRIL_2023),
}
_SUPPLIERS = ("TPP", "EMIS")


def write(folder: Path) -> None:
    """Write the lists of July 2022 and January 2026 and the maps of September 2020 to October 2024."""
    for edition, (day, year, census) in _LISTS.items():
        write_file(folder, SOURCE.release(edition).mirror_file, list_bytes(day, year, census))
    for edition, (day, year, vintage) in _MAPS.items():
        columns = MAP_STP_COLUMNS if vintage is None else MAP_ICB_COLUMNS
        rows = [_map_row(p, day, vintage)[: len(columns)] for p in practices() if p.is_open(year)]
        write_file(folder, SOURCE.release(edition).mirror_file, csv_bytes(columns, rows))


def list_bytes(day: str, year: int, census: str) -> bytes:
    """Return the archive of a list.

    Args:
        day: as the publisher writes it, "01JUL2022".
        year: of the financial year's start.
        census: "2011" or "2021", whose LSOAs it has.
    """
    return zip_bytes({LSOA_MEMBER: csv_bytes(LSOA_COLUMNS, _list_rows(day, year, census))})


def _list_rows(day: str, year: int, census: str) -> Iterator[tuple[Cell, ...]]:
    for practice in practices():
        if practice.on_list and practice.is_open(year):
            held = practice.patients if census == "2011" else _by_area_of_2021(practice)
            for lsoa, patients in held:
                yield _PUBLICATION, day, practice.code, practice.name.upper(), lsoa, "ALL", patients


def _by_area_of_2021(practice: Practice) -> list[tuple[str, int]]:
    """Return patients by LSOA of 2021: those of a split area divided evenly, those of merged areas added."""
    new: dict[str, list[str]] = {NO_LSOA: [_NO_LSOA_2021]}
    for change in small_areas().changes:
        new.setdefault(change.old, []).append(change.new)
    counts: dict[str, int] = {}
    for lsoa, patients in practice.patients:
        parts = share_out(patients, [1] * len(new[lsoa]))
        for code, part in zip(new[lsoa], parts, strict=True):
            counts[code] = counts.get(code, 0) + part
    return sorted((code, count) for code, count in counts.items() if count)


def _map_row(practice: Practice, day: str, vintage: Vintage | None) -> tuple[Cell, ...]:
    areas = practice_areas(practice.sub_icb, vintage)
    levels = [areas[f"{level}_{part}"] for level in ("sub_icb", "icb", "region") for part in ("ons", "ods", "name")]
    return (
        _PUBLICATION,
        day,
        practice.code,
        practice.name.upper(),
        f"ZZ{len(practice.name) % 9 + 1} {practice.size % 9 + 1}AA",
        practice.pcn_code,
        practice.pcn_name.upper(),
        *levels,
        _SUPPLIERS[practice.size % 2],
    )
