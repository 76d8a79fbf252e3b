"""Synthetic indicators of Fingertips that are taken as printed: England and boards in one file, with single sexes."""

from collections.abc import Iterator
from math import sqrt
from pathlib import Path

from hi_pipeline.core.geography import ENGLAND, boards_of, vintage_of
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.people import residents_by_decile
from hi_pipeline.sources.fingertips.source import AS_PRINTED, COLUMNS, COMPARATOR_EXAMPLES, SOURCE

_COMPARATOR_AT = 22
# Multiplier of the value, share of residents who count below the line, share of these who count above it, and the age.
_MADE: dict[str, tuple[int, float, float, str]] = {
    "93231": (100_000, 1.0, 0.0017, "All ages"),
    "93232": (100_000, 1.0, 0.0012, "All ages"),
    "92872": (100, 0.004, 0.38, "All ages"),
    "92873": (100, 0.05, 0.55, "All ages"),
    "30314": (100, 0.18, 0.78, "65+ yrs"),
    "93085": (100, 0.01, 0.08, "All ages"),
    "93183": (100, 0.004, 0.75, "18+ yrs"),
}
_Area = tuple[str, str, str, int]  # code, name, type, residents


def write(folder: Path) -> None:
    """Write every declared file."""
    header = (*COLUMNS[:_COMPARATOR_AT], COMPARATOR_EXAMPLES[2], *COLUMNS[_COMPARATOR_AT:])
    for indicator in AS_PRINTED:
        release = SOURCE.release(indicator)
        (year,) = release.financial_years
        rows = list(_rows(indicator, year))
        write_file(folder, release.mirror_file, csv_bytes(header, rows, line_end="\r\n"))


def _rows(indicator: str, year: str) -> Iterator[tuple[Cell, ...]]:
    """Yield persons and one sex of each board and of England, which adds them up."""
    _, of_residents, share, _ = _MADE[indicator]
    counted: list[tuple[_Area, int, int]] = []
    for area in _boards(year):
        people = round(area[3] * of_residents)
        counted.append((area, drawn(chance(f"fingertips {indicator} {year} {area[0]}"), people, share), people))
    england = (ENGLAND, "England", "England", 0)
    whole = sum(count for _, count, _ in counted), sum(people for *_, people in counted)
    for area, count, people in ((england, *whole), *counted):
        yield _row(indicator, year, area, "Persons", count, people)
        yield _row(indicator, year, area, "Female", count // 2, people // 2)


def _boards(year: str) -> Iterator[_Area]:
    vintage = vintage_of(year)
    tenths = residents_by_decile(vintage)
    for board in boards_of(vintage):
        own = [place.ods for place in locations(vintage) if place.board[vintage] == board.ons]
        yield board.ons, board.name, "ICBs", sum(sum(tenths[ods]) for ods in own)


def _row(indicator: str, year: str, area: _Area, sex: str, count: int, people: int) -> tuple[Cell, ...]:
    per, _, _, age = _MADE[indicator]
    code, name, kind, _ = area
    parent = ("", "") if kind == "England" else (ENGLAND, "England")
    value, spread = per * count / people, per * sqrt(max(count, 1)) / people
    limits = [f"{max(0.0, value + z * spread):.7g}" for z in (-1.96, 1.96)]
    period = year.replace("-", "/")
    head: tuple[Cell, ...] = (indicator, AS_PRINTED[indicator], *parent, code, name, kind, sex, age, "", "", period)
    figures: tuple[Cell, ...] = (f"{value:.7g}", *limits, "", "", count, people)
    return (*head, *figures, "", "", "Not compared", "Not compared", f"{year[:4]}0000", "", "", "1y")
