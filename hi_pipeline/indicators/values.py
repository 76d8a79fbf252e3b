"""The figure of every group from its counts: computed as its kind is, the publisher's own, or why there is none."""

import polars as pl

from hi_pipeline.core.groups import NO_GROUPS, Dimension
from hi_pipeline.core.indicator import DenominatorFrom, Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Measure, Method, Status
from hi_pipeline.indicators.headline import with_headline, with_open
from hi_pipeline.indicators.kind import statistics_of
from hi_pipeline.indicators.limits import LIMITS

PUBLISHED_ONLY = "the publisher hides a count: the figure is as published, without confidence limits"
WITHOUT = {
    Status.SUPPRESSED.value: "hidden by the publisher",
    Status.MISSING.value: "missing in the publication",
    Status.TOO_FEW.value: "too few to compute",
    Status.NOT_PUBLISHED.value: "not published",
    Status.NOT_APPLICABLE.value: "there is no such figure for this group",
}
# 2026-11: 3.30 million residents lack a decile in Mental Health Act 2023-24, whose LSOAs of 2021 met Indices of 2019.
NO_POPULATION = "no rate: there is no population of people whose group is not known"
MIXES_AGE = "not adjusted for age, so that differences between groups and areas are also those of age"
# Of a hidden or missing figure these words of a note tell why; those of a hidden part, taken at a value, do not.
_TAKEN = r"hidden (deductions?|counts) [^;]*"
_TELLS = r"hidden|suppressed|missing|not submitted|not published|in hand|gave no data|above \d|one band|no rate"
IMPLIED_ZERO = "no events: the figure is as published"


def value_rows(indicator: Indicator, counts: pl.DataFrame) -> pl.DataFrame:
    """Add to every row of counts its figure.

    A hidden count whose figure the publisher prints becomes that figure (method ``published``); any other row whose
    status is not ``ok`` keeps its status and has no value.

    Args:
        indicator: the declaration.
        counts: rows of one indicator in the COUNTS contract.

    Returns:
        The rows with measure, value, computed_value, figure_low, figure_high, the four limits and method added, status
        and note made final.
    """
    statistics = statistics_of(indicator.kind)
    rows = _without_population(indicator, with_open(indicator, counts.with_row_index("row")))
    figures = statistics.values(indicator, rows)
    if statistics.headline:
        figures = with_headline(indicator, rows, figures)
    else:
        figures = figures.with_columns(computed_value="value")
    # Counts by age and sex only feed a standardised rate: they are no figures of their own.
    rows = rows.filter(pl.col("dimension").is_in([d.value for d in indicator.dimensions]))
    joined = rows.rename({"status": "given", "note": "given_note"}).join(figures, on="row", how="left", validate="1:1")
    joined = _settle(joined.sort("row"))
    if indicator.mixes_age:
        mixed = (pl.col("status") == "ok") & (pl.col("dimension") != Dimension.AGE.value)
        joined = joined.with_columns(note=join_notes("note", pl.when(mixed).then(pl.lit(MIXES_AGE))))
    return joined.drop("row", "given", "given_note")


def _without_population(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Take the rate from people whose group is not known, where they are counted among residents."""
    if indicator.denominator_from in (DenominatorFrom.SOURCE, DenominatorFrom.NONE):
        return rows
    nobody = pl.col("category").is_in(NO_GROUPS) & (pl.col("status") == Status.OK.value)
    bounds = ["denominator", "denominator_low", "denominator_high", "figure_low", "figure_high"]
    return rows.with_columns(
        *(pl.when(~nobody).then(pl.col(name)).alias(name) for name in bounds),
        status=pl.when(nobody).then(pl.lit(Status.NOT_APPLICABLE.value)).otherwise("status"),
        note=pl.when(nobody).then(pl.lit(NO_POPULATION)).otherwise("note"),
    )


def _settle(rows: pl.DataFrame) -> pl.DataFrame:
    """Choose between the computed figure, the publisher's and none."""
    hidden = pl.col("given").is_in([Status.SUPPRESSED.value, Status.MISSING.value])
    implied_zero = (
        (pl.col("given") == "ok")
        & pl.col("status").is_null()
        & pl.col("denominator").is_null()
        & (pl.col("published_value") == 0).fill_null(False)
    )
    published = (hidden & pl.col("published_value").is_not_null()) | implied_zero
    computed = (pl.col("given") == "ok") & pl.col("status").is_not_null()
    no_denominator = (pl.col("given") == "ok") & pl.col("status").is_null() & ~published
    status = (
        pl.when(published)
        .then(pl.lit("ok"))
        .when(computed)
        .then("status")
        .when(no_denominator)
        .then(pl.lit(Status.NOT_APPLICABLE.value))
        .otherwise("given")
    )
    extra = (
        pl.when(implied_zero & published)
        .then(pl.lit(IMPLIED_ZERO))
        .when(published)
        .then(pl.lit(PUBLISHED_ONLY))
        .when(no_denominator)
        .then(pl.lit("there is no population of this group to divide by"))
        .when(computed & (pl.col("note") != ""))
        .then("note")
    )
    settled = rows.with_columns(
        value=pl.when(published).then("published_value").otherwise("value"),
        method=pl.when(published).then(pl.lit(Method.PUBLISHED.value)).otherwise(pl.col("method").fill_null("none")),
        status=status,
        note=join_notes("given_note", extra),
        measure=pl.lit(Measure.VALUE.value),
    )
    bare = published | (pl.col("status") != "ok")
    reason = pl.col("status").replace_strict(WITHOUT, default="", return_dtype=pl.String)
    silent = pl.col("status").is_in([Status.SUPPRESSED.value, Status.MISSING.value]) & ~(
        pl.col("note").str.replace_all(_TAKEN, "").str.contains(_TELLS)
    )
    return settled.with_columns(
        *(pl.when(bare).then(None).otherwise(pl.col(name)).alias(name) for name in LIMITS),
        value=pl.when(pl.col("status") == "ok").then("value"),
        method=pl.when(pl.col("status") == "ok").then("method").otherwise(pl.lit(Method.NONE.value)),
        note=pl.when(pl.col("note") == "")
        .then(reason)
        .when(silent)
        .then(join_notes(reason, pl.col("note")))
        .otherwise("note"),
    )
