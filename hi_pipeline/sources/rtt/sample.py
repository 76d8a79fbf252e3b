"""Referral to treatment waiting times: full extracts of three months, and the layout of months to March 2021."""

from calendar import month_name, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from pathlib import Path

from hi_pipeline.core.geography import SubIcb, Vintage, board
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, zip_bytes
from hi_pipeline.sample.names import CCG_NAMES
from hi_pipeline.sample.people import residents_by_decile
from hi_pipeline.sources.rtt.parse import ALL_FUNCTIONS
from hi_pipeline.sources.rtt.source import IDENTITY_COLUMNS, SOURCE, TOTAL_COLUMNS, WEEKS_52, week_columns

_PATHWAYS_PER_RESIDENT = 0.115
_FUNCTIONS = {"C_110": "Trauma and Orthopaedic Service", "X02": "Other - Medical Services"}
_PARTS = {
    "Part_1A": ("Completed Pathways For Admitted Patients", 0.04),
    "Part_1B": ("Completed Pathways For Non-Admitted Patients", 0.14),
    "Part_2": ("Incomplete Pathways", 1.0),
    "Part_2A": ("Incomplete Pathways with DTA", 0.2),
    "Part_3": ("New RTT Periods - All Patients", 0.22),
}
_ONE_UNKNOWN_OF = 400
_COMPLETED = ("Part_1A", "Part_1B")
# Commissioners without a parent: what NHS England commissions itself.
_NATIONAL = {
    "13Q": "NATIONAL COMMISSIONING HUB 1",
    "14E": "EAST OF ENGLAND COMMISSIONING HUB",
    "NONC": "#N/A",
    "Y56": "LONDON COMMISSIONING REGION",
    "Y62": "NORTH WEST COMMISSIONING REGION",
}
_NATIONAL_PEOPLE = 12_000
_OLD_MONTH = "2020-03"
_NEW_LOCATIONS = {"U2G6B": "NHS Thames Valley East CCG"}

# Places below the mirror that stand for no release: a layout that is declared and has none yet.
WITHOUT_RELEASE = {WEEKS_52.name: "www.england.nhs.uk/without-release/Full-CSV-data-file-Mar20.zip"}


@dataclass(frozen=True)
class _Row:
    provider: tuple[str, str, str, str]
    commissioner: tuple[str, str, str, str]
    people: float
    slow: float


def write(folder: Path) -> None:
    """Write the declared months and one month of the old layout."""
    for release in SOURCE.releases:
        write_file(folder, release.mirror_file, _archive(release.edition, last=104))
    write_file(folder, WITHOUT_RELEASE[WEEKS_52.name], _archive(_OLD_MONTH, last=52))


def _archive(month: str, *, last: int) -> bytes:
    year, number = int(month[:4]), int(month[5:])
    name = f"{year}{number:02d}{monthrange(year, number)[1]}-RTT-{month_name[number]}-{year}-full-extract.csv"
    header = (*IDENTITY_COLUMNS, *week_columns(last), *TOTAL_COLUMNS)
    rows = _rows(f"RTT-{month_name[number]}-{year}", _vintage(month), last)
    return zip_bytes({name: csv_bytes(header, rows, line_end="\r\n")})


def _vintage(month: str) -> Vintage:
    return Vintage.APRIL_2026 if month >= "2026-04" else Vintage.APRIL_2023


def _rows(period: str, vintage: Vintage, last: int) -> Iterator[tuple[Cell, ...]]:
    for source in _sources(vintage):
        for part, (description, share) in _PARTS.items():
            name = f"{period} {source.provider[2]} {source.commissioner[2]}"
            by_function = [_waits(f"{name} {function} {part}", source, share, last) for function in _FUNCTIONS]
            total = [sum(week) for week in zip(*by_function, strict=True)]
            # Of the clock starts that are not known the last function has those of the total that the others have not.
            *unknown, _ = (sum(waits) // _ONE_UNKNOWN_OF for waits in by_function)
            of_total = sum(total) // _ONE_UNKNOWN_OF
            unknown += [of_total - sum(unknown)]
            for (function, title), waits, starts in zip(_FUNCTIONS.items(), by_function, unknown, strict=True):
                yield _row(period, source, part, description, function, title, waits, starts)
            yield _row(period, source, part, description, ALL_FUNCTIONS, "Total", total, of_total)


def _sources(vintage: Vintage) -> Iterator[_Row]:
    """Yield pairs of provider and commissioner: every location has its board's provider, some another."""
    people = residents_by_decile(vintage)
    for number, location in enumerate(locations(vintage)):
        owner = board(location.board[vintage])
        parent = (owner.ods, owner.name.upper())
        commissioner = (*parent, location.ods, f"{_commissioner_name(location)} (SUB ICB LOCATION)")
        slow = chance(f"waits {location.ods}").uniform(11, 16)
        own = sum(people[location.ods])
        provider = (*parent, f"R{owner.ons[-2:]}", f"SYNTHETIC HOSPITALS {owner.ons[-2:]} NHS FOUNDATION TRUST")
        yield _Row(provider, commissioner, own * 0.8, slow)
        if number % 3 == 0:
            independent = (*parent, f"N{owner.ons[-2:]}01", f"SYNTHETIC CLINIC {owner.ons[-2:]}")
            yield _Row(independent, commissioner, own * 0.2, slow - 2)
    for code, name in _NATIONAL.items():
        yield _Row(
            (
                "QMF",
                "NHS NORTH EAST LONDON INTEGRATED CARE BOARD",
                "R29",
                "SYNTHETIC HOSPITALS 29 NHS FOUNDATION TRUST",
            ),
            ("", "", code, name),
            _NATIONAL_PEOPLE,
            19,
        )


def _commissioner_name(location: SubIcb) -> str:
    return (CCG_NAMES | _NEW_LOCATIONS)[location.ods].removesuffix(" CCG").upper()


def _waits(name: str, source: _Row, share: float, last: int) -> list[int]:
    """Return pathways by week waited, falling with the weeks."""
    generator = chance(f"pathways {name}")
    count = round(source.people * _PATHWAYS_PER_RESIDENT * share / len(_FUNCTIONS) * generator.uniform(0.9, 1.1))
    return share_out(count, [exp(-week / source.slow) for week in range(last + 1)])


def _row(
    period: str, source: _Row, part: str, description: str, function: str, title: str, waits: list[int], unknown: int
) -> tuple[Cell, ...]:
    head = (period, *source.provider, *source.commissioner, part, description, function, title)
    count = sum(waits)
    if part == "Part_3":
        return (*head, *("",) * len(waits), "", "", count)
    if part not in _COMPLETED:
        return (*head, *waits, "", "", count)
    # Bands without a pathway are blank in some rows and 0 in others.
    weeks: list[Cell] = [n if n or function == ALL_FUNCTIONS else "" for n in waits]
    return (*head, *weeks, count, unknown, count + unknown)
