"""How a number is printed: rounded once, here and nowhere else.

A number keeps the decimals of its indicator in every format. The minus is U+2212, which screen readers read out.
"""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.status import Unit

MINUS = "\u2212"
# What a cell says that has no number: never a word that may be read as zero.
NO_FIGURE = "no figure"
_DECIMALS = {Unit.COUNT.value: 0, Unit.RATIO.value: 2}
_AFTER = {
    Unit.PERCENT.value: "%",
    Unit.PER_1K.value: " per 1,000",
    Unit.PER_100K.value: " per 100,000",
    Unit.PER_MILLION.value: " per million",
    Unit.YEARS.value: " years",
    Unit.PERCENTAGE_POINTS.value: " percentage points",
    Unit.RATIO.value: "",
    Unit.COUNT.value: "",
}
# Whole numbers with thousands separators, decimals, and what stands in dates, years and codes.
_NUMERAL = re.compile(r"\d[\d,]*(?:\.\d+)?")


def decimals_of(unit: str, *, most: float | None = None) -> int:
    """Return the decimals of an indicator's figures.

    Args:
        unit: of the figure.
        most: the largest plausible value; percentages that stay below 10 have two decimals, the others one.
    """
    if unit in _DECIMALS:
        return _DECIMALS[unit]
    small = unit in (Unit.PERCENT.value, Unit.PERCENTAGE_POINTS.value) and most is not None and most <= 10
    return 2 if small else 1


def rounded(value: float, decimals: int) -> Decimal:
    """Return a value at its decimals, halves away from zero; never minus zero."""
    result = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def printed(value: float, decimals: int) -> str:
    """Return a value as text: "1,234.5", with U+2212 for minus."""
    return f"{rounded(value, decimals):,}".replace("-", MINUS)


def with_unit(text: str, unit: str) -> str:
    """Return a printed number with its unit: "54.8%", "87.7 per 100,000"; ratios and counts have none.

    Raises:
        KeyError: the unit has no words; add them here.
    """
    if unit == Unit.PERCENTAGE_POINTS.value and text in ("1", "1.0", "1.00"):
        return f"{text} percentage point"
    return text + _AFTER[unit]


def number_of(number: int, noun: str) -> str:
    """Return a number of things: "1 gap", "2 gaps"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def day_words(day: date) -> str:
    """Return a day as every format prints it: "1 April 2023"."""
    return f"{day.day} {day:%B %Y}"


def month_words(vintage: Vintage) -> str:
    """Return the month that a footprint is in force from: "April 2023"."""
    return f"{date.fromisoformat(f'{vintage.value}-01'):%B %Y}"


def unit_words(unit: str) -> str:
    """Return the unit as the header of a column says it."""
    return {"%": "%", "": "ratio" if unit == Unit.RATIO.value else "number"}.get(_AFTER[unit], _AFTER[unit].strip())


def numerals(text: str) -> list[str]:
    """Return every numeral of a text, in order: "54.8", "100,000", "2023"."""
    return [found.rstrip(",") for found in _NUMERAL.findall(text)]
