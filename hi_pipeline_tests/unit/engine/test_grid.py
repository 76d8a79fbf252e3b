"""The grid: every board code, and ranges that name exactly the cells asked for."""

from hypothesis import given
from hypothesis import strategies as st

from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import is_valid
from hi_pipeline.engine.grid import (
    ICBS,
    RANGE_END,
    RANGE_START,
    grid_ranges,
    valid_cells,
    year_ranges,
)
from hi_pipeline.orchestration.partitions import GRID


def expand(tags: dict[str, str]) -> set[str]:
    (first_year, first_icb), (last_year, last_icb) = (tags[t].split("|") for t in (RANGE_START, RANGE_END))
    years = ALL_YEARS[ALL_YEARS.index(first_year) : ALL_YEARS.index(last_year) + 1]
    icbs = ICBS[ICBS.index(first_icb) : ICBS.index(last_icb) + 1]
    return {f"{year}|{icb}" for year in years for icb in icbs}


def test_the_grid_holds_every_code_of_every_footprint() -> None:
    assert len(ICBS) == 51
    assert len(GRID.get_partition_keys()) == 51 * len(ALL_YEARS)


def test_all_valid_cells_of_the_first_two_footprints_are_two_rectangles() -> None:
    years = [year for year in ALL_YEARS if year < "2026-27"]
    assert len(grid_ranges(valid_cells(years, ICBS))) == 2


@given(
    years=st.sets(st.sampled_from(ALL_YEARS), min_size=1),
    icbs=st.sets(st.sampled_from(ICBS), min_size=1),
)
def test_ranges_hold_the_valid_cells_asked_for_and_no_other(years: set[str], icbs: set[str]) -> None:
    ranges = grid_ranges(valid_cells(sorted(years), sorted(icbs)))
    named = [cell for tags in ranges for cell in expand(tags)]
    assert len(named) == len(set(named))
    assert set(named) == {f"{y}|{i}" for y in years for i in icbs if is_valid(i, y)}


@given(years=st.sets(st.sampled_from(ALL_YEARS)))
def test_ranges_of_years(years: set[str]) -> None:
    found = [
        year
        for tags in year_ranges(years)
        for year in ALL_YEARS[ALL_YEARS.index(tags[RANGE_START]) : ALL_YEARS.index(tags[RANGE_END]) + 1]
    ]
    assert sorted(found) == sorted(years)
