"""Quality and Outcomes Framework: registers by practice, six editions with the names of their year."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import Vintage
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, zip_bytes
from hi_pipeline.sample.names import practice_areas
from hi_pipeline.sample.planted import Gradient
from hi_pipeline.sample.practices import Practice, practices
from hi_pipeline.sample.registers import register
from hi_pipeline.sources.qof.achievement import ACHIEVEMENT_MEASURES
from hi_pipeline.sources.qof.parse import GROUP_LISTS, LIST_TYPES
from hi_pipeline.sources.qof.source import (
    ACHIEVEMENT_COLUMNS,
    GEOGRAPHY_COLUMNS,
    INDICATOR_COLUMNS,
    INDICATOR_COLUMNS_2425,
    PREVALENCE_COLUMNS,
    REGIONAL_ACHIEVEMENT_COLUMNS,
    SOURCE,
)

_VERSIONS = {"2020-21": "_v2"}
_FIRST_WITH_FRACTION = "2021-22"
# Copies of the other editions lack the achievement files.
_WITH_ACHIEVEMENT = {"2021-22", "2023-24", "2024-25"}
_LAST_WITH_OLD_CODES = "2022-23"
# Indicators with the share of the group's register that they speak of, and the share for whom they are done, at the
# most and at the least deprived place.
_BOTH = {
    "CS005": ("OB", 0.9, Gradient(0.62, 0.78)),
    "CS006": ("OB", 0.7, Gradient(0.70, 0.81)),
    "DM020": ("DM", 0.8, Gradient(0.66, 0.75)),
}
_OLD = {
    "HYP003": ("HYP", 0.8, Gradient(0.68, 0.77)),
    "HYP007": ("HYP", 0.2, Gradient(0.80, 0.86)),
    "AF007": ("AF", 0.8, Gradient(0.91, 0.94)),
    "MH003": ("MH", 0.9, Gradient(0.70, 0.79)),
}
_NEW = {
    "HYP008": ("HYP", 0.75, Gradient(0.70, 0.79)),
    "HYP009": ("HYP", 0.25, Gradient(0.82, 0.88)),
    "AF008": ("AF", 0.8, Gradient(0.93, 0.96)),
    "MH003": ("MH", 0.9, Gradient(0.75, 0.83)),
}
# Of the further codes a few, each in one year: codes of cholesterol changed after 2023-24.
_OF_YEAR = {
    "2021-22": {"DM019": ("DM", 0.7, Gradient(0.62, 0.72)), "MH002": ("MH", 0.9, Gradient(0.75, 0.83))},
    "2023-24": {"CHOL001": ("CHD", 0.9, Gradient(0.88, 0.93)), "MH021": ("MH", 0.9, Gradient(0.50, 0.62))},
    "2024-25": {"CHOL003": ("CHD", 0.9, Gradient(0.90, 0.94)), "CHOL004": ("CHD", 0.8, Gradient(0.40, 0.52))},
}
_ADJUSTED = 0.06


def write(folder: Path) -> None:
    """Write the archives of all declared editions."""
    for release in SOURCE.releases:
        year = release.edition
        name = f"{year[2:4]}{year[5:]}"
        version = _VERSIONS.get(year, "")
        members = {
            f"PREVALENCE_{name}{version}.csv": csv_bytes(PREVALENCE_COLUMNS, _prevalence(year)),
            f"MAPPING_NHS_GEOGRAPHIES_{name}.csv": csv_bytes(_geography_header(year), _geography(year)),
            f"MAPPING_INDICATORS_{name}{version}.csv": csv_bytes(*_indicator_table(year)),
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
    for code in sorted(_achieved(year)):
        group = code[:-3]
        yield code, 5, group, f"Synthetic description of {group}{space}", "CL", "Clinical", "TOTAL"
    if year >= "2022-23":
        for number, list_type in enumerate(sorted(set(LIST_TYPES) - set(GROUP_LISTS.values())), start=1):
            yield f"VI{number:03d}", 17.5, "VI", "Synthetic description of VI", "PH", "Public health", list_type


def _indicator_table(year: str) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    rows = list(_indicators(year))
    if year != "2024-25":
        return INDICATOR_COLUMNS, rows
    further = [(row[0], f"Synthetic description of {row[0]}", *row[1:4], row[4], row[5], *row[4:]) for row in rows]
    return INDICATOR_COLUMNS_2425, further


def _achieved(year: str) -> dict[str, tuple[str, float, Gradient]]:
    return _BOTH | (_OLD if year <= _LAST_WITH_OLD_CODES else _NEW) | _OF_YEAR.get(year, {})


def _achievement_members(year: str, name: str) -> dict[str, bytes]:
    by_region: dict[str, list[tuple[Cell, ...]]] = {}
    for practice in _open(year):
        if not practice.on_register:
            continue
        areas = practice_areas(practice.sub_icb, _vintage(year))
        region = (areas["region_ods"], areas["region_ons"], areas["region_name"])
        rows = by_region.setdefault(areas["region_name"].upper().replace(" ", "_"), [])
        own = _registers(practice, year)
        for code, (group, share, done) in _achieved(year).items():
            for measure, value in _achievement(practice, code, year, round(own[group][0] * share), done):
                rows.append((*region, practice.code, code, measure, value))
        rows.append((*region, practice.code, "LD001", "REGISTER", f"{own['LD'][0]}.0"))
        if year >= "2024-25":
            rows.append((*region, practice.code, "DEP001", "NEWLY_DIAGNOSED", f"{own['DEP'][0] // 9}.0"))
    if _geography_header(year) != GEOGRAPHY_COLUMNS["icb"]:
        rows = [row[3:] for own in by_region.values() for row in own]
        return {f"ACHIEVEMENT_{name}.csv": csv_bytes(ACHIEVEMENT_COLUMNS, rows)}
    return {
        f"ACHIEVEMENT_{region}_{name}.csv": csv_bytes(REGIONAL_ACHIEVEMENT_COLUMNS, rows)
        for region, rows in sorted(by_region.items())
    }


def _achievement(practice: Practice, code: str, year: str, people: int, done: Gradient) -> Iterator[tuple[str, str]]:
    """Yield what a practice achieved of one indicator; counts are written with a fraction."""
    generator = chance(f"achievement {code} {practice.code} {year}")
    adjusted = drawn(generator, people, _ADJUSTED)
    achieved = drawn(generator, people - adjusted, done.at(practice.place))
    counts = {"NUMERATOR": achieved, "DENOMINATOR": people - adjusted, "PCAS": adjusted}
    for measure in ACHIEVEMENT_MEASURES:
        if measure in counts:
            yield measure, f"{counts[measure]}.0"
        elif measure == "ACHIEVED_POINTS":
            yield measure, "4.5"
