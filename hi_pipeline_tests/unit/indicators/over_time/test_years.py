"""Which years are set beside each other, and what keeps them apart."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.over_time.years import PARTIAL, declared_breaks, rows_of_series, with_year_before
from hi_pipeline_tests.unit.indicators import counts_frames as made
from hi_pipeline_tests.unit.indicators.over_time import spans

BY_ID = spans.BY_ID


def beside(*rows: dict, indicator: str = "tt_recovery_pct", by_id: dict[str, Indicator] = BY_ID) -> pl.DataFrame:
    return with_year_before(rows_of_series(spans.results(*rows, indicator=indicator), by_id), by_id)


def test_each_year_stands_beside_the_last_one_with_a_figure() -> None:
    rows = [spans.total(y, n) for y, n in (("2018-19", 4000), ("2020-21", 4500), ("2021-22", 5000))]
    found = beside(*rows).sort("financial_year")
    assert found["start_year"].to_list() == ["2018-19", "2020-21"]
    assert found["start_value"].to_list() == [40.0, 45.0]
    assert found["breaks"].to_list() == ["", ""]


def test_a_year_without_a_figure_is_no_start() -> None:
    rows = [spans.total("2019-20", 4000), spans.total("2020-21", None), spans.total("2021-22", 5000)]
    found = beside(*rows).filter(financial_year="2021-22")
    assert found["start_year"].to_list() == ["2019-20"]


def test_an_unchanged_board_goes_on_over_footprints_and_a_changed_one_begins_anew() -> None:
    """QNC keeps its code in April 2023; Surrey Heartlands gets another with another boundary."""
    surrey = ({"icb_code": "E54000052"}, {"icb_code": "E54000063"})
    rows = [spans.total("2022-23", 4000), spans.total("2023-24", 5000)]
    rows += [spans.total("2022-23", 4000, **surrey[0]), spans.total("2023-24", 5000, **surrey[1])]
    found = beside(*rows)
    assert found.select("icb_code", "geography_vintage", "start_year").rows() == [("E54000010", "2023-04", "2022-23")]


def test_figures_on_the_footprint_in_force_follow_those_on_it() -> None:
    own = [spans.total("2022-23", 4000), spans.total("2023-24", 5000)]
    other = spans.in_force([spans.total("2022-23", 4400), spans.total("2023-24", 5500)])
    found = beside(*own, *other).sort("geography_vintage")
    assert found.select("geography_vintage", "start_value").rows() == [("2023-04", 40.0), ("2026-04", 44.0)]


def test_neither_remainders_nor_the_unknown_have_a_series() -> None:
    rows = [spans.total(y, 4000, **made.NOWHERE) for y in ("2022-23", "2023-24")]
    rows += [spans.row(y, "ethnicity", "Unknown", 10, 30) for y in ("2022-23", "2023-24")]
    rows += [spans.total(y, 4000) for y in ("2022-23", "2023-24")]
    assert beside(*rows)["dimension"].to_list() == ["total"]


def deprived(year: str, **extra: object) -> dict:
    return spans.row(year, "deprivation", "Decile 1 (most deprived)", 400, 1_000, **extra)


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ({"imd_vintage": "2019"}, {"imd_vintage": "2025"}, "the Indices of Deprivation changed from 2019 to 2025"),
        ({"imd_vintage": None}, {"imd_vintage": "2025"}, "changed from not stated to 2025"),
        ({"imd_vintage": None}, {"imd_vintage": None}, ""),
        ({"coverage": 0.8}, {"coverage": 1.0}, PARTIAL),
        ({"coverage": 1.0}, {"coverage": 0.95, "people_share": 0.89}, PARTIAL),
        ({"coverage": 0.5, "people_share": 0.95}, {"coverage": 1.0}, ""),
        ({"period_type": "calendar_year"}, {}, "the kind of period changed from calendar_year to financial_year"),
        ({"period_start": date(2022, 7, 1)}, {}, "the periods are not alike"),
        (
            {**spans.SNAPSHOT, "period_end": date(2023, 1, 31)},
            spans.SNAPSHOT,
            "the snapshots are of different months, January 2023 and March 2024",
        ),
        (
            {**spans.SNAPSHOT, "period_end": date(2023, 1, 29)},
            {**spans.SNAPSHOT, "period_end": date(2024, 1, 28)},
            "",
        ),
    ],
)
def test_what_ends_a_series(one: dict, two: dict, words: str) -> None:
    found = beside(deprived("2022-23", **one), deprived("2023-24", **two)).filter(measure="value")
    (said,) = found["breaks"]
    assert words in said and bool(words) == bool(said)


def snapshot(year: str, day: date, count: float) -> dict:
    return spans.total(year, count, **spans.SNAPSHOT, period_start=day, period_end=day)


def test_a_snapshot_stands_beside_the_last_one_of_its_month() -> None:
    """The newest snapshot stands for a year: of a year that is not over it may be of another month than March."""
    rows = [snapshot("2022-23", date(2023, 3, 31), 4000), snapshot("2023-24", date(2024, 2, 25), 4400)]
    rows += [snapshot("2024-25", date(2025, 3, 30), 5000), snapshot("2025-26", date(2026, 1, 25), 5500)]
    found = beside(*rows).sort("financial_year").select("financial_year", "start_year", "breaks")
    assert found.rows() == [
        ("2023-24", "2022-23", "the snapshots are of different months, March 2023 and February 2024"),
        ("2024-25", "2022-23", ""),
        ("2025-26", "2024-25", "the snapshots are of different months, March 2025 and January 2026"),
    ]


def three_years(last: int, value: float) -> dict:
    days = {"period_start": date(last - 2, 1, 1), "period_end": date(last, 12, 31), "period_type": "three_years"}
    return spans.total(f"{last}-{(last + 1) % 100:02d}", value, **days)


def test_three_years_stand_beside_the_last_three_that_do_not_overlap() -> None:
    found = beside(*(three_years(last, 4000 + last) for last in range(2019, 2025))).sort("financial_year")
    assert found.select("start_year", "breaks").rows() == [
        ("2019-20", "the periods overlap"),
        ("2020-21", "the periods overlap"),
        ("2019-20", ""),
        ("2020-21", ""),
        ("2021-22", ""),
    ]


def test_another_list_of_ethnic_groups_ends_a_series() -> None:
    rows = [
        spans.row(y, "ethnicity", "White", 400, 1_000, ethnicity_scheme=scheme)
        for y, scheme in (("2022-23", "2001"), ("2023-24", "2021"))
    ]
    (said,) = beside(*rows).filter(measure="value")["breaks"]
    assert said == "the list of ethnic groups changed from 2001 to 2021"


def test_another_publication_ends_a_series_and_another_lookup_does_not() -> None:
    def rows(one: str, two: str) -> list[dict]:
        return [spans.total("2022-23", 4000, source_releases=one), spans.total("2023-24", 4000, source_releases=two)]

    lists = rows("rtt:2022-23", "rtt:2023-24;wlmds:2023-24"), rows("ons_geography:a;rtt:2022-23", "rtt:2023-24")
    said = [beside(*r, indicator="wl_gt18_pct")["breaks"].to_list() for r in lists]
    assert said == [["the publication changed from rtt to rtt, wlmds"], [""]]


def test_a_declared_break_lies_between_the_years_it_parts() -> None:
    smi = BY_ID["smi_checks_pct"]
    assert declared_breaks(smi, "2022-23", "2023-24") == ""
    assert "collected from practices" in declared_breaks(smi, "2023-24", "2024-25")
    assert "collected from practices" in declared_breaks(smi, "2022-23", "2025-26")
    assert declared_breaks(smi, "2024-25", "2025-26") == ""


def test_counts_get_limits_of_what_rounding_leaves_open() -> None:
    rows = [
        spans.total("2023-24", 100, None, numerator_low=98, numerator_high=102, source_releases="rtt:a"),
    ]
    found = rows_of_series(spans.results(*rows, indicator="wl_total"), BY_ID).row(0, named=True)
    # Byar at 98 and at 102.
    assert found["lower_95"] == pytest.approx(79.56, abs=0.01) and found["upper_95"] == pytest.approx(123.82, abs=0.01)
    assert found["is_count"] and found["is_rounded"]
