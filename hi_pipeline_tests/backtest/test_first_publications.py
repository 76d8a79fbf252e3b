"""Figures that publishers printed, out of the real files of the waiting list, outpatients, A&E, mental health and HES.

Each comes through parsing and the schema, in the year and period in which it will stand.
"""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES
from hi_pipeline_tests.backtest.real_files import RealFiles


def _value(frame: pl.DataFrame, **key: object) -> float:
    found = frame.filter(**key)
    assert found.height == 1, found
    return float(found["value"].item())


ENGLAND = {"area_level": "england"}


@pytest.mark.parametrize(
    ("day", "figures"),
    [
        (
            date(2025, 3, 31),
            {"attendances_type1": 1_418_235, "attendances_type2": 50_646, "attendances_other": 830_779},
        ),
        (
            date(2025, 1, 31),
            {"attendances_type1": 1_326_670, "attendances_type2": 48_785, "attendances_other": 757_845},
        ),
    ],
)
def test_ae_months_stand_side_by_side_in_their_year(real: RealFiles, day: date, figures: dict[str, float]) -> None:
    year = real.clean("ae_monthly", "observations", "2024-25")
    assert set(year["period_end"]) == {date(2025, 1, 31), date(2025, 3, 31)}
    month = year.filter(period_end=day)
    for measure, value in figures.items():
        assert _value(month, measure=measure, **ENGLAND) == value
        assert month.filter(measure=measure, area_level="region")["value"].sum() == value
        assert month.filter(measure=measure, area_level="provider")["value"].sum() == value


def test_waiting_list_of_boards_is_not_englands(real: RealFiles) -> None:
    waiting = real.clean("wlmds", "observations", "2025-26").filter(measure="pathways_total", dimension="age")
    assert waiting.filter(**ENGLAND)["value"].sum() == 7_082_510
    assert waiting.filter(area_level="icb")["value"].sum() == 6_632_265
    assert waiting.filter(area_level="icb")["note"].str.contains("provider based").all()


def test_waiting_list_over_52_weeks_is_what_the_summary_prints(real: RealFiles) -> None:
    """The summary workbook prints 0.018912705 of the youngest and 0.021094016 of White British over 52 weeks."""
    england = real.clean("wlmds", "observations", "2025-26").filter(**ENGLAND)
    for category, share in (("18 and under", 0.018912705), ("White: British", 0.021094016)):
        group = england.filter(category=category)
        long, total = _value(group, measure="pathways_gt52"), _value(group, measure="pathways_total")
        assert long / total == pytest.approx(share, abs=1e-9)


def test_children_in_contact_and_no_march_2023(real: RealFiles) -> None:
    for year, count in (("2020-21", 572_912), ("2021-22", 674_485)):
        frame = real.clean("mhsds", "observations", year)
        assert _value(frame, measure="cyp_in_contact_12m", **ENGLAND) == count
    frame = real.clean("mhsds", "observations", "2022-23")
    assert frame.filter(measure="cyp_in_contact_12m").is_empty()


@pytest.mark.parametrize(
    ("year", "total", "most", "least"),
    [("2023-24", 104_634_817, 10_115_623, 10_076_201), ("2024-25", 113_225_153, 10_929_927, 10_793_290)],
)
def test_outpatients(real: RealFiles, year: str, total: int, most: int, least: int) -> None:
    frame = real.clean("hes_outpatients", "observations", year).filter(measure="attendances")
    assert _value(frame, dimension="total") == total
    assert _value(frame, category=DECILES[0]) == most
    assert _value(frame, category=DECILES[9]) == least
    for dimension in ("ethnicity", "deprivation"):
        assert frame.filter(dimension=dimension)["value"].sum() == total


def test_diagnoses(real: RealFiles) -> None:
    block = real.clean("hes_admitted", "diagnoses", "2023-24").filter(diagnoses="A00-A09")
    assert block.select("episodes", "admissions").row(0) == (203_152, 142_555)


def test_completed_pathways_of_a_month(real: RealFiles) -> None:
    """Sums of the file itself (2026-11): the extract prints no total over all rows."""
    month = real.clean("rtt", "observations", "2025-26").filter(period_type="month")
    assert set(month["period_start"]) == {date(2026, 1, 1)}
    assert _value(month, measure="completed_admitted", **ENGLAND) == 302_826
    assert _value(month, measure="completed_non_admitted", **ENGLAND) == 1_251_335
    assert month.filter(area_level="icb")["area_code"].n_unique() == 42
