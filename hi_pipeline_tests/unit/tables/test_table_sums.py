"""Sums of rounded and hidden counts: what stands, what is hidden, and within which bounds."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hi_pipeline.tables.assemble import COUNTED, HIDING, PERIOD
from hi_pipeline.tables.sums import add_up


def _part(value: float | None, *, low: float | None = None, high: float | None = None, status: str = "") -> dict:
    exact = value if value is not None else None
    counts = {
        "numerator": value,
        "numerator_low": exact if low is None else low,
        "numerator_high": exact if high is None else high,
        "denominator": 100.0,
        "denominator_low": 100.0,
        "denominator_high": 100.0,
    }
    hidden = value is None and low is not None and high is not None
    return {
        "area": "x",
        **counts,
        "numerator_hiding": high - low if hidden else 0.0,  # type: ignore[operator]
        "denominator_hiding": 0.0,
        "period_start": date(2023, 4, 1),
        "period_end": date(2024, 3, 31),
        "period_type": "financial_year",
        "status": status or ("ok" if value is not None else "suppressed"),
        "note": "",
    }


def _sum(*parts: dict) -> dict:
    schema = dict.fromkeys([*COUNTED, *HIDING], pl.Float64) | dict.fromkeys(PERIOD[:2], pl.Date)
    summed = add_up(pl.DataFrame(list(parts), schema_overrides=schema), by=["area"])
    assert summed.height == 1
    return summed.row(0, named=True)


def test_bounds_add_up() -> None:
    found = _sum(_part(10, low=8, high=12), _part(20, low=18, high=22), _part(5))
    assert (found["numerator"], found["numerator_low"], found["numerator_high"]) == (35, 31, 39)
    assert (found["denominator"], found["status"], found["parts"]) == (300, "ok", 3)


def test_a_hidden_part_among_exact_ones_hides_the_sum() -> None:
    found = _sum(_part(10), _part(20), _part(None, low=1, high=7))
    assert (found["numerator"], found["status"]) == (None, "suppressed")
    assert (found["numerator_low"], found["numerator_high"]) == (31, 37)
    assert "between 31 and 37" in found["note"]


def test_hiding_no_more_than_rounding_does_stands_at_the_rate_of_the_others() -> None:
    found = _sum(_part(10, low=8, high=12), _part(20, low=18, high=22), _part(None, low=1, high=7))
    # 30 of 200 would be 15 of 100, more than its bounds allow.
    assert (found["numerator"], found["status"]) == (37, "ok")
    assert (found["numerator_low"], found["numerator_high"]) == (27, 41)
    assert "1 of 3 counts hidden" in found["note"]


def test_hiding_more_than_rounding_does_not_stand() -> None:
    found = _sum(_part(10, low=8, high=12), _part(None, low=1, high=7))
    assert (found["numerator"], found["status"]) == (None, "suppressed")


def test_a_missing_part_without_bounds_never_stands() -> None:
    found = _sum(_part(10, low=0, high=99), _part(None, status="missing"))
    assert (found["numerator"], found["numerator_high"], found["status"]) == (None, None, "missing")
    assert "without known bounds" in found["note"]


def test_a_sum_has_the_unknown_share_of_all_its_people() -> None:
    parts = [_part(10) | {"unknown_share": 0.5}, _part(10) | {"unknown_share": 0.0}]  # 100 of 200, 100 of 100
    assert _sum(*parts)["unknown_share"] == pytest.approx(1 / 3)
    assert _sum(*(part | {"unknown_share": None} for part in parts))["unknown_share"] is None


def test_how_a_part_was_made_is_not_said_of_the_sum() -> None:
    placed = "counts hidden, taken at the rate of the others within their bounds; of a day"
    made, again = f"sum of 3 sub-ICB locations; 1 of 3 {placed}", f"sum of 2 sub-ICB locations; 2 of 5 {placed}"
    spans = "2 of 9 authorities span boards and are shared out by residents (3.1% of the population)"
    notes = [made, again, spans]
    found = _sum(*(_part(10, low=8, high=12) | {"note": note} for note in notes))
    assert found["note"].split("; ") == [
        "among its parts, hidden counts taken at the rate of the others within their bounds",
        "authorities that span boards are shared out by residents",
        "of a day",
    ]
    hidden = "3 of 4 counts hidden or missing: the sum lies between 0 and 12"
    assert _sum(_part(None, low=0, high=12) | {"note": hidden}, _part(10))["note"] == (
        "1 of 2 counts hidden or missing: the sum lies between 10 and 22"
    )


def test_a_single_hidden_part_stays_hidden() -> None:
    assert _sum(_part(None, low=0, high=4))["status"] == "suppressed"


counts = st.lists(st.tuples(st.integers(0, 500), st.booleans()), min_size=1, max_size=12)


@given(counts)
def test_the_true_sum_lies_within_the_bounds(true: list[tuple[int, bool]]) -> None:
    parts = []
    for count, small in true:
        if small and count <= 7:
            parts.append(_part(None, low=0, high=7))
        else:
            shown = 5 * round(count / 5)
            parts.append(_part(shown, low=shown - 2, high=shown + 2))
    found = _sum(*parts)
    assert found["numerator_low"] <= sum(count for count, _ in true) <= found["numerator_high"]
    if found["numerator"] is not None:
        assert found["numerator_low"] <= found["numerator"] <= found["numerator_high"]


def test_groups_without_a_code_are_a_group_of_their_own() -> None:
    frame = pl.DataFrame([_part(1), _part(2) | {"area": None}, _part(3) | {"area": None}])
    summed = add_up(frame, by=["area"])
    assert summed.filter(pl.col("area").is_null())["numerator"].to_list() == pytest.approx([5])


def test_a_hidden_part_stands_where_the_rate_of_the_others_puts_it() -> None:
    """Never at a constant: a part of few people has few events."""
    wide = [_part(60, low=58, high=62) | {"denominator": 600.0}, _part(40, low=38, high=42) | {"denominator": 400.0}]
    for people, expected in ((20.0, 2.0), (5.0, 0.5), (300.0, 4.0)):
        hidden = _part(None, low=0, high=4) | {"denominator": people}
        found = _sum(*wide, hidden)
        assert (found["numerator"], found["status"]) == (pytest.approx(100 + expected), "ok")


def test_a_sum_knows_what_it_was_made_of() -> None:
    assert _sum(_part(10), _part(20), _part(5))["units"] == 3.0
    assert _sum(*(_part(10) | {"units": float(n)} for n in (4, 7)))["units"] == 11.0
