"""The better of two known figures: ours where it lies within the publisher's rounding, else the publisher's.

The publisher divides counts that are not rounded, and prints the quotient rounded; ours divides rounded counts. Of a
share, the true figure lies within the rounding of the printed one and within what the rounded counts leave open.
A printed rate may have been made from rounded counts, or on another population, and so says nothing more of its counts.
"""

import polars as pl

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Method, Status
from hi_pipeline.indicators.kind import statistics_of
from hi_pipeline.indicators.limits import FIGURE, LIMITS, ROUNDED, by_units, divisible, rounded
from hi_pipeline.stats.proportions import proportion
from hi_pipeline.stats.suppression.carried import figure_bounds

_SLACK = 1e-9
PUBLISHERS = (
    "the publisher's figure, made from unrounded counts; the figure computed from rounded counts differs by more than "
    "rounding"
)
OTHER = "the publisher's figure; the figure computed from the counts differs by more than rounding"
_NAMED = {
    Method.WILSON.value: Method.PUBLISHED_WILSON.value,
    Method.BYAR.value: Method.PUBLISHED_BYAR.value,
    Method.EXACT.value: Method.PUBLISHED_EXACT.value,
    Method.NONE.value: Method.PUBLISHED_WILSON.value,
}


def with_open(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Add figure_low and figure_high, which rounding and hiding leave open; null where a bound is not known.

    A standardised rate and a gap of shares are no quotient of their counts, which say nothing of their bounds; a group
    of age is crude.

    Args:
        indicator: the declaration.
        rows: counts with ``row``; suppressed ones too.
    """
    share = statistics_of(indicator.kind).share
    bounds = ["numerator_low", "numerator_high", "denominator_low", "denominator_high"]
    quotient = pl.lit(indicator.kind not in (Kind.DSR, Kind.SHARE_GAP)) | (pl.col("dimension") == Dimension.AGE.value)
    known = rows.filter(
        pl.all_horizontal(pl.col(name).is_not_null() for name in bounds) & (pl.col("denominator_low") > 0) & quotient
    )
    found = figure_bounds(
        known, events_low=bounds[0], events_high=bounds[1], population_low=bounds[2], population_high=bounds[3],
        by=["row"], kind="proportion" if share else "rate", multiplier=indicator.multiplier, confidence=(0.95,),
    )  # fmt: skip
    rows = rows.join(
        found.select("row", figure_low="value_low", figure_high="value_high"), on="row", how="left", validate="1:1"
    )
    if not share:
        return rows
    half, printed = pl.col("published_rounding"), pl.col("published_value")
    low = pl.max_horizontal("figure_low", (printed - half).clip(lower_bound=0.0))
    high = pl.min_horizontal("figure_high", (printed + half).clip(upper_bound=indicator.multiplier))
    # 2026-11: a printed percentage that the bounds of the counts just miss keeps its own rounding.
    agree = rounded() & (low <= high)
    return rows.with_columns(
        figure_low=pl.when(agree).then(low).otherwise("figure_low"),
        figure_high=pl.when(agree).then(high).otherwise("figure_high"),
    )


def with_headline(indicator: Indicator, rows: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Return the figures with the better value, limits about it, and computed_value beside it.

    Args:
        indicator: the declaration.
        rows: counts with ``row``, figure_low and figure_high.
        figures: what the kind computed from them, FIGURE.
    """
    facts = divisible(rows.filter(~by_units())).select(
        "row",
        "published_value",
        "published_rounding",
        "figure_low",
        "figure_high",
        fewest=pl.max_horizontal("denominator_low", pl.lit(1.0)),
        wide=rounded(),
    )
    ours = rows.select(
        "row",
        computed_value=pl.when(pl.col("denominator") > 0).then(
            indicator.multiplier * pl.col("numerator") / pl.col("denominator")
        ),
    )
    joined = figures.join(ours, on="row", how="left", validate="1:1").join(facts, on="row", how="left", validate="1:1")
    share, half = pl.lit(statistics_of(indicator.kind).share), pl.col("published_rounding")
    apart = (pl.col("computed_value") - pl.col("published_value")).abs() > half * (1 + _SLACK) + _SLACK
    # Rounded counts with more events than people give no figure; the printed one stands.
    rescued = apart.fill_null(False) & (pl.col("status") == Status.TOO_FEW.value) & share
    theirs = rescued | (apart.fill_null(False) & (pl.col("status") == Status.OK.value))
    marked = joined.with_columns(
        theirs=theirs, rescued=rescued, about=share & pl.col("wide").fill_null(False) & half.is_not_null()
    )
    return _about_value(_chosen(marked, indicator), indicator).select(*FIGURE, "computed_value")


def _chosen(figures: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Put the publisher's value in its place; the limits of a rate keep their width relative to it."""
    said = _said(share=statistics_of(indicator.kind).share)
    scale = pl.when(pl.col("value") > 0).then(pl.col("published_value") / pl.col("value"))
    moved = figures.with_columns(scale=pl.when("theirs").then(scale).otherwise(1.0))
    return moved.with_columns(
        *(pl.col(name) * pl.col("scale") for name in LIMITS),
        value=pl.when("theirs").then("published_value").otherwise("value"),
        status=pl.when("theirs").then(pl.lit(Status.OK.value)).otherwise("status"),
        method=pl.when("theirs").then(pl.col("method").replace(_NAMED)).otherwise("method"),
        note=pl.when("rescued").then(pl.lit(OTHER)).when("theirs").then(said).otherwise("note"),
    )


def _said(*, share: bool) -> pl.Expr:
    words = pl.lit(PUBLISHERS if share else OTHER)
    return join_notes(words, "note")


def _about_value(figures: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Give shares that the publisher prints the Wilson limits of the figures that rounding leaves open.

    The lower limit is that of the smallest such figure and the upper that of the largest, both on the smallest
    denominator that the counts allow.
    """
    about = figures.filter(pl.col("about") & (pl.col("status") == Status.OK.value))
    if about.is_empty():
        return figures
    lower = _wilson(about, pl.min_horizontal("figure_low", "value"), indicator.multiplier, "lower")
    upper = _wilson(about, pl.max_horizontal("figure_high", "value"), indicator.multiplier, "upper")
    found = figures.join(lower, on="row", how="left", validate="1:1").join(upper, on="row", how="left", validate="1:1")
    said = join_notes("note", pl.lit(ROUNDED))
    silent = pl.col("lower_95_w").is_null() | pl.col("note").str.contains(ROUNDED)
    return found.with_columns(
        *(pl.coalesce(f"{name}_w", name).alias(name) for name in LIMITS),
        note=pl.when(silent).then("note").otherwise(said),
    ).sort("row")


def _wilson(rows: pl.DataFrame, figure: pl.Expr, multiplier: float, side: str) -> pl.DataFrame:
    """Return row and the two limits of a side of a figure on the smallest denominator."""
    events = rows.select("row", "fewest", events=(figure / multiplier).clip(0.0, 1.0) * pl.col("fewest"))
    found = proportion(events, events="events", population="fewest", by=["row"], multiplier=multiplier)
    return found.select("row", *(pl.col(name).alias(f"{name}_w") for name in LIMITS if name.startswith(side)))
