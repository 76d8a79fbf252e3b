"""Coverage as CSV: cells that say the same stand in one row, and each cell can be told from its row."""

import polars as pl
import pytest

from hi_pipeline.core.columns import COVERAGE, COVERAGE_KEY, COVERAGE_RUN_KEY, COVERAGE_RUNS, RESULTS
from hi_pipeline.core.coverage import Cover, YearFact
from hi_pipeline.core.financial_year import years_between
from hi_pipeline.core.indicator import Listed
from hi_pipeline.indicators.catalogue import INDICATORS, LISTED
from hi_pipeline.publishing.coverage import coverage
from hi_pipeline.publishing.coverage_runs import EVERY, coverage_runs
from hi_pipeline.publishing.package import MEANINGS

BOARDS = {"E54000010": "Staffordshire", "E54000011": "Shropshire"}


def _cell(year: str, area: str = "E54000010", **changes: object) -> dict[str, object]:
    return {
        "indicator_id": "a_pct",
        "dimension": "total",
        "financial_year": year,
        "geography_vintage": "2023-04",
        "area_type": "icb",
        "icb_code": area,
        "area_name": BOARDS.get(area, "England"),
        "level": "boards",
        "state": "shown",
        "reason": "",
        "held_by": "",
        "how_to_supply": "",
        "synthetic": True,
        "unconfirmed": False,
    } | changes


def _runs(*cells: dict[str, object]) -> list[tuple[object, ...]]:
    runs = coverage_runs(pl.DataFrame(list(cells), schema=COVERAGE, orient="row"))
    assert dict(runs.schema) == COVERAGE_RUNS
    return runs.select("first_year", "last_year", "icb_code", "area_name", "areas", "state").rows()


def _years(*years: str, state: str = "shown", **changes: object) -> list[dict[str, object]]:
    return [_cell(year, area, state=state, **changes) for year in years for area in BOARDS]


def test_all_areas_and_the_years_in_a_row_with_one_answer_are_one_row() -> None:
    assert _runs(*_years("2023-24", "2024-25", "2025-26")) == [("2023-24", "2025-26", EVERY, "all 2", 2, "shown")]


def test_a_year_without_a_cell_ends_the_run() -> None:
    assert _runs(*_years("2021-22", "2022-23", "2024-25")) == [
        ("2021-22", "2022-23", EVERY, "all 2", 2, "shown"),
        ("2024-25", "2024-25", EVERY, "all 2", 2, "shown"),
    ]


def test_another_answer_ends_the_run_and_one_that_comes_again_is_another_row() -> None:
    hidden = {"state": "suppressed", "reason": "hidden"}
    cells = [*_years("2021-22"), *_years("2022-23", **hidden), *_years("2023-24")]  # type: ignore[arg-type]
    assert [(first, last, state) for first, last, *_, state in _runs(*cells)] == [
        ("2021-22", "2021-22", "shown"),
        ("2022-23", "2022-23", "suppressed"),
        ("2023-24", "2023-24", "shown"),
    ]


def test_areas_that_differ_stand_by_themselves() -> None:
    other = _cell("2023-24", "E54000011", state="suppressed", reason="hidden")
    assert _runs(_cell("2023-24"), other) == [
        ("2023-24", "2023-24", "E54000010", "Staffordshire", 1, "shown"),
        ("2023-24", "2023-24", "E54000011", "Shropshire", 1, "suppressed"),
    ]


def test_one_area_of_its_kind_keeps_its_code_and_a_board_of_another_footprint_has_no_row() -> None:
    england = _cell("2023-24", "E92000001", area_type="england")
    gone = _cell("2023-24", "E54000011", state="no_such_board", reason="not on this footprint")
    assert [row[2:5] for row in _runs(england, gone)] == [("E92000001", "England", 1)]


def test_every_cell_of_the_whole_list_is_told_by_just_one_row() -> None:
    """The slow way back: each row once more for each of its years and areas gives the cells and nothing else."""
    some = INDICATORS[:2]
    facts = {
        (i.id, year): YearFact(cover=Cover.NOT_IN_HAND, reason=f"no file of {year}")
        for i in some
        for year in years_between("2019-20", "2023-24")
    }
    silent = [entry for entry in LISTED if isinstance(entry, Listed)][:10]
    cells = coverage((*silent, *some), pl.DataFrame(schema=RESULTS), facts, beside={}, synthetic=True)
    one = (pl.col("icb_code") == "E54000010") & (pl.col("financial_year") == "2021-22")
    cells = cells.with_columns(reason=pl.when(one).then(pl.lit("another")).otherwise("reason"))
    runs = coverage_runs(cells)
    assert runs.select(COVERAGE_RUN_KEY).is_unique().all()
    assert runs.height * 5 < cells.height
    there = cells.filter(pl.col("state") != "no_such_board")
    areas = there.select("financial_year", "geography_vintage", "area_type", "icb_code", "area_name").unique()
    by_year = {key: rows for key, rows in areas.group_by("financial_year", "geography_vintage", "area_type")}
    told = []
    for run in runs.rows(named=True):
        for year in years_between(run["first_year"], run["last_year"]):
            own = by_year[year, run["geography_vintage"], run["area_type"]]
            own = own if run["icb_code"] == EVERY else own.filter(icb_code=run["icb_code"])
            assert own.height == run["areas"]
            told += [run | area for area in own.rows(named=True)]
    back = pl.DataFrame(told, schema_overrides=COVERAGE).select(list(COVERAGE)).sort(list(COVERAGE_KEY))
    assert back.equals(there.sort(COVERAGE_KEY))


@pytest.mark.parametrize("name", COVERAGE_RUNS)
def test_every_column_is_explained(name: str) -> None:
    assert MEANINGS[name]
