"""Targets: met, not met, not yet due or cannot tell, each by its own rule."""

from dataclasses import replace

import polars as pl
import pytest

from hi_pipeline.core.beside import TARGETS
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Aim, Indicator, Target
from hi_pipeline.core.status import Measure
from hi_pipeline.indicators.over_time.pace import pace_rows
from hi_pipeline.indicators.over_time.targets import NO_CHANGE, RECALLED, target_rows
from hi_pipeline_tests.unit.indicators import counts_frames as made
from hi_pipeline_tests.unit.indicators.over_time import spans


def judged(*rows: dict, indicator: str = "tt_recovery_pct", targets: tuple[Target, ...] | None = None) -> pl.DataFrame:
    entry: Indicator = spans.BY_ID[indicator]
    by_id = {indicator: replace(entry, targets=entry.targets if targets is None else targets)}
    results = spans.results(*rows, indicator=indicator)
    found = target_rows(results, pace_rows(results, by_id), by_id)
    assert dict(found.schema) == dict(TARGETS)
    return found


def aim(which: Aim, level: float | None = None, **how: object) -> tuple[Target, ...]:
    return (Target(aim=which, level=level, words="words", source="somebody", **how),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "which", "verdict", "reached"),
    [
        (5300, Aim.AT_LEAST, "met", True),
        (5010, Aim.AT_LEAST, "cannot_tell", True),
        (4990, Aim.AT_LEAST, "cannot_tell", False),
        (4700, Aim.AT_LEAST, "not_met", False),
        (5300, Aim.AT_MOST, "not_met", False),
        (4700, Aim.AT_MOST, "met", True),
    ],
)
def test_a_share_is_judged_by_its_limits(events: int, which: Aim, verdict: str, reached: bool) -> None:
    (row,) = judged(spans.total("2023-24", events), targets=aim(which, 50)).iter_rows(named=True)
    assert (row["verdict"], row["reached"], row["target_level"]) == (verdict, reached, 50)


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(391_000, 391_000, "met"), (389_998, 390_002, "cannot_tell"), (10, 20, "not_met")]
)
def test_a_count_is_judged_by_what_rounding_leaves_open(low: int, high: int, verdict: str) -> None:
    bounds = {"numerator_low": low, "numerator_high": high, "source_releases": "smi_health_checks:a"}
    rows = [spans.total("2023-24", (low + high) / 2, None, **bounds, **made.ENGLAND), spans.total("2023-24", 9, None)]
    (row,) = judged(*rows, indicator="smi_checks_n").iter_rows(named=True)
    assert (row["verdict"], row["icb_code"]) == (verdict, "E92000001")


@pytest.mark.parametrize(("events", "verdict"), [(0, "met"), (1, "not_met")])
def test_none_is_met_by_a_count_of_nought_alone(events: int, verdict: str) -> None:
    row = spans.total("2025-26", events, 10_000, source_releases="rtt:a")
    (found,) = judged(row, indicator="wl_gt52_pct").iter_rows(named=True)
    assert found["verdict"] == verdict


@pytest.mark.parametrize(("events", "verdict"), [(0, "met"), (1, "cannot_tell")])
def test_a_figure_that_counts_more_people_than_the_target_never_misses_it_for_certain(
    events: int, verdict: str
) -> None:
    for indicator in ("wl_gt65_pct", "wl_gt65_n"):
        of = 10_000 if indicator.endswith("pct") else None
        row = spans.total("2025-26", events, of, source_releases="rtt:a")
        (found,) = judged(row, indicator=indicator).iter_rows(named=True)
        assert found["verdict"] == verdict
        assert ("patients who choose to wait too" in found["note"]) == (verdict == "cannot_tell")


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"), [(5.0, 5.9, "met"), (5.9, 6.1, "cannot_tell"), (7, 9, "not_met")]
)
def test_a_printed_figure_is_judged_by_its_limits_and_not_by_its_count(
    lower: float, upper: float, verdict: str
) -> None:
    printed = {"published_value": (lower + upper) / 2, "published_lower_95": lower, "published_upper_95": upper}
    row = spans.total("2023-24", 600, 10_000, **printed)
    (found,) = judged(row, indicator="smoking_at_delivery_pct").iter_rows(named=True)
    assert (found["verdict"], found["target_level"], found["recalled"]) == (verdict, 6, True)


