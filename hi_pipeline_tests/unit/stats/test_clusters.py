"""Limits from between units: the formula by hand, a bootstrap of practices, and what has no limits."""

import math

import numpy as np
import polars as pl
import pytest

from hi_pipeline.stats.clusters import FEWEST_UNITS, OFF_SCALE, TOO_FEW_UNITS, clustered_figure

Z = 1.959963984540054


def _figure(x: list[float], n: list[float], kind: str = "rate") -> dict:
    rate = sum(x) / sum(n)
    spread = sum((a - rate * b) ** 2 for a, b in zip(x, n, strict=True))
    frame = pl.DataFrame({"x": [sum(x)], "n": [sum(n)], "m": [len(x)], "s": [spread]}, strict=False)
    return clustered_figure(
        frame,
        events="x",
        population="n",
        units="m",
        spread="s",
        by=[],
        kind=kind,  # type: ignore[arg-type]
    ).row(0, named=True)


def test_the_limits_are_those_of_the_formula() -> None:
    x, n = [10.0, 30, 20, 5, 35, 20], [100.0, 150, 120, 80, 200, 90]
    rate = sum(x) / sum(n)
    variance = 6 / 5 * sum((a - rate * b) ** 2 for a, b in zip(x, n, strict=True)) / sum(n) ** 2
    found = _figure(x, n)
    assert found["value"] == pytest.approx(rate)
    assert found["upper_95"] == pytest.approx(rate * math.exp(Z * math.sqrt(variance) / rate))
    assert found["lower_95"] == pytest.approx(rate * math.exp(-Z * math.sqrt(variance) / rate))
    share = _figure(x, n, "proportion")
    logit = math.log(rate / (1 - rate)) + Z * math.sqrt(variance) / (rate * (1 - rate))
    assert share["upper_95"] == pytest.approx(1 / (1 + math.exp(-logit)))
    assert share["method"] == "between_units"


@pytest.mark.parametrize("units", [15, 25, 60])
@pytest.mark.parametrize("kind", ["rate", "proportion"])
def test_a_bootstrap_of_practices_agrees_within_a_tenth(units: int, kind: str) -> None:
    draw = np.random.default_rng(9)
    n = draw.lognormal(6, 0.5, units).round() + 50
    x = (n * draw.beta(8, 32, units)).round()
    picked = draw.integers(0, units, (20_000, units))
    rates = x[picked].sum(axis=1) / n[picked].sum(axis=1)
    scale = np.log(rates) if kind == "rate" else np.log(rates / (1 - rates))
    found = _figure(x.tolist(), n.tolist(), kind)
    low, high = found["lower_95"], found["upper_95"]
    width = math.log(high / low) if kind == "rate" else math.log(high / (1 - high)) - math.log(low / (1 - low))
    assert width / (2 * Z) == pytest.approx(scale.std() * math.sqrt(units / (units - 1)), rel=0.1)


@pytest.mark.parametrize("units", range(1, FEWEST_UNITS))
def test_few_units_have_a_figure_and_no_limits(units: int) -> None:
    found = _figure([10.0 + i for i in range(units)], [100.0] * units)
    assert found["value"] is not None and found["lower_95"] is None and found["upper_998"] is None
    assert (found["status"], found["method"], found["note"]) == ("ok", "none", TOO_FEW_UNITS)


def test_a_figure_of_nought_has_no_limits_and_an_impossible_spread_no_figure() -> None:
    found = _figure([0.0] * 6, [100.0] * 6)
    assert (found["value"], found["lower_95"], found["note"]) == (0.0, None, OFF_SCALE)
    frame = pl.DataFrame({"x": [1.0, 1.0], "n": [9.0, 9.0], "m": [6, None], "s": [-1.0, 1.0], "g": ["a", "b"]})
    both = clustered_figure(frame, events="x", population="n", units="m", spread="s", by="g")
    assert both["status"].to_list() == ["not_applicable", "missing"]
