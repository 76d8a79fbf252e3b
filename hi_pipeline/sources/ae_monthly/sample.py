"""A&E attendances: every synthetic trust and one urgent treatment centre a board, for each declared month."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.geography import SubIcb, Vintage, boards_of
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.people import residents_by_decile
from hi_pipeline.sources.ae_monthly.parse import MEASURES, REGION_LABELS, TOTAL
from hi_pipeline.sources.ae_monthly.source import COLUMNS, SOURCE

_PER_RESIDENT = {"1": 0.024, "2": 0.001, "other": 0.014}
_OVER_4H, _ADMITTED, _NOT_VIA_AE = 0.38, 0.28, 0.0025
_MONTHS = {"01": "JANUARY", "03": "MARCH"}


def write(folder: Path) -> None:
    """Write the declared months."""
    for release in SOURCE.releases:
        year, month = release.edition.split("-")
        rows = list(_rows(f"MSitAE-{_MONTHS[month]}-{year}"))
        sums = [sum(int(row[i] or 0) for row in rows) for i in range(4, len(COLUMNS))]
        rows.append((TOTAL, TOTAL, TOTAL, TOTAL, *sums))
        write_file(folder, release.mirror_file, csv_bytes(COLUMNS, rows, line_end="\r\n"))


def _rows(period: str) -> Iterator[tuple[Cell, ...]]:
    labels = {ods: label for label, ods in REGION_LABELS.items()}
    people = residents_by_decile(Vintage.APRIL_2023)
    for board in boards_of(Vintage.APRIL_2023):
        residents = sum(sum(people[place.ods]) for place in _of(board.ons))
        region = labels[board.region_ods]
        number = board.ons[-2:]
        trust = _trust(f"{period} {board.ons}", residents)
        # As in the publisher's files, some names of regions end in a blank.
        yield (period, f"R{number}", f"{region} ", f"SYNTHETIC HOSPITALS {number} NHS FOUNDATION TRUST", *trust)
        yield (period, f"Y000{number}", region, f"SYNTHETIC URGENT TREATMENT CENTRE {number}", *_centre(residents))


def _of(ons: str) -> list[SubIcb]:
    return [place for place in locations(Vintage.APRIL_2023) if place.board[Vintage.APRIL_2023] == ons]


def _trust(name: str, residents: int) -> list[int]:
    generator = chance(f"attendances {name}")
    type1, type2, other = (drawn(generator, residents, share) for share in _PER_RESIDENT.values())
    found = dict.fromkeys(MEASURES, 0)
    found |= {"attendances_type1": type1, "attendances_type2": type2, "attendances_other": other}
    found |= {"booked_type1": type1 // 40, "booked_over_4h_type1": type1 // 400}
    found |= {"over_4h_type1": drawn(generator, type1, _OVER_4H), "over_4h_type2": type2 // 20}
    found |= {"admissions_type1": drawn(generator, type1, _ADMITTED), "admissions_type2": type2 // 30}
    found |= {"waited_4_to_12h_for_bed": type1 // 16, "waited_12h_for_bed": type1 // 30}
    found |= {"admissions_not_via_ae": drawn(generator, residents, _NOT_VIA_AE)}
    return list(found.values())


def _centre(residents: int) -> list[int]:
    found = dict.fromkeys(MEASURES, 0)
    found |= {
        "attendances_other": residents // 90,
        "booked_other": residents // 900,
        "over_4h_other": residents // 9000,
    }
    return list(found.values())
