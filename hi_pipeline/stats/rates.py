"""Crude rates of events in a population: exact and Byar limits, differences, ratios, funnel limits."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, positive, quiet
from hi_pipeline.stats._counts import Counts, read_counts
from hi_pipeline.stats._funnels import average_of, position
from hi_pipeline.stats._results import CONFIDENCE, Extra, levels, result

NO_EVENTS = "no events on one side: a ratio has no limits on the log scale"


def method_of(count: Floats) -> list[str]:
    """Name the limits of each count: exact below 10, Byar from 10."""
    return np.where(count < _limits.EXACT_BELOW, str(Method.EXACT), str(Method.BYAR)).tolist()


@quiet
def _rate(side: Counts) -> Floats:
    return side.events / side.population


@quiet
def _rate_limits(side: Counts, level: float) -> _limits.Pair:
    lower, upper = _limits.poisson(side.events, level)
    return lower / side.population, upper / side.population


@quiet
def crude_rate(
    frame: Frame,
    *,
    events: str,
    population: str,
    by: str | Sequence[str],
    multiplier: float = 100_000,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Crude rate: events over population, with exact limits below 10 events and Byar's from 10.

    Formula: r = O/n * m; limits O_L/n * m and O_U/n * m, where below 10 events
    O_L = chi2^-1(alpha/2; 2O)/2 (0 at O = 0) and O_U = chi2^-1(1 - alpha/2; 2O + 2)/2, and from 10
    O_L = O (1 - 1/(9O) - z/(3 sqrt O))^3 and O_U = (O+1) (1 - 1/(9(O+1)) + z/(3 sqrt(O+1)))^3.

    Symbols: O events, n population (persons or person-years), m multiplier, z the normal quantile,
    alpha one less the confidence.

    Units: events per ``multiplier`` persons.

    Shapes: any number of rows a group, summed; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts; fractions are allowed (events shared out between areas).
        population: column of populations.
        by: group columns; an empty list makes all rows one group.
        multiplier: scale of value and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, lower_95, upper_95, lower_998, upper_998, status, note, method
        (``exact`` or ``Byar``). Zero events give 0 with an upper limit. A group with a null is
        ``missing``; negative counts or an empty population make it ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, or the multiplier is not positive.

    Example:
        >>> frame = pl.DataFrame({"area": ["A", "B"], "events": [0, 65], "population": [1000, 100]})
        >>> found = crude_rate(frame, events="events", population="population", by="area", multiplier=100)
        >>> found.select("area", pl.col("value", "lower_95", "upper_95").round(4), "method").rows()
        [('A', 0.0, 0.0, 0.3689, 'exact'), ('B', 65.0, 50.1632, 82.8491, 'Byar')]

    Reference:
        Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987.
        Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936;28:437-42.
    """
    scale = positive(multiplier, name="multiplier")
    groups, reasons, (side,) = read_counts(frame, [(events, population)], by=by, bounded=False)
    limits = {}
    for level in levels(confidence):
        lower, upper = _rate_limits(side, level)
        limits[level] = lower * scale, upper * scale
    method = method_of(side.events)
    return result(groups, reasons, value=_rate(side) * scale, limits=limits, method=method)


