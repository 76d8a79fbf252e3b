"""Lower-tier authorities that merged, and publishers' rows for two authorities at once.

Facts only. 2026-11: every pair was checked in the ONS lookup of July 2022, whose LSOAs of 2011 keep the name of the
old district ("Corby 001A") beside the code of the authority of 2022 ("North Northamptonshire").
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Merger:
    """Districts that became one authority on a day.

    Attributes:
        code: ONS code of the new authority.
        name: its name.
        first_year: the first financial year in which publishers may use it.
        districts: ONS code and name of each district that went into it whole.
        source: the order that made it.
    """

    code: str
    name: str
    first_year: str
    districts: Mapping[str, str]
    source: str


MERGERS: tuple[Merger, ...] = (
    Merger(
        code="E06000060",
        name="Buckinghamshire",
        first_year="2020-21",
        districts={
            "E07000004": "Aylesbury Vale",
            "E07000005": "Chiltern",
            "E07000006": "South Bucks",
            "E07000007": "Wycombe",
        },
        source="The Buckinghamshire (Structural Changes) Order 2019, SI 2019/957",
    ),
    Merger(
        code="E06000061",
        name="North Northamptonshire",
        first_year="2021-22",
        districts={
            "E07000150": "Corby",
            "E07000152": "East Northamptonshire",
            "E07000153": "Kettering",
            "E07000156": "Wellingborough",
        },
        source="The Northamptonshire (Structural Changes) Order 2020",
    ),
    Merger(
        code="E06000062",
        name="West Northamptonshire",
        first_year="2021-22",
        districts={
            "E07000151": "Daventry",
            "E07000154": "Northampton",
            "E07000155": "South Northamptonshire",
        },
        source="The Northamptonshire (Structural Changes) Order 2020",
    ),
)

# Rows that stand for two authorities under the code of the larger, because the other is too small to print.
COMBINED: Mapping[str, tuple[str, ...]] = {
    "E09000012": ("E09000012", "E09000001"),  # Hackney and City of London
    "E06000052": ("E06000052", "E06000053"),  # Cornwall and Isles of Scilly
}

_SUCCESSOR = {district: merger.code for merger in MERGERS for district in merger.districts}


def authority_of_2022(code: str) -> str:
    """Return the code that an authority has in the lookup of July 2022: its own, or that of what it merged into.

    Args:
        code: ONS code of a lower-tier authority of April 2019 or later.
    """
    return _SUCCESSOR.get(code, code)


def authorities_meant(code: str) -> tuple[str, ...]:
    """Return the authorities of July 2022 that a publisher's row stands for: one, or two where it combines them."""
    successor = authority_of_2022(code)
    return COMBINED.get(successor, (successor,))
