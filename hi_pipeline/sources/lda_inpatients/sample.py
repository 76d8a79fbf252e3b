"""Learning disability and autism inpatients: three Marches, England by its groups and every board."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.geography import NHS_REGIONS, Vintage, boards_of, vintage_of
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn, rounded, share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.people import residents_by_decile
from hi_pipeline.sources.lda_inpatients.parse import ENGLAND_AREA, LEFT_OUT_SPLITS, NO_SPLIT, SPELLS, SPLITS
from hi_pipeline.sources.lda_inpatients.source import COLUMNS, SOURCE

_PER_RESIDENT = 0.00025
_SMALLEST = 5
_WEIGHTS = {"Age": (4, 20, 24, 19, 15, 11, 6, 1), "Gender": (70, 28, 1, 1), "Ethnicity": (78, 3, 6, 7, 2, 3, 1)}


def write(folder: Path) -> None:
    """Write the file of every declared March."""
    for release in SOURCE.releases:
        (year,) = release.financial_years
        write_file(folder, release.mirror_file, csv_bytes(COLUMNS, _rows(vintage_of(year), year), line_end="\r\n"))


def _rows(vintage: Vintage, year: str) -> Iterator[tuple[Cell, ...]]:
    people = residents_by_decile(vintage)
    counts: dict[str, int] = {}
    for board in boards_of(vintage):
        own = [place.ods for place in locations(vintage) if place.board[vintage] == board.ons]
        residents = sum(sum(people[place]) for place in own)
        counts[board.ods] = drawn(chance(f"inpatients {board.ons} {year}"), residents, _PER_RESIDENT)
    total = sum(counts.values())
    yield from _england(total)
    for board in boards_of(vintage):
        yield _row("ICB", board.ods, board.name.upper(), "Total", "Total", counts[board.ods])
    yield _row("ICB", "Invalid", "Invalid", "Total", "Total", 7)
    for region in NHS_REGIONS:
        yield _row("Commissioning Region", region.ods, region.name, "Total", "Total", total // len(NHS_REGIONS))
    yield _row("Commissioner", "00L", "A COMMISSIONER", "Total", "Total", 12)
    yield _row("Commissioner Groupings", "CCG", "CCG", "Total", "Total", 12)
    yield _row("Provider", "RXX", "SYNTHETIC MENTAL HEALTH NHS TRUST", "Total", "Total", None)


def _england(total: int) -> Iterator[tuple[Cell, ...]]:
    for split, (_, labels) in SPLITS.items():
        for group, count in zip(labels, share_out(total, _WEIGHTS.get(split, (1,))), strict=True):
            yield _row(ENGLAND_AREA, ENGLAND_AREA, ENGLAND_AREA, split, group, count)
    for split in LEFT_OUT_SPLITS:
        yield _row(ENGLAND_AREA, ENGLAND_AREA, ENGLAND_AREA, split, "Unknown", total // 9)
    yield _row(ENGLAND_AREA, ENGLAND_AREA, ENGLAND_AREA, "Restraints", "Seclusion", 9, second=("Age", "18-24"))


def _row(
    level: str, code: str, name: str, split: str, group: str, count: int | None, second: tuple[str, str] | None = None
) -> tuple[Cell, ...]:
    """Write one row; a count of None is one that the table does not count."""
    shown: Cell = "-" if count is None else "*" if count < _SMALLEST else rounded(count)
    words = (level, code, name, split, group, *(second or (NO_SPLIT, NO_SPLIT)))
    return *words, *(shown if column == SPELLS else "-" for column in COLUMNS[len(words) :])
