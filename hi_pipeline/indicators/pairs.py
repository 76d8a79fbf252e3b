"""Two groups side by side: the difference and the ratio of their figures, from their counts."""

import polars as pl

from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.indicators.values import BOUNDS
from hi_pipeline.indicators.widen import widened
from hi_pipeline.stats import proportions, rates


def pair_counts(one: pl.DataFrame, two: pl.DataFrame, *, on: list[str]) -> pl.DataFrame:
    """Put the counts of two groups side by side under the short names that ``widened`` reads."""
    first = one.select(*on, *(pl.col(name).alias(short) for short, name in BOUNDS.items()))
    second = two.select(*on, *(pl.col(name).alias(f"reference_{short}") for short, name in BOUNDS.items()))
    return first.join(second, on=on, how="inner", validate="m:1")


def compare_pairs(indicator: Indicator, pairs: pl.DataFrame, *, ratio: bool) -> pl.DataFrame:
    """Compute the ratio or the difference of each pair, with limits widened for rounding.

    Args:
        indicator: its kind chooses the statistic (Newcombe or MOVER, log), its multiplier the scale of differences.
        pairs: one row a pair, from ``pair_counts`` on ["row"].
        ratio: the ratio to the reference; otherwise the difference from it.
    """
    proportion = indicator.kind is Kind.PROPORTION
    room = proportions if proportion else rates

    def statistic(frame: pl.DataFrame) -> pl.DataFrame:
        if ratio:
            return room.ratio(
                frame,
                events="events",
                population="population",
                reference_events="reference_events",
                reference_population="reference_population",
                by=["row"],
            )
        return room.difference(
            frame,
            events="events",
            population="population",
            reference_events="reference_events",
            reference_population="reference_population",
            by=["row"],
            multiplier=indicator.multiplier,
        )

    return widened(pairs, statistic, proportion=proportion, sides=("", "reference_"))
