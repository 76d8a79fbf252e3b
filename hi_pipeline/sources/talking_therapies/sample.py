"""NHS Talking Therapies: six annual reports, each with the columns, levels and labels of its year."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hi_pipeline.core.geography import Vintage
from hi_pipeline.sample.commissioners import NATIONAL, UNKNOWN, Unit, board_of, stp_of, units
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, zip_bytes
from hi_pipeline.sample.names import CCG_NAMES
from hi_pipeline.sources.talking_therapies.sample_courses import NO_FIGURES, Outcome, Row, add, labelled, outcomes
from hi_pipeline.sources.talking_therapies.source import MAIN_FILES, OUTCOME_COLUMNS, OUTCOME_COLUMNS_2019_20, SOURCE

_REGIONS = {
    "Y56": "LONDON",
    "Y58": "SOUTH WEST",
    "Y59": "SOUTH EAST",
    "Y60": "MIDLANDS",
    "Y61": "EAST OF ENGLAND",
    "Y62": "NORTH WEST",
    "Y63": "NORTH EAST AND YORKSHIRE",
}
_LAST_STP_YEAR, _LAST_FORMER_CCG_YEAR = "2021-22", "2020-21"
_NULL, _HIDDEN = "NULL", "*"
# What the publisher hides and rounds to below England.
_SMALLEST_SHOWN = _BASE = 5

Area = tuple[str, str, str]


def write(folder: Path) -> None:
    """Write the archives of all declared years."""
    for release in SOURCE.releases:
        year = release.edition
        columns = OUTCOME_COLUMNS_2019_20 if year == "2019-20" else OUTCOME_COLUMNS
        data = csv_bytes(columns, _rows(year))
        write_file(folder, release.mirror_file, zip_bytes({MAIN_FILES[year]: data}))


def _rows(year: str) -> Iterator[tuple[Cell, ...]]:
    england: Area = ("England", "All", "All")
    figures: dict[Area, list[Row]] = {}
    for unit in units():
        made = outcomes(unit, year)
        for area in (england, *_areas(unit, year)):
            figures[area] = add(figures[area], made) if area in figures else made
    levels = list(dict.fromkeys(level for level, _, _ in figures))
    order = sorted(figures, key=lambda area: (levels.index(area[0]), area[1] != UNKNOWN, area[1]))
    for area in order:
        for variable, a, b, outcome in labelled(figures[area], year):
            yield (*area, variable, a or _NULL, b or _NULL, *_cells(outcome, exact=area == england))


def _areas(unit: Unit, year: str) -> Sequence[Area]:
    """Return the rows that a unit counts in, the largest areas first."""
    with_stps = year <= _LAST_STP_YEAR
    if unit.elsewhere:
        level = "STP" if with_stps else "ICB"
        own = [("CCG", unit.code, NATIONAL.get(unit.code, UNKNOWN))] if with_stps else []
        return [("Commissioning Region", UNKNOWN, UNKNOWN), (level, UNKNOWN, UNKNOWN), *own]
    ods, name, region = board_of(unit.sub_icb, Vintage.JULY_2022)
    above = [("Commissioning Region", region, f"{_REGIONS[region]} COMMISSIONING REGION")]
    if not with_stps:
        return [*above, ("ICB", ods, name.upper())]
    stp = stp_of(unit.sub_icb, by_ons_code=year == "2019-20")
    if year <= _LAST_FORMER_CCG_YEAR:
        return [*above, ("STP", *stp), ("CCG", unit.code, unit.name.upper())]
    return [*above, ("STP", *stp), ("CCG", unit.sub_icb, CCG_NAMES[unit.sub_icb].upper())]


def _cells(outcome: Outcome, *, exact: bool) -> tuple[str, ...]:
    """Write counts and percentages in the order of the columns, as England's or as those of an area."""
    if outcome is NO_FIGURES:
        return (_NULL,) * (len(OUTCOME_COLUMNS) - 6)
    counts = [
        str(count) if exact else _HIDDEN if count < _SMALLEST_SHOWN else str((count + 2) // _BASE * _BASE)
        for count in outcome
    ]
    referrals, finished, at_caseness, not_at_caseness, *rest = counts
    cells = [referrals, finished, at_caseness, not_at_caseness]
    finished_count, not_count = outcome[1], outcome[3]
    for place, (count, cell) in enumerate(zip(outcome[4:], rest, strict=True)):
        of_all = place < 3  # improvement, deterioration and no change are shares of all who finished
        cells += [cell, _percentage(count, finished_count - (0 if of_all else not_count), cell, exact=exact)]
    return tuple(cells)


def _percentage(count: int, of: int, cell: str, *, exact: bool) -> str:
    if cell == _HIDDEN or not of:
        return _HIDDEN
    if exact:
        return f"{(2000 * count + of) // (2 * of) / 10:g}"
    return str((200 * count + of) // (2 * of))
