"""Synthetic indicators of Fingertips of three years by sex: life expectancy, healthy or not, and early deaths."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import ENGLAND, boards_of, vintage_of
from hi_pipeline.sample.authorities import AUTHORITIES
from hi_pipeline.sample.chance import chance
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sources.fingertips.source import (
    COLUMNS,
    COMPARATOR_EXAMPLES,
    OF_AUTHORITIES,
    OF_THREE_YEARS,
    SOURCE,
)

_COMPARATOR_AT = 22
# England's figure of women and of men, how far areas lie from it, half the width of their limits, and the age.
_MADE: dict[str, tuple[float, float, float, float, str]] = {
    "90362": (62.5, 61.8, 4.0, 1.8, "All ages"),
    "90366": (83.1, 79.2, 1.2, 0.25, "All ages"),
    "91102": (21.0, 18.5, 0.7, 0.2, "65"),
    "108": (270.0, 430.0, 50.0, 9.0, "<75 yrs"),
}
_COUNTED = "108"
_PER = 100_000
_RESIDENTS = 1_200_000
# An authority too small for a survey, as the publisher leaves it out.
_WITHOUT = "E06000053"
_COUNTIES = (("E10000023", "North Yorkshire Cty"), ("E10000016", "Kent"))
_Area = tuple[str, str, str]  # code, name, type


def write(folder: Path) -> None:
    """Write every declared file."""
    header = (*COLUMNS[:_COMPARATOR_AT], COMPARATOR_EXAMPLES[2], *COLUMNS[_COMPARATOR_AT:])
    for indicator in OF_THREE_YEARS:
        release = SOURCE.release(indicator)
        (year,) = release.financial_years
        rows = _rows(indicator, year)
        write_file(folder, release.mirror_file, csv_bytes(header, rows, line_end="\r\n"))


def _rows(indicator: str, year: str) -> Iterator[tuple[Cell, ...]]:
    """Yield each area of the three years up to the last, and England of the last year alone, which is left out."""
    last = start_year(year)
    sexes = ("Persons", "Female", "Male") if indicator == _COUNTED else ("Female", "Male")
    for sex in sexes:
        yield _row(indicator, str(last), (ENGLAND, "England", "England"), sex)
        for area in _areas(indicator, year):
            yield _row(indicator, f"{last - 2} - {last % 100:02d}", area, sex)


def _areas(indicator: str, year: str) -> Iterator[_Area]:
    yield ENGLAND, "England", "England"
    if indicator != OF_AUTHORITIES:
        yield from ((board.ons, board.name, "ICBs") for board in boards_of(vintage_of(year)))
        return
    yield from ((code, name, "UA") for code, name, *_ in AUTHORITIES if not code.startswith("E07"))
    yield from ((code, name, "County") for code, name in _COUNTIES)


def _row(indicator: str, period: str, area: _Area, sex: str) -> tuple[Cell, ...]:
    half, age = _MADE[indicator][3:]
    code, _, kind = area
    value, reach = _value(indicator, code, sex), half / 8 if kind == "England" else half
    limits = (f"{value - reach:.5f}", f"{value + reach:.5f}")
    counted = _counted(code, sex) if indicator == _COUNTED else ("", "")
    figures: tuple[Cell, ...] = (f"{value:.5f}", *limits, "", "", *counted)
    if code == _WITHOUT:
        figures = ("",) * 7
    parent = ("", "") if kind == "England" else (ENGLAND, "England")
    head: tuple[Cell, ...] = (indicator, OF_THREE_YEARS[indicator], *parent, *area, sex, age, "", "", period)
    span = "3y" if " - " in period else "1y"
    return (*head, *figures, "", "", "Not compared", "Not compared", f"{period[:4]}0000", "", "", span)


def _value(indicator: str, code: str, sex: str) -> float:
    women, men, apart, _, _ = _MADE[indicator]
    central = {"Female": women, "Male": men, "Persons": (women + men) / 2}[sex]
    return central if code == ENGLAND else central + apart * chance(f"fingertips {indicator} {code}").uniform(-1, 1)


def _counted(code: str, sex: str) -> tuple[int, int]:
    """Return deaths and residents of an area; England adds up its boards."""
    if code == ENGLAND:
        (year,) = SOURCE.release(_COUNTED).financial_years
        each = [_counted(board.ons, sex) for board in boards_of(vintage_of(year))]
        return sum(deaths for deaths, _ in each), sum(people for _, people in each)
    return round(_value(_COUNTED, code, sex) * _RESIDENTS / _PER), _RESIDENTS
