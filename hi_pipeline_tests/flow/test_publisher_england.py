"""England's figure is the publisher's own row, whatever became of the boards."""

import polars as pl
import pytest

from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, YEARS, rows_of, with_too_many_helped, write_release


def england(bench: Bench) -> dict[str, tuple[float, float, float]]:
    rows = bench.pipeline.lake.read("published", "results").filter(
        pl.col("area_type") == "england", measure="value", dimension="total"
    )
    return {
        year: (n, d, v) for year, n, d, v in rows.select("financial_year", "numerator", "denominator", "value").rows()
    }


def published(year: str) -> tuple[float, float]:
    """Helped and seen in the publisher's England row."""
    row = next(row for row in rows_of(year) if row[0] == "england")
    return float(row[4]), float(row[3])


def with_other_england(rows: list[list[str]]) -> list[list[str]]:
    """An England row of a few people more than its boards, as where some live nowhere known."""
    return [[*row[:3], str(int(row[3]) + 9), str(int(row[4]) + 4)] if row[0] == "england" else row for row in rows]


@pytest.mark.parametrize("wrong", [(), ("2022-23",), YEARS], ids=["all good", "one cell failed", "a cell of each year"])
def test_england_is_the_publishers_row_and_no_sum_over_boards(bench: Bench, wrong: tuple[str, ...]) -> None:
    for year in YEARS:
        rows = with_other_england(rows_of(year))
        write_release(bench.mirror, year, with_too_many_helped(rows, WRONG_BOARD) if year in wrong else rows)
    report = bench.run()
    assert {partition for _, partition in report.failures} == {f"{year}|{WRONG_BOARD}" for year in wrong}
    found = england(bench)
    assert set(found) == set(YEARS)
    for year in YEARS:
        helped, seen = published(year)
        assert found[year][:2] == (helped + 4, seen + 9)
        assert found[year][2] == pytest.approx(100 * (helped + 4) / (seen + 9), rel=1e-12)
    boards = bench.pipeline.lake.read("published", "results").filter(area_type="icb", measure="value")
    sums = dict(boards.group_by("financial_year").agg(pl.col("numerator").sum()).rows())
    assert all(sums[year] != found[year][0] for year in YEARS), "a sum would have given something else"


def test_a_board_that_fails_after_it_was_good_leaves_england_at_the_new_row(bench: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    assert bench.run().success
    before = england(bench)
    write_release(bench.mirror, "2022-23", with_other_england(with_too_many_helped(rows_of("2022-23"), WRONG_BOARD)))
    bench.run()
    after = england(bench)
    helped, seen = published("2022-23")
    assert after["2022-23"][:2] == (helped + 4, seen + 9)
    assert {year: after[year] for year in after if year != "2022-23"} == {
        year: before[year] for year in before if year != "2022-23"
    }
