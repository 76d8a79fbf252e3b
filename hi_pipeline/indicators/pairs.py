"""Two groups side by side: the difference and the ratio of their figures, from their counts."""

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.kind import statistics_of
from hi_pipeline.indicators.widen import sides_of, widened


def pair_counts(one: pl.DataFrame, two: pl.DataFrame, *, on: list[str]) -> pl.DataFrame:
    """Put the counts of two groups side by side under the short names that ``widened`` reads."""
    first, second = one.select(*on, *sides_of("")), two.select(*on, *sides_of("reference_"))
    return first.join(second, on=on, how="inner", validate="m:1")


def compare_pairs(indicator: Indicator, pairs: pl.DataFrame, *, ratio: bool) -> pl.DataFrame:
    """Compute the ratio or the difference of each pair, with limits widened for rounding.

    Args:
        indicator: its kind chooses the statistic (Newcombe or MOVER, log), its multiplier the scale of differences.
        pairs: one row a pair, from ``pair_counts`` on ["row"].
        ratio: the ratio to the reference; otherwise the difference from it.

    Raises:
        ValueError: the kind has no measures between groups.
    """
    kind = statistics_of(indicator.kind)
    room = kind.between
    if room is None:
        raise ValueError(f"{indicator.id}: figures of kind {indicator.kind} have no difference and no ratio")

    def statistic(frame: pl.DataFrame) -> pl.DataFrame:
        sides = {name: name for name in ("events", "population", "reference_events", "reference_population")}
        scale = {} if ratio else {"multiplier": indicator.multiplier}
        found: pl.DataFrame = (room.ratio if ratio else room.difference)(frame, **sides, **scale, by=["row"])
        return found

    return widened(pairs, statistic, proportion=kind.share, sides=("", "reference_"))
