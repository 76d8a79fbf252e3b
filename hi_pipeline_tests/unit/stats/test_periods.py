"""Periods of a series: two years in a row, one after the other."""

import polars as pl
import pytest

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.stats.comparison.trend import trend
from hi_pipeline.stats.life_expectancy import life_expectancy
from hi_pipeline.stats.quantiles import quantile

YEARS = ["2017-18", "2018-19", "2019-20", "2020-21", "2021-22", "2022-23"]


def fitted(periods: list[object], **options: object) -> dict[str, object]:
    frame = pl.DataFrame({"period": periods, "y": [float(n) for n in range(len(periods))], "se": [1.0] * len(periods)})
    found = trend(frame, period="period", value="y", standard_error="se", by=[], kind="other", **options)  # type: ignore[arg-type]
    return found.row(0, named=True)


@pytest.mark.parametrize("wrong", ["2016-18", "2018-17", "2023-04", "2023-25", "2023"])
def test_a_label_of_other_years_is_refused(wrong: str) -> None:
    with pytest.raises(StatisticsError, match=f"holds '{wrong}'; a financial year is two years in a row"):
        fitted([*YEARS, wrong])


@pytest.mark.parametrize(
    "together", [["201718", "201819", "201920"], [201718, 201819, 201920]], ids=["texts", "numbers"]
)
def test_years_written_together_are_no_numbers(together: list[object]) -> None:
    with pytest.raises(StatisticsError, match="holds '201718'; a financial year is two years in a row"):
        fitted(together)


def test_days_and_months_by_number_stay_numbers() -> None:
    assert fitted([201710, 201711, 201712, 201713, 201714])["value"] == pytest.approx(1)


@pytest.mark.parametrize("others", [[], YEARS], ids=["alone", "beside others"])
def test_digits_of_another_script_are_no_year(others: list[object]) -> None:
    with pytest.raises(StatisticsError, match="holds '٢٠١٧-١٨'"):
        fitted([*others, "٢٠١٧-١٨"])


def test_years_around_a_century_follow_one_another() -> None:
    years = ["1997-98", "1998-99", "1999-00", "2000-01", "2001-02"]
    assert fitted(years)["value"] == pytest.approx(1)
    assert fitted([year.replace("-", "/") for year in years])["value"] == pytest.approx(1)


@pytest.mark.parametrize("periods", [YEARS[:2] + YEARS[3:], [2017, 2018, 2020, 2021, 2022], ["1", "2", "3", "4", "9"]])
def test_a_gap_has_to_be_asked_for(periods: list[object]) -> None:
    found = fitted(periods)
    assert found["status"] == "not_applicable"
    assert found["value"] is None
    assert "a period is missing within this series" in str(found["note"])
    assert fitted(periods, gaps=True)["status"] == "ok"


def test_every_second_financial_year_is_a_gap_and_numbers_equally_far_apart_are_none() -> None:
    assert fitted(["2012-13", "2014-15", "2016-17", "2018-19", "2020-21"])["status"] == "not_applicable"
    assert fitted([2012, 2014, 2016, 2018, 2020])["value"] == pytest.approx(0.5)


def test_the_order_of_the_rows_does_not_matter() -> None:
    frame = pl.DataFrame({"period": YEARS, "y": [1.0, 3, 2, 5, 4, 7], "se": [1.0] * 6})
    columns = {"period": "period", "value": "y", "standard_error": "se", "by": [], "kind": "other"}
    assert trend(frame.reverse(), **columns).equals(trend(frame, **columns))  # type: ignore[arg-type]


def test_a_gap_in_one_group_leaves_the_others() -> None:
    whole = pl.DataFrame({"g": ["a"] * 6, "period": YEARS, "y": [1.0, 2, 3, 4, 5, 6], "se": [1.0] * 6})
    frame = pl.concat([whole, whole.with_columns(g=pl.lit("b")).filter(pl.col("period") != YEARS[3])])
    found = trend(frame, period="period", value="y", standard_error="se", by="g", kind="other")
    assert found["status"].to_list() == ["ok", "not_applicable"]


def test_true_and_false_are_no_deaths_and_no_figures() -> None:
    frame = pl.DataFrame({"age": [0, 1, 5], "deaths": [True, False, True], "population": [10, 20, 30]})
    with pytest.raises(StatisticsError, match="is Boolean; a number was expected"):
        life_expectancy(frame, start_age="age", deaths="deaths", population="population", by=[])
    with pytest.raises(StatisticsError, match="a number rising"):
        quantile(frame, value="deaths", by=[])