def test_before_its_day_a_target_is_not_yet_due() -> None:
    rows = [spans.total(year, 60, 10_000, source_releases="rtt:a") for year in ("2023-24", "2024-25", "2025-26")]
    found = judged(*rows, indicator="wl_gt52_pct")
    assert found["verdict"].to_list() == ["not_yet_due", "not_met", "not_met"]


def groups(year: str, *events: float | None) -> list[dict]:
    names = ("White: British", "White: Irish", "Mixed: White and Asian")
    return [spans.row(year, "ethnicity", name, n, 1_000) for name, n in zip(names, events, strict=True)]


@pytest.mark.parametrize(
    ("events", "every"),
    [
        ((600, 600, 600), "met"),
        ((600, 505, 600), "cannot_tell"),
        ((600, 505, 300), "not_met"),
        ((600, None, 600), "cannot_tell"),
        ((600, None, 300), "not_met"),
    ],
)
def test_every_group_is_judged_by_itself_and_all_together(events: tuple, every: str) -> None:
    target = aim(Aim.AT_LEAST, 50, dimension=Dimension.ETHNICITY)
    found = judged(*groups("2023-24", *events), targets=target)
    assert dict(found.select("category", "verdict").rows())["All"] == every
    assert found.filter(pl.col("category") != "All").height == 3
    assert "every group by itself" in found.filter(category="All")["note"][0]
    hidden = found.filter(status="suppressed")
    assert hidden["verdict"].to_list() == [None] * events.count(None)


def test_the_gap_is_judged_by_how_it_changed() -> None:
    target = aim(Aim.NARROW, dimension=Dimension.ETHNICITY, measure=Measure.DIFFERENCE)
    rows = groups("2022-23", 600, 300, 450) + groups("2023-24", 600, 500, 300)
    found = judged(*rows, targets=target).filter(financial_year="2023-24")
    words = dict(found.select("category", "verdict").rows())
    assert words == {"White: Irish": "met", "Mixed: White and Asian": "not_met", "All": "not_met"}
    first = judged(*rows, targets=target).filter(financial_year="2022-23")
    assert set(first["note"]) == {NO_CHANGE} and set(first["verdict"]) == {None}


def test_equal_pace_is_missed_by_the_slower_group() -> None:
    rows = spans.sexes("2022-23", 40_000, 50_000) + spans.sexes("2023-24", 36_000, 50_000)
    rows = [{**r, "denominator": None, "source_releases": "wlmds:a"} for r in rows]
    target = aim(Aim.EQUAL_PACE, dimension=Dimension.SEX)
    found = judged(*rows, indicator="wl_total", targets=target).filter(financial_year="2023-24")
    assert dict(found.select("category", "verdict").rows()) == {"Female": "met", "Male": "not_met", "All": "not_met"}


@pytest.mark.parametrize(("later", "verdict"), [(300, "met"), (800, "not_met"), (600, "cannot_tell")])
def test_no_increase(later: int, verdict: str) -> None:
    target = aim(Aim.NO_INCREASE)
    rows = [spans.total("2022-23", 600, 1_000), spans.total("2023-24", later, 1_000)]
    assert judged(*rows, targets=target).filter(financial_year="2023-24")["verdict"].to_list() == [verdict]


def test_a_recalled_target_says_so() -> None:
    found = judged(spans.total("2023-24", 5300), targets=aim(Aim.AT_LEAST, 50, recalled=True))
    assert found["recalled"].to_list() == [True] and RECALLED in found["note"][0]
    assert judged(spans.total("2023-24", 5300), targets=aim(Aim.AT_LEAST, 50))["note"].to_list() == [""]
