"""Cases of our own: published worked examples, tables, and arithmetic that fits on a page."""

import math

import polars as pl
import pytest

from hi_pipeline.stats import proportions, rates
from hi_pipeline.stats.comparison.benchmark import against_benchmark
from hi_pipeline.stats.comparison.change import change, change_of_estimates
from hi_pipeline.stats.comparison.counts_pace import difference_of_changes
from hi_pipeline.stats.comparison.trend import trend
from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.european import european_standard_population

EXACT_LOWER = [0, 0.025318, 0.242209, 0.618672, 1.089865, 1.623486, 2.201894, 2.814363, 3.453832, 4.115373]
EXACT_UPPER = [3.688879, 5.571643, 7.224688, 8.767273, 10.241589, 11.668332, 13.059474, 14.422675, 15.763189, 17.084803]
Z = 1.959963984540054


def pair(x1: float, n1: float, x2: float, n2: float) -> dict[str, object]:
    frame = pl.DataFrame({"x1": [x1], "n1": [n1], "x2": [x2], "n2": [n2]})
    sides = {"events": "x1", "population": "n1", "reference_events": "x2", "reference_population": "n2"}
    return {"frame": frame, **sides, "by": []}


@pytest.mark.parametrize("count", range(10))
def test_exact_poisson_limits(count: int) -> None:
    """Garwood 1936, as tabulated in Breslow and Day 1987."""
    frame = pl.DataFrame({"x": [count], "n": [1]})
    row = rates.crude_rate(frame, events="x", population="n", by=[], multiplier=1).row(0, named=True)
    assert row["lower_95"] == pytest.approx(EXACT_LOWER[count], abs=1e-6)
    assert row["upper_95"] == pytest.approx(EXACT_UPPER[count], abs=1e-6)
    assert row["method"] == "exact"


def test_byar_limits_of_sixty_five() -> None:
    """65 events: 50.16 to 82.85 (the peer's public function gives 64.16 to 66.18)."""
    frame = pl.DataFrame({"x": [65], "n": [1]})
    row = rates.crude_rate(frame, events="x", population="n", by=[], multiplier=1).row(0, named=True)
    assert (round(row["lower_95"], 2), round(row["upper_95"], 2)) == (50.16, 82.85)
    assert row["lower_95"] == pytest.approx(65 * (1 - 1 / (9 * 65) - Z / (3 * math.sqrt(65))) ** 3, rel=1e-12)


@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_difference_of_proportions(counts: tuple[int, int, int, int], limits: tuple[float, float]) -> None:
    """Newcombe 1998, table II, method 10."""
    row = proportions.difference(**pair(*counts)).row(0, named=True)
    assert (row["lower_95"], row["upper_95"]) == pytest.approx(limits, abs=5e-5)


def test_ratio_of_proportions() -> None:
    row = proportions.ratio(**pair(20, 100, 10, 100)).row(0, named=True)
    reach = Z * math.sqrt(1 / 20 - 1 / 100 + 1 / 10 - 1 / 100)
    assert row["value"] == 2
    assert (row["lower_95"], row["upper_95"]) == pytest.approx((2 * math.exp(-reach), 2 * math.exp(reach)))


def test_rate_ratio() -> None:
    row = rates.ratio(**pair(30, 1000, 15, 1000)).row(0, named=True)
    reach = Z * math.sqrt(1 / 30 + 1 / 15)
    assert (row["value"], row["upper_95"]) == pytest.approx((2, 2 * math.exp(reach)))


def test_funnel_of_rates() -> None:
    """One event expected: 0.02532 to 5.57164 (exact Poisson)."""
    frame = pl.DataFrame({"area": ["A"], "x": [3], "n": [100]})
    row = rates.funnel_limits(frame, events="x", population="n", by="area", average=0.01, multiplier=100)
    assert row.select("lower_95", "upper_95").row(0) == pytest.approx((0.02532, 5.57164), abs=1e-5)


def test_funnel_of_proportions_is_the_share_whose_wilson_limit_is_the_average() -> None:
    frame = pl.DataFrame({"area": ["A"], "x": [30], "n": [100]})
    lower = proportions.funnel_limits(frame, events="x", population="n", by="area", average=0.2)["lower_95"][0]
    n, x = 100, 100 * lower
    root = Z * math.sqrt(Z * Z + 4 * x * (1 - x / n))
    assert (2 * x + Z * Z + root) / (2 * (n + Z * Z)) == pytest.approx(0.2)


def test_directly_standardised_rate_by_hand() -> None:
    """Weights 60 and 40, rates 10/1000 and 30/500: (60*0.01 + 40*0.06)/100 = 0.03."""
    strata = pl.DataFrame({"x": [10, 30], "n": [1000, 500], "w": [60, 40]})
    rate = directly_standardised_rate
    row = rate(strata, events="x", population="n", weight="w", by=[], multiplier=1000).row(0, named=True)
    variance = (10 * (60 / 1000) ** 2 + 30 * (40 / 500) ** 2) / 100**2
    lower_count = 40 * (1 - 1 / 360 - Z / (3 * math.sqrt(40))) ** 3
    assert row["value"] == pytest.approx(30)
    assert row["lower_95"] == pytest.approx(30 + 1000 * math.sqrt(variance / 40) * (lower_count - 40))
    assert row["events"] == 40


