"""Differences and ratios of ethnic groups to the White British group (or White, where boards have no finer one)."""

import polars as pl

from hi_pipeline.core.groups import UNKNOWN, WHITE
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Measure, Method, Status
from hi_pipeline.indicators.limits import LIMITS
from hi_pipeline.indicators.reference_group import reference_group
from hi_pipeline.stats.inequality.ends import absolute_gap, end_ratio


def by_reference(values: pl.DataFrame) -> list[pl.DataFrame]:
    """Split value rows by ethnicity into years that share a reference group, in the order of years."""
    found: dict[str, list[pl.DataFrame]] = {}
    for year in values.sort("financial_year", maintain_order=True).partition_by("financial_year"):
        found.setdefault(reference_group(year), []).append(year)
    return [pl.concat(years) for years in found.values()]


def ethnicity_rows(values: pl.DataFrame, *, area: list[str]) -> pl.DataFrame:
    """Compute difference and ratio of each group to the reference group of its area.

    Groups that hold the reference group, or are part of it, are left out: they are not independent of it.

    Args:
        values: value rows of dimension ethnicity, areas only, of years that share a reference group.
        area: columns that name an area.

    Returns:
        One row an area, category and measure: the area columns, category, measure, value, limits, status, note,
        method.
    """
    reference = reference_group(values)
    others = values.filter(
        (pl.col("category") != UNKNOWN)
        & (pl.col("category") != reference)
        & (pl.lit(reference == WHITE) | (pl.col("category") != WHITE))
        & (pl.lit(reference != WHITE) | ~pl.col("category").str.starts_with(f"{WHITE}:"))
    ).sort(*area, "category", nulls_last=True)
    others = others.with_row_index("row")
    base = values.filter(pl.col("category") == reference)
    both = others.join(
        base.select(*area, _usable().alias("base_status")), on=area, how="left", nulls_equal=True, validate="m:1"
    ).with_columns(own=_usable(), base_status=pl.col("base_status").fill_null(Status.NOT_PUBLISHED.value))
    whole = both.filter((pl.col("own") == "ok") & (pl.col("base_status") == "ok"))
    rows = whole.select("row", *area).join(base, on=area, how="left", nulls_equal=True, validate="m:1")
    sides = ["row", "value", "lower_95", "upper_95"]
    # Rank 1 is the reference, so that a difference is the group less it.
    pairs = pl.concat([rows.select(sides, rank=pl.lit(1)), whole.select(sides, rank=pl.lit(2))])
    gaps = _without(both.filter((pl.col("own") != "ok") | (pl.col("base_status") != "ok")), reference)
    shape = ["row", "measure", "value", *LIMITS, "status", "note", "method"]
    parts = []
    for measure in (Measure.DIFFERENCE, Measure.RATE_RATIO):
        named = pl.lit(measure.value).alias("measure")
        parts.append(_compare(pairs, measure, reference).with_columns(named).select(shape))
        parts.append(gaps.with_columns(named).select(shape))
    return (
        both.select("row", *area, "category").join(pl.concat(parts), on="row", how="inner", validate="1:m").drop("row")
    )


def _usable() -> pl.Expr:
    """Status of a row as a side of a comparison: a figure that is only published has no counts to compare."""
    bare = (pl.col("status") == "ok") & (pl.col("method") == Method.PUBLISHED.value)
    return pl.when(bare).then(pl.lit(Status.SUPPRESSED.value)).otherwise(pl.col("status"))


def _compare(pairs: pl.DataFrame, measure: Measure, reference: str) -> pl.DataFrame:
    call = end_ratio if measure is Measure.RATE_RATIO else absolute_gap
    figures = call(pairs, rank="rank", value="value", lower="lower_95", upper="upper_95", by=["row"])
    figures = figures.with_columns(pl.col("note").fill_null(""))
    word = "over" if measure is Measure.RATE_RATIO else "less"
    said = join_notes(pl.lit(f"the group {word} {reference}"), "note")
    return figures.with_columns(note=pl.when(pl.col("status") == "ok").then(said).otherwise("note"))


def _without(gaps: pl.DataFrame, reference: str) -> pl.DataFrame:
    own = pl.col("own") != "ok"
    return gaps.select(
        "row",
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", *LIMITS)),
        pl.when(own).then("own").otherwise("base_status").alias("status"),
        pl.when(own)
        .then(pl.lit("not computed: the group has no counts"))
        .otherwise(pl.lit(f"not computed: {reference} has no counts"))
        .alias("note"),
        pl.lit(Method.NONE.value).alias("method"),
    )
