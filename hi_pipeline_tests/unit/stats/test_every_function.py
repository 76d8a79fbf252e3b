"""What all statistics share: columns, lazy and empty tables, statuses, and errors that say what to do."""

import inspect
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import clusters, proportions, rates, unknown
from hi_pipeline.stats.comparison.change import change
from hi_pipeline.stats.comparison.counts_pace import difference_of_changes
from hi_pipeline.stats.comparison.trend import trend
from hi_pipeline.stats.inequality.disproportion import disproportionality
from hi_pipeline.stats.inequality.ends import absolute_gap, end_ratio
from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.inequality.summary import concentration_index, population_attributable, summary_measures
from hi_pipeline.stats.life_expectancy import life_expectancy
from hi_pipeline.stats.quantiles import quantile
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.indirect import indirectly_standardised_rate, indirectly_standardised_ratio
from hi_pipeline.stats.standardisation.pairs import difference, ratio
from hi_pipeline.stats.suppression.carried import figure_bounds, ratio_bounds
from hi_pipeline.stats.suppression.carried_slope import slope_bounds
from hi_pipeline.stats.suppression.derivable import derivable_cells
from hi_pipeline.stats.suppression.hidden_counts import count_bounds

PAIR = {"events": "x", "population": "n", "reference_events": "rx", "reference_population": "rn"}
LADDER = {"rank": "rank", "population": "n", "value": "y", "lower": "l", "upper": "u"}
BOUNDS = {"events_low": "x", "events_high": "x", "population_low": "n", "population_high": "n"}
YEARS = {"start_events": "x", "start_population": "n", "end_events": "rx", "end_population": "rn"}
UNKNOWN = {**PAIR, "unknown_events": "x", "unknown_population": "n"}
SUMMARY = {"rank": "rank", "population": "n", "estimate": "y", "standard_error": "se"}
CALLS: list[tuple[Callable[..., pl.DataFrame], dict[str, Any]]] = [
    (proportions.proportion, {"events": "x", "population": "n"}),
    (proportions.difference, PAIR),
    (proportions.ratio, PAIR),
    (proportions.funnel_limits, {"events": "x", "population": "n"}),
    (rates.crude_rate, {"events": "x", "population": "n"}),
    (rates.difference, PAIR),
    (rates.ratio, PAIR),
    (rates.funnel_limits, {"events": "x", "population": "n"}),
    (clusters.clustered_figure, {"events": "x", "population": "n", "units": "n", "spread": "x"}),
    (directly_standardised_rate, {"events": "x", "population": "n", "weight": "w"}),
    (difference, {**PAIR, "weight": "w"}),
    (ratio, {**PAIR, "weight": "w"}),
    (indirectly_standardised_ratio, PAIR),
    (indirectly_standardised_rate, PAIR),
    (slope_index, LADDER),
    (slope_index, {**LADDER, "transform": "none"}),
    (relative_index, LADDER),
    (relative_index, {**LADDER, "transform": "none"}),
    (absolute_gap, {name: LADDER[name] for name in ("rank", "value", "lower", "upper")}),
    (end_ratio, {name: LADDER[name] for name in ("rank", "value", "lower", "upper")}),
    (disproportionality, PAIR),
    (concentration_index, SUMMARY),
    (population_attributable, {**SUMMARY, "favourable": True}),
    (summary_measures, {**SUMMARY, "favourable": False, "upper_bound": 1000}),
    (change, YEARS),
    (difference_of_changes, {**YEARS, **{f"reference_{role}": name for role, name in YEARS.items()}}),
    (trend, {"period": "rank", "value": "y", "lower": "l", "upper": "u"}),
    (figure_bounds, {**BOUNDS, "kind": "rate"}),
    (
        ratio_bounds,
        {**BOUNDS, **{f"reference_{role}": name for role, name in BOUNDS.items()}, "kind": "rate"},
    ),
    (slope_bounds, {**LADDER, "value_low": "y", "value_high": "y"}),
    (count_bounds, {"count": "x", "rule": "qof"}),
    (unknown.worst_case, UNKNOWN),
    (unknown.scenarios, {**UNKNOWN, "known_records": "records"}),
]
for function, columns in CALLS:
    if function is slope_bounds:
        columns.pop("value", None)

RESULT = ["value", "lower_95", "upper_95", "lower_998", "upper_998", "status", "note", "method"]


def label(call: object) -> str:
    return f"{call.__module__.split('.stats.')[1]}.{call.__name__}" if callable(call) else ""


