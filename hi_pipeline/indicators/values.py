"""The figure of every group: a share (Wilson), a rate (exact, Byar) or a count, from its counts."""

import polars as pl

from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.status import Measure, Method, Status
from hi_pipeline.indicators.widen import LIMITS, widened
from hi_pipeline.stats import proportions, rates

PUBLISHED_ONLY = "the publisher hides a count: the figure is as published, without confidence limits"
WITHOUT = {
    Status.SUPPRESSED.value: "hidden by the publisher",
    Status.MISSING.value: "missing in the publication",
    Status.TOO_FEW.value: "too few to compute",
    Status.NOT_PUBLISHED.value: "not published",
    Status.NOT_APPLICABLE.value: "there is no such figure for this group",
}
IMPLIED_ZERO = "no events: the figure is as published"
TOO_FEW = "too few to compute: the rounded counts leave more events than people"
BOUNDS = {f"{end}{part}": f"{word}{part}" for end, word in (("num", "numerator"), ("den", "denominator"))
          for part in ("", "_low", "_high")}  # fmt: skip


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
    figures = _counts(rows) if indicator.kind is Kind.COUNT else _shares_or_rates(indicator, rows)
    joined = rows.rename({"status": "given", "note": "given_note"}).join(figures, on="row", how="left", validate="1:1")
    joined = _settle(joined.sort("row"))
    return joined.drop("row", "given", "given_note")


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    none = [pl.lit(None, dtype=pl.Float64).alias(name) for name in LIMITS]
    return rows.filter(status="ok").select(
        "row",
        pl.col("numerator").alias("value"),
        *none,
        pl.lit("ok").alias("status"),
        pl.lit("").alias("note"),
        pl.lit(Method.NONE.value).alias("method"),
    )


def _shares_or_rates(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    proportion = indicator.kind is Kind.PROPORTION
    known = rows.filter((pl.col("status") == "ok") & pl.col("denominator").is_not_null())
    sides = known.select("row", *(pl.col(name).alias(short) for short, name in BOUNDS.items()))

    def statistic(frame: pl.DataFrame) -> pl.DataFrame:
        if proportion:
            return proportions.proportion(
                frame, events="events", population="population", by=["row"], multiplier=indicator.multiplier
            )
        return rates.crude_rate(
            frame, events="events", population="population", by=["row"], multiplier=indicator.multiplier
        )

    figures = widened(sides, statistic, proportion=proportion, sides=("",))
    return _name_too_few(figures, known) if proportion else figures


def _name_too_few(figures: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rounded counts can leave more events than people; exact ones that do are an error and keep their words."""
    rounded = (pl.col("numerator") > pl.col("denominator")) & (pl.col("numerator_low") < pl.col("numerator_high"))
    few = figures["row"].is_in(known.filter(rounded)["row"].implode())
    return figures.with_columns(
        status=pl.when(few).then(pl.lit(Status.TOO_FEW.value)).otherwise("status"),
        note=pl.when(few).then(pl.lit(TOO_FEW)).otherwise("note"),
    )


def _settle(rows: pl.DataFrame) -> pl.DataFrame:
    """Choose between the computed figure, the publisher's and none."""
    hidden = pl.col("given").is_in([Status.SUPPRESSED.value, Status.MISSING.value])
    implied_zero = (
        (pl.col("given") == "ok") & pl.col("denominator").is_null() & (pl.col("published_value") == 0).fill_null(False)
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
