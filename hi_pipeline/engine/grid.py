"""The product's grid without Dagster: which boards a year has, and the fewest ranges that hold some of its cells."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import BOARDS, boards_of_year

# The order of the boards makes those of a year neighbours, so that a range can name them.
ICBS: tuple[str, ...] = tuple(board.ons for board in BOARDS)
# The tags by which Dagster reads the range of partitions of a run.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def cell(year: str, icb: str) -> str:
    """Return the key of a cell of the grid: "2023-24|E54000010"."""
    return f"{year}|{icb}"


def valid_cells(years: Iterable[str], icbs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return, by year, the boards asked for that exist on its footprint or the one in force, in partition order."""
    asked = set(icbs)
    return {year: tuple(b.ons for b in boards_of_year(year) if b.ons in asked) for year in years}


def year_ranges(years: Iterable[str]) -> list[dict[str, str]]:
    """Return the run tags of the fewest ranges that hold these years and no other."""
    return [
        {RANGE_START: ALL_YEARS[run[0]], RANGE_END: ALL_YEARS[run[-1]]}
        for run in _runs([ALL_YEARS.index(year) for year in years])
    ]


def grid_ranges(cells: dict[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Return the run tags of rectangles of the grid that hold these cells and no other.

    Neighbouring years with the same boards make one rectangle, and so do neighbouring boards.
    """
    tags = []
    by_boards: dict[tuple[str, ...], list[str]] = {}
    for year, icbs in cells.items():
        if icbs:
            by_boards.setdefault(tuple(sorted(icbs, key=ICBS.index)), []).append(year)
    for icbs, years in by_boards.items():
        for years_run in _runs([ALL_YEARS.index(year) for year in years]):
            for icbs_run in _runs([ICBS.index(icb) for icb in icbs]):
                first = cell(ALL_YEARS[years_run[0]], ICBS[icbs_run[0]])
                last = cell(ALL_YEARS[years_run[-1]], ICBS[icbs_run[-1]])
                tags.append({RANGE_START: first, RANGE_END: last})
    return tags


def keys_between(tags: dict[str, str]) -> tuple[str, ...]:
    """Return the partitions of a range by its run tags, in partition order: financial years, or cells of the grid."""
    first, last = (tags[end].split("|") for end in (RANGE_START, RANGE_END))
    years = ALL_YEARS[ALL_YEARS.index(first[0]) : ALL_YEARS.index(last[0]) + 1]
    if len(first) == 1:
        return years
    icbs = ICBS[ICBS.index(first[1]) : ICBS.index(last[1]) + 1]
    return tuple(cell(year, icb) for year in years for icb in icbs)


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Return the numbers in runs of neighbours."""
    ordered = sorted(set(numbers))
    return [[number for _, number in run] for _, run in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0])]
