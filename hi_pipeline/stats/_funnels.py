"""What funnels of proportions and of rates share: the centre line and where a group lies."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.stats._counts import Counts
from hi_pipeline.stats._groups import Mask
from hi_pipeline.stats._results import Reasons, suffix


def average_of(side: Counts, reasons: Reasons, given: float | None, *, upper: float = np.inf) -> float:
    """Give the centre line: the caller's, or all events over all populations of groups with a figure.

    Raises:
        StatisticsError: if the caller's is not between 0 and ``upper``.
    """
    if given is not None:
        if not 0 <= given <= upper:
            raise StatisticsError(f"average is {given!r}; a number from 0 to {upper} was expected.")
        return float(given)
    population = side.population[reasons.ok].sum()
    return float(side.events[reasons.ok].sum() / population) if population > 0 else float("nan")


def position(low: Mapping[float, Mask], high: Mapping[float, Mask], reasons: Reasons) -> pl.Series:
    """Say where each group lies: within, or low or high at the highest level whose limits it leaves."""
    words = np.full(len(reasons.ok), "within", dtype=object)
    words[~reasons.ok] = None
    for level in sorted(low):
        words[reasons.ok & low[level]] = f"low_{suffix(level)}"
        words[reasons.ok & high[level]] = f"high_{suffix(level)}"
    return pl.Series("position", list(words), dtype=pl.String)
