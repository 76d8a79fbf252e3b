"""How far a group's share of the events departs from its share of the people."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Frame, quiet
from hi_pipeline.stats._counts import read_counts
from hi_pipeline.stats._results import CONFIDENCE, levels, result

NO_EVENTS = "no events in the group or in the rest: the ratio of shares has no limits on the log scale"


@quiet
def disproportionality(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    by: str | Sequence[str],
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Share of all events that are a group's, over its share of all people; 1 where they are the same.

    Formula: q = (x1 / (x1 + x2)) / (n1 / (n1 + n2)); limits q exp(-+ z SE), with
    SE^2 = (x2^2 (1/x1 - 1/n1) + x2 (1 - x2/n2)) / (x1 + x2)^2.

    Symbols: x events, n people, 1 the group, 2 all others (not the whole, which would count the group
    twice), z the normal quantile. The people are fixed, and events of either side binomial.

    Units: none.

    Shapes: each row holds the group and the rest (one row a pair, or several rows a group, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts of the group.
        population: column of population counts of the group.
        reference_events: column of event counts of the rest.
        reference_population: column of population counts of the rest.
        by: group columns.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method; a side without events makes the group
        ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric.

    Example:
        >>> frame = pl.DataFrame({"x1": [60], "n1": [1000], "x2": [140], "n2": [4000]})
        >>> sides = dict(events="x1", population="n1", reference_events="x2", reference_population="n2")
        >>> disproportionality(frame, **sides, by=[]).select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(1.5, 1.2207, 1.8433)]

    Reference:
        This project's own measure, by the delta method on the log scale: Agresti A. Categorical data
        analysis. 3rd ed. Wiley 2013, section 3.1. NHS England's formula is in development and not known.
    """
    pairs = [(events, population), (reference_events, reference_population)]
    groups, reasons, (one, two) = read_counts(frame, pairs, by=by, bounded=True)
    x1, n1, x2, n2 = one.events, one.population, two.events, two.population
    reasons.mark((x1 == 0) | (x2 == 0), Status.TOO_FEW, NO_EVENTS)
    value = (x1 / (x1 + x2)) / (n1 / (n1 + n2))
    variance = (x2**2 * (1 / x1 - 1 / n1) + x2 * (1 - x2 / n2)) / (x1 + x2) ** 2
    error = np.sqrt(np.maximum(variance, 0))
    limits = {level: _limits.log_ratio(value, error, level) for level in levels(confidence)}
    return result(groups, reasons, value=value, limits=limits, method=Method.LOG)
