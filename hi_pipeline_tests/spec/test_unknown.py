"""Records of unknown group: worked examples, every allocation tried one by one, and laws."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.stats import proportions, rates
from hi_pipeline.stats.unknown import scenarios, worst_case
from hi_pipeline_tests.spec.test_laws import LAW

SIDES = {"events": "x", "population": "n", "reference_events": "y", "reference_population": "m"}
SHARE = {**SIDES, "unknown_events": "u", "unknown_population": "v", "by": []}
RATE = {**SIDES, "unknown_events": "u", "by": [], "kind": "rate"}
NAMES = ["x", "n", "y", "m", "u", "v"]


def frame(*counts: float, **more: float) -> pl.DataFrame:
    return pl.DataFrame([counts], schema=NAMES, orient="row").with_columns(**{k: pl.lit(v) for k, v in more.items()})


def low_and_high(table: pl.DataFrame, **how: object) -> tuple[float, float]:
    found = worst_case(table, **{**SHARE, **how})  # type: ignore[arg-type]
    return found["value_low"][0], found["value_high"][0]


def test_fifty_of_a_hundred_twice_and_twenty_of_forty_unknown() -> None:
    """All 20 events to A and all 20 others to B: 70 of 120 against 50 of 120, and the other way round."""
    table = frame(50, 100, 50, 100, 20, 40)
    assert low_and_high(table) == pytest.approx((-20 / 120, 20 / 120))
    assert low_and_high(table, scale="ratio") == pytest.approx((50 / 70, 70 / 50))


def test_the_scenarios_of_it() -> None:
    found = scenarios(frame(50, 100, 50, 100, 20, 40, all=200), known_records="all", **SHARE).row(0, named=True)
    assert (found["group_takes"], found["reference_takes"], found["in_proportion"]) == pytest.approx((0, 0, 0))


def test_nothing_unknown_leaves_nothing_open() -> None:
    table = frame(30, 100, 50, 100, 0, 0)
    for scale in ("difference", "ratio"):
        found = worst_case(table, scale=scale, **SHARE).row(0, named=True)  # type: ignore[arg-type]
        assert found["value_low"] == found["value"] == found["value_high"]
    known = proportions.difference(table, **SIDES, by=[])
    found = worst_case(table, **SHARE)
    for name in ("value", "lower_95", "upper_95", "lower_998", "upper_998"):
        assert found[name][0] == pytest.approx(known[name][0], rel=1e-12)


def test_rates_have_residents_below_the_line() -> None:
    table = frame(30, 1000, 50, 2000, 10, 0)
    found = worst_case(table, multiplier=1000, **RATE).row(0, named=True)
    assert (found["value_low"], found["value_high"]) == pytest.approx((30 - 30, 40 - 25))
    supposed = scenarios(table.with_columns(all=100), known_records="all", multiplier=1000, **RATE)
    row = supposed.row(0, named=True)
    assert (row["group_takes"], row["reference_takes"]) == pytest.approx((40 - 25, 30 - 30))
    # In proportion to the known events: 3 of 10 and 5 of 10.
    assert row["in_proportion"] == pytest.approx(33 - 27.5)
    nothing = frame(30, 1000, 50, 2000, 0, 0)
    ratio = rates.ratio(nothing, **SIDES, by=[])
    assert worst_case(nothing, scale="ratio", **RATE)["upper_95"][0] == pytest.approx(ratio["upper_95"][0])


def test_a_proportion_needs_the_unknown_records_and_a_rate_has_none() -> None:
    with pytest.raises(StatisticsError, match="unknown_population"):
        worst_case(frame(1, 2, 1, 2, 1, 2), **{**SHARE, "unknown_population": None})
    with pytest.raises(StatisticsError, match="unknown_population"):
        worst_case(frame(1, 2, 1, 2, 1, 2), **{**RATE, "unknown_population": "v"})


@pytest.mark.parametrize(
    ("counts", "scale", "status"),
    [
        ((0, 10, 5, 10, 1, 2), "ratio", "too_few"),
        ((0, 10, 5, 10, 1, 2), "difference", "ok"),
        ((11, 10, 5, 10, 1, 2), "difference", "not_applicable"),
        ((5, 10, 5, 10, 3, 2), "difference", "not_applicable"),
        ((5, 10, 5, 10, -1, 2), "difference", "not_applicable"),
        ((5, 0, 5, 10, 1, 2), "difference", "not_applicable"),
    ],
)
def test_what_cannot_be(counts: tuple[int, ...], scale: str, status: str) -> None:
    assert worst_case(frame(*counts), scale=scale, **SHARE)["status"].to_list() == [status]  # type: ignore[arg-type]


def by_hand(x: int, n: int, y: int, m: int, u: int, v: int) -> tuple[float, float]:
    """Try every allocation of u events and v - u others to the two sides and to a third."""
    found = []
    for a, b in itertools.product(range(u + 1), repeat=2):
        for c, d in itertools.product(range(v - u + 1), repeat=2):
            if a + b <= u and c + d <= v - u:
                found.append((x + a) / (n + a + c) - (y + b) / (m + b + d))
    return min(found), max(found)


@pytest.mark.parametrize("counts", [(3, 7, 2, 9, 2, 5), (0, 4, 4, 4, 1, 3), (5, 6, 1, 8, 0, 3), (2, 5, 2, 5, 4, 4)])
def test_every_allocation_tried(counts: tuple[int, int, int, int, int, int]) -> None:
    assert low_and_high(frame(*counts)) == pytest.approx(by_hand(*counts))


side = st.tuples(st.integers(1, 400), st.integers(0, 400))
spare = st.tuples(st.integers(0, 200), st.integers(0, 200))


@LAW
@given(one=side, two=side, left=spare, parts=st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_the_truth_lies_within_the_worst_case(
    one: tuple[int, int], two: tuple[int, int], left: tuple[int, int], parts: list[float]
) -> None:
    """Whatever share of the unknown belongs to either side, and the rest to a third."""
    (x, p), (y, q), (u, w) = one, two, left
    table = frame(x, x + p, y, y + q, u, u + w)
    a, c = round(parts[0] * u), round(parts[1] * w)
    b, d = round(parts[2] * (u - a)), round(parts[3] * (w - c))
    mine, other = (x + a) / (x + p + a + c), (y + b) / (y + q + b + d)
    for scale, inner in (("difference", mine - other), ("ratio", mine / other)):
        outer = worst_case(table, scale=scale, **SHARE).row(0, named=True)  # type: ignore[arg-type]
        assert outer["value_low"] - 1e-9 <= inner <= outer["value_high"] + 1e-9
        assert outer["lower_998"] <= outer["lower_95"] <= outer["value_low"] * (1 + 1e-9) + 1e-9
    supposed = scenarios(table.with_columns(all=x + p + y + q + 50), known_records="all", **SHARE).row(0, named=True)
    low, high = low_and_high(table)
    for name in ("group_takes", "reference_takes", "in_proportion"):
        assert low - 1e-9 <= supposed[name] <= high + 1e-9


@LAW
@given(one=side, two=side, left=spare, off=st.lists(st.integers(-2, 2), min_size=6, max_size=6))
def test_rounded_counts_leave_more_open(
    one: tuple[int, int], two: tuple[int, int], left: tuple[int, int], off: list[int]
) -> None:
    (x, p), (y, q), (u, w) = one, two, left
    exact = [x + 3, x + 3 + p + 10, y + 3, y + 3 + q + 10, u + 3, u + 3 + w + 10]
    printed = frame(*exact).with_columns(
        *(pl.lit(max(n + o - 2, 0)).alias(f"{c}_low") for c, n, o in zip(NAMES, exact, off, strict=True)),
        *(pl.lit(n + o + 2).alias(f"{c}_high") for c, n, o in zip(NAMES, exact, off, strict=True)),
    )
    low, high = low_and_high(frame(*exact))
    outer = worst_case(printed, bounded=True, **SHARE)
    assert outer["value_low"][0] <= low + 1e-12 and high <= outer["value_high"][0] + 1e-12


DRAWS = 2000


@pytest.mark.parametrize("lean", [0.1, 0.5, 0.9])
def test_simulated_truth_lies_within_and_the_limits_hold_the_rates_behind_it(lean: float) -> None:
    """Groups of shares 0.5 and 0.4; ethnicity is lost more often where the event happened (lean above 0.5)."""
    draw = np.random.default_rng(91)
    found = {}
    for name, people, share in (("x", 300, 0.5), ("y", 900, 0.4)):
        events = draw.binomial(people, share, DRAWS)
        lost = draw.binomial(events, 0.2 * lean), draw.binomial(people - events, 0.2 * (1 - lean))
        found[name] = events, lost, people
    (x, lost_x, n), (y, lost_y, m) = found["x"], found["y"]
    table = pl.DataFrame(
        {
            "i": range(DRAWS),
            "x": x - lost_x[0],
            "n": n - lost_x[0] - lost_x[1],
            "y": y - lost_y[0],
            "m": m - lost_y[0] - lost_y[1],
            "u": lost_x[0] + lost_y[0],
            "v": sum(lost_x) + sum(lost_y),
        }
    )
    ours = worst_case(table, **{**SHARE, "by": "i"}).sort("i")
    truth = x / n - y / m
    assert ((ours["value_low"].to_numpy() <= truth + 1e-12) & (truth - 1e-12 <= ours["value_high"].to_numpy())).all()
    assert ((ours["lower_95"] <= 0.1) & (ours["upper_95"] >= 0.1)).mean() >= 0.95  # type: ignore[operator]
