"""Figures of boards' own extracts: rates of groups, repeated events, and what value and limits tell together."""

from dataclasses import replace
from math import sqrt

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES, SEXES, Dimension, Stratum, stratum_of
from hi_pipeline.core.indicator import Attribution, Indicator, Kind
from hi_pipeline.extracts.contract import EXTRACTS, Below
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.kinds.dsr import COARSE, CRUDE, STANDARDISED_BY_AGE
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.tables.disclosure import HIDDEN, ROUNDED, controlled
from hi_pipeline_tests.unit.indicators import counts_frames as made

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
EMERGENCY = BY_ID["act_emergency_dsr"]
BANDS = [f"{n} to {n + 4}" for n in range(0, 90, 5)] + ["90 and over"]
WHITE, ASIAN = "White", "Asian or Asian British"


def _run(indicator: Indicator, *rows: dict, hide: bool = False) -> pl.DataFrame:
    counts = made.counts(*(r | {"indicator_id": indicator.id} for r in rows))
    counts = controlled(counts) if hide else counts
    return validate_results(compute_results(indicator, counts, synthetic=False), indicator)


def _strata(dimension: str, group: str = "", *, events: float, people: float = 1_000.0, each: int = 1) -> list[dict]:
    words = [Stratum(sex=sex, band=band, group=group, events=each).words for sex in SEXES[:2] for band in BANDS]
    return [made.row(dimension, word, events, people) for word in words]


def test_extracts_and_indicators_say_the_same() -> None:
    own = {i.id: i for i in INDICATORS if i.attribution is Attribution.EXTRACT}
    assert set(own) == set(EXTRACTS)
    for name, extract in EXTRACTS.items():
        indicator = own[name]
        assert indicator.controlled == extract.people and not indicator.further
        assert (indicator.kind is Kind.DSR) == extract.standardised
        assert (indicator.kind is Kind.INDEX) == (extract.below is Below.BASELINE)
        assert bool(indicator.denominator) == (extract.below is not Below.NOTHING)
        assert (indicator.kind is Kind.SHARE_GAP) == (extract.below is Below.OTHERS)
        made_of = 0 if indicator.kind is Kind.SHARE_GAP else len(extract.groups)
        assert len(indicator.dimensions) == 1 + made_of


def test_each_group_has_the_rate_of_its_own_strata() -> None:
    plain = replace(EMERGENCY, controlled=False)
    rows = [
        made.row("total", "All", 38 * 6, 76_000),
        made.row("sex", "Female", 19 * 6, 38_000),
        made.row("ethnicity", WHITE, 38 * 2, 38_000),
        made.row("ethnicity", ASIAN, 38 * 4, 38_000),
        made.row("age", "0 to 4", 12, 4_000),
        *_strata("age_and_sex", events=6, people=2_000),
        *_strata("ethnicity_by_age_and_sex", WHITE, events=2),
        *_strata("ethnicity_by_age_and_sex", ASIAN, events=4),
    ]
    found = {row["category"]: row for row in _run(plain, *rows).iter_rows(named=True)}
    assert found["All"]["value"] == pytest.approx(300) and found["Female"]["value"] == pytest.approx(300)
    assert found[WHITE]["value"] == pytest.approx(200) and found[ASIAN]["value"] == pytest.approx(400)
    assert STANDARDISED_BY_AGE in found["Female"]["note"]
    assert found["All"]["figure_low"] is None, "no quotient of its counts"
    assert found["0 to 4"]["figure_low"] == pytest.approx(300)
    assert CRUDE in found["0 to 4"]["note"] and found["0 to 4"]["method"] == "Byar"


def test_people_with_several_events_widen_the_limits() -> None:
    plain = replace(EMERGENCY, controlled=False)
    once = _run(plain, made.row("total", "All", 38 * 6, 38_000), *_strata("age_and_sex", events=6)).row(0, named=True)
    twice = _run(
        plain, made.row("total", "All", 38 * 6, 38_000),
        *_strata("age_and_sex", events=2), *_strata("age_and_sex", events=2, each=2),
    ).row(0, named=True)  # fmt: skip
    assert twice["value"] == pytest.approx(once["value"])
    # V is sum f squared x: 2 + 4 x 2 = 10 of 6.
    wide = (twice["upper_95"] - twice["value"]) / (once["upper_95"] - once["value"])
    assert wide == pytest.approx(sqrt(10 / 6))


