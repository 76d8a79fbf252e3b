"""One printed figure less another: value, limits and what is missing, from what the publisher prints."""

from dataclasses import replace

import polars as pl
import pytest

from docs.methods_page import OPENING
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.stats.proportions import difference, proportion
from hi_pipeline.tables.assemble import parts_of
from hi_pipeline_tests.unit.tables.fake_reader import observation, observations

GAP = next(i for i in INDICATORS if i.id == "dm_8cp_gap_pp")
TYPE_1, TYPE_2 = GAP.published_less or "", GAP.published or ""
COUNTS = {TYPE_1: (380, 1_000), TYPE_2: (5_500, 10_000)}


def printed(measure: str, **extra: object) -> dict:
    """Return a share as printed with its Wilson limits."""
    x, n = COUNTS[measure]
    made = proportion(
        pl.DataFrame({"x": [x], "n": [n]}), events="x", population="n", by=[], multiplier=100, confidence=(0.95,)
    )
    value, lower, upper = made.select("value", "lower_95", "upper_95").row(0)
    return observation("icb_ons", "E54000010", measure, value) | {"lower_95": lower, "upper_95": upper} | extra


def part(*rows: dict, indicator: Indicator = GAP) -> dict[str, object]:
    return parts_of(observations(list(rows)), indicator).row(0, named=True)


def test_the_limits_are_newcombes_where_those_of_the_shares_are_wilsons() -> None:
    found = part(printed(TYPE_1), printed(TYPE_2))
    (x, n), (y, m) = COUNTS[TYPE_2], COUNTS[TYPE_1]
    frame = pl.DataFrame({"x": [x], "n": [n], "y": [y], "m": [m]})
    expected = difference(
        frame, events="x", population="n", reference_events="y", reference_population="m", by=[], multiplier=100
    ).row(0, named=True)
    assert expected["method"] == "Newcombe"
    for ours, theirs in (("published_value", "value"), ("published_lower_95", "lower_95")):
        assert found[ours] == pytest.approx(expected[theirs], rel=1e-12)
    assert found["published_upper_95"] == pytest.approx(expected["upper_95"], rel=1e-12)
    assert (found["status"], found["numerator"]) == ("ok", None)
    said = [f"{found[name]:.1f}" for name in ("published_value", "published_lower_95", "published_upper_95")]
    assert "{} points, with limits {} to {}.".format(*said) in " ".join(OPENING.split())


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([printed(TYPE_2)], "missing"),
        ([printed(TYPE_1)], "missing"),
        ([printed(TYPE_1, value=None, lower_95=None, upper_95=None, status="suppressed")], "missing"),
        (
            [printed(TYPE_2), printed(TYPE_1, value=None, lower_95=None, upper_95=None, status="suppressed")],
            "suppressed",
        ),
        ([printed(TYPE_2, value=None, lower_95=None, upper_95=None, status="missing"), printed(TYPE_1)], "missing"),
    ],
)
def test_without_one_of_the_two_there_is_no_difference(rows: list[dict], status: str) -> None:
    found = part(*rows)
    assert (found["published_value"], found["published_lower_95"], found["status"]) == (None, None, status)


def test_an_area_that_has_the_second_alone_is_a_row_beside_the_others() -> None:
    other = printed(TYPE_1, note="words of the second") | {"area_code": "E54000011", "area_name": "Other"}
    found = parts_of(observations([printed(TYPE_1), printed(TYPE_2), other]), GAP)
    assert dict(found.select("area_code", "status").rows()) == {"E54000010": "ok", "E54000011": "missing"}
    assert found.row(1, named=True)["note"] == "words of the second"
    assert found["published_value"].null_count() == 1


def test_without_limits_of_one_the_difference_has_none() -> None:
    found = part(printed(TYPE_2), printed(TYPE_1, lower_95=None, upper_95=None))
    assert found["published_value"] == pytest.approx(17) and found["published_lower_95"] is None
    assert found["status"] == "ok"


def test_the_roundings_of_both_are_in_it() -> None:
    assert part(printed(TYPE_2, value=55.0), printed(TYPE_1, value=38.0))["published_rounding"] == pytest.approx(1.0)
    plain = part(printed(TYPE_2, value=55.0), indicator=replace(GAP, published_less=None))
    assert plain["published_rounding"] == pytest.approx(0.5) and plain["published_value"] == 55
