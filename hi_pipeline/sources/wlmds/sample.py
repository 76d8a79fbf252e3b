"""Waiting list by group: England, its sectors, regions, boards and some trusts, with groups that are empty."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from hi_pipeline.core.geography import NHS_REGIONS, Vintage, boards_of, vintage_of
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, rounded, share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.people import residents_by_decile, residents_by_group
from hi_pipeline.sources.wlmds.areas import ACUTE, ALL_SECTORS, ENGLAND_CODE, OTHER_SECTORS
from hi_pipeline.sources.wlmds.labels import (
    AGE_LABELS,
    BAND_LABELS,
    DECILE_LABELS,
    ETHNICITY_LABELS,
    HIDDEN_HIGH,
    SEX_LABELS,
)
from hi_pipeline.sources.wlmds.source import COLUMNS, SOURCE

_PATHWAYS_PER_RESIDENT, _GROUP_UNKNOWN = 0.11, 0.06
_BANDS = tuple(BAND_LABELS)[1:]
# Share of each band among the most and the least deprived tenth: the most deprived wait longer.
_MOST, _LEAST = (0.58, 0.39, 0.029, 0.001), (0.61, 0.373, 0.016, 0.001)
# A board whose trusts gave no sex, by its number in the footprint; and how many boards there are to each trust.
_NO_SEX, _TRUST_EVERY = 7, 8
_Counts = dict[tuple[str, str], list[int]]  # metric and group to pathways by band


def write(folder: Path) -> None:
    """Write the declared months."""
    for release in SOURCE.releases:
        rows = _rows(release.edition, vintage_of(release.financial_years[0]))
        write_file(folder, release.mirror_file, csv_bytes(COLUMNS, rows))


def _rows(edition: str, vintage: Vintage) -> Iterator[tuple[Cell, ...]]:
    boards = boards_of(vintage)
    by_board = {board.ods: _board(edition, board.ons, number, vintage) for number, board in enumerate(boards)}
    acute = _sum(list(by_board.values()))
    others = {sector: _scaled(acute, share) for sector, share in zip(OTHER_SECTORS, (0.06, 0.002), strict=True)}
    england = _sum([acute, *others.values()])
    for sector, counts in ((ALL_SECTORS, england), (ACUTE, acute), *others.items()):
        yield from _lines(ENGLAND_CODE, "ENGLAND", sector, counts)
    for region in NHS_REGIONS:
        own = [by_board[board.ods] for board in boards if board.region_ods == region.ods]
        yield from _lines(region.ods, region.name.upper(), ACUTE, _sum(own))
    for board in boards:
        name = board.name.removeprefix("NHS ").removesuffix(" Integrated Care Board").upper()
        yield from _lines(board.ods, f"{name} ICB", ACUTE, by_board[board.ods])
    for board in boards[::_TRUST_EVERY]:
        trust = f"SYNTHETIC HOSPITALS {board.ons[-2:]} NHS FOUNDATION TRUST"
        yield from _lines(f"R{board.ons[-2:]}", trust, ACUTE, _scaled(by_board[board.ods], 0.04))


@cache
def _residents(ons: str, vintage: Vintage) -> tuple[list[int], list[int]]:
    own = [place.ods for place in locations(vintage) if place.board[vintage] == ons]
    deciles, groups = residents_by_decile(vintage), residents_by_group(vintage)
    return (
        [sum(tenth) for tenth in zip(*(deciles[place] for place in own), strict=True)],
        [sum(group) for group in zip(*(groups[place] for place in own), strict=True)],
    )


def _board(edition: str, ons: str, number: int, vintage: Vintage) -> _Counts:
    deciles, groups = _residents(ons, vintage)
    generator = chance(f"waiting list {edition} {ons}")
    total = round(sum(deciles) * _PATHWAYS_PER_RESIDENT * generator.uniform(0.9, 1.1))
    known = round(total * (1 - _GROUP_UNKNOWN))
    place = sum(count * i for i, count in enumerate(deciles)) / max(1, sum(deciles)) / 9
    made: _Counts = {}
    for label, count in zip(AGE_LABELS, share_out(total, (0.11, 0.55, 0.34)), strict=True):
        made["Age", label] = _bands(count, place)
    if number != _NO_SEX:
        for label, count in zip(SEX_LABELS, share_out(known, (0.57, 0.43)), strict=True):
            made["Sex", label] = _bands(count, place)
    unknown = share_out(total - known, (0.6, 0.4))
    for label, count in zip(ETHNICITY_LABELS, [*share_out(known, groups), *unknown], strict=True):
        made["Ethnicity", label] = _bands(count, place)
    for tenth, (label, count) in enumerate(zip(DECILE_LABELS, share_out(known, deciles), strict=True)):
        made["IMD", label] = _bands(count, tenth / 9)
    return made


def _bands(count: int, place: float) -> list[int]:
    return share_out(count, [most + (least - most) * place for most, least in zip(_MOST, _LEAST, strict=True)])


def _sum(parts: Sequence[_Counts]) -> _Counts:
    keys = dict.fromkeys(key for part in parts for key in part)
    return {key: [sum(bands) for bands in zip(*(p[key] for p in parts if key in p), strict=True)] for key in keys}


def _scaled(counts: _Counts, share: float) -> _Counts:
    return {key: [round(count * share) for count in bands] for key, bands in counts.items()}


def _lines(code: str, name: str, sector: str, counts: _Counts) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of an area; as in the publisher's files, what is 0 has none."""
    for (metric, label), bands in counts.items():
        for band, count in (*zip(_BANDS, bands, strict=True), ("Total", sum(bands))):
            if count:
                yield code, name, sector, metric, label, band, "*" if count <= HIDDEN_HIGH else rounded(count)
