"""Quality and Outcomes Framework: registers by practice, six editions with the names of their year."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import Vintage
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, zip_bytes
from hi_pipeline.sample.names import practice_areas
from hi_pipeline.sample.practices import Practice, practices
from hi_pipeline.sample.registers import register
from hi_pipeline.sources.qof.parse import ACHIEVEMENT_MEASURES, GROUP_LISTS, LIST_TYPES
from hi_pipeline.sources.qof.source import (
    ACHIEVEMENT_COLUMNS,
    GEOGRAPHY_COLUMNS,
    INDICATOR_COLUMNS,
    PREVALENCE_COLUMNS,
    REGIONAL_ACHIEVEMENT_COLUMNS,
    SOURCE,
)

_VERSIONS = {"2020-21": "_v2"}
_FIRST_WITH_FRACTION = "2021-22"
# Copies of the other editions lack the achievement files.
_WITH_ACHIEVEMENT = {"2021-22", "2023-24"}
_ACHIEVED_GROUPS = ("AF", "LD")


def write(folder: Path) -> None:
    """Write the archives of all declared editions."""
    for release in SOURCE.releases:
        year = release.edition
        name = f"{year[2:4]}{year[5:]}"
        version = _VERSIONS.get(year, "")
        members = {
            f"PREVALENCE_{name}{version}.csv": csv_bytes(PREVALENCE_COLUMNS, _prevalence(year)),
            f"MAPPING_NHS_GEOGRAPHIES_{name}.csv": csv_bytes(_geography_header(year), _geography(year)),
            f"MAPPING_INDICATORS_{name}{version}.csv": csv_bytes(INDICATOR_COLUMNS, _indicators(year)),
        }
        if year in _WITH_ACHIEVEMENT:
            members |= _achievement_members(year, name)
        write_file(folder, release.mirror_file, zip_bytes(members))


def _vintage(year: str) -> Vintage | None:
    if year <= "2020-21":
        return None
    return Vintage.JULY_2022 if year <= "2022-23" else Vintage.APRIL_2023


def _open(year: str) -> Iterator[Practice]:
    yield from (practice for practice in practices() if practice.is_open(start_year(year)))


def _registers(practice: Practice, year: str) -> dict[str, tuple[int, int]]:
    """Return a practice's register and the list that it is a part of, by group."""
    return {group: register(practice, group, of=of, year=year) for group, of in GROUP_LISTS.items()}


def _prevalence(year: str) -> Iterator[tuple[Cell, ...]]:
    for practice in _open(year):
        if practice.on_register:
            for group, (register, size) in _registers(practice, year).items():
                shown = f"{register}.0" if year >= _FIRST_WITH_FRACTION else register
                yield practice.code, group, shown, GROUP_LISTS[group], size


def _geography_header(year: str) -> tuple[str, ...]:
    if year <= "2020-21":
        return GEOGRAPHY_COLUMNS["stp"]
    return GEOGRAPHY_COLUMNS["icb_2021-22" if year == "2021-22" else "icb"]


def _geography(year: str) -> Iterator[tuple[Cell, ...]]:
    for practice in _open(year):
        areas = practice_areas(practice.sub_icb, _vintage(year))
        levels = [areas[f"{level}_{part}"] for level in ("region", "icb", "sub_icb") for part in ("ods", "ons", "name")]
        network = (practice.pcn_code, practice.pcn_name)
        yield "E92000001", "ENG", "England", *levels, *network, practice.code, practice.name


def _indicators(year: str) -> Iterator[tuple[Cell, ...]]:
    """Yield one indicator a group, and from 2022-23 on further ones on lists that no register is counted against."""
    space = " " if year == "2022-23" else ""
    for group, list_type in GROUP_LISTS.items():
        yield f"{group}001", 5, group, f"Synthetic description of {group}{space}", "CL", "Clinical", list_type
    if year >= "2022-23":
        for number, list_type in enumerate(sorted(set(LIST_TYPES) - set(GROUP_LISTS.values())), start=1):
            yield f"VI{number:03d}", 17.5, "VI", "Synthetic description of VI", "PH", "Public health", list_type


def _achievement_members(year: str, name: str) -> dict[str, bytes]:
    by_region: dict[str, list[tuple[Cell, ...]]] = {}
    for practice in _open(year):
        if not practice.on_register:
            continue
        areas = practice_areas(practice.sub_icb, _vintage(year))
        region = (areas["region_ods"], areas["region_ons"], areas["region_name"])
        rows = by_region.setdefault(areas["region_name"].upper().replace(" ", "_"), [])
        for group in _ACHIEVED_GROUPS:
            register = _registers(practice, year)[group][0]
            values: tuple[Cell, ...] = (register, register * 3 // 4, register * 9 // 10, register // 20, "4.5")
            for measure, value in zip(ACHIEVEMENT_MEASURES, values, strict=True):
                rows.append((*region, practice.code, f"{group}001", measure, value))
    if _geography_header(year) != GEOGRAPHY_COLUMNS["icb"]:
        rows = [row[3:] for own in by_region.values() for row in own]
        return {f"ACHIEVEMENT_{name}.csv": csv_bytes(ACHIEVEMENT_COLUMNS, rows)}
    return {
        f"ACHIEVEMENT_{region}_{name}.csv": csv_bytes(REGIONAL_ACHIEVEMENT_COLUMNS, rows)
        for region, rows in sorted(by_region.items())
    }
