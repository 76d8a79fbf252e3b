"""The table of pace: changes, the rest, verdicts, and why there is none."""

import polars as pl
import pytest

from hi_pipeline.core.beside import PACE
from hi_pipeline.core.groups import DECILES
from hi_pipeline.indicators.over_time.pace import ALONE, BREAK, FEW, NO_EARLIER, NO_VINTAGE, pace_rows
from hi_pipeline.indicators.values import MIXES_AGE
from hi_pipeline_tests.unit.indicators.over_time import spans


def paced(*rows: dict, indicator: str = "tt_recovery_pct") -> pl.DataFrame:
    return pace_rows(spans.results(*rows, indicator=indicator), spans.BY_ID)


def two_years(one: list[dict], two: list[dict]) -> pl.DataFrame:
    return paced(*one, *two)


def test_a_group_that_improves_more_is_faster_and_the_other_slower() -> None:
    found = two_years(spans.sexes("2022-23", 4000, 5000), spans.sexes("2023-24", 5000, 5000))
    assert dict(found.schema) == {name: kind for name, kind in PACE.items()}
    assert found.select("category", "change", "rest_change", "pace", "verdict").rows() == [
        ("Female", pytest.approx(1.25), pytest.approx(1.0), pytest.approx(1.25), "faster"),
        ("Male", pytest.approx(1.0), pytest.approx(1.25), pytest.approx(0.8), "slower"),
    ]
    assert found["p_one_sided"].to_list() == [pytest.approx(1), pytest.approx(0, abs=1e-6)]


def test_of_a_waiting_list_the_one_that_shrinks_is_faster() -> None:
    rows = spans.sexes("2022-23", 4000, 5000) + spans.sexes("2023-24", 5000, 5000)
    rows = [{**r, "denominator": None, "source_releases": "wlmds:a"} for r in rows]
    found = paced(*rows, indicator="wl_total")
    assert dict(found.select("category", "verdict").rows()) == {"Female": "slower", "Male": "faster"}


def test_without_a_better_direction_it_rose_more_or_less() -> None:
    rows = spans.sexes("2022-23", 4000, 5000) + spans.sexes("2023-24", 5000, 5000)
    rows = [{**r, "denominator": 1e6, "source_releases": "mental_health_act:a"} for r in rows]
    found = paced(*rows, indicator="mha_detention_rate")
    assert dict(found.select("category", "verdict").rows()) == {"Female": "rose_more", "Male": "rose_less"}


def test_everybody_only_rises_or_falls() -> None:
    found = paced(spans.total("2022-23", 4000), spans.total("2023-24", 5000)).row(0, named=True)
    assert (found["verdict"], found["change"], found["pace"], found["p_one_sided"]) == ("rise", 1.25, None, None)


def deciles(year: str, most: float, least: float) -> list[dict]:
    step = (least - most) / 9
    return [
        spans.row(year, "deprivation", words, round(most + step * i), 10_000, imd_vintage=None)
        for i, words in enumerate(DECILES)
    ]


@pytest.mark.parametrize(
    ("start", "end", "gap", "ratio"),
    [
        ((4000, 5000), (4600, 5000), "narrowed", "narrowed"),
        ((4000, 5000), (3500, 5000), "widened", "widened"),
        ((4000, 5000), (5500, 5000), "reversed", "reversed"),
        ((4000, 5000), (4010, 5000), "cannot_tell", "cannot_tell"),
    ],
)
def test_measures_narrow_widen_or_reverse(start: tuple, end: tuple, gap: str, ratio: str) -> None:
    found = paced(*deciles("2022-23", *start), *deciles("2023-24", *end))
    words = dict(found.filter(pl.col("measure") != "value").select("measure", "verdict").rows())
    assert words == {"gap": gap, "sii": gap, "ratio": ratio, "rii": ratio}
    assert set(found.filter(measure="gap")["change_scale"]) == {"difference"}
    assert set(found.filter(measure="ratio")["change_scale"]) == {"ratio"}
    assert all(NO_VINTAGE in note for note in found["note"])


def test_the_one_sided_test_of_no_increase() -> None:
    """At least as much in the most deprived as in the least is a gap that does not rise."""
    found = paced(*deciles("2022-23", 4000, 5000), *deciles("2023-24", 3500, 5000)).filter(measure="gap")
    assert found["change"].to_list() == [pytest.approx(5.0)] and found["p_one_sided"][0] < 0.001
    turned = paced(*deciles("2022-23", 3500, 5000), *deciles("2023-24", 4000, 5000)).filter(measure="gap")
    assert turned["p_one_sided"][0] > 0.999


