"""Far from the others: robust, blind to size, and never hidden by the unit itself."""

import math

import polars as pl
import pytest

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.stats.outliers import (
    FEWEST_UNITS,
    TO_STANDARD_DEVIATION,
    distance_from_others,
    distance_of_values,
)

OTHERS = [(60 + number, 6_000) for number in range(21)]


def _distance(*units: tuple[float | None, float | None], scale: str = "proportion", **more: object) -> pl.DataFrame:
    frame = pl.DataFrame([*OTHERS, *units], schema={"x": pl.Float64, "n": pl.Float64}, orient="row")
    return distance_from_others(frame, events="x", population="n", scale=scale, **more)  # type: ignore[arg-type]


def test_thirteen_percent_where_others_have_one_is_far() -> None:
    found = _distance((780, 6_000))
    assert found["value"][-1] > 10
    assert found["value"][:-1].max() < 3


@pytest.mark.parametrize("scale", ["proportion", "rate"])
def test_the_distance_is_the_formula(scale: str) -> None:
    def shown(x: float, n: float) -> float:
        return math.log((x + 0.5) / (n - x + 0.5 if scale == "proportion" else n))

    found = _distance((780, 6_000), scale=scale)
    figures = sorted(shown(*unit) for unit in [*OTHERS, (780, 6_000)])
    median = (figures[10] + figures[11]) / 2
    apart = sorted(abs(figure - median) for figure in figures)
    mad = (apart[10] + apart[11]) / 2
    chance = 1 / 780.5 + (1 / 5_220.5 if scale == "proportion" else 0)
    # Fewer are expected than there are, so that the chance of 780 is the lesser one.
    share = math.exp(median) / (1 + math.exp(median) if scale == "proportion" else 1)
    assert chance < 1 / (6_000 * share + 0.5)
    expected = abs(shown(780, 6_000) - median) / math.sqrt((TO_STANDARD_DEVIATION * mad) ** 2 + chance)
    assert found["value"][-1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("scale", ["proportion", "rate"])
def test_a_unit_that_reports_nothing_does_not_hide_itself(scale: str) -> None:
    """Of 70 that are expected; by the chance of its own 0 the distance was under 4."""
    found = _distance((0, 6_000), scale=scale)
    figures = [math.log((x + 0.5) / (n - x + 0.5 if scale == "proportion" else n)) for x, n in [*OTHERS, (0, 6_000)]]
    figures.sort()
    m = (figures[10] + figures[11]) / 2
    mad = sorted(abs(figure - m) for figure in figures)
    share = math.exp(m) / (1 + math.exp(m) if scale == "proportion" else 1)
    chance = 1 / (6_000 * share + 0.5) + (1 / (6_000 * (1 - share) + 0.5) if scale == "proportion" else 0)
    spread = TO_STANDARD_DEVIATION * (mad[10] + mad[11]) / 2
    nothing = math.log(0.5 / (6_000.5 if scale == "proportion" else 6_000))
    assert found["value"][-1] == pytest.approx(abs(nothing - m) / math.sqrt(spread**2 + chance), rel=1e-12)
    assert found["value"][-1] > 20


def test_a_list_ten_times_too_long_is_far_and_a_small_unit_with_many_stays_far() -> None:
    assert _distance((70, 60_000))["value"][-1] > 10
    assert _distance((20, 150))["value"][-1] > 6, "1.7 are expected; by their chance alone it would be 3.3"


def test_printed_figures_are_measured_by_themselves_and_their_limits() -> None:
    values = [100.0 + n for n in range(21)]
    frame = pl.DataFrame({"v": [*values, 200.0, 200.0, None]}, schema={"v": pl.Float64}).with_columns(
        l=pl.Series([None] * 22 + [160.8, None], dtype=pl.Float64),
        u=pl.Series([None] * 22 + [239.2, None], dtype=pl.Float64),
    )
    found = distance_of_values(frame, value="v", lower="l", upper="u")
    spread = TO_STANDARD_DEVIATION * 6
    assert found["median"][0] == 111
    assert found["value"][21] == pytest.approx(89 / spread)
    assert found["value"][22] == pytest.approx(89 / math.hypot(spread, 20), rel=1e-4)
    assert (found["value"][23], found["status"][23]) == (None, "missing")
    few = distance_of_values(frame.head(9), value="v", lower="l", upper="u")
    assert set(few["status"]) == {"too_few"}
    alike = distance_of_values(frame.head(12).with_columns(v=pl.lit(5.0)), value="v", lower="l", upper="u")
    assert set(alike["status"]) == {"not_applicable"} and alike["value"].null_count() == 12


def test_a_small_unit_swings_by_chance() -> None:
    large, small = _distance((120, 6_000))["value"][-1], _distance((2, 100))["value"][-1]
    assert small < large, "one in fifty, in both"


def test_what_cannot_be_judged_says_why() -> None:
    found = _distance((5, 50), (None, 100), (200, 150), (-1, 100))
    assert found["status"].to_list()[-4:] == ["too_few", "missing", "not_applicable", "not_applicable"]
    assert found["value"].to_list()[-4:] == [None] * 4
    assert found["note"].null_count() == len(OTHERS)
    few = pl.DataFrame({"x": [1.0] * (FEWEST_UNITS - 1), "n": [200.0] * (FEWEST_UNITS - 1)})
    assert set(distance_from_others(few, events="x", population="n", scale="rate")["status"]) == {"too_few"}


def test_groups_are_judged_apart_in_their_order() -> None:
    frame = pl.DataFrame({"g": ["a", "b"] * 12, "x": [10, 500] * 12, "n": [1_000] * 24})
    found = distance_from_others(frame, events="x", population="n", scale="proportion", by="g")
    assert found["g"].to_list() == frame["g"].to_list() and found["value"].max() == 0
    assert found.filter(g="b")["median"].round(3).unique().to_list() == [0.5]


def test_an_unknown_scale_and_an_empty_table() -> None:
    with pytest.raises(StatisticsError, match="expected one of"):
        _distance(scale="percent")
    empty = pl.DataFrame(schema={"x": pl.Float64, "n": pl.Float64})
    assert distance_from_others(empty, events="x", population="n", scale="rate").height == 0
