"""The limits that hi explain gives of figures from boards' own extracts: computed again, or said not to be shown."""

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES, SEXES, Stratum
from hi_pipeline.engine.tracing.arithmetic import TRUE_COUNTS, steps_of
from hi_pipeline.engine.tracing.figure import Figure, Group
from hi_pipeline.engine.tracing.limit_lines import TRUE_EVENTS, limits_of
from hi_pipeline.engine.tracing.lineage import USED
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
