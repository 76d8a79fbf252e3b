"""A count against that of an earlier year: their ratio, limits on the log scale, widened for rounding."""

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.limits import LIMITS, divisible, widened
from hi_pipeline.stats import rates


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Compute numerator over denominator, both counts of events, times the multiplier."""

    def statistic(counts: pl.DataFrame) -> pl.DataFrame:
        found = rates.ratio(
            counts.with_columns(one=1.0), events="events", population="one",
            reference_events="population", reference_population="one", by=["row"],
        )  # fmt: skip
        return found.with_columns(pl.col("value", *LIMITS) * indicator.multiplier)

    return widened(divisible(rows), statistic, proportion=False)


STATISTICS = Statistics(formula="{m:g} x count / count of the earlier year; limits on the log scale", values=values)
