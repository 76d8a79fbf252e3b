"""Years, boards and groups: the words that everything else is keyed by."""

from datetime import date
from pathlib import Path

import pytest

from hi_pipeline.core import financial_year as fy
from hi_pipeline.core import geography as geo
from hi_pipeline.core.area_search import find_boards
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.groups import DECILES, ETHNICITIES, Dimension, age_bounds, category_order
from hi_pipeline.settings import Settings


def test_a_financial_year_runs_from_april_to_march() -> None:
    assert fy.period("2023-24") == (date(2023, 4, 1), date(2024, 3, 31))
    assert fy.label_of_date(date(2026, 1, 31)) == "2025-26"
    assert fy.label_of_date(date(2026, 4, 1)) == "2026-27"
    assert fy.label_of(1999) == "1999-00"
    assert fy.years_between("2018-19", "2020-21") == ("2018-19", "2019-20", "2020-21")


@pytest.mark.parametrize("text", ["2023-25", "2023/24", "2023", "", "23-24", "2023-24 "])
def test_other_texts_are_no_financial_year(text: str) -> None:
    with pytest.raises(SelectionError, match="no financial year"):
        fy.start_year(text)


def test_footprints_hold_42_42_and_36_boards_of_51() -> None:
    assert [len(geo.boards_of(v)) for v in geo.Vintage] == [42, 42, 36]
    assert len(geo.BOARDS) == len({b.ons for b in geo.BOARDS}) == 51
    assert [geo.vintage_of(y) for y in ("2018-19", "2022-23", "2023-24", "2025-26", "2026-27")] == [
        geo.Vintage.JULY_2022,
        geo.Vintage.JULY_2022,
        geo.Vintage.APRIL_2023,
        geo.Vintage.APRIL_2023,
        geo.Vintage.APRIL_2026,
    ]


def test_a_year_stands_on_its_own_footprint_and_on_the_one_in_force() -> None:
    assert [geo.footprints_of(y) for y in ("2018-19", "2023-24", "2026-27")] == [
        (geo.Vintage.JULY_2022, geo.Vintage.APRIL_2026),
        (geo.Vintage.APRIL_2023, geo.Vintage.APRIL_2026),
        (geo.Vintage.APRIL_2026,),
    ]
    assert [len(geo.boards_of_year(y)) for y in ("2018-19", "2025-26", "2026-27")] == [49, 49, 36]
    assert geo.is_valid("E54000066", "2019-20") and not geo.is_valid("E54000026", "2026-27")


def test_boards_of_a_year_are_neighbours() -> None:
    order = [b.ons for b in geo.BOARDS]
    for year in ("2022-23", "2023-24", "2026-27"):
        places = [order.index(b.ons) for b in geo.boards_of_year(year)]
        holes = set(range(min(places), max(places) + 1)) - set(places)
        assert not holes, year


def test_what_became_of_a_sub_icb_location() -> None:
    now = geo.Vintage.APRIL_2026
    assert geo.same_sub_icb("E38000246", geo.Vintage.APRIL_2023) == "E38000264"  # 92A, recoded
    assert geo.same_sub_icb("E38000264", geo.Vintage.JULY_2022) == "E38000246"
    assert geo.same_sub_icb("E38000246", now) is None  # it grew, so it is not the same area
    assert geo.holder_of("E38000246", now) == "E38000267"
    assert geo.holder_of("E38000252", now) is None
    assert geo.heirs_of("E38000252", now) == ("E38000266", "E38000267", "E38000268")
    assert geo.same_sub_icb("E38000220", geo.Vintage.JULY_2022) is None  # the CCG 15E, another area than 15E


def test_every_sub_icb_location_leads_to_the_footprint_in_force() -> None:
    for location in geo.SUB_ICB_LOCATIONS:
        assert geo.holder_of(location.ons, geo.CURRENT) or geo.heirs_of(location.ons, geo.CURRENT), location


def test_what_boards_are_made_of() -> None:
    def within(ons: str) -> dict[str, bool]:
        return {b.ods: whole for b, whole in geo.boards_within(ons, geo.Vintage.APRIL_2023, geo.CURRENT)}

    assert within("E54000071") == {"QRV": True, "QMJ": True}
    assert within("E54000065") == {"QHG": True, "QM7": False, "QUE": True}
    assert within("E54000069") == {"QNQ": False, "QXU": True, "QNX": True}
    assert within("E54000010") == {"QNC": True}


