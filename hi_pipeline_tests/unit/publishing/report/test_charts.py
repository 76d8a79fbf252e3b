"""What a chart draws and says: round numbers on its axis, words for its ends, and which indicators have one."""

import re
from typing import Any

import pytest

from hi_pipeline.publishing.report import charts, svg
from hi_pipeline.publishing.report.document import Chart, Heading, OwnWords, Paragraph
from hi_pipeline.publishing.report.layouts.pdf import _kept
from hi_pipeline_tests.unit.publishing.report import made_up

GROUPS = ("White", "Mixed", "Asian or Asian British")


def ethnic(*values: float) -> list[dict[str, Any]]:
    made = [made_up.figure("recovery", 40.0, 2.0, 50.0)]
    for order, (group, value) in enumerate(zip(GROUPS, values, strict=True), start=1):
        place = {"dimension": "ethnicity", "category": group, "category_order": order}
        made.append(made_up.figure("recovery", value, 1.0, 50.0, **place))
    return made


def chart(*values: float) -> Chart:
    made = made_up.pack(ethnic(*values)).document.charts
    return next(c for c in made if c.anchor.endswith("ethnicity"))


@pytest.mark.parametrize(
    ("low", "high", "room", "labels"),
    [
        (41.2, 66.4, 250.0, ["45", "50", "55", "60", "65"]),
        (0.0, 0.83, 200.0, ["0.0", "0.2", "0.4", "0.6", "0.8"]),
        (-12.0, 31.0, 190.0, ["\u221210", "0", "10", "20", "30"]),
        (14_700.0, 16_500.0, 130.0, ["15,000", "16,000"]),
        (103.0, 104.0, 20.0, ["103.0", "104.0"]),
    ],
)
def test_an_axis_has_round_numbers_that_have_room(low: float, high: float, room: float, labels: list[str]) -> None:
    found = charts.ticks(low, high, room=room, decimals=1)
    assert [label for _, label in found] == labels
    assert all(low <= value <= high for value, _ in found)


@pytest.mark.parametrize("seed", range(10))
def test_labels_of_an_axis_do_not_touch(seed: int) -> None:
    for low, high, room in ((seed * 1.7, seed * 3.9 + 0.3, 90.0 + 20 * seed), (-(10.0**seed), 10.0**seed, 140.0)):
        found = charts.ticks(low, high, room=room, decimals=1)
        places = [(value - low) / (high - low) * room for value, _ in found]
        widest = max(svg.width_of(label) for _, label in found)
        apart = [b - a for a, b in zip(places, places[1:], strict=False)]
        assert len(found) == 2 or min(apart) >= widest


def test_groups_without_an_order_are_told_by_their_extremes() -> None:
    alt = chart(45.0, 60.0, 30.0).alt
    assert alt.endswith("Lowest, Asian or Asian British: 30.0%; highest, Mixed: 60.0%.")


def test_an_indicator_of_the_annexes_has_words_and_no_chart_of_its_own() -> None:
    document = made_up.pack(made_up.rows_of(7)).document
    anchors = {c.anchor for c in document.charts}
    assert any(anchor.startswith("chart-recovery") for anchor in anchors)
    assert not any(anchor.startswith("chart-list") for anchor in anchors)
    assert any(s.text.startswith("Made-up list: ") for s in document.sentences)


def test_the_overview_has_the_england_that_the_text_compares_with() -> None:
    made = made_up.pack(made_up.rows_of(7))
    overview = next(c for c in made.document.charts if c.anchor == "chart-overview-1")
    drawn = {row[0].partition(":")[0]: row[4] for row in overview.drawn[1:]}
    for found in made.facts.shown:
        if found.card.short in drawn:
            assert found.total is not None and drawn[found.card.short] == found.total.comparator_text


def test_one_series_of_years_has_the_whole_width() -> None:
    found = next(f for f in made_up.pack(made_up.rows_of(7)).facts.shown if len(f.years) > 1)

    def widest(gaps: Any) -> float:
        made = charts.years(found.years, gaps, anchor="a", title="t", synthetic=False)
        assert made is not None
        return max(float(x) for x in re.findall(r'x2="([\d.]+)"', made.svg))

    assert widest(()) > svg.WIDTH / 2 > 0


def test_a_box_stays_with_the_paragraph_before_it() -> None:
    text = Paragraph(sentences=())
    box = OwnWords(key="k", title="t", prompt="p")
    heading = Heading(level=1, text="h", anchor="h")
    assert [len(group) for group in _kept([heading, text, box, text, box, heading])] == [3, 2, 1]
