"""Which status and note a group gets, at the edges of each method."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.stats import proportions, rates
from hi_pipeline.stats.comparison.benchmark import against_benchmark
from hi_pipeline.stats.comparison.change import change
from hi_pipeline.stats.inequality.ends import absolute_gap
from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.inequality.summary import summary_measures
from hi_pipeline.stats.life_expectancy import life_expectancy
from hi_pipeline.stats.quantiles import quantile
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.european import european_standard_population
from hi_pipeline.stats.suppression.carried import figure_bounds
from hi_pipeline.stats.suppression.derivable import derivable_cells
from hi_pipeline.stats.suppression.hidden_counts import count_bounds
from hi_pipeline.stats.suppression.rules import RULES, Rule

AGES = [0, 1, *range(5, 95, 5)]


@pytest.mark.parametrize(
    ("events", "population", "status"),
    [
        (0, 10, "ok"), (10, 10, "ok"), (11, 10, "not_applicable"), (-1, 10, "not_applicable"),
        (0, 0, "not_applicable"), (1, 0, "not_applicable"), (1, -5, "not_applicable"),
        (float("inf"), 10, "not_applicable"), (float("nan"), 10, "missing"), (1, None, "missing"),
    ],
)  # fmt: skip
def test_proportion(events: float, population: float | None, status: str) -> None:
    frame = pl.DataFrame({"x": [events], "n": [population]}, schema={"x": pl.Float64, "n": pl.Float64})
    row = proportions.proportion(frame, events="x", population="n", by=[]).row(0, named=True)
    assert row["status"] == status
    assert (row["value"] is None) == (status != "ok")
    assert (row["note"] is None) == (status == "ok")


def test_a_proportion_of_none_or_all_stays_within_nothing_and_everything() -> None:
    frame = pl.DataFrame({"i": [0, 1], "x": [0, 7], "n": [7, 7]})
    ours = proportions.proportion(frame, events="x", population="n", by="i")
    assert ours["lower_95"][0] == 0
    assert ours["upper_95"][1] == 1


@pytest.mark.parametrize(("one", "two", "status"), [(0, 5, "too_few"), (5, 0, "too_few"), (100, 100, "not_applicable")])
def test_ratios_add_nothing_to_a_zero(one: int, two: int, status: str) -> None:
    frame = pl.DataFrame({"x": [one], "n": [100], "y": [two], "m": [100]})
    sides: dict[str, Any] = {"events": "x", "population": "n", "reference_events": "y", "reference_population": "m"}
    assert proportions.ratio(frame, by=[], **sides)["status"][0] == status
    if status == "too_few":
        assert rates.ratio(frame, by=[], **sides)["status"][0] == status
        assert rates.difference(frame, by=[], **sides)["status"][0] == "ok"


@pytest.mark.parametrize(("events", "status"), [(9, "too_few"), (10, "ok")])
def test_ten_events_make_a_standardised_rate(events: int, status: str) -> None:
    frame = pl.DataFrame({"x": [events - 4, 4], "n": [1000, 1000], "w": [50, 50]})
    rate = directly_standardised_rate
    assert rate(frame, events="x", population="n", weight="w", by=[])["status"][0] == status


def test_strata_without_people() -> None:
    frame = pl.DataFrame({"g": [1, 1, 2, 2], "x": [20, 0, 20, 1], "n": [1000, 0, 1000, 0], "w": [50] * 4})
    columns: dict[str, Any] = {"events": "x", "population": "n", "weight": "w", "by": "g"}
    rate = directly_standardised_rate
    assert rate(frame, **columns)["status"].to_list() == ["not_applicable"] * 2
    kept = rate(frame, empty_stratum="zero", multiplier=1, **columns)
    assert kept["status"].to_list() == ["ok", "not_applicable"]
    assert kept["value"][0] == pytest.approx(0.01)


def test_strata_that_stand_twice_are_told() -> None:
    frame = pl.DataFrame({"x": [20, 20], "n": [1000, 1000], "w": [100, 100]})
    rate = directly_standardised_rate
    row = rate(frame, events="x", population="n", weight="w", by=[], total_weight=100).row(0, named=True)
    assert row["status"] == "not_applicable"
    assert "twice" in row["note"]


def test_each_frequency_of_events_needs_all_strata() -> None:
    frame = pl.DataFrame({"f": [1, 1, 2], "x": [20, 5, 6], "n": [900] * 3, "w": [60, 40, 60]})
    rate = directly_standardised_rate
    columns: dict[str, Any] = {"events": "x", "population": "n", "weight": "w", "by": []}
    assert rate(frame, event_frequency="f", **columns)["status"][0] == "missing"
    with pytest.raises(StatisticsError, match="leave it out of by"):
        rate(frame, event_frequency="f", **{**columns, "by": ["f"]})


@pytest.mark.parametrize("ages", [{"oldest_band": 87}, {"from_age": 3}, {"to_age": 76}, {"from_age": 75, "to_age": 75}])
def test_standard_population_in_whole_bands(ages: dict[str, int]) -> None:
    with pytest.raises(StatisticsError):
        european_standard_population(**ages)


def ladder(values: list[float], **more: Any) -> pl.DataFrame:
    size = len(values)
    return pl.DataFrame({"rank": range(1, size + 1), "n": [100] * size, "y": values, **more})


SII: dict[str, Any] = {"rank": "rank", "population": "n", "value": "y", "by": []}


@pytest.mark.parametrize(
    ("frame", "kind", "status", "words"),
    [
        (ladder([1, 2, 3, 4]), "rate", "not_applicable", "5 to 100"),
        (ladder([1, 2, 3, 4, 0]), "rate", "not_applicable", "log scale"),
        (ladder([0.1, 0.2, 0.3, 0.4, 1.0]), "proportion", "not_applicable", "logit scale"),
        (ladder([10, 20, 30, 40, 50]), "proportion", "not_applicable", "divide percentages"),
        (ladder([1, 2, 3, 4, -5]), "rate", "not_applicable", "negative"),
        (ladder([1, 2, 3, 4, 5]).with_columns(n=pl.Series([1, 1, 0, 1, 1])), "rate", "not_applicable", "ridits"),
        (ladder([1, 2, 3, 4, 5]).with_columns(rank=pl.Series([1, 2, 2, 4, 5])), "rate", "not_applicable", "twice"),
        (ladder([1, 2, 3, 4, 5, 6]).filter(pl.col("rank") != 3), "rate", "missing", "leave one out"),
        (ladder([1.0] * 101), "rate", "not_applicable", "5 to 100"),
    ],
)
def test_slopes_that_cannot_be(frame: pl.DataFrame, kind: Any, status: str, words: str) -> None:
    row = slope_index(frame, kind=kind, **SII).row(0, named=True)
    assert (row["status"], row["value"], row["intercept"]) == (status, None, None)
    assert words in row["note"]


def test_a_slope_without_errors_has_no_limits() -> None:
    row = slope_index(ladder([5, 4, 3, 2, 1]), **SII).row(0, named=True)
    assert (row["status"], row["upper_95"], row["method"]) == ("ok", None, "none")


@pytest.mark.parametrize("transform", ["auto", "none"])
@pytest.mark.parametrize(("kind", "top"), [("rate", 90.0), ("proportion", 0.9), ("other", 90.0)])
@pytest.mark.parametrize("function", [slope_index, relative_index])
def test_values_without_error_have_limits_at_the_value(function: Any, kind: Any, top: float, transform: Any) -> None:
    steep, flat = ([top * (1 - drop * i) for i in range(5)] for drop in (0.13, 0.0))
    frame = pl.DataFrame(
        {"g": ["a"] * 5 + ["b"] * 5, "q": [*range(5)] * 2, "n": [3, 5, 7, 11, 13] * 2, "y": steep + flat}
    )
    columns: dict[str, Any] = {"rank": "q", "population": "n", "value": "y", "lower": "y", "upper": "y", "by": ["g"]}
    found = function(frame, **columns, kind=kind, transform=transform)
    assert found["status"].to_list() == ["ok", "ok"]
    assert found["note"].to_list() == [None, None]
    for name in ("lower_95", "upper_95", "lower_998", "upper_998"):
        np.testing.assert_allclose(found[name], found["value"], rtol=1e-9, atol=1e-9 * top)


def test_a_line_through_zero_has_no_ratio() -> None:
    frame = ladder([100, 40, 10, 5, 1], se=[1.0] * 5)
    row = relative_index(frame, transform="none", standard_error="se", **SII).row(0, named=True)
    assert row["status"] == "not_applicable"
    assert "reaches zero" in row["note"]
    assert relative_index(frame, standard_error="se", **SII)["status"][0] == "ok"


def test_two_areas_that_lack_the_last_decile_do_not_outvote_one_that_has_it() -> None:
    whole = ladder([float(20 - i) for i in range(10)])
    short = whole.head(9)
    frame = pl.concat([part.with_columns(g=pl.lit(i)) for i, part in enumerate([short, short, whole])])
    ours = slope_index(frame, **{**SII, "by": ["g"]})
    assert ours["status"].to_list() == ["missing", "missing", "ok"]


def test_a_group_at_fault_does_not_set_what_is_expected() -> None:
    five = ladder([5.0, 4, 3, 2, 1])
    twice = pl.concat([five, five.head(1)])
    unknown = pl.concat([five, five.head(1).with_columns(rank=pl.lit(99, pl.Int64))])
    frame = pl.concat([part.with_columns(g=pl.lit(i)) for i, part in enumerate([five, twice, unknown])])
    ours = slope_index(frame, **{**SII, "by": ["g"]})
    assert ours["status"].to_list() == ["ok", "not_applicable", "missing"]


def test_how_many_ranks_are_expected() -> None:
    frame = ladder([5, 4, 3, 2, 1, 1, 1])
    assert slope_index(frame, groups=10, **SII)["note"][0].startswith("ranks are absent: 7 of 10")


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "rate", "transform": "logit"}, {"kind": "other", "transform": "log"}, {"kind": "score"},
        {"multiplier": 0}, {"multiplier": float("nan")}, {"lower": "y"},
        {"lower": "y", "upper": "y", "standard_error": "y"},
    ],
)  # fmt: skip
def test_slope_arguments_that_do_not_go_together(options: dict[str, Any]) -> None:
    with pytest.raises(StatisticsError):
        slope_index(ladder([5, 4, 3, 2, 1]), **SII, **options)


def test_the_gap_stands_where_a_quintile_is_empty() -> None:
    frame = ladder([50, 45, 40, 35, 30]).filter(pl.col("rank").is_in([1, 2, 4]))
    row = absolute_gap(frame, rank="rank", value="y", by=[]).row(0, named=True)
    assert (row["value"], row["low_rank"], row["high_rank"]) == (-15, 1, 4)


def test_summary_measures_that_need_more_than_they_got() -> None:
    frame = pl.DataFrame({"s": ["a", "b", "c"], "n": [10, 20, 30], "y": [0.0, 50, 60]})
    columns: dict[str, Any] = {"rank": "s", "population": "n", "estimate": "y", "standard_error": None, "by": []}
    ours = summary_measures(frame, favourable=True, ordered=False, reference="b", **columns)
    found = {row["measure"]: row for row in ours.iter_rows(named=True)}
    assert found["aci"]["status"] == found["sii_logit"]["status"] == "not_applicable"
    assert found["mld"]["status"] == "not_applicable"
    assert found["ti"]["status"] == "ok"
    assert found["d"]["value"] == 50
    assert found["par"]["value"] == pytest.approx(50 - 140 / 3)
    assert found["mdrw"]["value"] == pytest.approx((10 * 50 + 30 * 10) / 60)
    with pytest.raises(StatisticsError, match="one of"):
        summary_measures(frame, favourable=True, measures=["gini"], **columns)


def life(**changes: Any) -> pl.DataFrame:
    frame = pl.DataFrame({"age": AGES, "p": [10_000] * 20, "d": [50] * 19 + [2_000]})
    return frame.with_columns(**changes)


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (life(), "ok"),
        (life().filter(pl.col("age") != 30), "missing"),
        (life(d=pl.when(pl.col("age") == 30).then(None).otherwise("d")), "missing"),
        (life(p=pl.lit(250), d=pl.lit(5)), "too_few"),
        (life(d=pl.when(pl.col("age") == 30).then(20_000).otherwise("d")), "not_applicable"),
        (life(d=pl.when(pl.col("age") == 90).then(0).otherwise("d")), "too_few"),
        (life(age=pl.col("age") + 1), "missing"),
        (life(d=-1), "not_applicable"),
        (pl.concat([life(), life().head(1)]), "not_applicable"),
    ],
)
def test_life_tables(frame: pl.DataFrame, status: str) -> None:
    ours = life_expectancy(frame, start_age="age", population="p", deaths="d", by=[])
    assert ours.height == 20
    assert set(ours["status"]) == {status}


def test_quantile_arguments() -> None:
    frame = pl.DataFrame({"v": [3, None, 1]})
    assert quantile(frame, value="v", k=2)["status"].to_list() == ["ok", "missing", "ok"]
    assert quantile(frame, value="v", k=3)["status"].to_list() == ["too_few", "missing", "too_few"]
    with pytest.raises(StatisticsError, match="above 1"):
        quantile(frame, value="v", k=1)


def test_changes_need_populations_and_known_words() -> None:
    frame = pl.DataFrame({"a": [1], "b": [2]})
    with pytest.raises(StatisticsError, match="needs populations"):
        change(frame, start_events="a", end_events="b", by=[])
    with pytest.raises(StatisticsError, match="one of"):
        change(frame, start_events="a", end_events="b", by=[], kind="share")  # type: ignore[arg-type]
    zero = frame.with_columns(a=0)
    assert change(zero, start_events="a", end_events="b", by=[], kind="count")["status"][0] == "too_few"
    more = change(zero, start_events="a", end_events="b", by=[], kind="count", scale="difference")
    assert more["value"][0] == 2


def test_one_row_a_group_is_one_row() -> None:
    frame = pl.DataFrame({"g": [1, 1], "v": [2, 2], "l": [1, 1], "u": [3, 3]})
    ours = against_benchmark(frame, value="v", lower="l", upper="u", benchmark=2, by="g")
    assert ours.select("status", "comparison").row(0) == ("not_applicable", "not_compared")


@pytest.mark.parametrize(
    ("rule", "printed", "bounds"),
    [
        ("hes", 10, (8, 12)), ("hes", 0, (0, 0)), ("hes", 50, (48, 52)), ("hes", None, (1, 7)),
        ("mhsds", 5, (5, 7)), ("mhsds", None, (0, 4)), ("msds", 5, (1, 7)), ("msds", 10, (8, 12)), ("msds", 0, (0, 0)),
        ("talking_therapies", 0, (0, 2)), ("qof", 3, (3, 3)),
    ],
)  # fmt: skip
def test_what_a_printed_count_may_be(rule: str, printed: int | None, bounds: tuple[int, int]) -> None:
    frame = pl.DataFrame({"c": [printed]}, schema={"c": pl.Int64})
    row = count_bounds(frame, count="c", rule=rule, by=[]).row(0, named=True)
    assert (row["low"], row["high"]) == bounds
    assert row["status"] == ("suppressed" if printed is None else "ok")


def test_rules_are_told_apart_from_missing_counts() -> None:
    frame = pl.DataFrame({"c": [None, 20], "hidden": [False, False]}, schema={"c": pl.Int64, "hidden": pl.Boolean})
    row = count_bounds(frame, count="c", rule="hes", hidden="hidden", by=[]).row(0, named=True)
    assert (row["status"], row["low"]) == ("missing", None)
    with pytest.raises(StatisticsError, match="hides none"):
        count_bounds(frame.with_columns(hidden=True), count="c", rule=Rule(), hidden="hidden", by=[])
    with pytest.raises(StatisticsError, match="one of"):
        count_bounds(frame, count="c", rule="unheard of", by=[])
    assert all(rule.rounding in (1, 5) for rule in RULES.values())


def test_the_interval_of_a_printed_percentage_of_talking_therapies() -> None:
    """Published lies within 100(r - 2)/(d + 4) to 100(r + 2)/(d - 4): recoveries, and courses less not at caseness."""
    frame = pl.DataFrame({"r0": [7413], "r1": [7417], "d0": [13_526], "d1": [13_534]})
    columns: dict[str, Any] = {"events_low": "r0", "events_high": "r1", "population_low": "d0", "population_high": "d1"}
    row = figure_bounds(frame, by=[], multiplier=100, **columns).row(0, named=True)
    assert row["value_low"] == pytest.approx(100 * 7413 / 13_534)
    assert row["value_high"] == pytest.approx(100 * 7417 / 13_526)
    assert row["value_low"] - 0.5 <= 55 <= row["value_high"] + 0.5


def square(inner: list[int | None], sums: list[int | None]) -> pl.DataFrame:
    cells = [(a, s) for a in ("all", "young", "old") for s in ("all", "women", "men")]
    whole, women, men, young, old = sums
    values = [whole, women, men, young, inner[0], inner[1], old, inner[2], inner[3]]
    rows = [(*cell, value) for cell, value in zip(cells, values, strict=True)]
    return pl.DataFrame(rows, schema=["age", "sex", "n"], orient="row")


SIDES = {"age": "all", "sex": "all"}


@pytest.mark.parametrize(
    ("inner", "sums", "derivable"),
    [
        ([None, 46, 30, 20], [100, 34, 66, 50, 50], [True]),
        ([None, None, None, None], [100, 34, 66, 50, 50], [False] * 4),
        ([None, None, 30, 20], [100, 34, 66, 50, 50], [True, True]),
        ([None, 46, 30, 20], [None, None, 66, None, 50], [False] * 4),
        ([4, 46, 30, 20], [100, 34, 66, 50, 50], []),
        # Hidden totals, one of them of nothing: 14 of two cells of 7 at most.
        ([None, None, 0, 0], [14, None, None, 14, None], [True] * 5),
    ],
)
def test_hidden_cells_of_a_square(inner: list[int | None], sums: list[int | None], derivable: list[bool]) -> None:
    ours = derivable_cells(square(inner, sums), count="n", dimensions=SIDES, by=[])
    assert ours["derivable"].to_list() == derivable


def test_bounds_alone_can_give_a_cell_away() -> None:
    """18 shown of 20, two cells hidden that are at least 1 each: both are 1."""
    frame = pl.DataFrame({"g": ["a", "b", "c", "all"], "n": [18, None, None, 20]})
    ours = derivable_cells(frame, count="n", dimensions={"g": "all"}, by=[])
    assert ours.select("low", "high", "derivable").rows() == [(1, 1, True), (1, 1, True)]
    rounded = derivable_cells(frame, count="n", dimensions={"g": "all"}, by=[], rounding=5)
    assert rounded["derivable"].to_list() == [False, False]


def test_a_table_that_contradicts_itself_or_repeats_a_cell() -> None:
    frame = pl.DataFrame({"g": ["a", "b", "all"], "n": [30, None, 20]})
    ours = derivable_cells(frame, count="n", dimensions={"g": "all"}, by=[])
    assert ours.select("status", "derivable").row(0)[0] == "not_applicable"
    with pytest.raises(StatisticsError, match="stands twice"):
        derivable_cells(pl.concat([frame, frame]), count="n", dimensions={"g": "all"}, by=[])
