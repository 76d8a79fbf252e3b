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


# Districts abolished in April 2023, which the lookup of 2022 still has, to the unitary authorities of later files.
AUTHORITY_FROM_2023 = Succession(
    successors={
        "E07000026": "E06000063",  # Allerdale to Cumberland
        "E07000028": "E06000063",  # Carlisle
        "E07000029": "E06000063",  # Copeland
        "E07000027": "E06000064",  # Barrow-in-Furness to Westmorland and Furness
        "E07000030": "E06000064",  # Eden
        "E07000031": "E06000064",  # South Lakeland
        "E07000163": "E06000065",  # Craven to North Yorkshire
        "E07000164": "E06000065",  # Hambleton
        "E07000165": "E06000065",  # Harrogate
        "E07000166": "E06000065",  # Richmondshire
        "E07000167": "E06000065",  # Ryedale
        "E07000168": "E06000065",  # Scarborough
        "E07000169": "E06000065",  # Selby
        "E07000187": "E06000066",  # Mendip to Somerset
        "E07000188": "E06000066",  # Sedgemoor
        "E07000189": "E06000066",  # South Somerset
        "E07000246": "E06000066",  # Somerset West and Taunton
    },
    source="The Cumbria, North Yorkshire and Somerset (Structural Changes) Orders 2022",
    unconfirmed=(
        "the titles of the orders; the 17 districts are those of the ONS lookup of 2022 that the homelessness tables "
        "of 2025 lack, and the four authorities those that they have beside it (a test)"
    ),
)

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