def _in_all(*, events: float, people: float, fewest: float) -> dict:
    """Return the rate of as many events in each stratum, one of which has fewer people than the others."""
    strata = _strata("age_and_sex", events=events, people=people)
    strata[0] |= {"denominator": fewest}
    total = made.row("total", "All", 38 * events, 37 * people + fewest)
    return _run(EMERGENCY, total, *strata, hide=True).row(0, named=True)


def test_a_rate_is_rounded_by_what_one_event_adds() -> None:
    """3,500 standard people of each sex are 45 to 54, the heaviest: among 2,000, one event adds 1.75, 4 times is 7."""
    found = _in_all(events=20, people=2_000, fewest=2_000)
    assert (found["value"], found["status"]) == (1_000, "ok") and "rate rounded to 10" in found["note"]
    # 760 events alone leave 7% to either side; strata that weigh unlike make it wider.
    assert 900 < found["lower_95"] < 930 and found["upper_95"] == round(found["upper_95"])
    assert "rate rounded" not in _in_all(events=200, people=20_000, fewest=20_000)["note"]


def test_a_rate_is_not_shown_where_one_event_would_move_it_too_far() -> None:
    """2,500 standard women are 0 to 4: among 20, one event adds 125: 76 events are too few for that."""
    found = _in_all(events=2, people=2_000, fewest=20)
    assert (found["status"], found["value"], found["lower_95"]) == ("too_few", None, None)
    assert COARSE in found["note"] and found["numerator"] == 75


def test_what_is_controlled_is_hidden_rounded_and_says_so() -> None:
    rows = [
        made.row("total", "All", 114, 38_000),
        made.row("sex", "Female", 4, 19_003), made.row("sex", "Male", 110, 18_997),
        *_strata("age_and_sex", events=3),
    ]  # fmt: skip
    found = {row["category"]: row for row in _run(EMERGENCY, *rows, hide=True).iter_rows(named=True)}
    for sex in ("Female", "Male"):
        assert (found[sex]["status"], found[sex]["value"], found[sex]["numerator"]) == ("suppressed", None, None)
        assert found[sex]["numerator_high"] is None and HIDDEN in found[sex]["note"]
    assert (found["All"]["numerator"], found["All"]["numerator_low"], found["All"]["numerator_high"]) == (115, 113, 117)
    assert found["All"]["value"] == 300 and ROUNDED in found["All"]["note"]


def test_a_crude_rate_is_made_from_the_rounded_counts() -> None:
    under_18 = BY_ID["emergency_adm_u18_rate"]
    rows = [
        made.row("total", "All", 32, 4_002),
        made.row("sex", "Female", 21, 2_001),
        made.row("sex", "Male", 11, 2_001),
    ]
    found = _run(under_18, *rows, hide=True).filter(measure="value")
    assert (found["value"] - 1_000 * found["numerator"] / found["denominator"]).abs().max() < 1e-9
    assert set(found["numerator"]) == {30, 20, 10}


def test_the_share_of_unknown_groups_is_of_shown_counts() -> None:
    nobody = {"status": "not_applicable", "note": "none"}
    women = made.row("sex", "Female", 50, 9_000)
    hidden = [made.row("total", "All", 53, 9_000), women, made.row("sex", "Unknown", 3, None, **nobody)]
    found = _run(BY_ID["emergency_adm_u18_rate"], *hidden, hide=True)
    assert set(found.filter(dimension="sex")["unknown_share"].to_list()) == {None}
    shown = [made.row("total", "All", 80, 9_000), women, made.row("sex", "Unknown", 21, None, **nobody)]
    found = _run(BY_ID["emergency_adm_u18_rate"], *shown, hide=True)
    assert set(found.filter(dimension="sex")["unknown_share"].to_list()) == {0.25}


