"""Proportions: Wilson limits, Newcombe differences, log ratios and funnel limits."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Frame, positive, quiet
from hi_pipeline.stats._counts import read_counts
from hi_pipeline.stats._funnels import average_of, position
from hi_pipeline.stats._results import CONFIDENCE, Extra, levels, result

NO_EVENTS = "no events on one side: a ratio has no limits on the log scale"
ALL_EVENTS = "every person has the event on both sides: a ratio has no limits on the log scale"


@quiet
def proportion(
    frame: Frame,
    *,
    events: str,
    population: str,
    by: str | Sequence[str],
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Proportion of a population that has an event, with Wilson score limits.

    Formula: p = x/n * m; limits (2x + z^2 -+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)) * m.

    Symbols: x events, n population, m multiplier, z the two-sided normal quantile
    (1.959964 at 95%, 3.090232 at 99.8%).

    Units: share of the population times ``multiplier`` (100 gives per cent).

    Shapes: any number of rows a group, summed; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts, 0 to population.
        population: column of population counts.
        by: group columns; an empty list makes all rows one group.
        multiplier: scale of value and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, lower_95, upper_95, lower_998, upper_998, status, note, method.
        A group with a null is ``missing``; negative counts, more events than population or an
        empty population make it ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, or the multiplier is not positive.

    Example:
        >>> frame = pl.DataFrame({"area": ["A", "B"], "events": [10, None], "population": [100, 100]})
        >>> found = proportion(frame, events="events", population="population", by=["area"])
        >>> found.select("area", pl.col("value", "lower_95", "upper_95").round(4), "status").rows()
        [('A', 0.1, 0.0552, 0.1744, 'ok'), ('B', None, None, None, 'missing')]

    Reference:
        Wilson EB. Probable inference, the law of succession, and statistical inference.
        J Am Stat Assoc 1927;22:209-12.
    """
    scale = positive(multiplier, name="multiplier")
    groups, reasons, (side,) = read_counts(frame, [(events, population)], by=by, bounded=True)
    limits = {}
    value = side.events / side.population
    for level in levels(confidence):
        lower, upper = _limits.wilson(side.events, side.population, level)
        limits[level] = lower * scale, upper * scale
    return result(groups, reasons, value=value * scale, limits=limits, method=Method.WILSON)