def test_over_a_break_there_is_no_verdict() -> None:
    rows = [spans.total("2022-23", 4000, coverage=0.5), spans.total("2023-24", 5000)]
    found = paced(*rows).row(0, named=True)
    assert (found["status"], found["verdict"], found["change"]) == ("not_applicable", None, None)
    assert found["note"].startswith(BREAK)
    # The figures themselves stand there all the same.
    assert (found["start_value"], found["value"]) == (40.0, 50.0)


def test_hidden_figures_and_absent_ones_say_so() -> None:
    rows = [spans.total("2022-23", 4000), spans.total("2023-24", 5000), *spans.sexes("2023-24", None, 5000)]
    rows += [spans.row("2022-23", "sex", "Male", None, 10_000)]
    found = {r["category"]: r for r in paced(*rows).filter(dimension="sex").iter_rows(named=True)}
    assert (found["Female"]["status"], found["Male"]["status"]) == ("suppressed", "suppressed")
    alone = [spans.total("2022-23", 4000), spans.total("2023-24", 5000), spans.row("2023-24", "sex", "Male", 5, 10)]
    (row,) = paced(*alone).filter(dimension="sex").iter_rows(named=True)
    assert (row["status"], row["note"], row["verdict"]) == ("not_published", NO_EARLIER, None)


def test_no_note_calls_a_year_further_back_the_year_before() -> None:
    """Of three calendar years together the earlier year is three back."""
    alone = [spans.total("2020-21", 4000), spans.total("2023-24", 5000), spans.row("2023-24", "sex", "Male", 5, 10)]
    (row,) = paced(*alone).filter(dimension="sex").iter_rows(named=True)
    assert (row["start_year"], row["note"]) == ("2020-21", "no such figure in the earlier year")
    broken = paced(spans.total("2020-21", 4000, coverage=0.5), spans.total("2023-24", 5000)).row(0, named=True)
    assert broken["note"].startswith("not compared with the earlier year: ")


def test_a_group_without_others_has_a_change_and_no_pace() -> None:
    rows = [spans.row(y, "sex", "Male", n, 10_000) for y, n in (("2022-23", 4000), ("2023-24", 5000))]
    (row,) = paced(*rows).iter_rows(named=True)
    assert (row["status"], row["change"], row["pace"], row["verdict"], row["note"]) == ("ok", 1.25, None, None, ALONE)


@pytest.mark.parametrize(("count", "status"), [(95, "too_few"), (100, "ok")])
def test_rounding_does_not_decide_a_small_count(count: int, status: str) -> None:
    fives = {"numerator_low": count - 2, "numerator_high": count + 2}
    rows = [
        spans.row(y, "sex", sex, n, None, source_releases="wlmds:a", **(fives if n == count else {}))
        for y in ("2022-23", "2023-24")
        for sex, n in (("Female", count), ("Male", 5000))
    ]
    (row,) = paced(*rows, indicator="wl_total").filter(category="Female").iter_rows(named=True)
    assert row["status"] == status and (row["note"] == FEW) == (status == "too_few")


def test_gaps_that_mix_age_say_so() -> None:
    fifths = ["Quintile 1 (most deprived)", "Quintile 2", "Quintile 3", "Quintile 4", "Quintile 5 (least deprived)"]
    rows = [
        spans.row(
            year,
            "deprivation",
            words,
            1000 + 10 * i,
            10_000,
            units=30,
            between_variance=10_000.0,
            source_releases="qof:a",
        )
        for year in ("2021-22", "2022-23")
        for i, words in enumerate(fifths)
    ]
    found = paced(*rows, indicator="hypertension_prevalence_pct")
    assert {m: note == MIXES_AGE for m, note in found.select("measure", "note").rows()} == {
        "value": False, "gap": True, "ratio": True, "sii": True, "rii": True,
    }  # fmt: skip


def test_a_breakdown_looks_back_to_its_own_last_year() -> None:
    """A year in which only a breakdown has figures is no end of a change of the total."""
    hidden = spans.total("2022-23", None, status="suppressed")
    by_sex = (
        spans.sexes("2021-22", 4000, 5000) + spans.sexes("2022-23", 4500, 5000) + spans.sexes("2023-24", 5000, 5000)
    )
    found = paced(spans.total("2021-22", 4000), hidden, spans.total("2023-24", 5000), *by_sex)
    last = found.filter(financial_year="2023-24")
    assert dict(last.select("category", "start_year").rows()) == {
        "All": "2021-22", "Female": "2022-23", "Male": "2022-23",
    }  # fmt: skip
    assert last.filter(category="All")["verdict"].item() == "rise"
