"""Nothing that is read falls out in silence: half a fraction, earlier snapshots, unused levels."""

from dataclasses import replace
from datetime import date

import pytest

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind
from hi_pipeline.indicators.values import WITHOUT, value_rows
from hi_pipeline.tables.assemble import left_out, parts_of
from hi_pipeline.tables.counts import _add_counted
from hi_pipeline_tests.unit.tables.fake_reader import observation, observations
from hi_pipeline_tests.unit.tables.test_attributions import BOARDS, OWN, SHARE, _boards, _build, _share

FIRST = BOARDS[0]
BY_AGE = replace(SHARE, dimensions=(Dimension.TOTAL, Dimension.AGE))
AGE = {"dimension": "age", "category": "Under 18"}


def test_people_without_a_count_of_events_are_a_row_and_missing() -> None:
    rows = [*_share("icb", FIRST), observation("icb", FIRST, "all", 40.0, **AGE)]
    found = parts_of(observations(rows), BY_AGE).filter(dimension="age").row(0, named=True)
    assert (found["numerator"], found["numerator_low"], found["denominator"]) == (None, None, 40)
    assert found["status"] == "missing"


def test_events_without_people_are_a_row_and_missing() -> None:
    rows = [*_share("icb", FIRST), observation("icb", FIRST, "some", 4.0, **AGE)]
    found = parts_of(observations(rows), BY_AGE).filter(dimension="age").row(0, named=True)
    assert (found["numerator"], found["denominator"], found["status"]) == (4, None, "missing")


def test_a_printed_figure_alone_is_a_row_and_the_figure() -> None:
    printed = replace(BY_AGE, published="share")
    rows = [*_share("icb", FIRST), observation("icb", FIRST, "share", 12.5, **AGE)]
    found = parts_of(observations(rows), printed).filter(dimension="age").row(0, named=True)
    assert (found["published_value"], found["numerator"], found["status"]) == (12.5, None, "missing")


def test_an_area_whose_events_are_absent_has_a_result_that_says_so() -> None:
    rows = [*_boards(), *(observation("icb", code, "all", 40.0, **AGE) for code in BOARDS)]
    built = _build(BY_AGE, first=rows)
    own = built.frame.filter(dimension="age", area_type="icb", geography_vintage=OWN.value)
    assert set(own["status"]) == {"missing"} and own["numerator"].null_count() == own.height
    assert set(value_rows(BY_AGE, own)["note"]) == {WITHOUT["missing"]}


@pytest.mark.parametrize("snapshots", [1, 3])
def test_earlier_snapshots_are_counted(snapshots: int) -> None:
    days = [date(2024, month, 1) for month in range(1, snapshots + 1)]
    extra = {"period_type": "snapshot"}
    rows = [row for day in days for row in _boards(**extra, period_start=day, period_end=day)]
    earlier = len(_boards()) * (snapshots - 1)
    built = _build(SHARE, first=rows)
    reason = f"{SHARE.id}: rows of earlier snapshots, as the latest one stands for the year"
    assert built.counted.get(reason, 0) == earlier
    assert built.frame["period_end"].unique().to_list() == [days[-1]]


def test_counts_beside_no_printed_figure_are_counted() -> None:
    printed = replace(SHARE, kind=Kind.PUBLISHED, published="rate")
    rows = [*_share("icb", FIRST), observation("icb", FIRST, "rate", 1.5), *_share("england", "")]
    assert left_out(observations(rows), printed) == {
        f"{SHARE.id}: counts of areas and groups without a printed figure": 2
    }
    assert parts_of(observations(rows), printed)["area_level"].to_list() == ["icb"]


@pytest.mark.parametrize("attribution", [Attribution.PUBLISHED, Attribution.SUB_ICB])
def test_rows_of_levels_that_nothing_is_made_of_are_counted(attribution: Attribution) -> None:
    rows = [*_boards(), *_share("provider", "RX1"), *_share("local_authority", "E06000001")]
    counted = _build(replace(SHARE, attribution=attribution), first=rows).counted
    assert counted["rows of level provider that are not used"] == 1
    assert counted["rows of level local_authority that are not used"] == 1


def test_two_indicators_with_different_counts_for_one_reason_are_both_counted() -> None:
    other: Indicator = replace(SHARE, id="other")
    counted: dict[str, int] = {}
    for indicator, rows in ((SHARE, 3), (replace(SHARE, id="same"), 3), (other, 5)):
        _add_counted(counted, {"rows of level provider that are not used": rows, "nothing": 0}, indicator)
    assert counted == {
        "rows of level provider that are not used": 3,
        "other: rows of level provider that are not used": 5,
    }
