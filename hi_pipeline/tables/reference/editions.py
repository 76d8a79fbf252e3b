"""Which edition of a reference publication a financial year uses: its own, else the nearest, and it is said so."""

import re

from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.financial_year import start_year

_MONTH = re.compile(r"(\d{4})-(\d{2})-.*")


def months_apart(edition: str, financial_year: str) -> int:
    """Return how many months the month of an edition ("2022-07-lsoa") lies outside a financial year (0: within).

    Raises:
        ValueError: the edition does not begin with a year and a month.
    """
    found = _MONTH.fullmatch(edition)
    if not found:
        raise ValueError(f"edition {edition!r} does not begin with a year and a month, as in 2022-07-lsoa")
    month = int(found[1]) * 12 + int(found[2]) - 1
    first = start_year(financial_year) * 12 + 3
    return max(first - month, month - (first + 11), 0)


def nearest(editions: tuple[str, ...], financial_year: str, *, what: str, within: int | None = None) -> tuple[str, int]:
    """Return the edition nearest to a financial year, the earlier of two as near, and its distance in months.

    Args:
        editions: those that are built.
        financial_year: the year that needs one.
        what: what is looked for, for the message.
        within: months that it may be away at most; None for any.

    Raises:
        NothingToBuild: there is none, or none near enough.
    """
    ranked = sorted((months_apart(edition, financial_year), edition) for edition in editions)
    if not ranked or (within is not None and ranked[0][0] > within):
        found = f"; the nearest is {ranked[0][1]}, {ranked[0][0]} months away" if ranked else ""
        raise NothingToBuild(f"{what}: no edition serves {financial_year}{found}")
    return ranked[0][1], ranked[0][0]


def said(edition: str, apart: int, *, what: str) -> str:
    """Say that another year's edition was used; "" where it is the year's own."""
    return f"{what} of {edition[:7]}, the nearest in hand to the year" if apart else ""


IMD_2025_FROM = "2025-26"


def imd_vintage_of(financial_year: str) -> str:
    """Return the Indices of Deprivation a financial year's figures rest on.

    The Indices of 2025 came out in October 2025: figures of years before 2025-26 rest on those of 2019, as the
    publishers' own do. A trend that crosses the change is broken, so every row carries its vintage.
    """
    return "2025" if start_year(financial_year) >= start_year(IMD_2025_FROM) else "2019"
