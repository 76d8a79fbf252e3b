"""Simulated coverage: how often each interval holds the truth, against the band stated for it.

Each band stands in its test: near 95% where the method is, up to 98.5% where it is cautious (few events), at least
95% for exact limits. Seeds are fixed, so the shares do not flicker with one version of numpy.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from hi_pipeline.stats import proportions, rates
from hi_pipeline.stats.comparison.change import change
from hi_pipeline.stats.comparison.counts_pace import difference_of_changes
from hi_pipeline.stats.comparison.trend import trend
from hi_pipeline.stats.inequality.disproportion import disproportionality
from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.inequality.summary import summary_measures
from hi_pipeline.stats.standardisation import pairs
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate

DRAWS = 4000


def held(table: pl.DataFrame, truth: float, level: str = "95") -> float:
    """Share of the intervals that hold the truth, among those that are given."""
    given = table.filter(pl.col(f"upper_{level}").is_not_null())
    return float(((given[f"lower_{level}"] <= truth) & (truth <= given[f"upper_{level}"])).mean())  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "p"), [(50, 0.1), (200, 0.03), (1000, 0.5)])
def test_wilson(n: int, p: float) -> None:
    draw = np.random.default_rng(21)
    frame = pl.DataFrame({"i": range(DRAWS), "x": draw.binomial(n, p, DRAWS), "n": [n] * DRAWS})
    ours = proportions.proportion(frame, events="x", population="n", by="i")
    assert 0.93 <= held(ours, p) <= 0.985
    assert held(ours, p, "998") >= 0.995


@pytest.mark.parametrize(
    ("mean", "least", "most"), [(3, 0.95, 1), (9, 0.95, 0.99), (40, 0.94, 0.975), (400, 0.94, 0.965)]
)
def test_poisson(mean: float, least: float, most: float) -> None:
    draw = np.random.default_rng(22)
    frame = pl.DataFrame({"i": range(DRAWS), "x": draw.poisson(mean, DRAWS), "n": [1] * DRAWS})
    ours = rates.crude_rate(frame, events="x", population="n", by="i", multiplier=1)
    assert least <= held(ours, mean) <= most
    assert held(ours, mean, "998") >= 0.995


PAIR = {"events": "x1", "population": "n1", "reference_events": "x2", "reference_population": "n2", "by": "i"}


@pytest.mark.parametrize(("p1", "p2"), [(0.3, 0.2), (0.05, 0.02)])
def test_two_proportions(p1: float, p2: float) -> None:
    draw = np.random.default_rng(23)
    columns = {"x1": draw.binomial(300, p1, DRAWS), "x2": draw.binomial(400, p2, DRAWS)}
    frame = pl.DataFrame({"i": range(DRAWS), "n1": [300] * DRAWS, "n2": [400] * DRAWS, **columns})
    assert 0.94 <= held(proportions.difference(frame, **PAIR), p1 - p2) <= 0.975
    assert 0.94 <= held(proportions.ratio(frame, **PAIR), p1 / p2) <= 0.98


@pytest.mark.parametrize(("p1", "p2"), [(0.03, 0.02), (0.1, 0.1), (0.3, 0.5)])
def test_disproportionality(p1: float, p2: float) -> None:
    draw = np.random.default_rng(30)
    n1, n2 = 1_000, 4_000
    columns = {"x1": draw.binomial(n1, p1, DRAWS), "x2": draw.binomial(n2, p2, DRAWS)}
    frame = pl.DataFrame({"i": range(DRAWS), "n1": [n1] * DRAWS, "n2": [n2] * DRAWS, **columns})
    truth = p1 * (n1 + n2) / (p1 * n1 + p2 * n2)
    assert 0.935 <= held(disproportionality(frame, **PAIR), truth) <= 0.965


@pytest.mark.parametrize(("one", "two"), [(30, 15), (8, 3), (200, 150)])
def test_two_rates(one: float, two: float) -> None:
    draw = np.random.default_rng(24)
    columns = {"x1": draw.poisson(one, DRAWS), "x2": draw.poisson(two, DRAWS)}
    frame = pl.DataFrame({"i": range(DRAWS), "n1": [1] * DRAWS, "n2": [1] * DRAWS, **columns})
    assert 0.94 <= held(rates.difference(frame, multiplier=1, **PAIR), one - two) <= 0.985
    assert 0.94 <= held(rates.ratio(frame, **PAIR), one / two) <= 0.985


WEIGHTS = np.array([30.0, 25, 20, 15, 10])
PEOPLE = np.array([4000, 3500, 3000, 2000, 1000])
SHAPE = np.array([0.2, 0.5, 1.0, 2.5, 6.0])


def strata(draw: np.random.Generator, events: float, name: str) -> tuple[np.ndarray, float]:
    """Counts of all draws, stratum by stratum, and the true rate a person."""
    mean = PEOPLE * SHAPE
    risk = SHAPE * events / mean.sum()
    return draw.poisson(np.tile(PEOPLE * risk, DRAWS)), float((WEIGHTS * risk).sum() / WEIGHTS.sum())


@pytest.mark.parametrize("events", [30, 100, 1000])
def test_dobson(events: float) -> None:
    counts, truth = strata(np.random.default_rng(25), events, "x")
    frame = pl.DataFrame(
        {"i": np.repeat(np.arange(DRAWS), 5), "x": counts, "n": np.tile(PEOPLE, DRAWS), "w": np.tile(WEIGHTS, DRAWS)}
    )
    ours = directly_standardised_rate(frame, events="x", population="n", weight="w", by="i", multiplier=1)
    assert 0.94 <= held(ours, truth) <= 0.975


@pytest.mark.parametrize(
    ("one", "two", "difference", "ratio"),
    [
        (30, 15, (0.945, 0.97), (0.95, 0.98)),
        (50, 50, (0.94, 0.96), (0.94, 0.96)),
        (200, 200, (0.94, 0.96), (0.94, 0.96)),
    ],
)
def test_two_standardised_rates(
    one: float, two: float, difference: tuple[float, float], ratio: tuple[float, float]
) -> None:
    """Limits of 95% hold the truth in about 95 of 100 draws, within the error of 4,000 draws."""
    draw = np.random.default_rng(26)
    x1, rate_1 = strata(draw, one, "x1")
    x2, rate_2 = strata(draw, two, "x2")
    people, weights = np.tile(PEOPLE, DRAWS), np.tile(WEIGHTS, DRAWS)
    frame = pl.DataFrame(
        {"i": np.repeat(np.arange(DRAWS), 5), "x1": x1, "x2": x2, "n1": people, "n2": people, "w": weights}
    )
    gap = pairs.difference(frame, weight="w", multiplier=1, **PAIR)
    assert difference[0] <= held(gap, rate_1 - rate_2) <= difference[1]
    quotient = pairs.ratio(frame, weight="w", **PAIR)
    assert ratio[0] <= held(quotient, rate_1 / rate_2) <= ratio[1]


SHARES = np.array([12_000, 30_000, 21_000, 25_000, 12_000])


def ladders(
    draw: np.random.Generator, mean: np.ndarray, error: np.ndarray, curve: Callable[..., np.ndarray]
) -> pl.DataFrame:
    """Draws whose values are normal on a scale, with the limits that belong to them."""
    z = np.tile(mean, DRAWS) + np.tile(error, DRAWS) * draw.standard_normal(5 * DRAWS)
    reach = 1.959963984540054 * np.tile(error, DRAWS)
    return pl.DataFrame(
        {
            "i": np.repeat(np.arange(DRAWS), 5),
            "rank": np.tile(np.arange(1, 6), DRAWS),
            "n": np.tile(SHARES, DRAWS),
            "y": curve(z),
            "l": curve(z - reach),
            "u": curve(z + reach),
        }
    )


CURVES = {
    "rate": (np.exp, np.log([90.0, 80, 72, 60, 55])),
    "proportion": (lambda t: 1 / (1 + np.exp(-t)), np.log([0.4, 0.5, 0.6, 0.7, 0.9])),
}
ERROR = np.array([0.05, 0.04, 0.06, 0.05, 0.08])


@pytest.mark.parametrize("kind", CURVES)
@pytest.mark.parametrize("transform", ["auto", "none"])
def test_slope_and_relative_index(kind: str, transform: str) -> None:
    curve, mean = CURVES[kind]
    frame = ladders(np.random.default_rng(27), mean, ERROR, curve)
    truth = frame.head(5).with_columns(y=pl.Series(curve(mean)))
    columns = {"rank": "rank", "population": "n", "value": "y", "by": "i", "kind": kind, "transform": transform}
    for function in (slope_index, relative_index):
        centre = function(truth, **columns)["value"][0]
        ours = function(frame, lower="l", upper="u", **columns)
        assert 0.935 <= held(ours, centre) <= 0.965
        assert held(ours, centre, "998") >= 0.994


def test_linear_measures_and_fieller() -> None:
    draw = np.random.default_rng(28)
    mean, error = np.array([60.0, 64, 66, 71, 75]), np.array([1.0, 0.8, 1.2, 0.9, 1.5])
    frame = pl.DataFrame(
        {
            "i": np.repeat(np.arange(DRAWS), 5),
            "rank": np.tile(np.arange(1, 6), DRAWS),
            "n": np.tile(SHARES, DRAWS),
            "y": np.tile(mean, DRAWS) + np.tile(error, DRAWS) * draw.standard_normal(5 * DRAWS),
            "se": np.tile(error, DRAWS),
        }
    )
    truth = frame.head(5).with_columns(y=pl.Series(mean))
    columns = {"rank": "rank", "population": "n", "value": "y", "standard_error": "se", "by": "i", "kind": "other"}
    for function in (slope_index, relative_index):
        assert 0.94 <= held(function(frame, **columns), function(truth, **columns)["value"][0]) <= 0.96
    options = {"rank": "rank", "population": "n", "estimate": "y", "standard_error": "se", "by": "i"}
    ours = summary_measures(frame, favourable=True, upper_bound=100, **options)
    points = summary_measures(truth, favourable=True, upper_bound=100, **options)
    for measure, value in zip(points["measure"], points["value"], strict=True):
        share = held(ours.filter(pl.col("measure") == measure), value)
        assert 0.93 <= share <= 0.97, (measure, share)


def test_changes_and_trend() -> None:
    draw = np.random.default_rng(29)
    means = {"a0": 400, "a1": 300, "b0": 500, "b1": 450}
    frame = pl.DataFrame({"i": range(DRAWS), **{name: draw.poisson(mean, DRAWS) for name, mean in means.items()}})
    columns = {"start_events": "a0", "end_events": "a1", "by": "i", "kind": "count"}
    other = {"reference_start_events": "b0", "reference_end_events": "b1"}
    assert 0.94 <= held(change(frame, **columns), 0.75) <= 0.96
    assert 0.94 <= held(difference_of_changes(frame, **columns, **other), 0.75 / 0.9) <= 0.96
    assert 0.94 <= held(difference_of_changes(frame, scale="difference", **columns, **other), -50) <= 0.96
    series = pl.DataFrame(
        {
            "i": np.repeat(np.arange(DRAWS), 6),
            "t": np.tile(np.arange(6), DRAWS),
            "y": 10 + 0.5 * np.tile(np.arange(6), DRAWS) + draw.standard_normal(6 * DRAWS),
            "se": np.ones(6 * DRAWS),
        }
    )
    ours = trend(series, period="t", value="y", standard_error="se", by="i", kind="other")
    assert 0.95 <= held(ours, 0.5) <= 0.985
