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
from hi_pipeline.indicators.kinds.dsr import CRUDE, STANDARDISED_BY_AGE
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.stats import rates
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


def test_value_and_limits_tell_no_more_events_than_the_rounded_count() -> None:
    """The attacker finds the one O whose Byar limits are as lopsided as those that are shown."""
    for true in (11, 12):
        strata = _strata("age_and_sex", events=0, people=20)
        strata[0] |= {"numerator": float(true), "numerator_low": float(true), "numerator_high": float(true)}
        found = _run(EMERGENCY, made.row("total", "All", true, 38_000), *strata, hide=True).row(0, named=True)
        assert (found["numerator"], found["status"]) == (10, "ok")
        lopsided = (found["upper_95"] - found["value"]) / (found["value"] - found["lower_95"])
        assert _likeliest(lopsided) == 10


def _likeliest(lopsided: float) -> int:
    tried = pl.DataFrame({"o": range(8, 40), "n": [1.0] * 32}).with_columns(pl.col("o").cast(pl.Float64))
    limits = rates.crude_rate(tried, events="o", population="n", by=["o"])
    shape = (pl.col("upper_95") - pl.col("value")) / (pl.col("value") - pl.col("lower_95"))
    return int(limits.filter(pl.col("o") >= 10).sort((shape - lopsided).abs())["o"][0])


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
