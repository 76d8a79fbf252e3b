"""Financial years: 1 April to 31 March, written "2023-24"."""

import re
from datetime import date

from hi_pipeline.core.errors import SelectionError

_LABEL = re.compile(r"([0-9]{4})-([0-9]{2})")

# "23-24", "2023/24", "2023-2024", "FY2023": what is typed for a financial year.
_NEARLY = re.compile(r"(?:FY ?)?((?:20)?[0-9]{2})(?:\s*[-/\u2013_ ]\s*((?:20)?[0-9]{2}))?", re.IGNORECASE)
_SHORT = 2  # digits of a year without its century

FIRST_YEAR = "2018-19"
LAST_YEAR = "2026-27"


def start_year(label: str) -> int:
    """Return the calendar year in which a financial year starts.

    Args:
        label: "2023-24".

    Raises:
        SelectionError: the text is no financial year, such as "2023-25" or "2023/24".
    """
    found = _LABEL.fullmatch(label)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise SelectionError(f"{label!r} is no financial year: expected two years in a row, {_meant(label)}")
    return int(found[1])


def _meant(text: str) -> str:
    """Return the financial year that a text seems to mean, as a question; an example where it seems to mean none."""
    found = _NEARLY.fullmatch(text.strip())
    if not found:
        return 'as "2023-24"'
    start = int(found[1]) if len(found[1]) > _SHORT else 2000 + int(found[1])
    follows = not found[2] or (start + 1) % 100 == int(found[2]) % 100
    return f'as "{label_of(start)}"; is that the year you mean?' if follows else 'as "2023-24"'


def label_of(start: int) -> str:
    """Return "2023-24" for 2023."""
    return f"{start}-{(start + 1) % 100:02d}"


def label_of_date(day: date) -> str:
    """Return the financial year in which a day lies."""
    return label_of(day.year if day.month >= 4 else day.year - 1)


def period(label: str) -> tuple[date, date]:
    """Return the first and the last day of a financial year."""
    start = start_year(label)
    return date(start, 4, 1), date(start + 1, 3, 31)


def years_between(first: str, last: str) -> tuple[str, ...]:
    """Return all financial years from the first to the last, both included."""
    return tuple(label_of(year) for year in range(start_year(first), start_year(last) + 1))


ALL_YEARS = years_between(FIRST_YEAR, LAST_YEAR)
