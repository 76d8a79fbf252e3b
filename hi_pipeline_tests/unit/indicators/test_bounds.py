"""The table of bounds: worst case and scenarios of every ethnic difference and ratio of shares and rates."""

import polars as pl
import pytest

from hi_pipeline.core.beside import BOUNDS
from hi_pipeline.indicators.bounds import HIDDEN, NOT_SAID, OTHER, bounds
from hi_pipeline_tests.unit.indicators import counts_frames as made
from hi_pipeline_tests.unit.indicators.over_time import spans

A, B = "Mixed: White and Asian", "White: British"
Side = tuple[float | None, float | None]


def rows(a: Side, b: Side, unknown: Side | None, total: Side | None = None, **extra: object) -> list[dict]:
    sides = [(A, a), (B, b)] + ([("Unknown", unknown)] if unknown else [])
    found = [spans.row("2023-24", "ethnicity", name, *side, **extra) for name, side in sides]
    return found + ([spans.total("2023-24", *total, **extra)] if total else [])


def bounded(*given: dict, indicator: str = "tt_recovery_pct") -> dict[str, dict]:
    found = bounds(spans.results(*given, indicator=indicator), spans.BY_ID)
    assert dict(found.schema) == dict(BOUNDS)
    return {row["measure"]: row for row in found.iter_rows(named=True)}


def test_the_worked_example() -> None:
    """A 50 of 100, B 50 of 100, unknown 20 of 40; in percentage points."""
    found = bounded(*rows((50, 100), (50, 100), (20, 40), (120, 240)))
    difference, ratio = found["difference"], found["rate_ratio"]
    assert (difference["value_low"], difference["value_high"]) == pytest.approx((-100 / 6, 100 / 6))
    assert (ratio["value_low"], ratio["value_high"]) == pytest.approx((50 / 70, 1.4))
    assert (difference["unit"], ratio["unit"], difference["reference"]) == ("pp", "ratio", B)
    assert (difference["unknown_events"], difference["unknown_records"]) == (20, 40)
    assert (
        difference["worst_lower_95"] < difference["value_low"]
        and difference["worst_upper_95"] > difference["value_high"]
    )
    assert [difference[name] for name in ("group_takes", "reference_takes", "in_proportion")] == pytest.approx(
        [0, 0, 0]
    )


def test_nothing_unknown_leaves_nothing_open() -> None:
    found = bounded(*rows((40, 100), (50, 100), (0, 0)))["difference"]
    assert found["value_low"] == pytest.approx(found["value"]) == pytest.approx(found["value_high"])


def test_in_proportion_counts_the_groups_that_are_hidden_too() -> None:
    """All less the unknown are 400 known records: the group of 100 takes a quarter of 40 unknown, 30 with the event."""
    found = bounded(*rows((40, 100), (50, 100), (30, 40), (220, 440)))["difference"]
    assert found["in_proportion"] == pytest.approx(100 * (47.5 - 57.5) / 110)


def test_rates_take_events_alone() -> None:
    extra = {"source_releases": "mental_health_act:a"}
    unknown = spans.row("2023-24", "ethnicity", "Unknown", 10, None, **extra)
    given = [*rows((30, 100_000), (50, 200_000), None, (100, 500_000), **extra), unknown]
    found = bounded(*given, indicator="mha_detention_rate")["difference"]
    assert (found["value_low"], found["value_high"]) == pytest.approx((30 - 30, 40 - 25))
    assert (found["unknown_events"], found["unknown_records"]) == (10, 10)


@pytest.mark.parametrize(
    ("unknown", "extra", "status", "note"),
    [
        (None, {}, "not_published", NOT_SAID),
        ((None, None), {"numerator_low": None, "numerator_high": None}, "suppressed", HIDDEN),
        ((None, 40), {"numerator_low": 0, "numerator_high": 7}, "ok", ""),
    ],
)
def test_without_a_count_of_the_unknown_there_is_no_worst_case(
    unknown: Side | None, extra: dict, status: str, note: str
) -> None:
    given = rows((40, 100), (50, 100), None)
    if unknown is not None:
        given.append(spans.row("2023-24", "ethnicity", "Unknown", *unknown, **extra))
    found = bounded(*given)["difference"]
    assert (found["status"], found["note"]) == (status, note)
    assert (found["value_low"] is None) == (status != "ok")
    # A hidden count is in no scenario.
    assert found["group_takes"] is None


def test_rounding_widens_the_worst_case() -> None:
    exact = bounded(*rows((50, 100), (50, 100), (20, 40)))["difference"]
    fives = [r | made.rounded(r["numerator"], r["denominator"]) for r in rows((50, 100), (50, 100), (20, 40))]
    rounded = bounded(*fives)["difference"]
    assert rounded["value_low"] < exact["value_low"] and rounded["value_high"] > exact["value_high"]
    # At most: 52 + 22 of 96 + 22, against 48 of 104 and the 44 - 18 others.
    assert rounded["value_high"] == pytest.approx(100 * (74 / 118 - 48 / 130))


def test_scenarios_of_rounded_counts_beside_a_printed_figure_say_so() -> None:
    """51.9% is printed of 50 of 100, whose counts are rounded: the value is the publisher's, the scenarios are ours."""
    fives = [r | made.rounded(r["numerator"], r["denominator"]) for r in rows((50, 100), (50, 100), (20, 40))]
    printed = [{**fives[0], "published_value": 51.9, "published_rounding": 0.05}, *fives[1:]]
    found = bounded(*printed)["difference"]
    assert found["value"] == pytest.approx(1.9) and found["note"] == OTHER
    assert found["in_proportion"] == pytest.approx(0)
    assert bounded(*fives)["difference"]["note"] == ""


def test_hidden_differences_have_no_row_and_counts_none() -> None:
    found = bounds(spans.results(*rows((None, 100), (50, 100), (20, 40))), spans.BY_ID)
    assert found.is_empty()
    waiting = [{**r, "denominator": None, "source_releases": "wlmds:a"} for r in rows((5, 1), (5, 1), (2, 1))]
    assert bounds(spans.results(*waiting, indicator="wl_total"), spans.BY_ID).is_empty()


def test_england_and_boards_each_have_their_own_reference() -> None:
    """England alone prints finer groups here: boards are held against White, and so is England."""
    england = [{**r, **made.ENGLAND} for r in rows((50, 100), (50, 100), (20, 40))]
    broad = [spans.row("2023-24", "ethnicity", name, 50, 100) for name in ("White", "Mixed", "Unknown")]
    results = pl.concat([spans.results(*england), spans.results(*broad)])
    found = bounds(results, spans.BY_ID)
    assert dict(found.select("icb_code", "reference").unique().rows()) == {"E92000001": B, "E54000010": "White"}
    assert set(found["status"]) == {"ok"}
