"""What is typed, and the areas that it means; what became of a board."""

import pytest

from hi_pipeline.core.area_search import (
    codes_of,
    find_areas,
    find_boards,
    find_each,
    predecessors,
    successors,
    when,
)
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import BOARDS, CURRENT, NHS_REGIONS, Vintage, board


@pytest.mark.parametrize(
    "text",
    [
        "Staffordshire & Stoke on Trent",
        "staffordshire, and stoke-on-trent",
        "NHS Staffordshire and Stoke-on-Trent Integrated Care Board",
        "QNC",
        "e54000010",
        "05Q",
        "E38000153",
        "Staffordshire and Stoke-on-Trent Integrated Care System",
    ],
)
def test_a_board_by_any_way_of_writing_it(text: str) -> None:
    assert [b.ons for b in find_boards(text)] == ["E54000010"]


def test_a_sub_icb_location_answers_with_its_board() -> None:
    found = find_areas("05q")
    assert [set(a.codes.values()) for a in found.areas] == [{"E54000010"}]
    assert "05q is a sub-ICB location of NHS Staffordshire and Stoke-on-Trent Integrated Care Board" in found.note
    assert [b.ons for b in find_boards("D4U1Y")] == ["E54000034"]


@pytest.mark.parametrize(
    ("text", "kind", "codes"),
    [
        ("England", "england", {"E92000001"}),
        ("e92000001", "england", {"E92000001"}),
        ("midlands", "region", {"E40000011"}),
        ("Midlands region", "region", {"E40000011"}),
        ("Y61", "region", {"E40000007", "E40000013"}),
        ("East of England", "region", {"E40000007", "E40000013"}),
    ],
)
def test_england_and_the_regions(text: str, kind: str, codes: set[str]) -> None:
    (area,) = find_areas(text).areas
    assert area.area_type == kind
    assert set(area.codes.values()) == codes


def test_an_area_that_several_texts_mean_stands_once() -> None:
    found = find_each(["QNC", "05Q", "e54000010", "QNC", "Sussex", "England"])
    assert list(found) == ["QNC", "Sussex", "England"]
    assert codes_of(area for each in found.values() for area in each.areas)[0] == "E54000010"


def test_a_region_means_its_boards_and_england_all() -> None:
    assert find_boards("England") == BOARDS
    midlands = find_boards("Midlands")
    assert board("E54000010") in midlands
    assert {b.region_ods for b in midlands} == {"Y60"}
    assert sum(len(find_boards(region.name)) for region in NHS_REGIONS) == len(BOARDS)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Stafordshire and Stoke on Trent", "do you mean NHS Staffordshire and Stoke-on-Trent"),
        ("QNK", "QNC (NHS Staffordshire"),
        ("Midland", "do you mean Midlands"),
        ("Stafordshire", "NHS Staffordshire and Stoke-on-Trent"),
        ("Manchestr", "do you mean NHS Greater Manchester"),
        ("Staffs", "do you mean NHS Staffordshire"),
        ("05QQ", "do you mean 05Q (a sub-ICB location)"),
        ("Atlantis", "hi list boards shows all"),
        ("", "hi list boards shows all"),
    ],
)
def test_a_near_miss_gets_a_suggestion(text: str, hint: str) -> None:
    with pytest.raises(SelectionError) as caught:
        find_areas(text)
    assert hint in str(caught.value)


def test_an_ended_board_names_its_successors() -> None:
    assert {b.ons for b in successors(board("E54000034"))} == {"E54000067", "E54000069", "E54000070"}
    assert [b.ons for b in successors(board("E54000042"))] == ["E54000067"]
    assert {b.ons for b in predecessors(board("E54000071"))} == {"E54000027", "E54000028"}
    assert [b.ons for b in predecessors(board("E54000063"))] == ["E54000052"]
    assert when(board("E54000044")) == "to 2025-26, then NHS Thames Valley Integrated Care Board (E54000070)"
    assert when(board("E54000010")) == "throughout"
    assert when(board("E54000052")) == (
        "to 2022-23, then NHS Surrey Heartlands Integrated Care Board (E54000063), "
        "now NHS Surrey and Sussex Integrated Care Board (E54000069)"
    )
    for each in BOARDS:
        assert bool(successors(each)) is (CURRENT not in each.vintages)
        assert bool(predecessors(each)) is (Vintage.JULY_2022 not in each.vintages)
