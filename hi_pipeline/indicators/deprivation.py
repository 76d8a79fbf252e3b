"""Measures of inequality by deprivation: gap, ratio, slope index and relative index of every area.

Signs: the gap and the slope index are turned by polarity, so that positive means worse for the most deprived
(with a neutral indicator: higher among them). The ratio and the relative index are the most deprived over the
least deprived, whatever the polarity. ``stats`` returns slopes in rising rank, rank 1 the most deprived.
"""

import polars as pl

from hi_pipeline.core.groups import DECILES, QUINTILES, UNKNOWN
from hi_pipeline.core.indicator import Indicator, Polarity
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Measure, Method, Status
from hi_pipeline.indicators.kind import statistics_of
from hi_pipeline.indicators.limits import LIMITS
from hi_pipeline.indicators.values import MIXES_AGE
from hi_pipeline.stats.clusters import FEWEST_UNITS
from hi_pipeline.stats.inequality.ends import absolute_gap, end_ratio
from hi_pipeline.stats.inequality.slope import relative_index, slope_index

MEASURES = (Measure.GAP, Measure.RATIO, Measure.SII, Measure.RII)
_SLOPES = (Measure.SII, Measure.RII)
# Not words of status: a group with a figure of its own, from too few practices to bear limits; one that is hidden
# by the pipeline and no publisher.
FEW_UNITS = "few_units"
CONTROLLED = "hidden_on_the_way_out"
_REASONS = {
    CONTROLLED: " (hidden by the pipeline)",
    FEW_UNITS: f" with limits (fewer than {FEWEST_UNITS} practices)",
    Status.SUPPRESSED.value: " (hidden by the publisher)",
    Status.TOO_FEW.value: " (too few to compute)",
    Status.MISSING.value: " (missing in the publication)",
    Status.NOT_PUBLISHED.value: " (not published)",
}


def deprivation_rows(indicator: Indicator, values: pl.DataFrame, *, area: list[str]) -> pl.DataFrame:
    """Compute the four measures for every area that has rows by deprivation.

    Args:
        indicator: the declaration; ``deprivation_groups`` says how many groups must be there.
        values: value rows (see ``values.value_rows``) of dimension deprivation, areas only.
        area: columns that name an area.

    Returns:
        One row an area and measure: the area columns, measure, value, limits, status, note, method. Where a group
        that is needed has no figure, the status says so and the note names the groups.
    """
    words = DECILES if indicator.deprivation_groups == len(DECILES) else QUINTILES
    rows = values.filter(pl.col("category") != UNKNOWN)
    areas = rows.select(area).unique(maintain_order=True).sort(area, nulls_last=True).with_row_index("row")
    if areas.is_empty():
        return areas.drop("row")
    wanted = areas.join(
        pl.DataFrame({"category": words, "rank": range(1, len(words) + 1)}, schema_overrides={"rank": pl.Int32}),
        how="cross",
    )
    ladder = wanted.join(rows, on=[*area, "category"], how="left", nulls_equal=True, validate="1:1").sort("row", "rank")
    ladder = ladder.with_columns(
        status=pl.when(pl.col("status").is_null())
        .then(pl.lit(Status.MISSING.value))
        .when((pl.col("status") == "ok") & (pl.col("method") == Method.PUBLISHED.value) & pl.col("lower_95").is_null())
        .then(pl.lit(Status.SUPPRESSED.value))
        .when((pl.col("status") == "ok") & (pl.col("units") < FEWEST_UNITS) & pl.col("between_variance").is_not_null())
        .then(pl.lit(FEW_UNITS))
        .otherwise("status")
    )
    if indicator.controlled:
        # Not for the publisher's sake: the pipeline hides the counts of a board's own records itself.
        ladder = ladder.with_columns(status=pl.col("status").replace({Status.SUPPRESSED.value: CONTROLLED}))
    parts = [_one(indicator, ladder, measure) for measure in MEASURES]
    return areas.join(pl.concat(parts), on="row", how="inner", validate="1:m").drop("row")


