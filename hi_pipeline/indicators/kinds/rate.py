"""Events per population: exact and Byar's limits, widened for rounding; by practice fifth, from between practices."""

from functools import partial

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.limits import by_units, clustered, divisible, widened
from hi_pipeline.stats import rates


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Compute numerator over denominator, times the multiplier."""
    known = divisible(rows)
    statistic = partial(
        rates.crude_rate, events="events", population="population", by=["row"], multiplier=indicator.multiplier
    )
    figures = widened(known.filter(~by_units()), statistic, proportion=False)
    practices = clustered(known.filter(by_units()), kind="rate", multiplier=indicator.multiplier)
    return pl.concat([figures, practices])


STATISTICS = Statistics(
    formula="{m:g} x numerator / denominator; limits by Byar's method, exact below 10 events",
    values=values,
    between=True,
    headline=True,
)
