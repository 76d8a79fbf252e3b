"""Authorities that were abolished before a footprint, and what they became: declared with their source."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Succession:
    """What abolished areas became.

    Attributes:
        successors: old code to new code.
        source: where it is published; unconfirmed: what of it nobody has checked there.
    """

    successors: dict[str, str]
    source: str
    unconfirmed: str = ""


# Districts abolished between April 2019 and April 2021 to the unitary authorities of the ONS lookup of 2022.
AUTHORITY_TO_2022 = Succession(
    successors={
        "E07000004": "E06000060",  # Aylesbury Vale to Buckinghamshire, 2020
        "E07000005": "E06000060",  # Chiltern
        "E07000006": "E06000060",  # South Bucks
        "E07000007": "E06000060",  # Wycombe
        "E07000150": "E06000061",  # Corby to North Northamptonshire, 2021
        "E07000152": "E06000061",  # East Northamptonshire
        "E07000153": "E06000061",  # Kettering
        "E07000156": "E06000061",  # Wellingborough
        "E07000151": "E06000062",  # Daventry to West Northamptonshire, 2021
        "E07000154": "E06000062",  # Northampton
        "E07000155": "E06000062",  # South Northamptonshire
    },
    source="The Buckinghamshire (Structural Changes) Order 2019; The Northamptonshire (Structural Changes) Order 2020",
    unconfirmed="the titles of the orders; each pair agrees with the LSOA names of the ONS lookup of 2022 (a test)",
)