def test_a_count_against_the_year_before_the_pandemic() -> None:
    index = replace(BY_ID["elective_vs_prepandemic_adult"], controlled=False)
    found = _run(index, made.row("total", "All", 900, 1_000)).row(0, named=True)
    assert found["value"] == pytest.approx(90)
    assert found["upper_95"] / found["value"] == pytest.approx(2.718281828 ** (1.959963985 * sqrt(1 / 900 + 1 / 1_000)))
    assert (found["method"], found["unit"]) == ("log", "percent")
    few = _run(index, made.row("total", "All", 0, 1_000)).row(0, named=True)
    assert few["status"] == "too_few"


def _deciles(counts: list[tuple[int, int]]) -> list[dict]:
    total = [made.row("total", "All", sum(x for x, _ in counts), sum(n for _, n in counts))]
    return total + [made.row("deprivation", word, x, n) for word, (x, n) in zip(DECILES, counts, strict=True)]


def test_the_share_of_referrals_less_the_share_of_people() -> None:
    """40 of 120 referrals and 2,000 of 10,000 people are of deciles 1 and 2."""
    gap = BY_ID["ndpp_referral_share_gap_pp"]
    counts = [(20, 1_000)] * 2 + [(10, 1_000)] * 8
    (plain,) = _run(replace(gap, controlled=False), *_deciles(counts)).iter_rows(named=True)
    assert plain["value"] == pytest.approx(100 * (40 / 120 - 2_000 / 10_000)) and plain["unit"] == "pp"
    assert plain["method"] == "Newcombe" and plain["lower_95"] < plain["value"] < plain["upper_95"]
    assert plain["figure_low"] is None
    (shown,) = _run(gap, *_deciles(counts), hide=True).iter_rows(named=True)
    assert shown["value"] == pytest.approx(plain["value"]), "these counts are multiples of 5"
    assert shown["lower_95"] < plain["lower_95"] and shown["upper_95"] > plain["upper_95"]
    (hidden,) = _run(gap, *_deciles([(4, 1_000), *counts[1:]]), hide=True).iter_rows(named=True)
    assert (hidden["value"], hidden["status"]) == (None, "suppressed")


def test_sites_are_no_people() -> None:
    found = _run(BY_ID["tobacco_acute_sites_pct"], made.row("total", "All", 3, 4)).row(0, named=True)
    assert (found["value"], found["numerator"]) == (75, 3)


def test_the_words_of_strata_lead_back_to_them() -> None:
    for stratum in (
        Stratum(sex="Male", band="15 to 17"),
        Stratum(sex="Male", band="15 to 17", events=3),
        Stratum(sex="Female", band="90 and over", group="White: Irish", events=2),
    ):
        dimension = Dimension.ETHNICITY_STRATA if stratum.group else Dimension.AGE_AND_SEX
        assert stratum_of(dimension, stratum.words) == stratum
    with pytest.raises(ValueError, match="no sex and age band"):
        stratum_of(Dimension.ETHNICITY_STRATA, "Female, 0 to 4")


def test_a_gap_without_an_end_says_that_the_pipeline_hides_it() -> None:
    counts = [3, 9, *(40 for _ in DECILES[2:])]
    rows = [made.row("total", "All", sum(counts), 90_000)]
    rows += [
        made.row("deprivation", decile, n, 9_000, category_order=rank)
        for rank, (decile, n) in enumerate(zip(DECILES, counts, strict=True), start=1)
    ]
    found = _run(BY_ID["emergency_adm_u18_rate"], *rows, hide=True)
    gap, slope = (found.filter(measure=name).row(0, named=True) for name in ("gap", "sii"))
    assert (gap["status"], gap["value"]) == ("suppressed", None)
    assert "decile 1 (most deprived) has no figure (hidden by the pipeline)" in gap["note"]
    assert slope["status"] == "suppressed" and "publisher" not in slope["note"]
