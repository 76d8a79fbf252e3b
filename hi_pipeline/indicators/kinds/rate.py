"""Events per population: exact limits below 10 events, Byar's from 10, widened for rounding."""

from functools import partial

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.widen import divisible, sides_of, widened
from hi_pipeline.stats import rates


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Compute numerator over denominator, times the multiplier."""
    statistic = partial(
        rates.crude_rate, events="events", population="population", by=["row"], multiplier=indicator.multiplier
    )
    return widened(divisible(rows).select("row", *sides_of("")), statistic, proportion=False, sides=("",))


STATISTICS = Statistics(
    formula="{m:g} x numerator / denominator; limits by Byar's method, exact below 10 events",
    values=values,
    between=rates,
)