@quiet
def difference(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    by: str | Sequence[str],
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Difference between two independent proportions, with Newcombe's hybrid score limits.

    Formula: d = p1 - p2; lower d - sqrt((p1 - l1)^2 + (u2 - p2)^2);
    upper d + sqrt((u1 - p1)^2 + (p2 - l2)^2); both times m.

    Symbols: p1 the proportion, p2 the reference proportion, l and u their Wilson limits, m multiplier.

    Units: those of ``proportion``; with ``multiplier=100`` percentage points.

    Shapes: each row holds both sides of a pair (one row a pair, or several rows a group, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of population counts.
        reference_events: column of event counts of the reference side.
        reference_population: column of population counts of the reference side.
        by: group columns.
        multiplier: scale of value and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``proportion``; zero events on a side are allowed.

    Raises:
        StatisticsError: a column is absent or not numeric, or the multiplier is not positive.

    Example:
        >>> frame = pl.DataFrame({"x1": [56], "n1": [70], "x2": [48], "n2": [80]})
        >>> sides = dict(events="x1", population="n1", reference_events="x2", reference_population="n2")
        >>> difference(frame, **sides, by=[]).select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(0.2, 0.0524, 0.3339)]

    Reference:
        Newcombe RG. Interval estimation for the difference between independent proportions:
        comparison of eleven methods. Stat Med 1998;17:873-90 (method 10).
    """
    scale = positive(multiplier, name="multiplier")
    pairs = [(events, population), (reference_events, reference_population)]
    groups, reasons, (one, two) = read_counts(frame, pairs, by=by, bounded=True)
    p1, p2 = one.events / one.population, two.events / two.population
    limits = {}
    for level in levels(confidence):
        lower, upper = _limits.mover_difference(
            p1,
            _limits.wilson(one.events, one.population, level),
            p2,
            _limits.wilson(two.events, two.population, level),
        )
        limits[level] = np.maximum(lower, -1) * scale, np.minimum(upper, 1) * scale
    return result(groups, reasons, value=(p1 - p2) * scale, limits=limits, method=Method.NEWCOMBE)


@quiet
def ratio(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    by: str | Sequence[str],
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Ratio of two independent proportions, with limits on the log scale.

    Formula: q = p1/p2; limits q exp(-+ z sqrt(1/x1 - 1/n1 + 1/x2 - 1/n2)).

    Symbols: x events, n population, 1 the group, 2 the reference, z the normal quantile.

    Units: none.

    Shapes: each row holds both sides of a pair (one row a pair, or several rows a group, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of population counts.
        reference_events: column of event counts of the reference side.
        reference_population: column of population counts of the reference side.
        by: group columns.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``proportion``; a side without events makes the group ``too_few``
        (nothing is added to a zero), and two sides of 100% make it ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric.

    Example:
        >>> frame = pl.DataFrame({"x1": [20], "n1": [100], "x2": [10], "n2": [100]})
        >>> sides = dict(events="x1", population="n1", reference_events="x2", reference_population="n2")
        >>> ratio(frame, **sides, by=[]).select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(2.0, 0.9866, 4.0545)]

    Reference:
        Katz D, Baptista J, Azen SP, Pike MC. Obtaining confidence intervals for the risk ratio in
        cohort studies. Biometrics 1978;34:469-74.
    """
    pairs = [(events, population), (reference_events, reference_population)]
    groups, reasons, (one, two) = read_counts(frame, pairs, by=by, bounded=True)
    reasons.mark((one.events == 0) | (two.events == 0), Status.TOO_FEW, NO_EVENTS)
    full = (one.events == one.population) & (two.events == two.population)
    reasons.mark(full, Status.NOT_APPLICABLE, ALL_EVENTS)
    value = (one.events / one.population) / (two.events / two.population)
    # Near 100% on both sides the difference of two equal numbers can fall below zero.
    variance = (1 / one.events - 1 / one.population) + (1 / two.events - 1 / two.population)
    error = np.sqrt(np.maximum(variance, 0))
    limits = {level: _limits.log_ratio(value, error, level) for level in levels(confidence)}
    return result(groups, reasons, value=value, limits=limits, method=Method.LOG)


@quiet
def funnel_limits(
    frame: Frame,
    *,
    events: str,
    population: str,
    by: str | Sequence[str],
    average: float | None = None,
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Funnel plot of proportions: control limits about the average at each group's population.

    Formula: limits (p0 -+ z sqrt(p0 (1 - p0) / n)) * m, clipped to 0 and m: the shares x/n whose
    Wilson limit is exactly p0.

    Symbols: p0 the average proportion, n population, z the normal quantile, m multiplier.

    Units: those of ``proportion``.

    Shapes: any number of rows a group, summed; one row a group.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of population counts.
        by: group columns.
        average: the centre line as a share; by default all events over all populations of the
            groups that have a figure.
        multiplier: scale of value, average and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``proportion``, where value is the group's proportion, the limits are
        the funnel's, ``average`` the centre line, and ``position`` says whether the group lies
        ``within`` the funnel or ``low`` or ``high`` of it at the widest level it leaves.

    Raises:
        StatisticsError: a column is absent or not numeric, or ``average`` is not a share.

    Example:
        >>> frame = pl.DataFrame({"area": ["A", "B"], "events": [30, 10], "population": [100, 100]})
        >>> found = funnel_limits(frame, events="events", population="population", by="area")
        >>> found.select("area", pl.col("value", "lower_95", "upper_95", "average").round(4), "position").rows()
        [('A', 0.3, 0.1216, 0.2784, 0.2, 'high_95'), ('B', 0.1, 0.1216, 0.2784, 0.2, 'low_95')]

    Reference:
        Spiegelhalter DJ. Funnel plots for comparing institutional performance. Stat Med
        2005;24:1185-202.
    """
    scale = positive(multiplier, name="multiplier")
    groups, reasons, (side,) = read_counts(frame, [(events, population)], by=by, bounded=True)
    centre = average_of(side, reasons, average, upper=1.0)
    limits, low, high = {}, {}, {}
    value = side.events / side.population
    for level in levels(confidence):
        reach = _limits.z_score(level) * np.sqrt(centre * (1 - centre) / side.population)
        low[level], high[level] = value < centre - reach, value > centre + reach
        limits[level] = np.maximum(centre - reach, 0) * scale, np.minimum(centre + reach, 1) * scale
    where = position(low, high, reasons)
    extra: Extra = {"average": pl.Series(np.full(groups.size, centre * scale)), "position": where}
    return result(groups, reasons, value=value * scale, limits=limits, method=Method.WILSON, extra=extra)
