"""The synthetic England: every board of every footprint is there, and shares add to their totals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of
from hi_pipeline.sample.areas import decile_of, location_of, locations, small_areas
from hi_pipeline.sample.authorities import AUTHORITIES, FORMER_AUTHORITIES
from hi_pipeline.sample.ccgs import CCGS, FORMER_CCGS, STPS
from hi_pipeline.sample.chance import rounded, share_out, share_within
from hi_pipeline.sample.people import population, residents_by_decile, residents_by_group
from hi_pipeline.sample.practices import practices

_WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


@pytest.mark.parametrize("vintage", list(Vintage))
def test_every_board_has_areas_practices_and_people(vintage: Vintage) -> None:
    board_of = {s.ods: s.board[vintage] for s in locations(vintage)}
    everywhere = {board.ons for board in boards_of(vintage)}
    for areas in (small_areas().of_2011, small_areas().of_2021):
        assert {board_of[location_of(lsoa, vintage)] for lsoa in areas} == everywhere
    assert set(residents_by_decile(vintage)) == set(residents_by_group(vintage)) == set(board_of)
    if vintage is not Vintage.APRIL_2026:
        assert {board_of[p.sub_icb] for p in practices()} == everywhere


def test_about_a_twentieth_of_england() -> None:
    assert 310 <= len(practices()) <= 330
    assert 1_640 <= len(small_areas().of_2011) <= 1_700
    assert 1_680 <= len(small_areas().of_2021) <= 1_760


def test_tenths_of_deprivation_are_even() -> None:
    for areas, vintage in ((small_areas().of_2011, "2019"), (small_areas().of_2021, "2025")):
        found = [decile_of(lsoa.rank, vintage) for lsoa in areas]
        assert {found.count(tenth) for tenth in range(1, 11)} <= {len(areas) // 10 + i for i in (-1, 0, 1)}
        assert len({lsoa.rank for lsoa in areas}) == len(areas)


def test_areas_change_in_all_four_ways() -> None:
    kinds = {change.kind for change in small_areas().changes}
    assert kinds == {"U", "S", "M", "X"}
    old, new = ({lsoa.code for lsoa in areas} for areas in (small_areas().of_2011, small_areas().of_2021))
    english = [change for change in small_areas().changes if change.old.startswith("E")]
    assert {change.old for change in english} == old
    assert {change.new for change in english} == new


def test_residents_are_one_number_however_divided() -> None:
    everyone = sum(lsoa.residents for lsoa in small_areas().of_2021)
    for vintage in Vintage:
        assert sum(map(sum, residents_by_group(vintage).values())) == everyone
    people = population("15N", vintage=Vintage.APRIL_2023, year=2021)
    assert sum(people["F"]) + sum(people["M"]) == sum(residents_by_decile(Vintage.APRIL_2023)["15N"])


def test_codes_are_those_of_the_core() -> None:
    of_2022 = {s.ods for s in SUB_ICB_LOCATIONS if Vintage.JULY_2022 in s.board}
    assert {ods for _, _, _, held in AUTHORITIES for ods in held.split()} == of_2022
    assert {ods for ods, _, _ in CCGS} == of_2022
    assert {stp for _, _, stp in CCGS} == {stp for stp, _, _, _ in STPS}
    assert {ods for ods, _ in FORMER_CCGS} <= of_2022
    assert not {code for _, parts in FORMER_CCGS for code, _ in parts} & of_2022
    codes = {code for code, _, _, _ in AUTHORITIES}
    assert {successor for _, _, successor in FORMER_AUTHORITIES} <= codes
    assert not {code for code, _, _ in FORMER_AUTHORITIES} & codes


@given(st.integers(0, 10_000), _WEIGHTS)
def test_shares_add_up(total: int, weights: list[int]) -> None:
    parts = share_out(total, weights)
    assert sum(parts) == (total if sum(weights) else 0)
    assert all(abs(p - total * w / sum(weights)) <= 1 for p, w in zip(parts, weights, strict=True) if sum(weights))


@given(_WEIGHTS, st.data())
def test_shares_keep_to_their_limits(limits: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(limits)))
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(limits), max_size=len(limits)))
    parts = share_within(total, weights, limits)
    assert sum(parts) == total
    assert all(0 <= part <= limit for part, limit in zip(parts, limits, strict=True))


def test_more_than_the_limits_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be shared out"):
        share_within(7, [1, 1], [3, 3])


def test_rounding_as_publishers_do() -> None:
    assert [rounded(n) for n in (0, 2, 3, 7, 8, 12, 13)] == [0, 0, 5, 5, 10, 10, 15]
