"""Denominators held against residents: another age, thousands, rows that slipped, deciles from the other end."""

import polars as pl
import pytest

from hi_pipeline.extracts.contract import DECILE_LABELS, EXTRACTS
from hi_pipeline.extracts.people import DENOMINATORS_CHECKED, BoardPeople, judge_people
from hi_pipeline.extracts.read import tidied, typed
from hi_pipeline.extracts.tables import DECILES_CHECKED
from hi_pipeline_tests.unit.extracts import made

U18 = "emergency_adm_u18_rate"
# 18 single years of 1,000 boys and 1,000 girls: 36,000 under 18, and as many at each age above.
RESIDENTS = pl.DataFrame({"sex": sex, "age": age, "people": 1_000} for sex in ("male", "female") for age in range(91))
DECILES = (9_000.0, 7_000.0, 5_000.0, 4_000.0, 3_000.0, 2_500.0, 2_000.0, 1_500.0, 1_000.0, 1_000.0)
PEOPLE = BoardPeople(said="residents of mid-2024", residents=RESIDENTS, deciles=DECILES)


def _row(denominator: float, decile: str = "", note: str = "made-up counts") -> dict[str, str | None]:
    group = {"imd_decile": decile} if decile else {}
    return made.row(10, round(denominator), indicator_id=U18, source_note=note, **group)


def _by_decile() -> list[tuple[str, float]]:
    return list(zip(DECILE_LABELS, DECILES, strict=True))


def _file(deciles: tuple[float, ...] = DECILES, *, note: str = "made-up counts", times: float = 1) -> list[str]:
    rows = [_row(times * sum(deciles), note=note)]
    rows += [_row(times * held, label, note) for label, held in zip(DECILE_LABELS, deciles, strict=True)]
    return _said(made.frame(rows))


def _said(text: pl.DataFrame, indicator: str = U18, people: BoardPeople = PEOPLE) -> list[str]:
    return [str(found) for found in judge_people(typed(tidied(text)), EXTRACTS[indicator], people)]


@pytest.mark.parametrize("times", [0.55, 1, 1.9])
def test_patients_instead_of_residents_pass(times: float) -> None:
    assert _file(times=times) == []


@pytest.mark.parametrize("times", [0.001, 0.4, 5])
def test_another_age_or_thousands_are_told_with_row_value_and_residents(times: float) -> None:
    (said,) = _file(times=times)
    assert said.startswith(f"row 2, column denominator: '{round(times * 36_000):,}'")
    assert "the 36,000 people of these ages: residents of mid-2024" in said
    assert DENOMINATORS_CHECKED in said
    assert _file(times=times, note=f"SUS, {DENOMINATORS_CHECKED}") == []


def test_a_whole_without_a_total_row_is_judged_by_its_sum() -> None:
    rows = [_row(5 * held, label) for label, held in zip(DECILE_LABELS, DECILES, strict=True)]
    (said,) = _said(made.frame(rows))
    assert "row 2, column denominator: the rows of the table that begins here add up to 180,000" in said
    some = made.frame(rows[:1])
    assert _said(some.with_columns(denominator=pl.lit("9000"))) == [], "a table of one decile alone is no mistake"
    assert "add up to 36, which" in _said(made.frame([_row(h / 1_000, d) for d, h in _by_decile()]))[0]


def test_deciles_from_the_other_end_are_told() -> None:
    (said,) = _file(DECILES[::-1])
    assert "column imd_decile" in said and "deciles 1 and 2 hold 6% of the people" in said
    assert "but 44% and 6% of the board's residents" in said and "11 less the decile" in said
    assert _file(DECILES[::-1], note=DECILES_CHECKED) == []


def test_denominators_that_slipped_by_a_row_are_told() -> None:
    (said,) = _file((*DECILES[1:], DECILES[0]))
    assert "row 12" in said and "decile 10 holds 25.0% of the people, and 2.8% of the board's residents" in said


def test_a_board_alike_at_both_ends_and_one_without_deciles_say_nothing() -> None:
    level = BoardPeople(said="residents", residents=RESIDENTS, deciles=(3_600.0,) * 10)
    rows = made.frame([_row(held, label) for label, held in zip(DECILE_LABELS, DECILES[::-1], strict=True)])
    assert not [line for line in _said(rows, people=level) if "from the least deprived" in line]
    assert _said(rows, people=BoardPeople(said="residents", residents=RESIDENTS)) == []


def test_groups_of_age_and_sex_are_held_against_their_own() -> None:
    table = made.frame(made.strata()).with_columns(denominator=pl.lit("5000"))
    oldest = pl.col("age_band") == "90+"
    table = table.with_columns(denominator=pl.when(oldest).then(pl.lit("1000")).otherwise("denominator"))
    assert _said(table, "act_emergency_dsr") == []
    (said,) = _said(made.put(table, "denominator", "50000", at=4), "act_emergency_dsr")
    assert said.startswith("row 6, column denominator: '50,000' is 10.0 times the 5,000 people of these ages")


def test_shares_and_files_without_denominators_are_not_judged() -> None:
    assert _said(made.filled("covid_uptake_75plus_own_pct"), "covid_uptake_75plus_own_pct") == []
    left_out = made.frame(made.strata()).with_columns(denominator=pl.lit(None, dtype=pl.String))
    assert _said(left_out, "act_emergency_dsr") == []
