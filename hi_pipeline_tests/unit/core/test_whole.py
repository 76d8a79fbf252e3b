"""A board or a sub-ICB location that a publication leaves out is named; a token in its place is enough."""

import polars as pl
import pytest

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of
from hi_pipeline.core.whole import reporting, validate_whole
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


def _expected(**people: int | None) -> pl.DataFrame:
    rows = [("QNC", code, number) for code, number in people.items()]
    rows.append(("QHM", "Z", 10))
    return pl.DataFrame(rows, schema={"board": pl.String, "reporter": pl.String, "people": pl.Int64}, orient="row")


def _board(expected: pl.DataFrame, present: list[str], board: str = "QNC") -> dict[str, object]:
    found = reporting(expected, present, by=["board"], words="practices", people="patients")
    assert found["board"].to_list() == ["QHM", "QNC"]
    return found.filter(board=board).row(0, named=True)


def test_a_partial_figure_says_how_many_reported_and_whom_they_serve() -> None:
    found = _board(_expected(A=600, B=300, C=100), ["A", "C", "Z", "unknown to the map"])
    assert (found["expected"], found["present"], found["coverage"]) == (3, 2, pytest.approx(2 / 3))
    assert found["people_share"] == pytest.approx(0.7) and found["compared"] is False
    assert found["note"] == "2 of 3 practices, 70.0% of patients are in this figure"


def test_a_whole_figure_says_nothing_and_one_nearly_whole_is_compared() -> None:
    whole = _board(_expected(A=600), ["A", "Z"])
    assert (whole["note"], whole["compared"], whole["coverage"]) == ("", True, 1.0)
    nearly = _board(_expected(A=950, B=50), ["A"])
    assert nearly["compared"] is True and nearly["note"].startswith("1 of 2 practices, 95.0%")


def test_people_not_known_leave_the_count_of_reporters() -> None:
    found = _board(_expected(A=600, B=None), ["A"])
    assert (found["people_share"], found["coverage"], found["compared"]) == (None, 0.5, False)
    assert found["note"] == "1 of 2 practices are in this figure"


def test_all_together_are_one_area() -> None:
    found = reporting(_expected(A=600, B=300), ["A"], by=[], words="practices", people="patients")
    assert found.columns[0] == "expected" and found.select("expected", "present").rows() == [(3, 1)]


def test_a_reporter_expected_twice_stops() -> None:
    with pytest.raises(ValidationError, match=r"practices: \['A'\] are expected twice"):
        _board(pl.concat([_expected(A=1), _expected(A=1).filter(board="QNC")]), [])
