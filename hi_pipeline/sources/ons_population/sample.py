"""Mid-year population estimates of health geographies, by single year of age and sex."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.geography import Vintage
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.containers import Cell, Rows, write_file, xlsx_bytes
from hi_pipeline.sample.names import practice_areas
from hi_pipeline.sample.people import population
from hi_pipeline.sources.ons_population.source import (
    CCG_2021_COLUMNS,
    ICB_2023_COLUMNS,
    ICB_2024_COLUMNS,
    MISSPELT,
    SOURCE,
)

_VINTAGE = Vintage.APRIL_2023
_FRONT = ("Cover sheet", "Contents", "Notes", "Related publications")
_NOTES = (
    ("This worksheet contains one table.",),
    ("To turn off freeze panes select the 'View' ribbon then 'Freeze Panes' then 'Unfreeze Panes' or use [Alt W, F]",),
)
_WELSH_HEADER = ("LHB 2023 Code", "LHB 2023 Name", "Total", "F0", "M0")
# The sheet in which the publisher misspelt the name of a column.
_MISSPELT_YEAR = 2022


def write(folder: Path) -> None:
    """Write the workbook of mid-2021 and mid-2022 and that of mid-2022 to mid-2024."""
    sheets: dict[str, Rows] = {name: [(name,)] for name in _FRONT}
    for year in (2021, 2022):
        sheets[f"Mid-{year} CCG 2021"] = _sheet(year, CCG_2021_COLUMNS, None)
        sheets[f"Mid-{year} ICB 2023"] = _sheet(year, _spelt(ICB_2023_COLUMNS, year), _VINTAGE)
        sheets[f"Mid-{year} LHB 2023"] = [
            (f"Estimates for Local Health Boards, mid-{year}",),
            *_NOTES,
            _WELSH_HEADER,
            ("W11000024", "Powys Teaching Health Board", 7, 3, 4),
        ]
    write_file(folder, SOURCE.release("mid-2021-mid-2022").mirror_file, xlsx_bytes(sheets))
    later: dict[str, Rows] = {name: [(name,)] for name in _FRONT}
    for year in (2022, 2023, 2024):
        later[f"Mid-{year} ICB 2024"] = _sheet(year, ICB_2024_COLUMNS, _VINTAGE)
    write_file(folder, SOURCE.release("mid-2022-mid-2024").mirror_file, xlsx_bytes(later))


def _spelt(columns: tuple[str, ...], year: int) -> tuple[str, ...]:
    wrong = {right: found for found, right in MISSPELT.items()}
    return tuple(wrong.get(name, name) for name in columns) if year == _MISSPELT_YEAR else columns


def _sheet(year: int, columns: tuple[str, ...], vintage: Vintage | None) -> Iterator[tuple[Cell, ...]]:
    yield (f"Estimates by single year of age and sex, mid-{year}",)
    yield from _NOTES
    yield columns
    footprint = vintage or Vintage.JULY_2022
    for location in sorted(locations(footprint), key=lambda s: s.ons):
        areas = practice_areas(location.ods, vintage)
        people = population(location.ods, vintage=footprint, year=year)
        yield (
            *(areas["sub_icb_ons"], areas["sub_icb_name"], areas["icb_ons"], areas["icb_name"]),
            *(areas["region_ons"], areas["region_name"]),
            sum(people["F"]) + sum(people["M"]),
            *people["F"],
            *people["M"],
        )
