"""Freshness is judged by financial year and release, against the declared calendar."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hi_pipeline.core.source import Cadence, ReleaseCalendar, Source
from hi_pipeline.engine.checks.by_layer import check_freshness
from hi_pipeline.engine.releases.calendar import Freshness, _undeclared, expected_by, standings
from hi_pipeline.sources import SOURCES
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


def test_years_that_nobody_declared_are_missed_when_their_month_has_come(bench: Bench) -> None:
    found = {s.part: s.words for s in standings(bench.pipeline, SOURCE, today=date(2026, 10, 5))}
    assert found["2024-25"] == "overdue by 339 days"
    assert found["2025-26"] == "due"
    assert "2026-27" not in found


def monthly(*, by_year: bool = True, step: Cadence = Cadence.MONTHLY) -> Source:
    """Two editions named by their month; each comes in the second month after it."""
    calendar = ReleaseCalendar(cadence=step, usual_month=None, months_after=2, last_known_edition="2022-06")
    years = (("2021-22",), ("2022-23",)) if by_year else ((), ())
    releases = tuple(
        replace(release, edition=edition, financial_years=own)
        for release, edition, own in zip(SOURCE.releases, ("2022-03", "2022-06"), years, strict=False)
    )
    return replace(SOURCE, calendar=calendar, releases=releases, by_year=by_year)


def test_an_edition_named_by_its_month_is_late_when_the_calendar_says_so(bench: Bench) -> None:
    found = {s.part: s.words for s in standings(bench.pipeline, monthly(), today=date(2022, 8, 15))}
    assert found == {"2021-22": "overdue by 76 days", "2022-23": "due"}


def test_a_financial_year_is_whole_only_with_its_last_month(bench: Bench) -> None:
    source = monthly()
    first, second = source.releases
    source = replace(source, releases=(replace(first, edition="2022-01"), second))
    found = {s.part: s.words for s in standings(bench.pipeline, source, today=date(2022, 8, 15))}
    assert found["2022-02"] == "overdue by 107 days"
    assert set(found) == {"2021-22", "2022-23", "2022-02"}


@pytest.mark.parametrize(
    ("step", "part", "today", "words"),
    [
        (Cadence.MONTHLY, "2022-07", date(2022, 9, 1), "due"),
        (Cadence.MONTHLY, "2022-07", date(2022, 11, 14), "overdue by 45 days"),
        (Cadence.QUARTERLY, "2022-09", date(2022, 11, 14), "due"),
    ],
)
def test_the_edition_after_the_last_one_known_of_is_missed(
    bench: Bench, step: Cadence, part: str, today: date, words: str
) -> None:
    source = monthly(step=step)
    before = today.replace(day=1) - timedelta(days=62 if words != "due" else 1)
    assert part not in {s.part for s in standings(bench.pipeline, source, today=before)}
    assert {s.part: s.words for s in standings(bench.pipeline, source, today=today)}[part] == words


def test_another_form_of_the_same_reference_data_will_do(bench: Bench) -> None:
    (first, second, _), day = SOURCE.releases, date(2022, 11, 29)
    releases = tuple(replace(r, financial_years=(), published=day) for r in (first, second))
    source = replace(SOURCE, releases=releases, by_year=False)
    found = {s.part: s.words for s in standings(bench.pipeline, source, today=date(2024, 1, 1))}
    assert set(found.values()) == {"overdue by 398 days"}
    write_release(bench.mirror, "2021-22")
    bench.run()
    found = {s.part: s.words for s in standings(bench.pipeline, source, today=date(2024, 1, 1))}
    assert found == {"2021-22": "on time", "2022-23": "no calendar"}


def test_of_reference_data_the_newest_edition_is_asked_for_and_no_older_one(bench: Bench) -> None:
    source = monthly(by_year=False)
    found = {s.part: s.words for s in standings(bench.pipeline, source, today=date(2022, 12, 15))}
    assert found == {
        "2022-03": "no calendar",
        "2022-06": "overdue by 106 days",
        "2022-07": "overdue by 76 days",
    }


def test_a_found_edition_is_not_expected_any_more_and_the_next_one_is() -> None:
    rtt = SOURCES["rtt"]
    (series,) = rtt.series
    found = rtt.edition(series, "2026-07", address="https://www.england.nhs.uk/july.zip", landing_page=rtt.landing_page)
    expected = set(_undeclared(rtt.with_editions([found]), today=date(2026, 11, 26)))
    assert "2026-07" in set(_undeclared(rtt, today=date(2026, 11, 26)))
    assert "2026-07" not in expected and "2026-08" in expected
