"""Every figure beside England's: the comparator and, by its 95% limits, the comparison."""

import polars as pl

from hi_pipeline.core.indicator import Indicator, Polarity
from hi_pipeline.core.status import AreaType, Comparison, Measure
from hi_pipeline.indicators.kind import statistics_of

_ON = ["financial_year", "geography_vintage", "dimension", "category", "measure"]
# OHID: an area's slope rests on its own ridits and must not be compared with England's (methods.md 4.3).
_NOT_COMPARED = [Measure.SII.value, Measure.RII.value]
_NEUTRAL = [Measure.DIFFERENCE.value, Measure.RATE_RATIO.value]


def with_comparison(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Add comparator_value (England's figure of the same group and measure) and comparison.

    A figure is above England where its lower 95% limit is, below where its upper is, and similar between. Above and
    below become better and worse where a direction is good; higher and lower where not, and for ethnic groups.
    England itself, remainders, counts, slopes and figures without limits are not compared.

    Args:
        indicator: the declaration.
        rows: result rows of one indicator; each year and footprint is compared with its own England.
    """
    england = rows.filter((pl.col("area_type") == AreaType.ENGLAND.value) & (pl.col("status") == "ok"))
    joined = rows.join(
        england.select(*_ON, pl.col("value").alias("comparator_value")), on=_ON, how="left", validate="m:1"
    )
    compared = (
        pl.col("area_type").is_in([AreaType.ICB.value, AreaType.REGION.value])
        & ~pl.col("measure").is_in(_NOT_COMPARED)
        & pl.lit(statistics_of(indicator.kind).compared)
    )
    beside = pl.col("area_type").is_in([AreaType.ICB.value, AreaType.REGION.value]) & ~pl.col("measure").is_in(
        _NOT_COMPARED
    )
    england_value = pl.col("comparator_value")
    above, below = pl.col("lower_95") > england_value, pl.col("upper_95") < england_value
    known = compared & (pl.col("status") == "ok") & england_value.is_not_null()
    limits = pl.col("lower_95").is_not_null() & pl.col("upper_95").is_not_null()
    high, low = _words(indicator)
    comparison = (
        pl.when(~(known & limits))
        .then(pl.lit(Comparison.NOT_COMPARED.value))
        .when(above)
        .then(high)
        .when(below)
        .then(low)
        .otherwise(pl.lit(Comparison.SIMILAR.value))
    )
    return joined.with_columns(
        comparison=comparison, comparator_value=pl.when(beside).then(england_value).otherwise(None)
    )


def _words(indicator: Indicator) -> tuple[pl.Expr, pl.Expr]:
    """Give the words for above and below England, by measure."""
    plain = pl.lit(Comparison.HIGHER.value), pl.lit(Comparison.LOWER.value)
    if indicator.polarity is Polarity.NEUTRAL:
        return plain
    worse, better = pl.lit(Comparison.WORSE.value), pl.lit(Comparison.BETTER.value)
    # The gap is turned: high is worse whatever the polarity. The ratio is most over least deprived, unturned.
    high_is_bad = pl.lit(indicator.polarity is Polarity.LOWER_IS_BETTER) | (pl.col("measure") == Measure.GAP.value)
    neutral = pl.col("measure").is_in(_NEUTRAL)
    high = pl.when(neutral).then(plain[0]).when(high_is_bad).then(worse).otherwise(better)
    low = pl.when(neutral).then(plain[1]).when(high_is_bad).then(better).otherwise(worse)
    return high, low
