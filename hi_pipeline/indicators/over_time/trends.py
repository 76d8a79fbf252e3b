"""Trends: the average change a year of each series of five years or more that nothing breaks."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.beside import TRENDS, TRENDS_KEY
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Measure, PeriodType
from hi_pipeline.indicators.over_time.pace import RATIOS
from hi_pipeline.indicators.over_time.years import SERIES, rows_of_series, with_year_before
from hi_pipeline.stats.comparison.trend import trend

FEWEST = 5
GAP = "the year before has no figure that it can follow"
OVERLAPPING = "periods of three years overlap from one year to the next, so that no line is fitted"
_MEASURES = [measure.value for measure in Measure if measure.value not in RATIOS]


def trend_rows(results: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Fit a line to the newest unbroken part of every series of figures with limits.

    Ratios have no trend here: their differences are those of the gap.

    Args:
        results: all figures, in the results contract.
        indicators: declarations by id.

    Returns:
        Rows in the TRENDS contract, sorted by key: one a series, under its last year. Series of fewer than five years
        are ``too_few``, and the note says what they begin with.
    """
    rows = rows_of_series(results.filter(pl.col("measure").is_in(_MEASURES)), indicators)
    newest = _newest_parts(rows, indicators).with_row_index("order")
    last = newest.group_by(SERIES, maintain_order=True).agg(
        first=pl.col("financial_year").first(),
        begins=pl.col("begins").first(),
        last=pl.col("financial_year").last(),
    )
    last = last.with_row_index("series")
    points = newest.join(last.select(*SERIES, "series"), on=SERIES, how="left", nulls_equal=True, validate="m:1")
    found = trend(
        points.sort("order"), period="financial_year", value="value", lower="lower_95", upper="upper_95",
        by=["series"], kind="other", points=FEWEST, confidence=(0.95,),
    )  # fmt: skip
    ends = last.join(
        newest.select(*SERIES, *_TAKEN, last="financial_year"), on=[*SERIES, "last"], how="left", nulls_equal=True,
        validate="1:1",
    )  # fmt: skip
    joined = ends.join(found.rename({"value": "change_a_year"}), on="series", how="left", validate="1:1")
    begins = pl.when((pl.col("begins") != "") & (pl.col("status") != "ok")).then(
        pl.format("the series begins in {}: {}", "first", "begins")
    )
    ordered = joined.with_columns(
        financial_year="last",
        start_year="first",
        note=join_notes("note", begins),
    ).select(pl.col(name).cast(kind) for name, kind in TRENDS.items())
    return ordered.sort(TRENDS_KEY, nulls_last=True)


_TAKEN = ("geography_vintage", "icb_name", "category_order", "unit", "synthetic")


def _newest_parts(rows: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return the years of each series since the last break or gap, in order, with ``begins``: what broke it there."""
    before = with_year_before(rows, indicators).select(
        *SERIES, "financial_year", "breaks", "start_year", "start_status", "start_lower_95"
    )
    sound = rows.filter(
        (pl.col("status") == "ok") & pl.col("lower_95").is_not_null() & pl.col("upper_95").is_not_null()
    )
    held = sound.join(before, on=[*SERIES, "financial_year"], how="left", nulls_equal=True, validate="1:1")
    first_year = pl.col("financial_year").str.slice(0, 4).cast(pl.Int32)
    follows = first_year == pl.col("start_year").str.slice(0, 4).cast(pl.Int32) + 1
    whole = follows & (pl.col("start_status") == "ok") & pl.col("start_lower_95").is_not_null()
    begins = (
        pl.when(pl.col("start_year").is_null())
        .then(pl.lit(""))
        .when(pl.col("breaks") != "")
        .then("breaks")
        .when(pl.col("period_type") == PeriodType.THREE_YEARS.value)
        .then(pl.lit(OVERLAPPING))
        .when(~whole.fill_null(False))
        .then(pl.lit(GAP))
    )
    held = held.with_columns(begins=begins).sort(*SERIES, "financial_year", nulls_last=True)
    held = held.with_columns(part=pl.col("begins").is_not_null().cum_sum().over(SERIES))
    return held.filter(pl.col("part") == pl.col("part").max().over(SERIES)).with_columns(pl.col("begins").fill_null(""))
