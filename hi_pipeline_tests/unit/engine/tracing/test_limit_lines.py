"""The limits that hi explain gives of figures from boards' own extracts: computed again, or said not to be shown."""

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES, SEXES, Stratum
from hi_pipeline.engine.tracing.arithmetic import TRUE_COUNTS, steps_of
from hi_pipeline.engine.tracing.figure import Figure, Group
from hi_pipeline.engine.tracing.limit_lines import limits_of
from hi_pipeline.engine.tracing.limits_of_counts import TRUE_EVENTS
from hi_pipeline.engine.tracing.lineage import SIDES, USED
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.tables.disclosure import controlled
from hi_pipeline_tests.unit.indicators import counts_frames as made

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
BANDS = [f"{n} to {n + 4}" for n in range(0, 90, 5)] + ["90 and over"]
NAMES = {"lower_95", "upper_95", "lower_998", "upper_998"}


def _figure(name: str, *rows: dict, groups: str = "total", of: str = "total") -> Figure:
    """Return the figure of one group, with the controlled counts of a dimension behind it."""
    counts = controlled(made.counts(*(row | {"indicator_id": name} for row in rows)))
    results = compute_results(BY_ID[name], counts, synthetic=False)
    row = results.filter(dimension=of, measure="value").row(0, named=True)
    behind = counts.filter(dimension=groups).sort("category_order").rows(named=True)
    used = pl.DataFrame(schema=USED)
    return Figure(
        indicator=BY_ID[name], row=row, groups=tuple(Group(result=row, count=c, used=used, apart="") for c in behind)
    )


@pytest.mark.parametrize(("now", "before"), [(903, 1_001), (12, 2_000), (10, 8)])
def test_a_count_against_an_earlier_year(now: int, before: int) -> None:
    figure = _figure("elective_vs_prepandemic_adult", made.row("total", "All", now, before))
    limits = limits_of(figure)
    assert set(limits.made) == NAMES and limits.apart(figure.row) == []
    assert len(limits.lines) == 5, "three readings of rounded counts, the way, the limits"
    assert steps_of(figure).agrees(figure.row["value"])
    assert limits.apart(figure.row | {"upper_998": 1.0}) == ["upper_998"]


@pytest.mark.parametrize("first", [(21, 1_003), (9, 1_003), (500, 8)])
def test_a_gap_of_two_shares(first: tuple[int, int]) -> None:
    counts = [first] * 2 + [(11, 1_004)] * 8
    rows = [made.row("deprivation", word, x, n) for word, (x, n) in zip(DECILES, counts, strict=True)]
    total = made.row("total", "All", sum(x for x, _ in counts), sum(n for _, n in counts))
    figure = _figure("ndpp_referral_share_gap_pp", total, *rows, groups="deprivation")
    limits = limits_of(figure)
    assert set(limits.made) == NAMES and limits.apart(figure.row) == []
    assert steps_of(figure).agrees(figure.row["value"])


def test_a_rate_from_true_counts_is_not_computed_again_and_says_so() -> None:
    words = [Stratum(sex=sex, band=band).words for sex in SEXES[:2] for band in BANDS]
    strata = [made.row("age_and_sex", word, 3, 1_000) for word in words]
    age = made.row("age", "0 to 4", 12, 4_000)
    figure = _figure("act_emergency_dsr", made.row("total", "All", 114, 38_000), age, *strata)
    assert (steps_of(figure).lines, limits_of(figure).lines[0]) == ([TRUE_COUNTS], TRUE_EVENTS)
    assert limits_of(figure).made == {}
    crude = _figure("act_emergency_dsr", made.row("total", "All", 114, 38_000), age, *strata, groups="age", of="age")
    assert set(limits_of(crude).made) == NAMES and limits_of(crude).apart(crude.row) == []
    assert steps_of(crude).agrees(crude.row["value"])


def test_a_slope_through_years_is_computed_again_as_a_straight_line() -> None:
    name = "hle_birth_male_years"
    facts = {"status": "ok", "note": ""}
    rows = [
        made.row("deprivation", word, None, 0.1, **made.ENGLAND, **facts, published_value=51.0 + 1.7 * n + n % 3,
                 published_lower_95=49.5 + 1.7 * n + n % 3, published_upper_95=52.6 + 1.7 * n + n % 3)
        for n, word in enumerate(DECILES)
    ]  # fmt: skip
    counts = made.counts(*(row | {"indicator_id": name} for row in rows))
    results = compute_results(BY_ID[name], counts, synthetic=False)
    values = {r["category"]: r for r in results.filter(measure="value").iter_rows(named=True)}
    used = pl.DataFrame(schema=USED)
    ordered = counts.sort("category_order").iter_rows(named=True)
    groups = tuple(Group(result=values[c["category"]], count=c, used=used, apart="") for c in ordered)
    for measure in ("sii", "rii"):
        row = results.filter(measure=measure).row(0, named=True)
        figure = Figure(indicator=BY_ID[name], row=row, groups=groups)
        assert steps_of(figure).agrees(row["value"]), measure
        limits = limits_of(figure)
        assert set(limits.made) == NAMES and limits.apart(row) == []


def test_one_printed_figure_less_another_shows_both() -> None:
    name = "dm_8cp_gap_pp"
    printed = {"value_92873": (55.0, 54.0, 56.0), "value_92872": (38.0, 35.0, 41.0)}
    rows = [
        dict.fromkeys(USED) | {"side": side, "figure": f"fingertips/{n}", "measure": measure, "value": v,
                               "lower_95": low, "upper_95": high}
        for n, (side, (measure, (v, low, high))) in enumerate(zip(SIDES[3:], printed.items(), strict=True))
    ]  # fmt: skip
    facts = {"published_value": 17.0, "published_lower_95": 17 - 10**0.5, "published_upper_95": 17 + 10**0.5}
    counts = made.counts(made.row("total", "All", None, None, **facts, status="ok", note="") | {"indicator_id": name})
    row = compute_results(BY_ID[name], counts, synthetic=False).row(0, named=True)
    used = pl.DataFrame(rows, schema=USED)
    group = Group(result=row, count=counts.row(0, named=True), used=used, apart="")
    figure = Figure(indicator=BY_ID[name], row=row, groups=(group,))
    assert steps_of(figure).agrees(row["value"])
    assert limits_of(figure).apart(row) == [] and set(limits_of(figure).made) == {"lower_95", "upper_95"}
    bare = Figure(
        indicator=BY_ID[name], row=row, groups=(Group(result=row, count=group.count, used=used[:1], apart=""),)
    )
    assert steps_of(bare).value is None and limits_of(bare).made == {}
