"""The slope index and the relative index of inequality."""

from collections.abc import Sequence
from numbers import Real

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Status
from hi_pipeline.stats._columns import Floats, Frame, quiet
from hi_pipeline.stats._groups import Mask
from hi_pipeline.stats._limits import Pair
from hi_pipeline.stats._results import CONFIDENCE, Extra, levels, result
from hi_pipeline.stats.inequality._ladder import Kind, Ladder, Transform, read_ladder
from hi_pipeline.stats.inequality._line import Line, LineLimits, fit, method_of

CROSSES_ZERO = "the fitted line reaches zero or below, so the ratio of its ends means nothing; use a transform"
NO_LIMITS = "the values are too uncertain for limits of this figure; use a transform"
ROUNDING = 1e-12


def slope_index(
    frame: Frame,
    *,
    rank: str,
    population: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    standard_error: str | None = None,
    by: str | Sequence[str],
    kind: Kind = "rate",
    transform: Transform = "auto",
    multiplier: float = 1,
    groups: int | None = None,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Slope index of inequality (SII): the fitted difference between the two ends of a ranked population.

    Formula: with a_i the share of the population in rank i and b_i the mid-point of the cumulative
    share, the line is fitted by least squares weighted by a_i, which in closed form is
    slope = 12 sum a_i (b_i - 1/2) y_i / (1 - sum a_i^3) and middle = sum a_i y_i (the fit at 1/2).
    SII = m (g(middle + slope/2) - g(middle - slope/2)), where y = g^-1(value).

    Symbols: g the identity (``none``), exp (``log``) or the logistic function (``logit``); m the
    multiplier; SE_i the standard error of y_i, from 95% limits (g^-1(upper) - g^-1(lower))/(2 * 1.959964).

    Limits: on the log and logit scale, and for values that are normal, the slope has the exact limits
    slope -+ z sqrt(sum c_i^2 SE_i^2), c_i its weights, taken to the natural scale about the fitted
    middle. An untransformed line through rates (log-normal) or proportions (logit-normal) has
    Cornish-Fisher limits from the first four cumulants of sum c_i v_i. These are what a simulation
    with infinitely many draws would give; nothing is drawn.

    Direction: the rise from the lowest rank to the highest. With rank 1 the most deprived, a figure
    that is higher in deprived areas has a negative SII. A negative multiplier turns it.

    Units: those of ``value`` times ``multiplier``.

    Shapes: one row a rank and group; one row a group comes back. Ridits come from ``population``.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers (digits held as text are read as numbers, never sorted as text).
        population: column of populations, above zero.
        value: column of values: rates in any unit, proportions as shares from 0 to 1, others as they are.
        lower: column of lower 95% limits of the values.
        upper: column of upper 95% limits of the values.
        standard_error: column of standard errors on the scale of ``value``, instead of limits. An
            untransformed line then takes the values as normal.
        by: group columns.
        kind: ``rate``, ``proportion`` or ``other``.
        transform: ``auto`` fits rates on the log scale, proportions on the logit scale and others
            as they are; ``none`` fits values as they are.
        multiplier: scale of value, line and limits; if negative the SII changes sign.
        groups: how many ranks every group must have; by default as many as the fullest group of the call.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, lower_95, upper_95, lower_998, upper_998, status, note, method,
        ``intercept`` and ``end`` (the fitted line at ridits 0 and 1, times |m|) and ``transform``.
        A group with a null or an absent rank is ``missing``; one with fewer than 5 or more than 100
        ranks, a value of zero on the log scale or an impossible input is ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, ranks are words, the multiplier is zero,
            or kind and transform do not go together.

    Example:
        >>> frame = pl.DataFrame({"quintile": range(1, 6), "n": [20] * 5, "years": [70, 72, 74, 76, 78], "se": [1] * 5})
        >>> columns = dict(rank="quintile", population="n", value="years", standard_error="se")
        >>> found = slope_index(frame, **columns, by=[], kind="other")
        >>> found.select(pl.col("value", "lower_95", "upper_95", "intercept", "end").round(4)).rows()
        [(10.0, 6.901, 13.099, 69.0, 79.0)]

    Reference:
        Low A, Low A. Measuring the gap: quantifying and comparing local health inequalities.
        J Public Health 2004;26:388-95.
        Cornish EA, Fisher RA. Moments and cumulants in the specification of distributions. 1938.
    """
    factor = _factor(multiplier)
    ladder = read_ladder(
        frame, rank=rank, population=population, value=value, lower=lower, upper=upper,
        standard_error=standard_error, by=by, kind=kind, transform=transform, expected=groups,
    )  # fmt: skip
    line = fit(ladder)
    limits_of = LineLimits(ladder, line)
    sii = factor * (line.end - line.intercept)
    pairs = {}
    for level in levels(confidence):
        low, high = (factor * limit for limit in limits_of.difference(level))
        pairs[level] = (low, high) if factor > 0 else (high, low)
    return _finish(ladder, line, sii, pairs, factor=factor, ratio=False)


@quiet
def relative_index(
    frame: Frame,
    *,
    rank: str,
    population: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    standard_error: str | None = None,
    by: str | Sequence[str],
    kind: Kind = "rate",
    transform: Transform = "auto",
    multiplier: float = 1,
    groups: int | None = None,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Relative index of inequality (RII): the fitted ratio between the two ends of a ranked population.

    Formula: RII = g(middle + slope/2) / g(middle - slope/2), with the line of ``slope_index``;
    untransformed, RII = (intercept + slope)/intercept.

    Symbols: as in ``slope_index``; d_i = a_i - c_i/2 are the weights of the intercept.

    Limits: on the log and logit scale from the exact limits of the slope about the fitted middle;
    for values that are normal by Fieller's theorem on (slope, intercept); for an untransformed line
    through rates or proportions, the root in r of Q[sum (c_i + (1 - r) d_i) v_i] = 0, with Q the
    Cornish-Fisher quantile.

    Direction: highest rank over lowest rank. A negative multiplier gives 1/RII; its size does not matter.

    Units: none.

    Shapes: one row a rank and group; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers.
        population: column of populations, above zero.
        value: column of values.
        lower: column of lower 95% limits of the values.
        upper: column of upper 95% limits of the values.
        standard_error: column of standard errors on the scale of ``value``, instead of limits.
        by: group columns.
        kind: ``rate``, ``proportion`` or ``other``.
        transform: as in ``slope_index``.
        multiplier: its sign turns the ratio; its size scales the line only.
        groups: how many ranks every group must have; by default as many as the fullest group of the call.
        confidence: confidence levels of the limits.

    Returns:
        As ``slope_index``. A line that reaches zero or below makes the group ``not_applicable``;
        limits that do not exist are null with a note.

    Raises:
        StatisticsError: as ``slope_index``.

    Example:
        >>> frame = pl.DataFrame({"quintile": range(1, 6), "n": [20] * 5, "years": [70, 72, 74, 76, 78], "se": [1] * 5})
        >>> columns = dict(rank="quintile", population="n", value="years", standard_error="se")
        >>> found = relative_index(frame, **columns, by=[], kind="other")
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(1.1449, 1.0978, 1.1943)]

    Reference:
        Low A, Low A. Measuring the gap: quantifying and comparing local health inequalities.
        J Public Health 2004;26:388-95.
        Fieller EC. Some problems in interval estimation. J R Stat Soc B 1954;16:175-85.
    """
    factor = _factor(multiplier)
    ladder = read_ladder(
        frame, rank=rank, population=population, value=value, lower=lower, upper=upper,
        standard_error=standard_error, by=by, kind=kind, transform=transform, expected=groups,
    )  # fmt: skip
    line = fit(ladder)
    limits_of = LineLimits(ladder, line)
    rii = line.end / line.intercept
    crosses = ladder.spread(np.where(rii > 0, 0.0, 1.0)) == 1
    ladder.reasons.mark(crosses, Status.NOT_APPLICABLE, CROSSES_ZERO)
    pairs = {}
    for level in levels(confidence):
        low, high = limits_of.ratio(level)
        pairs[level] = (low, high) if factor > 0 else (1 / high, 1 / low)
    return _finish(ladder, line, rii if factor > 0 else 1 / rii, pairs, factor=factor, ratio=True)


def _factor(multiplier: float) -> float:
    if (
        isinstance(multiplier, bool)
        or not isinstance(multiplier, Real)
        or multiplier == 0
        or not np.isfinite(multiplier)
    ):
        raise StatisticsError(f"multiplier is {multiplier!r}; a finite number other than zero was expected.")
    return float(multiplier)


@quiet
def _finish(
    ladder: Ladder, line: Line, figure: Floats, pairs: dict[float, Pair], *, factor: float, ratio: bool
) -> pl.DataFrame:
    value = ladder.spread(figure)
    limits: dict[float, Pair] = {}
    inner: Pair = (value, value)
    # Values known without error have limits at the value, but for rounding.
    slack = ROUNDING * (abs(value) if ratio else ladder.spread((abs(line.intercept) + abs(line.end)) * abs(factor)))
    for level in sorted(pairs):
        lower, upper = (ladder.spread(limit) for limit in pairs[level])
        # Four cumulants cannot describe very skewed values; limits out of order show it.
        sound: Mask = (lower <= inner[0] + slack) & (upper >= inner[1] - slack)
        lower, upper = np.minimum(lower, inner[0]), np.maximum(upper, inner[1])
        limits[level] = np.where(sound, lower, np.nan), np.where(sound, upper, np.nan)
        if ladder.error is not None:
            ladder.reasons.remark(~sound & ladder.reasons.ok, NO_LIMITS)
        inner = limits[level]
    extra: Extra = {
        "intercept": ladder.spread(line.intercept * abs(factor)),
        "end": ladder.spread(line.end * abs(factor)),
        "transform": pl.Series([ladder.transform] * ladder.groups.size, dtype=pl.String),
    }
    limits = {level: limits[level] for level in pairs}
    return result(
        ladder.groups,
        ladder.reasons,
        value=value,
        limits=limits,
        method=method_of(ladder, ratio=ratio),
        extra=extra,
    )
