"""Laws that hold for any table, by hypothesis."""

import math
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hi_pipeline.stats import proportions, rates
from hi_pipeline.stats.inequality.ends import absolute_gap, end_ratio
from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.inequality.summary import summary_measures
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.suppression.carried import figure_bounds, ratio_bounds
from hi_pipeline.stats.suppression.carried_slope import slope_bounds
from hi_pipeline.stats.suppression.hidden_counts import count_bounds

LIMITS = ["lower_998", "lower_95", "value", "upper_95", "upper_998"]
LAW = settings(max_examples=40)

counts = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 400), st.integers(1, 5000)).map(
        lambda t: (t[0], min(t[1], t[2]), t[2])
    ),
    min_size=1,
    max_size=25,
)
strata = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 5000), st.sampled_from([1000.0, 2500.0, 5500.0])),
    min_size=2,
    max_size=8,
)
ladder = st.lists(
    st.tuples(st.integers(50, 90_000), st.floats(0.02, 0.6), st.floats(0.01, 0.25)), min_size=5, max_size=10
)


def frame_of(rows: list[tuple[int, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"g": pl.Int64, "x": pl.Int64, "n": pl.Int64}, orient="row")


def ladder_of(rows: list[tuple[int, float, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (i, n, y, y * math.exp(-1.96 * e), min(y * math.exp(1.96 * e), (1 + y) / 2), y * e)
            for i, (n, y, e) in enumerate(rows, start=1)
        ],
        schema=["rank", "n", "y", "l", "u", "se"],
        orient="row",
    )


def assert_in_order(table: pl.DataFrame) -> None:
    for row in table.filter(pl.col("status") == "ok").select(LIMITS).iter_rows():
        shown = [figure for figure in row if figure is not None]
        assert all(b >= a - 1e-12 * (1 + abs(a)) for a, b in zip(shown, shown[1:], strict=False)), row


def assert_close(one: pl.DataFrame, two: pl.DataFrame, tolerance: float = 1e-9) -> None:
    assert one.drop(LIMITS).select("status", "note").equals(two.select("status", "note"))
    for name in LIMITS:
        for a, b in zip(one[name], two[name], strict=True):
            assert (a is None) == (b is None)
            assert a is None or a == pytest.approx(b, rel=tolerance, abs=tolerance * 1e-3)


SIMPLE = [
    (proportions.proportion, {"events": "x", "population": "n"}),
    (rates.crude_rate, {"events": "x", "population": "n"}),
]


@pytest.mark.parametrize(("function", "columns"), SIMPLE)
@LAW
@given(rows=counts, seed=st.integers(0, 99))
def test_order_of_rows_and_merging_of_rows(
    function: Callable[..., pl.DataFrame], columns: dict[str, str], rows: list[tuple[int, int, int]], seed: int
) -> None:
    frame = frame_of(rows)
    ours = function(frame, by=["g"], **columns)
    assert_in_order(ours)
    assert_close(function(frame.sample(fraction=1, shuffle=True, seed=seed), by=["g"], **columns), ours)
    merged = frame.group_by("g").agg(pl.col("x", "n").sum())
    assert_close(function(merged, by=["g"], **columns), ours)
    assert ours.equals(function(frame.lazy(), by=["g"], **columns))


@pytest.mark.parametrize(("function", "columns"), SIMPLE)
@LAW
@given(rows=counts, factor=st.floats(0.001, 1000))
def test_the_multiplier_scales_value_and_limits(
    function: Callable[..., pl.DataFrame], columns: dict[str, str], rows: list[tuple[int, int, int]], factor: float
) -> None:
    frame = frame_of(rows)
    one, many = (function(frame, by=["g"], multiplier=m, **columns) for m in (1, factor))
    assert_close(many, one.with_columns(pl.col(LIMITS) * factor))


@LAW
@given(one=counts, two=counts)
def test_differences_and_ratios_turn_with_their_sides(
    one: list[tuple[int, int, int]], two: list[tuple[int, int, int]]
) -> None:
    (_, x1, n1), (_, x2, n2) = one[0], two[0]
    frame = pl.DataFrame({"x1": [x1], "n1": [n1], "x2": [x2], "n2": [n2]})
    forth = {"events": "x1", "population": "n1", "reference_events": "x2", "reference_population": "n2"}
    back = {"events": "x2", "population": "n2", "reference_events": "x1", "reference_population": "n1"}
    for room in (proportions, rates):
        d, r = room.difference(frame, by=[], **forth), room.difference(frame, by=[], **back)
        assert_in_order(d)
        assert d["value"][0] == pytest.approx(-r["value"][0])
        assert d["lower_95"][0] == pytest.approx(-r["upper_95"][0], abs=1e-12)
        q, p = room.ratio(frame, by=[], **forth), room.ratio(frame, by=[], **back)
        assert_in_order(q)
        if q["status"][0] == "ok":
            assert q["lower_998"][0] * p["upper_998"][0] == pytest.approx(1)


DSR = {"events": "x", "population": "n", "weight": "w", "by": []}


@LAW
@given(rows=strata, seed=st.integers(0, 99), factor=st.floats(0.01, 100))
def test_standardised_rates(rows: list[tuple[int, int, float]], seed: int, factor: float) -> None:
    frame = pl.DataFrame(rows, schema=["x", "n", "w"], orient="row")
    rate = directly_standardised_rate
    ours = rate(frame, **DSR)
    assert_in_order(ours)
    assert (ours["status"][0] == "too_few") == (frame["x"].sum() < 10)
    assert_close(rate(frame.sample(fraction=1, shuffle=True, seed=seed), **DSR), ours)
    assert_close(rate(frame.with_columns(pl.col("w") * factor), **DSR), ours)
    assert_close(rate(frame, multiplier=100_000 * factor, **DSR), ours.with_columns(pl.col(LIMITS) * factor))
    # Two strata of one rate and one population share are one stratum of their sums.
    (x, n, w), rest = rows[0], frame.slice(1)
    twice = pl.DataFrame([(x, n, w / 2), (x, n, w / 2)], schema=["x", "n", "w"], orient="row")
    merged = pl.DataFrame([(2 * x, 2 * n, w)], schema=["x", "n", "w"], orient="row")
    assert_close(rate(pl.concat([twice, rest]), **DSR), rate(pl.concat([merged, rest]), **DSR))


KINDS = [("rate", "log"), ("rate", "none"), ("proportion", "logit"), ("proportion", "none"), ("other", "none")]


@pytest.mark.parametrize(("kind", "transform"), KINDS)
@LAW
@given(rows=ladder, factor=st.floats(0.01, 100))
def test_slope_turns_with_the_ranks_and_scales(
    kind: str, transform: str, rows: list[tuple[int, float, float]], factor: float
) -> None:
    frame = ladder_of(rows)
    columns = {"rank": "rank", "population": "n", "value": "y", "by": [], "kind": kind, "transform": transform}
    columns |= {"standard_error": "se"} if kind == "other" else {"lower": "l", "upper": "u"}
    ours, rii = slope_index(frame, **columns), relative_index(frame, **columns)
    assert_in_order(ours)
    assert_in_order(rii)
    turned = frame.with_columns(-pl.col("rank"))
    mirror = ours.with_columns(
        value=-pl.col("value"), lower_95=-pl.col("upper_95"), upper_95=-pl.col("lower_95"),
        lower_998=-pl.col("upper_998"), upper_998=-pl.col("lower_998"),
    )  # fmt: skip
    assert_close(slope_index(turned, **columns), mirror, 1e-7)
    assert_close(slope_index(frame, multiplier=-1, **columns), mirror, 1e-9)
    assert_close(slope_index(frame, multiplier=factor, **columns), ours.with_columns(pl.col(LIMITS) * factor))
    assert_close(relative_index(frame, multiplier=factor, **columns), rii)
    assert_close(slope_index(frame.sample(fraction=1, shuffle=True, seed=1), **columns), ours)
    if rii["status"][0] == "ok":
        assert relative_index(turned, **columns)["value"][0] == pytest.approx(1 / rii["value"][0])


@LAW
@given(rows=ladder)
def test_populations_count_by_their_shares_alone(rows: list[tuple[int, float, float]]) -> None:
    frame = ladder_of(rows)
    columns = {"rank": "rank", "population": "n", "value": "y", "lower": "l", "upper": "u", "by": []}
    assert_close(slope_index(frame.with_columns(pl.col("n") * 7), **columns), slope_index(frame, **columns), 1e-7)


@LAW
@given(rows=ladder)
def test_gaps_and_summary_measures(rows: list[tuple[int, float, float]]) -> None:
    frame = ladder_of(rows)
    columns = {"rank": "rank", "population": "n", "estimate": "y", "standard_error": "se", "by": []}
    ours = summary_measures(frame, favourable=True, upper_bound=1, **columns)
    assert_in_order(ours)
    ends = {"rank": "rank", "value": "y", "standard_error": "se", "by": []}
    assert absolute_gap(frame, **ends)["upper_95"][0] == pytest.approx(ours["upper_95"][0])
    assert end_ratio(frame, **ends)["upper_95"][0] == pytest.approx(ours["upper_95"][1])
    turned = summary_measures(frame.with_columns(-pl.col("rank")), favourable=False, upper_bound=1, **columns)
    for name in ("d", "r", "bgv", "mld", "mdmw"):
        pair = [table.filter(pl.col("measure") == name)["value"][0] for table in (ours, turned)]
        assert pair[0] == pytest.approx(pair[1])


wide = st.tuples(st.integers(1, 40), st.integers(0, 8), st.integers(60, 3000), st.integers(0, 8))


@LAW
@given(sides=st.tuples(wide, wide), shares=st.tuples(*[st.floats(0, 1)] * 4))
def test_suppression_never_narrows_an_interval(
    sides: tuple[tuple[int, int, int, int], ...], shares: tuple[float, ...]
) -> None:
    """Whatever the true counts within their bounds, their limits lie within those of the bounds."""
    known, true = {}, {}
    for i, (x, more, n, extra) in enumerate(sides):
        known |= {f"x{i}l": [x], f"x{i}h": [x + more], f"n{i}l": [n], f"n{i}h": [n + extra]}
        true |= {f"x{i}": [x + round(shares[2 * i] * more)], f"n{i}": [n + round(shares[2 * i + 1] * extra)]}
    bounds, exact = pl.DataFrame(known), pl.DataFrame(true)
    own = {"events_low": "x0l", "events_high": "x0h", "population_low": "n0l", "population_high": "n0h"}
    other = {f"reference_{role}": name.replace("0", "1") for role, name in own.items()}
    pair = {"events": "x0", "population": "n0", "reference_events": "x1", "reference_population": "n1", "by": []}
    for kind, room in (("proportion", proportions), ("rate", rates)):
        point = proportions.proportion if room is proportions else rates.crude_rate
        single = point(exact, events="x0", population="n0", by=[], multiplier=1)
        pairs = [
            (figure_bounds(bounds, by=[], kind=kind, **own), single),
            (ratio_bounds(bounds, by=[], kind=kind, **own, **other), room.ratio(exact, **pair)),
        ]
        for outer, inner in pairs:
            for level in ("95", "998"):
                assert outer[f"lower_{level}"][0] <= inner[f"lower_{level}"][0] * (1 + 1e-12)
                assert outer[f"upper_{level}"][0] >= inner[f"upper_{level}"][0] * (1 - 1e-12)


@pytest.mark.parametrize(("kind", "transform"), [("rate", "log"), ("proportion", "logit"), ("other", "none")])
@LAW
@given(rows=ladder, share=st.lists(st.floats(0, 1), min_size=10, max_size=10))
def test_the_slope_of_any_true_values_lies_within_the_bounds(
    kind: str, transform: str, rows: list[tuple[int, float, float]], share: list[float]
) -> None:
    frame = ladder_of(rows).with_columns(high=pl.col("y") * 1.2, lower=pl.col("y") * 0.8, upper=pl.col("y") * 1.5)
    mix = pl.Series(share[: len(rows)])
    true = frame.with_columns(v=frame["y"] + mix * (frame["high"] - frame["y"]))
    columns = {"rank": "rank", "population": "n", "by": [], "kind": kind, "transform": transform}
    outer = slope_bounds(frame, value_low="y", value_high="high", lower="lower", upper="upper", **columns)
    inner = slope_index(true, value="v", **columns)["value"][0]
    assert outer["value_low"][0] - 1e-9 <= inner <= outer["value_high"][0] + 1e-9
    assert outer["lower_998"][0] <= outer["lower_95"][0] <= outer["value_low"][0]


@LAW
@given(
    true=st.lists(st.integers(0, 90), min_size=1, max_size=12), rule=st.sampled_from(["hes", "msds", "nda", "mhsds"])
)
def test_bounds_hold_the_true_count(true: list[int], rule: str) -> None:
    """What a publisher prints by its rule, read back, has the truth between its bounds."""
    printed: list[int | None] = []
    for count in true:
        nearest = 5 * math.floor(count / 5 + 0.5)
        if rule == "msds":
            printed.append(0 if count == 0 else 5 if count <= 7 else nearest)
        elif rule == "hes":
            printed.append(0 if count == 0 else None if count <= 7 else nearest)
        else:
            printed.append(None if count < 5 else nearest)
    frame = pl.DataFrame({"c": pl.Series(printed, dtype=pl.Int64)})
    row = count_bounds(frame, count="c", rule=rule, by=[]).row(0, named=True)
    assert row["low"] <= sum(true) <= row["high"]
