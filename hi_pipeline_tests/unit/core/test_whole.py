"""A board or a sub-ICB location that a publication leaves out is named; a token in its place is enough."""

import polars as pl
import pytest

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of
from hi_pipeline.core.whole import validate_whole
from hi_pipeline.sources import SOURCES

BOARDS = [board.ods for board in boards_of(Vintage.APRIL_2023)]
LOCATIONS = [place.ods for place in SUB_ICB_LOCATIONS if Vintage.JULY_2022 in place.board]


def _observations(level: str, codes: list[str], dimension: str = "total") -> pl.DataFrame:
    return pl.DataFrame({"area_code": codes}).with_columns(area_level=pl.lit(level), dimension=pl.lit(dimension))


def _check(tables: dict[str, pl.DataFrame], level: str, year: str) -> None:
    validate_whole(tables, {level: (year,)}, financial_year=year, where="a table")


def test_every_board_is_enough_whatever_else_is_there() -> None:
    _check({"observations": _observations("icb", [*BOARDS, "UNKNOWN"])}, "icb", "2023-24")


def test_an_absent_board_is_named_by_code_and_name() -> None:
    with pytest.raises(ValidationError, match=r"a table: 1 of the 42 boards .*2023-04.*'QMF NHS North East London"):
        _check({"observations": _observations("icb", [c for c in BOARDS if c != "QMF"])}, "icb", "2023-24")


def test_rows_of_groups_do_not_stand_for_a_total() -> None:
    with pytest.raises(ValidationError, match="42 of the 42 boards"):
        _check({"observations": _observations("icb", BOARDS, "deprivation")}, "icb", "2023-24")


def test_other_years_are_not_asked() -> None:
    tables = {"observations": _observations("icb", [])}
    validate_whole(tables, {"icb": ("2023-24",)}, financial_year="2021-22", where="a table")


def test_one_location_of_a_board_with_several_is_missed() -> None:
    with pytest.raises(ValidationError, match="1 of the 106 sub-ICB locations.*'00L of NHS North East and North Cumb"):
        _check({"observations": _observations("sub_icb", [c for c in LOCATIONS if c != "00L"])}, "sub_icb", "2022-23")


def test_practices_with_figures_stand_for_their_location() -> None:
    codes = [f"P{code}" for code in LOCATIONS]
    practices = pl.DataFrame({"practice_code": codes, "sub_icb_ods": LOCATIONS})
    _check({"observations": _observations("practice", codes), "practices": practices}, "practice", "2022-23")
    with pytest.raises(ValidationError, match="1 of the 106 sub-ICB locations"):
        _check({"observations": _observations("practice", codes[1:]), "practices": practices}, "practice", "2022-23")


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.whole_levels])
def test_declared_years_are_years_of_the_source(name: str) -> None:
    for level, years in SOURCES[name].whole_levels.items():
        assert years and set(years) <= set(SOURCES[name].years), level
