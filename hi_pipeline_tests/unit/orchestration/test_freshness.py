"""Freshness is judged by financial year and release, against the declared calendar."""

from dataclasses import replace
from datetime import date

import pytest

from hi_pipeline.core.source import Cadence, ReleaseCalendar
from hi_pipeline.orchestration.findings_by_layer import check_freshness
from hi_pipeline.orchestration.freshness import Freshness, expected_by, standings
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import make_source, write_release

SOURCE = make_source()


@pytest.mark.parametrize(
    ("month", "year", "expected"),
    [(10, "2023-24", date(2024, 10, 31)), (2, "2023-24", date(2025, 2, 28)), (6, "2019-20", date(2020, 6, 30))],
)
def test_the_usual_month_after_the_years_end(month: int, year: str, expected: date) -> None:
    calendar = ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=month, last_known_edition=year)
    assert expected_by(replace(SOURCE, calendar=calendar), year) == expected


@pytest.mark.parametrize(
    ("today", "standing"),
    [
        (date(2024, 9, 30), Freshness.NOT_YET),
        (date(2024, 10, 1), Freshness.DUE),
        (date(2024, 11, 30), Freshness.DUE),
        (date(2024, 12, 15), Freshness.OVERDUE),
    ],
)
def test_a_year_that_is_not_held(bench: Bench, today: date, standing: Freshness) -> None:
    found = {s.part: s for s in standings(bench.pipeline, SOURCE, today=today)}
    assert found["2023-24"].freshness is standing
    if standing is Freshness.OVERDUE:
        assert found["2023-24"].words == "overdue by 45 days"


def test_building_an_old_year_again_does_not_make_the_newest_look_fresh(bench: Bench) -> None:
    today = date(2025, 3, 1)
    write_release(bench.mirror, "2021-22")
    bench.run()
    found = {s.part: s.freshness for s in standings(bench.pipeline, SOURCE, today=today)}
    assert found == {
        "2021-22": Freshness.ON_TIME,
        "2022-23": Freshness.OVERDUE,
        "2023-24": Freshness.OVERDUE,
    }
    check = check_freshness(bench.pipeline, SOURCE, today=today)
    assert not check.passed
    assert check.warning
    assert "2023-24 overdue by 121 days" in check.said


def test_a_year_that_nobody_declared_is_missed_when_its_month_has_come(bench: Bench) -> None:
    found = {s.part: s.freshness for s in standings(bench.pipeline, SOURCE, today=date(2025, 10, 5))}
    assert found["2024-25"] is Freshness.DUE