def table(groups: list[object]) -> pl.DataFrame:
    """Five sound rows a group; limits of l to u about y."""
    parts = []
    for i, group in enumerate(groups):
        y = [30.0 + 4 * rank + i for rank in range(1, 6)]
        parts.append(
            pl.DataFrame(
                {
                    "g": [group] * 5,
                    "rank": range(1, 6),
                    "x": [12 + rank + i for rank in range(1, 6)],
                    "n": [200 + 10 * i] * 5,
                    "rx": [15] * 5,
                    "rn": [300] * 5,
                    "records": [600] * 5,
                    "w": [20.0] * 5,
                    "y": y,
                    "l": [v * 0.9 for v in y],
                    "u": [v * 1.1 for v in y],
                    "se": [v / 20 for v in y],
                }
            )
        )
    return pl.concat(parts)


everyone = pytest.mark.parametrize(("function", "columns"), CALLS, ids=label)


@everyone
def test_columns_and_words_of_the_result(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    ours = function(table(["A", "B"]), by=["g"], **columns)
    names = [name for name in ours.columns if name != "measure"]
    assert names[: len(RESULT) + 1] == ["g", *RESULT]
    assert set(ours["status"]) <= set(Status)
    assert set(ours["method"]) <= set(Method)
    assert set(ours["status"]) == {"ok"}
    assert ours["value"].null_count() == 0
    for name in ("value", "lower_95", "upper_95", "lower_998", "upper_998"):
        assert ours.schema[name] == pl.Float64


@everyone
def test_lazy_shuffled_and_repeated_calls_agree(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    frame = table(["B", "A", None])
    before = frame.clone()
    ours = function(frame, by=["g"], **columns)
    assert function(frame.lazy(), by="g", **columns).equals(ours)
    assert function(frame, by=["g", "g"], **columns).equals(ours)
    assert frame.equals(before)
    assert ours["g"].unique(maintain_order=True).to_list() == ["A", "B", None]


@everyone
@pytest.mark.parametrize(
    "keys",
    [[1, 2], [date(2024, 4, 1), date(2025, 4, 1)], [True, False], [0.5, 1.5]],
    ids=["int", "date", "bool", "float"],
)
def test_groups_of_any_type(function: Callable[..., pl.DataFrame], columns: dict[str, Any], keys: list[object]) -> None:
    assert set(function(table(keys), by=["g"], **columns)["g"]) == set(keys)


@everyone
def test_an_enum_keeps_its_type(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    kind = pl.Enum(["B", "A"])
    ours = function(table(["A", "B"]).with_columns(pl.col("g").cast(kind)), by=["g"], **columns)
    assert ours.schema["g"] == kind
    assert ours["g"].unique(maintain_order=True).to_list() == ["B", "A"]


@everyone
def test_an_empty_table_gives_an_empty_result(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    frame = table(["A"])
    ours = function(frame.clear(), by=["g"], **columns)
    assert ours.height == 0
    assert ours.columns == function(frame, by=["g"], **columns).columns
    assert function(frame.clear(), by=[], **columns).height == 0


@everyone
def test_no_group_columns_make_one_group(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    frame = table(["A"])
    one, named = function(frame, by=[], **columns), function(frame, by=["g"], **columns)
    assert one.equals(named.drop("g"))


@everyone
def test_a_null_spoils_its_own_group_alone(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    frame = table(["A", "B", "C"])
    whole = function(frame, by=["g"], **columns)
    own = [name for name in set(columns.values()) if isinstance(name, str) and name in frame.columns]
    for name in own:
        for nothing in (None, float("nan")):
            at = (pl.col("g") == "B") & (pl.col("rank") == 1)
            hurt = frame.with_columns(pl.when(at).then(pl.lit(nothing, pl.Float64)).otherwise(pl.col(name)).alias(name))
            ours = function(hurt, by=["g"], **columns)
            others = pl.col("g") != "B"
            if "funnel" not in function.__name__:
                assert ours.filter(others).equals(whole.filter(others)), name
            bad = ours.filter(~others)
            assert set(bad["status"]) == {"missing"}, name
            assert bad["value"].null_count() == bad.height
            assert bad["note"].null_count() == 0
            assert set(bad["method"]) == {"none"}


@everyone
def test_all_groups_may_be_at_fault(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    frame = table(["A", "B"]).with_columns(pl.lit(None, pl.Int64).alias("n"), pl.lit(None, pl.Float64).alias("y"))
    if "count" not in columns:
        assert set(function(frame.with_columns(x=None), by=["g"], **columns)["status"]) == {"missing"}


@everyone
def test_an_absent_column_is_named_with_those_at_hand(
    function: Callable[..., pl.DataFrame], columns: dict[str, Any]
) -> None:
    role, name = next((role, name) for role, name in columns.items() if name in table(["A"]).columns)
    with pytest.raises(StatisticsError, match=r"Column 'absent' for .*Name one of these"):
        function(table(["A"]), by=["g"], **{**columns, role: "absent"})
    with pytest.raises(StatisticsError, match="'nowhere'"):
        function(table(["A"]), by=["nowhere"], **columns)
    text = table(["A"]).with_columns(pl.lit("five").alias(name))
    with pytest.raises(StatisticsError, match=r"a number (was expected|rising)"):
        function(text, by=["g"], **columns)


@everyone
def test_true_and_false_are_no_counts(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    for role, name in columns.items():
        if name in table(["A"]).columns and role != "hidden":
            frame = table(["A"]).with_columns(pl.lit(True).alias(name))
            with pytest.raises(StatisticsError, match=r"(is Boolean; )?a number (was expected|rising)"):
                function(frame, by=["g"], **columns)
            with pytest.raises(StatisticsError, match=r"a number (was expected|rising)"):
                function(frame.lazy(), by=["g"], **columns)


@everyone
def test_a_group_column_may_not_hide_a_result(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    frame = table(["A"]).with_columns(status=pl.lit("x"))
    with pytest.raises(StatisticsError, match="rename it"):
        function(frame, by=["status"], **columns)


@everyone
def test_nor_a_figure_that_stands_beside_the_result(
    function: Callable[..., pl.DataFrame], columns: dict[str, Any]
) -> None:
    frame = table(["A"])
    for name in set(function(frame, by=["g"], **columns).columns) - {"g", "start_age"}:
        with pytest.raises(StatisticsError, match="rename it"):
            function(frame.with_columns(pl.col("g").alias(name)), by=[name], **columns)


@everyone
@pytest.mark.parametrize("multiplier", [0, None, "100", float("nan"), float("inf"), True])
def test_a_multiplier_is_a_number(
    function: Callable[..., pl.DataFrame], columns: dict[str, Any], multiplier: object
) -> None:
    if "multiplier" in inspect.signature(function).parameters:
        with pytest.raises(StatisticsError, match="multiplier"):
            function(table(["A"]), by=["g"], multiplier=multiplier, **columns)


@everyone
def test_other_confidence_levels(function: Callable[..., pl.DataFrame], columns: dict[str, Any]) -> None:
    if "confidence" not in inspect.signature(function).parameters:
        return
    frame = table(["A", "B"])
    ours, usual = (function(frame, by=["g"], confidence=level, **columns) for level in ([0.99, 0.95], [0.95, 0.998]))
    assert "upper_998" not in ours.columns
    assert ours["lower_95"].equals(usual["lower_95"])
    assert (ours["upper_99"] >= ours["upper_95"]).all()
    with pytest.raises(StatisticsError, match="from 0.5 to 1"):
        function(frame, by=["g"], confidence=[95], **columns)


def test_a_frame_of_another_library_is_refused() -> None:
    with pytest.raises(StatisticsError, match="polars DataFrame or LazyFrame"):
        proportions.proportion({"x": [1]}, events="x", population="x", by=[])  # type: ignore[arg-type]


def test_life_expectancy_and_quantiles_of_an_empty_table() -> None:
    empty = pl.DataFrame(schema={"g": pl.String, "a": pl.Int64, "p": pl.Int64, "d": pl.Int64})
    assert life_expectancy(empty, start_age="a", population="p", deaths="d", by=["g"]).height == 0
    assert quantile(empty, value="p", k=5, by=["g"]).height == 0


def test_other_tables_refuse_a_key_that_hides_a_result() -> None:
    rows = pl.DataFrame({"quantile": ["A"] * 5, "low": ["A"] * 5, "v": [1, 2, 3, 4, None], "m": ["all", *"abcd"]})
    with pytest.raises(StatisticsError, match="'quantile'.*rename it"):
        quantile(rows, value="v", k=2, by=["quantile"])
    with pytest.raises(StatisticsError, match="'low'.*rename it"):
        derivable_cells(rows, count="v", dimensions={"m": "all"}, by=["low"])
    ages = pl.DataFrame({"deaths": ["A"] * 20, "a": [0, 1, *range(5, 95, 5)], "p": [9000] * 20, "d": [90] * 20})
    with pytest.raises(StatisticsError, match="'deaths'.*rename it"):
        life_expectancy(ages, start_age="a", population="p", deaths="d", by=["deaths"])