def test_repeated_events_widen_the_limits() -> None:
    """20 persons with one event and 10 with two: 40 events, variance 20 + 4*10 in place of 40."""
    rows = pl.DataFrame({"f": [1, 2], "x": [20, 10], "n": [1000, 1000], "w": [1, 1]})
    columns = {"events": "x", "population": "n", "weight": "w", "by": [], "multiplier": 1000}
    rate = directly_standardised_rate
    row = rate(rows, event_frequency="f", **columns).row(0, named=True)
    alone = rate(pl.DataFrame({"x": [40], "n": [1000], "w": [1]}), **columns).row(0, named=True)
    assert (row["value"], row["events"]) == (pytest.approx(40), 40)
    stretch = math.sqrt((20 + 4 * 10) / 40)
    assert row["upper_95"] - 40 == pytest.approx(stretch * (alone["upper_95"] - 40))


def test_european_standard_population() -> None:
    esp = european_standard_population
    assert esp()["weight"].sum() == 100_000
    assert esp(sexes=["women", "men"])["weight"].sum() == 100_000
    assert esp(sexes=["women", "men"]).height == 38
    assert esp(oldest_band=85).row(-1) == ("85+", 85, None, 2500.0)
    assert esp(to_age=75)["weight"].sum() == 91_000
    assert esp().height == 19


def test_slope_index_of_equal_fifths() -> None:
    """y = 70, 72 ... 78 at ridits 0.1 ... 0.9 lie on 69 + 10x."""
    frame = pl.DataFrame({"rank": range(1, 6), "n": [20] * 5, "y": [70, 72, 74, 76, 78], "se": [1] * 5})
    row = slope_index(frame, rank="rank", population="n", value="y", standard_error="se", by=[], kind="other").row(
        0, named=True
    )
    # c = 12 * 0.2 * (b - 1/2) / 0.96 = -1, -0.5, 0, 0.5, 1
    assert (row["value"], row["intercept"], row["end"]) == pytest.approx((10, 69, 79))
    assert row["upper_95"] == pytest.approx(10 + Z * math.sqrt(2.5))


def test_relative_index_of_a_geometric_ladder() -> None:
    """Rates that double from ridit 0 to 1 have RII 2 on the log scale, whatever the shares."""
    shares, below, values = [0.1, 0.3, 0.2, 0.25, 0.15], 0.0, []
    for share in shares:
        values.append(100 * 2 ** (below + share / 2))
        below += share
    frame = pl.DataFrame({"rank": range(1, 6), "n": shares, "y": values})
    columns = {"rank": "rank", "population": "n", "value": "y", "by": []}
    assert relative_index(frame, **columns)["value"][0] == pytest.approx(2)
    assert slope_index(frame, **columns)["value"][0] == pytest.approx(100)


def test_trend_of_a_straight_series() -> None:
    frame = pl.DataFrame({"year": [f"20{y}-{y + 1}" for y in range(18, 23)], "y": range(1, 6), "se": [1] * 5})
    columns = {"period": "year", "value": "y", "standard_error": "se", "by": [], "kind": "other"}
    row = trend(frame, **columns).row(0, named=True)
    assert (row["value"], row["verdict"]) == (pytest.approx(1), "rising")
    assert row["upper_95"] == pytest.approx(1 + Z / math.sqrt(10))
    assert trend(frame.head(4), **columns)["status"][0] == "too_few"


def test_benchmark_words() -> None:
    rows = [("a", 1.0, 0.5, 1.5), ("b", 2.0, 1.5, 2.5), ("c", 3.0, 2.5, 3.5), ("d", None, 1.0, 2.0)]
    frame = pl.DataFrame(rows, schema=["area", "v", "l", "u"], orient="row")
    columns = {"value": "v", "lower": "l", "upper": "u", "benchmark": 2.0, "by": "area"}
    low_is_better = against_benchmark(frame, better="lower", **columns)["comparison"].to_list()
    neither = against_benchmark(frame, **columns)["comparison"].to_list()
    assert low_is_better == ["better", "similar", "worse", "not_compared"]
    assert neither == ["lower", "similar", "higher", "not_compared"]


def test_change_between_years() -> None:
    frame = pl.DataFrame({"a": [400], "b": [300]})
    row = change(frame, start_events="a", end_events="b", by=[], kind="count").row(0, named=True)
    assert (row["value"], row["verdict"]) == (0.75, "fall")
    assert row["upper_95"] == pytest.approx(0.75 * math.exp(Z * math.sqrt(1 / 400 + 1 / 300)))


def test_one_sided_test_of_a_rise() -> None:
    frame = pl.DataFrame({"v0": [10.0], "s0": [3.0], "v1": [10.0 + 1.6448536269514722 * 5], "s1": [4.0]})
    found = change_of_estimates(
        frame, start_value="v0", start_standard_error="s0", end_value="v1", end_standard_error="s1", by=[]
    )
    assert found["p_rise"][0] == pytest.approx(0.05)


PACE = {
    "start_events": "a0",
    "end_events": "a1",
    "reference_start_events": "b0",
    "reference_end_events": "b1",
    "by": [],
    "kind": "count",
}


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((400, 300, 400, 390), "faster"),
        ((400, 390, 400, 300), "slower"),
        ((40, 30, 40, 39), "cannot_tell"),
        ((90_000, 80_000, 90_000, 80_000), "equal_pace"),
        ((90_000, 80_000, 90_000, 81_000), "equal_pace"),
    ],
)
def test_pace_of_reduction(counts: tuple[int, int, int, int], verdict: str) -> None:
    frame = pl.DataFrame([counts], schema=["a0", "a1", "b0", "b1"], orient="row")
    assert difference_of_changes(frame, **PACE)["verdict"].to_list() == [verdict]


def test_pace_turns_with_what_is_better() -> None:
    frame = pl.DataFrame([(400, 300, 400, 390)], schema=["a0", "a1", "b0", "b1"], orient="row")
    assert difference_of_changes(frame, better="higher", **PACE)["verdict"].to_list() == ["slower"]
