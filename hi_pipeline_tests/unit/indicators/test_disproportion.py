"""Disproportionality: by hand, widened for rounding, and never with a decile in the place of its neighbour."""

from dataclasses import replace
from math import exp, sqrt

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES
from hi_pipeline.core.status import Measure
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.disproportion import SAID
from hi_pipeline_tests.unit.indicators import counts_frames as made

INDICATOR = replace(next(i for i in INDICATORS if i.id == "wl_gt52_pct"), id="tt_recovery_pct")
# Deciles 1 and 2 hold 60 of 200 long waiters and 1,000 of 5,000 pathways.
LONG, ALL_OF_IT = [40, 20, *[20] * 6, 10, 10], [600, 400, *[500] * 8]


def _found(rows: list[dict]) -> dict:
    results = compute_results(INDICATOR, made.counts(*rows), synthetic=False)
    found = results.filter(measure=Measure.DISPROPORTIONALITY.value)
    assert found.height == 1, found
    return found.row(0, named=True)


def _rows(**extra: object) -> list[dict]:
    pairs = zip(DECILES, LONG, ALL_OF_IT, strict=True)
    return [made.row("deprivation", word, x, n, **extra) for word, x, n in pairs]


def test_share_of_long_waits_over_share_of_the_list() -> None:
    found = _found(_rows())
    x1, n1, x2, n2 = 60, 1_000, 140, 4_000
    assert found["value"] == pytest.approx((x1 / 200) / (1_000 / 5_000))
    error = sqrt((x2**2 * (1 / x1 - 1 / n1) + x2 * (1 - x2 / n2)) / (x1 + x2) ** 2)
    assert found["lower_95"] == pytest.approx(found["value"] * exp(-1.959964 * error), rel=1e-6)
    assert (found["unit"], found["multiplier"], found["method"]) == ("ratio", 1, "log")
    assert found["note"] == SAID and "this project's formula" in SAID


def test_rounded_counts_widen_the_limits_and_leave_the_figure() -> None:
    exact = _found(_rows())
    rounded = _found([row | made.rounded(row["numerator"], row["denominator"]) for row in _rows()])
    assert rounded["value"] == exact["value"]
    assert rounded["lower_95"] < exact["lower_95"] < exact["upper_95"] < rounded["upper_95"]


def test_an_empty_or_hidden_decile_is_named_and_not_replaced() -> None:
    rows = _rows()
    absent = _found(rows[:-1])
    assert (absent["status"], absent["value"]) == ("missing", None)
    assert "decile 10 (least deprived)" in absent["note"]
    hidden = _found([made.row("deprivation", DECILES[0], None, 600), *rows[1:]])
    assert (hidden["status"], hidden["value"]) == ("suppressed", None)
    assert "decile 1 (most deprived)" in hidden["note"] and "decile 2" not in hidden["note"]


def test_people_of_no_known_decile_are_in_neither_share() -> None:
    found = _found([*_rows(), made.row("deprivation", "Unknown", 900, 1_000)])
    assert found["value"] == pytest.approx(1.5)


def test_no_long_wait_at_all_is_too_few() -> None:
    none = [row | dict.fromkeys(("numerator", "numerator_low", "numerator_high"), 0.0) for row in _rows()]
    assert _found(none)["status"] == "too_few"


def test_only_an_indicator_that_asks_for_it_has_it() -> None:
    plain = replace(INDICATOR, disproportionality=False)
    results = compute_results(plain, made.counts(*_rows()), synthetic=False)
    assert results.filter(measure=Measure.DISPROPORTIONALITY.value).is_empty()
    assert results.filter(pl.col("measure") == Measure.GAP.value).height == 1


def test_the_list_speaks_of_it() -> None:
    assert [i.id for i in INDICATORS if i.disproportionality] == ["wl_gt52_pct"]
