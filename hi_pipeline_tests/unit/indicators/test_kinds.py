"""Every kind of figure is a module of its name; published figures and standardised rates do what they say."""

from dataclasses import replace

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES, Dimension
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators import kinds
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.kind import statistics_of
from hi_pipeline.indicators.kinds.dsr import ABSENT, HIDDEN, standard_weight
from hi_pipeline.indicators.kinds.published import WITHOUT_LIMITS
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.stats.standardisation.european import EUROPEAN_STANDARD_POPULATION_2013, european_standard_population
from hi_pipeline_tests.unit.indicators import counts_frames as made

BASE = next(i for i in INDICATORS if i.id == "mha_detention_rate")
HEALTHY_LIFE = next(i for i in INDICATORS if i.id == "hle_birth_female_years")
CARE_GAP = next(i for i in INDICATORS if i.id == "dm_8cp_gap_pp")
PRINTED = replace(BASE, kind=Kind.PUBLISHED, numerator=(), published="printed_rate", dimensions=(Dimension.TOTAL,))
STANDARDISED = replace(BASE, kind=Kind.DSR, dimensions=(Dimension.TOTAL,), unit=Unit.PER_100K, multiplier=100_000)
BANDS = [f"{n} to {n + 4}" for n in range(0, 90, 5)] + ["90 and over"]


def _run(indicator: Indicator, *rows: dict) -> pl.DataFrame:
    counts = made.counts(*(r | {"indicator_id": indicator.id} for r in rows))
    return validate_results(compute_results(indicator, counts, synthetic=True), indicator)


def test_every_kind_is_a_module_and_every_module_a_kind() -> None:
    from pkgutil import iter_modules

    assert {module.name for module in iter_modules(kinds.__path__)} == {kind.value for kind in Kind}
    for kind in Kind:
        assert statistics_of(kind).formula


def _printed(area: dict, value: float | None, lower: float | None, upper: float | None, **extra: object) -> dict:
    facts = {"published_value": value, "published_lower_95": lower, "published_upper_95": upper, "status": "ok"}
    return made.row("total", "All", None, None, **area, **{**facts, "note": "", **extra})


def test_a_published_figure_is_taken_with_its_limits_and_compared() -> None:
    rows = _run(PRINTED, _printed(made.ENGLAND, 80.0, 79.0, 81.0), _printed(made.QNC, 88.3, 84.1, 92.6))
    board = rows.filter(area_type="icb").row(0, named=True)
    assert (board["value"], board["lower_95"], board["upper_95"]) == (88.3, 84.1, 92.6)
    assert (board["method"], board["status"], board["comparison"]) == ("published", "ok", "higher")
    assert board["lower_998"] is None and board["numerator"] is None
    assert rows.height == 2, "nothing is derived from it"


def test_a_published_nought_without_limits_is_a_figure_and_says_so() -> None:
    found = _run(PRINTED, _printed(made.QNC, 0.0, None, None)).row(0, named=True)
    assert (found["value"], found["note"], found["comparison"]) == (0.0, WITHOUT_LIMITS, "not_compared")


def test_a_figure_that_the_publisher_hides_stays_hidden() -> None:
    found = _run(PRINTED, _printed(made.QNC, None, None, None, status="suppressed")).row(0, named=True)
    assert (found["value"], found["status"]) == (None, "suppressed")


def _strata(events: float | None = 3.0, people: float = 1_000.0, **extra: object) -> list[dict]:
    return [
        made.row("age_and_sex", f"{sex}, {band}", events, people, **extra)
        for sex in ("Female", "Male")
        for band in BANDS
    ]


def test_equal_rates_at_all_ages_standardise_to_that_rate() -> None:
    rows = _run(STANDARDISED, made.row("total", "All", 114, 38_000), *_strata())
    found = rows.row(0, named=True)
    assert rows.height == 1, "groups of age and sex are no figures of their own"
    assert found["value"] == pytest.approx(300.0)
    assert (found["method"], found["numerator"]) == ("Dobson", 114)
    assert found["lower_95"] < 300 < found["upper_95"]


def test_the_rate_is_the_weighted_sum_of_the_strata() -> None:
    strata = _strata()
    strata[0] |= {"numerator": 50.0, "numerator_low": 50.0, "numerator_high": 50.0}  # girls of 0 to 4
    found = _run(STANDARDISED, made.row("total", "All", 161, 38_000), *strata).row(0, named=True)
    assert found["value"] == pytest.approx(300.0 + (50 - 3) / 1_000 * 2_500)


