"""Mental health time series: children in contact by partnership or board, people in contact by tenth of deprivation."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.geography import NHS_REGIONS, Vintage, boards_of
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn, rounded
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, zip_bytes
from hi_pipeline.sample.people import residents_by_decile
from hi_pipeline.sources.mhsds.parse import ACCESS, CONTACT, CONTACT_EDITION, DECILE_LABELS, UNKNOWN_AREA
from hi_pipeline.sources.mhsds.source import COLUMNS, SOURCE

_PER_RESIDENT, _GROWTH, _IN_TWO_AREAS = 0.011, 1.12, 1.012
_PEOPLE_PER_RESIDENT = (0.041, 0.021)  # in contact, in the most and the least deprived tenth
_NAMES = {
    ACCESS: "Number of CYP aged under 18 supported through NHS funded mental health with at least one contact",
    CONTACT: "People in contact with services at the end of the reporting period",
    "MHS32": "Referrals starting in RP",
}
_Row = tuple[Cell, ...]


def write(folder: Path) -> None:
    """Write each declared series."""
    for release in SOURCE.releases:
        last = 2022 if release.edition == CONTACT_EDITION else 2024
        rows = [*_contact(), *_other(), *(row for year in range(2021, last + 1) for row in _access(year))]
        if last == 2022:
            rows += _access(2022, month="November", end="30/11", start="01/12/2021")
        member = f"{Path(release.mirror_file).stem}.csv"
        write_file(folder, release.mirror_file, zip_bytes({member: csv_bytes(COLUMNS, rows, line_end="\r\n")}))


def _row(period: tuple[str, str, str], breakdown: str, code: str, name: str, measure: str, value: Cell) -> _Row:
    return (*period, breakdown, code, name, "NONE", "NONE", measure, _NAMES[measure], value)


def _children(ons: str, year: int) -> int:
    people = residents_by_decile(Vintage.JULY_2022)
    own = [place.ods for place in locations(Vintage.JULY_2022) if place.board[Vintage.JULY_2022] == ons]
    residents = sum(sum(people[place]) for place in own)
    return drawn(chance(f"children in contact {ons} {year}"), residents, _PER_RESIDENT * _GROWTH ** (year - 2021))


def _access(year: int, *, month: str = "March", end: str = "31/03", start: str = "") -> Iterator[_Row]:
    """Yield a year's rows; from August 2022 on partnerships are boards, and England has no row to November."""
    boards = month != "March" or year > 2022
    period = (start or f"01/04/{year - 1}", f"{end}/{year}", "Performance" if boards else "Final")
    counts = {board: _children(board.ons, year) for board in boards_of(Vintage.JULY_2022)}
    total = round(sum(counts.values()) / _IN_TWO_AREAS)
    if month == "March":
        yield _row(period, "England", "England", "England", ACCESS, total)
    for region in NHS_REGIONS:
        count = sum(n for board, n in counts.items() if board.region_ods == region.ods)
        yield _row(period, "Region", region.ods, region.name, ACCESS, rounded(count))
    for board, count in counts.items():
        yield _row(period, "ICB" if boards else "STP", board.ods, board.name.upper(), ACCESS, rounded(count))
    for breakdown in ("Region", "ICB" if boards else "STP"):
        yield _row(period, breakdown, UNKNOWN_AREA, UNKNOWN_AREA, ACCESS, rounded(total // 27))
    period = (*period[:2], f"{period[2]} ")  # some trail a blank
    yield _row(period, "PROVIDER", "RXX", "SYNTHETIC MENTAL HEALTH NHS TRUST", ACCESS, "*")
    yield _row(
        period, "Sub ICB of Residence" if boards else "CCG of Residence", "05G", "A PLACE", ACCESS, rounded(4_321)
    )


def _contact() -> Iterator[_Row]:
    """Yield people in contact at the end of July 2022, a row of June, and May without tenths."""
    people = [sum(tenth) for tenth in zip(*residents_by_decile(Vintage.JULY_2022).values(), strict=True)]
    most, least = _PEOPLE_PER_RESIDENT
    generator = chance("people in contact")
    counts = [drawn(generator, n, most + (least - most) * i / 9) for i, n in enumerate(people)]
    unknown = sum(counts) // 35
    july = ("01/07/2022", "31/07/2022", "Performance")
    *tenths, in_july, in_june = DECILE_LABELS
    for label, count in zip([*tenths, in_july], [*counts, unknown], strict=True):
        yield _row(july, "England; IMD Decile", label, label, CONTACT, count)
    june = ("01/06/2022", "30/06/2022", "Performance")  # the unknown group is spelt in two ways
    yield _row(june, "England; IMD Decile", in_june, in_june, CONTACT, unknown + 1)
    yield _row(july, "England", "England", "England", CONTACT, sum(counts) + unknown)
    yield _row(("01/05/2022", "31/05/2022", "Performance"), "England", "England", "England", CONTACT, sum(counts))


def _other() -> Iterator[_Row]:
    """Yield a measure that nobody reads, and one small provider that is hidden."""
    period = ("01/07/2022", "31/07/2022", "Performance")
    yield _row(period, "England", "England", "England", "MHS32", 400_000)
    yield _row(period, "Provider", "RXX", "SYNTHETIC MENTAL HEALTH NHS TRUST", "MHS32", "*")
