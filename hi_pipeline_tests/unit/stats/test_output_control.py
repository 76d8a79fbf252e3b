"""What is hidden of true counts on the way out, and what somebody can still work out from what is shown."""

import polars as pl
import pytest

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.stats.output_control import hidden_on_the_way_out, standardised_step

MOST = 7


def _hidden(counts: dict[str, list[int]]) -> dict[str, list[bool]]:
    rows = [("A", margin, x) for margin, parts in counts.items() for x in parts]
    frame = pl.DataFrame(rows, schema=["icb", "margin", "x"], orient="row")
    flags = hidden_on_the_way_out(frame, count="x", margin="margin", total="total", by=["icb"]).to_list()
    out: dict[str, list[bool]] = {}
    for (_, margin, _), flag in zip(rows, flags, strict=True):
        out.setdefault(margin, []).append(flag)
    return out


def test_small_counts_and_a_second_one_are_hidden() -> None:
    assert _hidden({"total": [50], "sex": [46, 4]}) == {"total": [False], "sex": [True, True]}
    found = _hidden({"total": [100], "age": [4, 46, 30, 20]})
    assert found["age"] == [True, False, False, True], "the least of the others goes with it"


def test_a_nought_is_shown_unless_all_of_its_margin_is_nought() -> None:
    assert _hidden({"total": [60], "sex": [60, 0]})["sex"] == [False, False]
    assert _hidden({"total": [0], "sex": [0, 0]}) == {"total": [True], "sex": [True, True]}


def test_counts_that_can_be_nothing_else_are_hidden_with_their_total() -> None:
    """Four parts of 7 sum to 28, printed 30: at least 28, and no more than four times 7."""
    assert _hidden({"total": [28], "age": [7, 7, 7, 7]})["total"] == [True]


def test_an_area_without_its_total_is_an_error() -> None:
    frame = pl.DataFrame({"icb": ["A"], "margin": ["sex"], "x": [4]})
    with pytest.raises(StatisticsError, match="0 totals"):
        hidden_on_the_way_out(frame, count="x", margin="margin", total="total", by=["icb"])


def test_whoever_knows_the_rule_cannot_tell_one_small_count() -> None:
    """The perfect attacker: all 15,000 areas of up to 18 events are put through the rule, and sorted by what is shown.

    A small count is given away where all areas that look alike have the same one. Areas at the edge of what was tried
    look alike with larger ones that were not, and are left out.
    """
    edge, most = 4, 18
    alike: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    tables = [
        (t, f, a, b) for t in range(most + 1) for f in range(t + 1) for a in range(t + 1) for b in range(t - a + 1)
    ]
    counts = [(t, f, t - f, a, b, t - a - b) for t, f, a, b in tables]
    margins = ["total", "sex", "sex", "age", "age", "age"]
    frame = pl.DataFrame(
        {
            "area": [n for n in range(len(counts)) for _ in margins],
            "margin": margins * len(counts),
            "x": [x for area in counts for x in area],
        }
    )
    flags = hidden_on_the_way_out(frame, count="x", margin="margin", total="total", by=["area"]).to_list()
    for n, area in enumerate(counts):
        hidden = flags[n * len(margins) : (n + 1) * len(margins)]
        shown = tuple(None if h else 5 * int(x / 5 + 0.5) for x, h in zip(area, hidden, strict=True))
        alike.setdefault(shown, []).append(area)
    judged = [areas for areas in alike.values() if max(area[0] for area in areas) < most - edge]
    assert len(counts) > 10_000 and len(judged) > 20
    for areas in judged:
        for values in zip(*areas, strict=True):
            assert len(set(values)) > 1 or not 1 <= values[0] <= MOST, areas


@pytest.mark.parametrize(
    ("one_event", "step"),
    [(0.0001, 1), (0.25, 1), (0.26, 2), (0.5, 2), (1.25, 5), (1.75, 10), (2.5, 10), (5, 20), (12.5, 50), (167, 1_000)],
)
def test_a_standardised_rate_is_rounded_to_at_least_four_times_what_one_event_adds(
    one_event: float, step: float
) -> None:
    found = pl.DataFrame({"one": [one_event]}).select(standardised_step(pl.col("one"))).item()
    assert found == step and found >= 4 * one_event
