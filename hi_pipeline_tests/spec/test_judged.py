"""Targets, trends and completeness: the simulations and worked examples that the methods print."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from docs.methods_page import OPENING
from hi_pipeline.core.indicator import Aim, Target
from hi_pipeline.indicators.completeness import completeness
from hi_pipeline.indicators.over_time.pace import pace_rows
from hi_pipeline.indicators.over_time.targets import target_rows
from hi_pipeline.indicators.over_time.trends import trend_rows
from hi_pipeline_tests.spec.draws import BY_ID, DRAWS, Arrays, Chance, results_of, to_fives
from hi_pipeline_tests.unit.indicators import counts_frames as made
from hi_pipeline_tests.unit.indicators.over_time import spans

SHARE = "tt_recovery_pct"
LEVEL = 50
COURSES = 1_000
YEARS = ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24")
TARGETS = {
    name: replace(BY_ID[SHARE], targets=(Target(aim=aim, level=LEVEL, words="words", source="somebody"),))
    for name, aim in (("at least", Aim.AT_LEAST), ("at most", Aim.AT_MOST))
}


def courses(draw: Chance, share: float, *, rounded: bool = False) -> Arrays:
    events = draw.binomial(COURSES, share, DRAWS)
    people = np.full(DRAWS, float(COURSES))
    if rounded:
        return to_fives(events, "numerator") | {"denominator": people}
    return {"numerator": events, "denominator": people}


def verdicts(which: str, drawn: Arrays) -> dict[str, float]:
    by_id = {SHARE: TARGETS[which]}
    results = results_of(SHARE, {YEARS[-1]: drawn})
    found = target_rows(results, pace_rows(results, by_id), by_id).filter(dimension="total")
    assert found.height == DRAWS
    return {word: (found["verdict"] == word).mean() for word in ("met", "not_met", "cannot_tell")}  # type: ignore[misc]


def printed(found: dict[str, float]) -> str:
    return " | ".join(f"{100 * found[word]:.1f}%" for word in ("met", "not_met", "cannot_tell"))


@pytest.mark.parametrize(
    ("share", "rounded", "wrong"),
    [
        (0.50, False, "not_met"),
        (0.50, True, "not_met"),
        (0.49, False, "met"),
        (0.45, False, "met"),
        (0.55, False, "not_met"),
    ],
)
def test_few_figures_are_on_the_wrong_side_of_a_level(share: float, rounded: bool, wrong: str) -> None:
    found = verdicts("at least", courses(Chance(94), share, rounded=rounded))
    assert found[wrong] <= 0.065
    name = f"{100 * share:.0f}%" + (", counts rounded to 5" if rounded else "")
    assert f"| {name} | {printed(found)} |" in OPENING


def test_at_most_is_at_least_turned_round() -> None:
    drawn = courses(Chance(94), 0.45)
    least, most = verdicts("at least", drawn), verdicts("at most", drawn)
    assert (least["met"], least["not_met"]) == (most["not_met"], most["met"])


@pytest.mark.parametrize(
    ("change", "said", "limits"),
    [
        (0.0, "with no change {} are called rising or falling", "limits hold the true change in {} and "),
        (0.01, "with one point a year {} are called rising.", " and {}."),
    ],
)
def test_a_trend_is_seldom_seen_where_there_is_none(change: float, said: str, limits: str) -> None:
    draw = Chance(95)
    years = {year: courses(draw, 0.45 + change * place) for place, year in enumerate(YEARS)}
    found = trend_rows(results_of(SHARE, years), BY_ID).filter(dimension="total")
    assert found.height == DRAWS and set(found["status"]) == {"ok"}
    seen: float = found["verdict"].is_in(["rising", "falling"]).mean()  # type: ignore[assignment]
    held: float = ((found["lower_95"] <= 100 * change) & (found["upper_95"] >= 100 * change)).mean()  # type: ignore[assignment]
    assert held >= 0.935 and (change or seen <= 0.065)
    trends = " ".join(OPENING.partition("**Trends**")[2].partition("**Targets**")[0].split())
    assert said.format(f"{100 * seen:.1f}%") in trends, seen
    assert limits.format(f"{100 * held:.1f}%") in trends, held


def test_the_worked_example_of_a_target() -> None:
    """491 of 1,000 courses at a target of 50%: the limits hold it."""
    (row,) = verdict_of(491).iter_rows(named=True)
    assert (row["verdict"], row["reached"]) == ("cannot_tell", False)
    assert f"{row['lower_95']:.1f}% to {row['upper_95']:.1f}%" in " ".join(OPENING.split())
    assert [verdict_of(n)["verdict"].item() for n in (469, 470, 530, 531)] == [
        "not_met",
        "cannot_tell",
        "cannot_tell",
        "met",
    ]


def verdict_of(events: int) -> pl.DataFrame:
    by_id = {SHARE: TARGETS["at least"]}
    results = spans.results(spans.total("2023-24", events, COURSES))
    return target_rows(results, pace_rows(results, by_id), by_id)


def test_the_worked_example_of_completeness() -> None:
    """50 of 1,000 records of unknown ethnic group, both rounded to 5."""
    bounds = {"denominator_low": 998, "denominator_high": 1_002, "numerator_low": 500, "numerator_high": 500}
    unknown = {"denominator_low": 48, "denominator_high": 52, "unknown_share": None}
    rows = [
        made.row("total", "All", 500, 1_000, **bounds, unknown_share=None),
        made.row("ethnicity", "White", 475, 950, unknown_share=None),
        made.row("ethnicity", "Unknown", 25, 50, **unknown),
    ]
    row = completeness(spans.results(*rows), BY_ID).filter(dimension="ethnicity").row(0, named=True)
    ends = [row[f"unknown_share{end}"] for end in ("", "_low", "_high")]
    assert ends == [pytest.approx(x) for x in (50 / 1_000, 48 / 1_002, 52 / 998)]
    text = " ".join(OPENING.split())
    assert all(f"{100 * end:.1f}%" in text for end in ends) and "50 of 1,000 records" in text
