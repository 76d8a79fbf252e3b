"""What a chart draws and says: round numbers on its axis, words for its ends, and which indicators have one."""

import re
from typing import Any

import pytest

from hi_pipeline.core.groups import DECILES, QUINTILES
from hi_pipeline.publishing.report import charts, svg
from hi_pipeline.publishing.report.document import Chart, Heading, OwnWords, Paragraph, Table
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


def test_a_key_explains_what_is_drawn_and_nothing_else() -> None:
    drawn = chart(45.0, 60.0, 30.0)
    assert drawn.labels[0] == "Dot: value. Line: 95% limits. Upright tick: England."
    rows = [made_up.figure("recovery", 40.0, None, None), made_up.figure("recovery", 50.0, None, None)]
    rows = [{**row, "financial_year": year} for row, year in zip(rows, ("2022-23", made_up.YEAR), strict=True)]
    by_year = made_up.pack(rows, synthetic=False).document.charts[0]
    assert by_year.labels[0] == "Diamond: value without limits."
    assert by_year.alt.startswith("Dot plot by year, without limits. Everybody: 40.0% in 2022-23")


def test_a_hidden_end_is_told_as_hidden_and_not_replaced_by_the_next_group() -> None:
    groups = [
        made_up.figure("recovery", value, 1.0, 50.0, category=group, category_order=n, dimension="deprivation")
        for n, (group, value) in enumerate(zip(DECILES, (None, *[40.0] * 9), strict=True), start=1)
    ]
    made = made_up.pack([made_up.figure("recovery", 40.0, 2.0, 50.0), *groups]).document.charts
    found = next(c for c in made if c.anchor.endswith("deprivation"))
    assert "First, Tenth 1 (most deprived): suppressed; last, Tenth 10 (least deprived): 40.0%." in found.alt


def ends(name: str, most: float, least: float, **changes: Any) -> list[dict[str, Any]]:
    last = {"recovery": DECILES[-1], "detention": QUINTILES[-1]}[name]
    place = [(DECILES[0] if name == "recovery" else QUINTILES[0], 1), (last, 10 if name == "recovery" else 5)]
    groups = [
        made_up.figure(name, value, 1.0, 50.0, category=category, category_order=order, dimension="deprivation")
        for value, (category, order) in zip((most, least), place, strict=True)
    ]
    return [made_up.figure(name, 45.0, 1.0, 50.0), *groups]


def test_the_overview_tells_both_ends_of_its_first_and_its_last_row() -> None:
    rows = [*ends("recovery", 40.0, 60.0), *ends("detention", 70.0, 20.0)]
    found = next(c for c in made_up.pack(rows).document.charts if c.anchor == "chart-overview-1")
    assert found.alt == (
        "Dumbbell plot of 2 indicators beside England. Most deprived group higher in 1 and lower in 1. First, Made-up "
        "recovery: 40.0% most deprived, 60.0% least; last, Made-up detention: 70.0 per 100,000 and 20.0 per 100,000."
    )


def test_a_number_of_people_has_no_row_in_the_overview() -> None:
    rows = [{**row, "unit": "count"} for row in ends("recovery", 40.0, 60.0)]
    document = made_up.pack(rows).document
    assert not any(c.anchor.startswith("chart-overview") for c in document.charts)
    assert any(isinstance(b, Table) and b.anchor == "overview" for b in document.blocks)


def test_words_of_the_overview_stand_clear_of_its_marks() -> None:
    found = next(c for c in made_up.pack(ends("recovery", 40.0, 60.0)).document.charts if "overview" in c.anchor)
    words = [float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"', found.svg)]
    ticks = [float(y) for y in re.findall(r'y1="([\d.]+)" x2="[\d.]+" y2="[\d.]+" stroke="#212B32"', found.svg)]
    # Below its line a letter of 12 units reaches down by three.
    assert words and ticks and max(words) + 3 < min(ticks)


@pytest.mark.parametrize("seed", range(4))
def test_no_word_of_a_drawing_runs_over_its_edge(seed: int) -> None:
    count = made_up.row("recovery", value=7.0, unit="count")
    counts = made_up.pack([count, {**count, "financial_year": "2022-23"}]).document.charts
    pattern = re.compile(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="(\w+)" font-size="(\d+)"[^>]*>([^<]*)<')
    for drawn in (*made_up.pack(made_up.rows_of(seed)).document.charts, *counts):
        for x, anchor, size, words in pattern.findall(drawn.svg):
            # Half a unit a letter, as Roboto has it on average.
            width = 0.5 * float(size) * len(words)
            first = float(x) - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            assert first >= 0 and first + width <= svg.WIDTH, words