def test_a_hidden_stratum_hides_the_rate_and_an_absent_one_is_missing() -> None:
    total = made.row("total", "All", 114, 38_000)
    strata = _strata()
    hidden = [*strata[:-1], made.row("age_and_sex", "Male, 90 and over", None, 1_000)]
    found = _run(STANDARDISED, total, *hidden).row(0, named=True)
    assert (found["value"], found["status"], found["note"]) == (None, "suppressed", HIDDEN)
    absent = _run(STANDARDISED, total, *strata[:-1]).row(0, named=True)
    assert (absent["value"], absent["status"]) == (None, "missing")
    assert "99500" in absent["note"]
    none = _run(STANDARDISED, total).row(0, named=True)
    assert (none["value"], none["status"], none["note"]) == (None, "not_applicable", ABSENT)


def test_few_events_are_too_few_for_a_standardised_rate() -> None:
    strata = _strata(0.0)
    strata[3] |= {"numerator": 9.0, "numerator_low": 9.0, "numerator_high": 9.0}
    found = _run(STANDARDISED, made.row("total", "All", 9, 38_000), *strata).row(0, named=True)
    assert (found["value"], found["status"]) == (None, "too_few")


def test_unknown_age_or_sex_is_in_the_total_and_in_no_stratum() -> None:
    unknown = made.row("age_and_sex", "Unknown", 20, None, status="ok", note="")
    found = _run(STANDARDISED, made.row("total", "All", 134, 38_000), *_strata(), unknown).row(0, named=True)
    assert found["value"] == pytest.approx(300.0)


def test_weights_are_those_of_the_standard() -> None:
    bands = european_standard_population(sexes=["Female", "Male"])
    named = {(r["sex"], r["start_age"]): r["weight"] for r in bands.iter_rows(named=True)}
    for start, _ in EUROPEAN_STANDARD_POPULATION_2013:
        band = "90 and over" if start == 90 else f"{start} to {start + 4}"
        assert standard_weight("Female", band) == named["Female", start]
    assert standard_weight("Male", "85 and over") == (1_500 + 1_000) / 2
    assert standard_weight("Male", "Under 1") + standard_weight("Male", "1 to 4") == 2_500
    assert standard_weight("Other", "0 to 4") == 0
    with pytest.raises(ValueError, match="no age band"):
        standard_weight("Male", "old")


def _deciles(years: list[float], half: float = 1.0) -> list[dict]:
    rows = [
        made.row(
            "deprivation", word, None, 0.1, **made.ENGLAND, status="ok", note="", published_value=value,
            published_lower_95=value - half, published_upper_95=value + half,
        )
        for word, value in zip(DECILES, years, strict=True)
    ]  # fmt: skip
    return [made.row("total", "All", None, None, **made.ENGLAND, status="not_applicable", note="no"), *rows]


def test_the_slope_of_life_expectancy_is_a_straight_line_through_its_years() -> None:
    """Ten deciles of equal weight, two years apart: the line rises 20 years from one end to the other."""
    rows = _run(HEALTHY_LIFE, *_deciles([50 + 2 * n for n in range(10)]))
    by_measure = {r["measure"]: r for r in rows.filter(category="All", status="ok").iter_rows(named=True)}
    slope = by_measure["sii"]
    assert slope["value"] == pytest.approx(20.0) and slope["unit"] == "years"
    # The weights are c = 12 a (b - 1/2) / (1 - sum a^3), a = 1/10; each standard error is 1 / 1.96.
    c = [12 * 0.1 * ((n + 0.5) / 10 - 0.5) / (1 - 10 * 0.1**3) for n in range(10)]
    reach = sum(x * x for x in c) ** 0.5
    assert (slope["lower_95"], slope["upper_95"]) == (pytest.approx(20 - reach), pytest.approx(20 + reach))
    assert by_measure["gap"]["value"] == pytest.approx(18.0)
    assert by_measure["rii"]["value"] == pytest.approx(49 / 69)
    values = rows.filter(measure="value", dimension="deprivation")
    assert set(values["method"]) == {"published"} and values["lower_95"].null_count() == 0


def test_a_decile_without_limits_leaves_no_slope() -> None:
    rows = _deciles([50 + 2 * n for n in range(10)])
    rows[3] |= {"published_lower_95": None, "published_upper_95": None}
    found = _run(HEALTHY_LIFE, *rows).filter(measure="sii").row(0, named=True)
    assert (found["value"], found["status"]) == (None, "suppressed")


def test_a_difference_of_printed_figures_is_the_figure_with_its_limits() -> None:
    facts = {"published_value": 17.0, "published_lower_95": 14.0, "published_upper_95": 20.0, "status": "ok"}
    found = _run(CARE_GAP, made.row("total", "All", None, None, **made.QNC, **facts, note="")).row(0, named=True)
    assert (found["value"], found["lower_95"], found["upper_95"], found["method"]) == (17, 14, 20, "MOVER")
