"""Trends: the newest unbroken part of a series, five years or more."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.beside import TRENDS
from hi_pipeline.indicators.over_time.trends import GAP, OVERLAPPING, trend_rows
from hi_pipeline_tests.unit.indicators.over_time import spans

YEARS = ["2017-18", "2018-19", "2019-20", "2020-21", "2021-22", "2022-23"]


def trends(*rows: dict) -> pl.DataFrame:
    return trend_rows(spans.results(*rows), spans.BY_ID)


def series(step: float, years: list[str] = YEARS, **extra: object) -> list[dict]:
    return [spans.total(year, 4000 + step * i, **extra) for i, year in enumerate(years)]


def test_a_line_through_six_years() -> None:
    (row,) = trends(*series(100)).iter_rows(named=True)
    assert dict(trends(*series(100)).schema) == dict(TRENDS)
    assert (row["financial_year"], row["start_year"], row["points"], row["verdict"]) == (
        "2022-23",
        "2017-18",
        6,
        "rising",
    )
    assert row["change_a_year"] == pytest.approx(1.0) and row["lower_95"] < 1 < row["upper_95"]
    assert trends(*series(-100))["verdict"].to_list() == ["falling"]
    assert trends(*series(0))["verdict"].to_list() == ["no_clear_trend"]


def test_periods_that_overlap_make_no_line() -> None:
    rows = [
        row | {"period_start": date(last - 2, 1, 1), "period_end": date(last, 12, 31), "period_type": "three_years"}
        for row, last in zip(series(100), range(2017, 2023), strict=True)
    ]
    (row,) = trends(*rows).iter_rows(named=True)
    assert (row["status"], row["points"], row["verdict"]) == ("too_few", 1, None)
    assert OVERLAPPING in row["note"]


def test_four_years_are_too_few() -> None:
    (row,) = trends(*series(100, YEARS[:4])).iter_rows(named=True)
    assert (row["status"], row["points"], row["verdict"], row["change_a_year"]) == ("too_few", 4, None, None)


@pytest.mark.parametrize("where", [1, 4])
def test_only_the_part_after_a_gap_counts(where: int) -> None:
    rows = series(100)
    del rows[where]
    (row,) = trends(*rows).iter_rows(named=True)
    assert row["start_year"] == YEARS[where + 1] and GAP in row["note"]


def test_only_the_part_after_a_break_counts() -> None:
    rows = series(100)
    rows[0] = spans.total(YEARS[0], 9000, coverage=0.5)
    (row,) = trends(*rows).iter_rows(named=True)
    assert (row["start_year"], row["points"], row["status"], row["verdict"]) == (YEARS[1], 5, "ok", "rising")
    rows[1] = spans.total(YEARS[1], 9000, coverage=0.5)
    (row,) = trends(*rows).iter_rows(named=True)
    assert row["status"] == "too_few" and "under 90%" in row["note"]


def test_a_hidden_year_is_a_gap() -> None:
    rows = series(100)
    rows[0] = spans.total(YEARS[0], None)
    (row,) = trends(*rows).iter_rows(named=True)
    assert (row["start_year"], row["points"], row["status"]) == (YEARS[1], 5, "ok")


def test_differences_have_a_trend_and_ratios_none() -> None:
    rows = [
        spans.row(year, "ethnicity", group, 4000 + step * i, 10_000)
        for i, year in enumerate(YEARS)
        for group, step in (("White: British", 0), ("Mixed: White and Asian", 100))
    ]
    found = trends(*rows)
    assert found.filter(measure="difference").select("change_a_year", "unit").rows() == [(pytest.approx(1.0), "pp")]
    assert set(found["measure"]) == {"value", "difference"}
