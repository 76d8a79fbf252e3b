"""Months and quarters of a flow: a part of a year is no year, and each period stands by itself."""

from calendar import monthrange
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.coverage import PART_OF_A_YEAR
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import boards_of, vintage_of
from hi_pipeline.core.groups import Dimension, category_order, period_words
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import Status
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.tables.assemble import parts_of
from hi_pipeline_tests.unit.tables.fake_reader import observation, observations
from hi_pipeline_tests.unit.tables.test_attributions import SHARE, YEAR, _build

OWN = vintage_of(YEAR)
FLOW = replace(SHARE, dimensions=(Dimension.TOTAL, Dimension.PERIOD))
MONTHS = [date(2023 + (month < 4), month, 1) for month in (*range(4, 13), 1, 2, 3)]


def _month(first: date, *, england: float | None = None) -> list[dict]:
    last = first.replace(day=monthrange(first.year, first.month)[1])
    extra = {"period_start": first, "period_end": last, "period_type": "month"}
    areas = [("icb", b.ods, 1.0) for b in boards_of(OWN)] + [("england", "", england or 42.0)]
    return [
        observation(level, code, measure, value, **extra)
        for level, code, times in areas
        for measure, value in (("some", 2 * times), ("all", 10 * times))
    ]


def test_two_months_are_no_year_and_stand_by_themselves() -> None:
    built = _build(FLOW, first=[*_month(MONTHS[-1]), *_month(MONTHS[0])])
    own = built.frame.filter(geography_vintage=OWN.value, area_type="icb", icb_code="E54000010")
    year = own.filter(dimension="total").row(0, named=True)
    assert (year["status"], year["numerator"]) == (Status.MISSING.value, None)
    assert f"2 of 12 months {PART_OF_A_YEAR}" in year["note"]
    months = own.filter(dimension="period").sort("category_order")
    assert months.select(
        "category", "category_order", "period_type", "period_start", "numerator", "denominator"
    ).rows() == [
        ("April 2023", 1, "month", date(2023, 4, 1), 2, 10),
        ("March 2024", 12, "month", date(2024, 3, 1), 2, 10),
    ]


def test_twelve_months_are_the_year_and_stand_beside_it() -> None:
    built = _build(FLOW, first=[row for first in MONTHS for row in _month(first)])
    england = built.frame.filter(geography_vintage=OWN.value, area_type="england")
    assert england.filter(dimension="total")["numerator"].to_list() == [12 * 84]
    assert england.filter(dimension="period").height == 12
    assert set(england.filter(dimension="total")["period_type"]) == {"financial_year"}


def test_england_of_a_month_must_be_the_sum_of_its_parts() -> None:
    with pytest.raises(ValidationError, match=r"April 2023, .*are areas missing"):
        _build(FLOW, first=_month(MONTHS[0], england=50.0))


def test_what_is_no_flow_divides_each_quarter() -> None:
    quarter = {"period_start": date(2024, 1, 1), "period_end": date(2024, 3, 31), "period_type": "quarter"}
    stock = {"period_start": date(2024, 3, 31), "period_end": date(2024, 3, 31), "period_type": "snapshot"}
    rows = [observation("icb", "QNC", "some", 3.0, **quarter), observation("icb", "QNC", "all", 60.0, **stock)]
    parts = parts_of(observations(rows), FLOW).sort("dimension")
    assert parts.select("dimension", "category", "numerator", "denominator", "status").rows() == [
        ("period", "January to March 2024", 3, 60, "ok"),
        ("total", "All", None, 60, "missing"),
    ]
    assert parts["period_start"].to_list() == [date(2024, 1, 1), date(2023, 4, 1)]


def test_words_and_order_of_periods() -> None:
    assert period_words(date(2026, 1, 1), date(2026, 1, 31)) == "January 2026"
    assert period_words(date(2025, 1, 1), date(2025, 3, 31)) == "January to March 2025"
    order = [category_order(Dimension.PERIOD, period_words(m, m)) for m in MONTHS]
    assert order == list(range(1, 13))
    with pytest.raises(ValueError, match="is no period"):
        category_order(Dimension.PERIOD, "2026")


@pytest.mark.parametrize("indicator", [i for i in INDICATORS if Dimension.PERIOD in i.dimensions], ids=lambda i: i.id)
def test_an_indicator_with_periods_says_that_a_part_of_a_year_is_no_year(indicator: Indicator) -> None:
    assert any("in hand stand by themselves" in caveat for caveat in indicator.caveats)


def test_an_indicator_without_them_has_none() -> None:
    built = _build(SHARE, first=_month(MONTHS[0]))
    assert built.frame.filter(pl.col("dimension") == "period").is_empty()