def test_an_ods_code_alone_can_name_two_areas() -> None:
    assert [b.ons for b in find_boards("QRL")] == ["E54000042", "E54000067"]
    assert [b.ons for b in find_boards("qxu")] == ["E54000052", "E54000063"]
    assert not geo.is_valid("E54000052", "2023-24")
    assert geo.is_valid("E54000063", "2023-24")


@pytest.mark.parametrize(
    "text",
    [
        "E54000010",
        "e54000010",
        "QNC",
        "Staffordshire and Stoke-on-Trent",
        "NHS Staffordshire and Stoke-on-Trent Integrated Care Board",
        "staffordshire and stoke-on-trent ICB",
    ],
)
def test_a_board_is_found_by_code_or_name(text: str) -> None:
    assert [b.ons for b in find_boards(text)] == ["E54000010"]


def test_a_board_that_does_not_exist_is_an_error_with_a_hint() -> None:
    with pytest.raises(SelectionError, match="NHS Staffordshire and Stoke-on-Trent"):
        find_boards("Staffordshire")
    with pytest.raises(SelectionError, match="E99999999"):
        geo.board("E99999999")


def test_every_sub_icb_location_belongs_to_a_board_of_its_footprint() -> None:
    for vintage in geo.Vintage:
        members = [s for s in geo.SUB_ICB_LOCATIONS if vintage in s.board]
        assert len(members) == 106
        assert len({s.ods for s in members}) == 106
        assert {s.board[vintage] for s in members} == {b.ons for b in geo.boards_of(vintage)}


def test_regions_are_recoded_in_april_2026() -> None:
    london = geo.region_of("E54000029", geo.Vintage.APRIL_2026)
    assert london.ons[geo.Vintage.JULY_2022] == london.ons[geo.Vintage.APRIL_2026] == "E40000003"
    east = geo.region_of("E54000066", geo.Vintage.APRIL_2026)
    assert (east.ons[geo.Vintage.APRIL_2023], east.ons[geo.Vintage.APRIL_2026]) == ("E40000007", "E40000013")
    with pytest.raises(SelectionError, match="does not exist in footprint"):
        geo.region_of("E54000066", geo.Vintage.JULY_2022)


def test_decile_1_is_the_most_deprived_and_unknown_comes_last() -> None:
    assert [category_order(Dimension.DEPRIVATION, d) for d in DECILES] == list(range(1, 11))
    assert "most" in DECILES[0] and "least" in DECILES[9]
    assert category_order(Dimension.ETHNICITY, "Unknown") == 99
    assert len({category_order(Dimension.ETHNICITY, e) for e in ETHNICITIES}) == 21
    with pytest.raises(ValueError, match="01 Least deprived"):
        category_order(Dimension.DEPRIVATION, "01 Least deprived")


@pytest.mark.parametrize(
    ("band", "bounds"),
    [
        ("Under 16", (0, 15)),
        ("15 and under", (0, 15)),
        ("16 to 17", (16, 17)),
        ("17", (17, 17)),
        ("90 and over", (90, 200)),
    ],
)
def test_age_bands_have_bounds_and_order(band: str, bounds: tuple[int, int]) -> None:
    assert age_bounds(band) == bounds
    assert category_order(Dimension.AGE, band) == bounds[0] + 1


def test_age_and_sex_are_ordered_by_sex_and_then_by_age() -> None:
    words = ["Female, Under 1", "Female, 17", "Female, 90 and over", "Female, Unknown", "Male, Under 1"]
    orders = [category_order(Dimension.AGE_AND_SEX, word) for word in words]
    assert orders == sorted(set(orders))
    for word in ("Female", "17", "Women, 17"):
        with pytest.raises(ValueError, match="sex and age band|no age band|no category"):
            category_order(Dimension.AGE_AND_SEX, word)


def test_an_unknown_age_band_is_an_error() -> None:
    with pytest.raises(ValueError, match="no age band"):
        age_bounds("sixteen to 17")


def test_each_kind_of_source_has_its_own_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path))
    roots = {Settings(source=s).root for s in ("sample", "live", "mirror:somewhere")}
    assert {r.name for r in roots} == {"sample", "live", "mirror"}
    assert [Settings(source=s).synthetic for s in ("sample", "live", "mirror:x")] == [True, False, False]
    with pytest.raises(ValueError, match="expected sample, live, or mirror"):
        Settings(source="mirror:")