def _one(indicator: Indicator, ladder: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """Compute one measure where its groups are whole and give the reason where they are not."""
    top = indicator.deprivation_groups
    needed = ladder if measure in _SLOPES else ladder.filter(pl.col("rank").is_in([1, top]))
    gaps = _gaps(needed)
    whole = needed.join(gaps, on="row", how="anti")
    compute = _slope if measure in _SLOPES else _ends
    figures = compute(indicator, whole, measure)
    shape = ["row", "value", *LIMITS, "status", "note", "method"]
    return pl.concat([figures.select(shape), _without(gaps).select(shape)]).with_columns(measure=pl.lit(measure.value))


def _gaps(needed: pl.DataFrame) -> pl.DataFrame:
    """Give the areas where a needed group has no figure: the first reason by rank, and all such groups."""
    groups = pl.col("category").str.to_lowercase()
    alone, every = pl.len() == 1, pl.len() == needed["rank"].n_unique()
    words = pl.concat_str(
        pl.when(alone)
        .then(groups.first() + " has no figure")
        .when(every & (pl.len() > 2))
        .then(pl.lit("no ") + groups.first().str.extract(r"^(\w+)") + " has a figure")
        .otherwise(groups.str.join(", ") + " have no figure"),
        pl.col("status").replace_strict(_REASONS, default="", return_dtype=pl.String).first(),
    )
    bare = needed.filter((pl.col("status") != "ok") | (pl.col("denominator").is_null()))
    by_reason = bare.group_by("row", "status", maintain_order=True).agg(words=words, first=pl.col("rank").min())
    return by_reason.group_by("row", maintain_order=True).agg(
        status=pl.col("status").sort_by("first").first(),
        note=pl.concat_str(pl.lit("not computed: "), pl.col("words").sort_by("first").str.join("; ")).first(),
    )


def _without(gaps: pl.DataFrame) -> pl.DataFrame:
    nothing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", *LIMITS)]
    ok_but_bare = pl.col("status") == "ok"
    return gaps.with_columns(
        *nothing,
        method=pl.lit(Method.NONE.value),
        status=pl.when(ok_but_bare)
        .then(pl.lit(Status.NOT_APPLICABLE.value))
        .when(pl.col("status") == FEW_UNITS)
        .then(pl.lit(Status.TOO_FEW.value))
        .when(pl.col("status") == CONTROLLED)
        .then(pl.lit(Status.SUPPRESSED.value))
        .otherwise("status"),
    )


def _ends(indicator: Indicator, whole: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """Gap and ratio of the two ends, from their figures and limits."""
    call = end_ratio if measure is Measure.RATIO else absolute_gap
    raw = call(whole, rank="rank", value="value", lower="lower_95", upper="upper_95", by=["row"])
    if measure is Measure.RATIO:
        raw = _inverted(raw)
    elif indicator.polarity is not Polarity.HIGHER_IS_BETTER:
        raw = _negated(raw)
    return raw.with_columns(note=_meaning(indicator, measure, pl.col("note")))


def _slope(indicator: Indicator, whole: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    """Slope and relative index over all groups, ridits from the area's own denominators."""
    kind = statistics_of(indicator.kind).scale
    scale = indicator.multiplier if kind == "proportion" else 1.0
    table = whole.select("row", "rank", "denominator", *(pl.col(c) / scale for c in ("value", "lower_95", "upper_95")))
    call = slope_index if measure is Measure.SII else relative_index
    raw = call(
        table,
        rank="rank",
        population="denominator",
        value="value",
        lower="lower_95",
        upper="upper_95",
        by=["row"],
        kind=kind,
        multiplier=scale,
    )
    if measure is Measure.RII:
        raw = _inverted(raw)
    elif indicator.polarity is not Polarity.HIGHER_IS_BETTER:
        raw = _negated(raw)
    return raw.with_columns(note=_meaning(indicator, measure, pl.col("note")))


def _negated(raw: pl.DataFrame) -> pl.DataFrame:
    return raw.with_columns(
        value=-pl.col("value"),
        lower_95=-pl.col("upper_95"),
        upper_95=-pl.col("lower_95"),
        lower_998=-pl.col("upper_998"),
        upper_998=-pl.col("lower_998"),
    )


def _inverted(raw: pl.DataFrame) -> pl.DataFrame:
    """Least over most deprived becomes most over least."""
    return raw.with_columns(
        value=1 / pl.col("value"),
        lower_95=1 / pl.col("upper_95"),
        upper_95=1 / pl.col("lower_95"),
        lower_998=1 / pl.col("upper_998"),
        upper_998=1 / pl.col("lower_998"),
    )


def _meaning(indicator: Indicator, measure: Measure, note: pl.Expr) -> pl.Expr:
    """Say in each figure's note which way it points."""
    if measure in (Measure.RATIO, Measure.RII):
        said = "most deprived over least deprived"
    elif not indicator.polarity.directed:
        said = "positive = higher among the most deprived"
    else:
        said = "positive = worse for the most deprived"
    if measure in _SLOPES:
        own = "ridits of the area's own population, so not to be compared between areas"
        said += f"; {'each decile weighs a tenth' if statistics_of(indicator.kind).straight else own}"
    full = join_notes(pl.lit(said), note, pl.lit(MIXES_AGE if indicator.mixes_age else ""))
    return pl.when(pl.col("status") == "ok").then(full).otherwise(note).fill_null("")
