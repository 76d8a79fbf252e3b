"""A slope computed again from the published groups alone."""

import math

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.publishing.slope_groups import slope_groups
from hi_pipeline_tests.unit.indicators import counts_frames as made

RECOVERY = next(indicator for indicator in INDICATORS if indicator.id == "tt_recovery_pct")


def _rows(**area: object) -> list[dict]:
    return [made.row("deprivation", w, 400.0 + 12 * i, 900 + 40 * i, **area) for i, w in enumerate(DECILES)]


def test_the_index_follows_from_weights_and_ridits() -> None:
    results = compute_results(RECOVERY, made.counts(*_rows(), *_rows(**made.ENGLAND)), synthetic=True)
    groups = slope_groups(results)
    assert groups.height == 20
    own = groups.filter(area_type="icb")
    assert own["share"].sum() == pytest.approx(1.0) and own["category"].to_list() == list(DECILES)
    logits = [math.log(v / (100 - v)) for v in own["value"]]
    slope = sum(c * y for c, y in zip(own["slope_weight"], logits, strict=True))
    middle = sum(a * y for a, y in zip(own["share"], logits, strict=True))
    ends = [100 / (1 + math.exp(-(middle + x * slope))) for x in (0.5, -0.5)]
    (sii,) = results.filter(area_type="icb", measure="sii")["value"]
    assert ends[0] - ends[1] == pytest.approx(sii, rel=1e-9)


def test_areas_without_a_slope_have_no_groups() -> None:
    results = compute_results(RECOVERY, made.counts(*_rows()[:-1]), synthetic=True)
    assert slope_groups(results).is_empty()
    assert results.filter(pl.col("measure") == "sii")["status"].to_list() == ["missing"]
