"""The figure of every group from its counts: computed as its kind is, the publisher's own, or why there is none."""

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import Measure, Method, Status
from hi_pipeline.indicators.kind import statistics_of
from hi_pipeline.indicators.widen import LIMITS

PUBLISHED_ONLY = "a count of it is hidden: the figure is the publisher's own, without limits of ours"
WITHOUT = {
    Status.SUPPRESSED.value: "hidden by the publisher",
    Status.MISSING.value: "missing in the publication",
    Status.TOO_FEW.value: "too few to compute",
    Status.NOT_PUBLISHED.value: "not published",
    Status.NOT_APPLICABLE.value: "there is no such figure for this group",
}
IMPLIED_ZERO = "no events: the figure is the publisher's own"


def value_rows(indicator: Indicator, counts: pl.DataFrame) -> pl.DataFrame:
    """Add to every row of counts its figure.

    A hidden count whose figure the publisher prints becomes that figure (method ``published``); any other row whose
    status is not ``ok`` keeps its status and has no value.

    Args:
        indicator: the declaration.
        counts: rows of one indicator in the COUNTS contract.

    Returns:
        The rows with measure, value, the four limits and method added, status and note made final.
    """
    rows = counts.with_row_index("row")
    figures = statistics_of(indicator.kind).values(indicator, rows)
    # Counts by age and sex only feed a standardised rate: they are no figures of their own.
    rows = rows.filter(pl.col("dimension").is_in([d.value for d in indicator.dimensions]))
    joined = rows.rename({"status": "given", "note": "given_note"}).join(figures, on="row", how="left", validate="1:1")
    joined = _settle(joined.sort("row"))
    return joined.drop("row", "given", "given_note")


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
        note=join_notes(pl.col("given_note"), extra),
        measure=pl.lit(Measure.VALUE.value),
    )
    bare = published | (pl.col("status") != "ok")
    reason = pl.col("status").replace_strict(WITHOUT, default="", return_dtype=pl.String)
    return settled.with_columns(
        *(pl.when(bare).then(None).otherwise(pl.col(name)).alias(name) for name in LIMITS),
        value=pl.when(pl.col("status") == "ok").then("value"),
        method=pl.when(pl.col("status") == "ok").then("method").otherwise(pl.lit(Method.NONE.value)),
        note=pl.when(pl.col("note") == "").then(reason).otherwise("note"),
    )


def join_notes(*notes: pl.Expr) -> pl.Expr:
    """Join notes with "; ", leaving out those that are empty or null."""
    return pl.concat_str(*(pl.when(n != "").then(n) for n in notes), separator="; ", ignore_nulls=True).fill_null("")