@quiet
def difference(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    by: str | Sequence[str],
    multiplier: float = 100_000,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Difference between two independent crude rates, with limits recovered from those of each rate.

    Formula: d = r1 - r2; lower d - sqrt((r1 - l1)^2 + (u2 - r2)^2);
    upper d + sqrt((u1 - r1)^2 + (r2 - l2)^2); all times m.

    Symbols: r1 the rate, r2 the reference rate, l and u their limits by ``crude_rate``, m multiplier.
    Unlike r -+ z SE this holds at small and zero counts.

    Units: events per ``multiplier`` persons.

    Shapes: each row holds both sides of a pair (one row a pair, or several rows a group, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of populations.
        reference_events: column of event counts of the reference side.
        reference_population: column of populations of the reference side.
        by: group columns.
        multiplier: scale of value and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``crude_rate``; method ``MOVER``.

    Raises:
        StatisticsError: a column is absent or not numeric, or the multiplier is not positive.

    Example:
        >>> frame = pl.DataFrame({"x1": [30], "n1": [1000], "x2": [15], "n2": [1000]})
        >>> sides = dict(events="x1", population="n1", reference_events="x2", reference_population="n2")
        >>> found = difference(frame, **sides, by=[], multiplier=1000)
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(3)).rows()
        [(15.0, 1.208, 29.432)]

    Reference:
        Zou GY, Donner A. Construction of confidence limits about effect measures: a general
        approach. Stat Med 2008;27:1693-702.
    """
    scale = positive(multiplier, name="multiplier")
    pairs = [(events, population), (reference_events, reference_population)]
    groups, reasons, (one, two) = read_counts(frame, pairs, by=by, bounded=False)
    r1, r2 = _rate(one), _rate(two)
    limits = {}
    for level in levels(confidence):
        lower, upper = _limits.mover_difference(r1, _rate_limits(one, level), r2, _rate_limits(two, level))
        limits[level] = lower * scale, upper * scale
    return result(groups, reasons, value=(r1 - r2) * scale, limits=limits, method=Method.MOVER)


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
    """Ratio of two independent crude rates, with limits on the log scale.

    Formula: q = r1/r2; limits q exp(-+ z sqrt(1/O1 + 1/O2)).

    Symbols: O events, r = O/n the rate, 1 the group, 2 the reference, z the normal quantile.

    Units: none.

    Shapes: each row holds both sides of a pair (one row a pair, or several rows a group, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of populations.
        reference_events: column of event counts of the reference side.
        reference_population: column of populations of the reference side.
        by: group columns.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``crude_rate``; a side without events makes the group ``too_few``
        (nothing is added to a zero).

    Raises:
        StatisticsError: a column is absent or not numeric.

    Example:
        >>> frame = pl.DataFrame({"x1": [30], "n1": [1000], "x2": [15], "n2": [1000]})
        >>> sides = dict(events="x1", population="n1", reference_events="x2", reference_population="n2")
        >>> ratio(frame, **sides, by=[]).select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(2.0, 1.0761, 3.7171)]

    Reference:
        Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987.
    """
    pairs = [(events, population), (reference_events, reference_population)]
    groups, reasons, (one, two) = read_counts(frame, pairs, by=by, bounded=False)
    reasons.mark((one.events == 0) | (two.events == 0), Status.TOO_FEW, NO_EVENTS)
    value = _rate(one) / _rate(two)
    error = np.sqrt(1 / one.events + 1 / two.events)
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
    multiplier: float = 100_000,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Funnel plot of crude rates: exact Poisson limits of the count expected at each population.

    Formula: E = n r0; limits chi2^-1(alpha/2; 2E)/2 / n * m and chi2^-1(1 - alpha/2; 2E + 2)/2 / n * m.
    The group's position in the funnel is read from the limits of its own count (exact below 10,
    Byar from 10) against E, the test that is used for the published significance.

    Symbols: r0 the average rate, n population, E expected events, m multiplier, alpha one less the
    confidence.

    Units: events per ``multiplier`` persons.

    Shapes: any number of rows a group, summed; one row a group.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of populations.
        by: group columns.
        average: the centre line as events per person; by default all events over all populations
            of the groups that have a figure.
        multiplier: scale of value, average and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``crude_rate``, where value is the group's rate, the limits are the
        funnel's, ``average`` is the centre line and ``position`` is ``within``, ``low_95``,
        ``high_95``, ``low_998`` or ``high_998``.

    Raises:
        StatisticsError: a column is absent or not numeric, or ``average`` is negative.

    Example:
        >>> frame = pl.DataFrame({"area": ["A"], "events": [3], "n": [100]})
        >>> found = funnel_limits(frame, events="events", population="n", by="area", average=0.01, multiplier=1e2)
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(5), "position").rows()
        [(3.0, 0.02532, 5.57164, 'within')]

    Reference:
        Spiegelhalter DJ. Funnel plots for comparing institutional performance. Stat Med
        2005;24:1185-202.
    """
    scale = positive(multiplier, name="multiplier")
    groups, reasons, (side,) = read_counts(frame, [(events, population)], by=by, bounded=False)
    centre = average_of(side, reasons, average)
    expected = centre * side.population
    limits, low, high = {}, {}, {}
    for level in levels(confidence):
        lower, upper = _limits.exact(expected, level)
        limits[level] = lower / side.population * scale, upper / side.population * scale
        own_lower, own_upper = _limits.poisson(side.events, level)
        low[level], high[level] = own_upper < expected, own_lower > expected
    where = position(low, high, reasons)
    extra: Extra = {"average": pl.Series(np.full(groups.size, centre * scale)), "position": where}
    return result(groups, reasons, value=_rate(side) * scale, limits=limits, method=Method.EXACT, extra=extra)
