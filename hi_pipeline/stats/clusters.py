"""Figures of groups made of units, such as practices, that differ among themselves by more than chance."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, one_of, positive, quiet
from hi_pipeline.stats._counts import MORE_EVENTS, Counts, read_counts
from hi_pipeline.stats._groups import Groups
from hi_pipeline.stats._results import CONFIDENCE, Reasons, levels, result

Kind = Literal["rate", "proportion"]
FEWEST_UNITS = 5
TOO_FEW_UNITS = f"no limits: fewer than {FEWEST_UNITS} units"
OFF_SCALE = "no limits: a figure of 0 or 100% has no place on the scale of the limits"


@quiet
def clustered_figure(
    frame: Frame,
    *,
    events: str,
    population: str,
    units: str,
    spread: str,
    by: str | Sequence[str],
    kind: Kind = "rate",
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Rate or proportion of a group of units, with limits from the variance between the units.

    Formula: r = x/n and V = m/(m - 1) * S / n^2, where S = sum over units of (x_i - r n_i)^2; limits of a rate
    r exp(-+ z sqrt(V)/r), of a proportion logistic(logit r -+ z sqrt(V)/(r (1 - r))), both times k.

    Symbols: x events and n population of the group, x_i and n_i of a unit, m units, k multiplier, z the two-sided
    normal quantile. V is the variance of a ratio of two sums over clusters drawn with equal chance.

    Limits: Byar's and Wilson's limits take every person by itself, and are several times too narrow where units differ.
    A group of fewer than 5 units keeps its figure and has no limits.

    Units: events per ``multiplier`` of the population.

    Shapes: any number of rows a group, summed, each with S about the rate of the whole group.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of populations.
        units: column of numbers of units.
        spread: column of S.
        by: group columns.
        kind: ``rate`` (log scale) or ``proportion`` (logit scale).
        multiplier: scale of value and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method (``between_units``; ``none`` without limits). A null makes a
        group ``missing``; a negative S makes it ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, the kind is unknown, or the multiplier is not positive.

    Example:
        >>> frame = pl.DataFrame({"x": [300], "n": [1000], "m": [20], "s": [900.0]})
        >>> found = clustered_figure(frame, events="x", population="n", units="m", spread="s", by=[])
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(0.3, 0.2454, 0.3668)]

    Reference:
        Cochran WG. Sampling techniques. 3rd ed. New York: Wiley; 1977, sections 2.11 and 6.3.
    """
    scale = positive(multiplier, name="multiplier")
    one_of(kind, ["rate", "proportion"], name="kind")
    groups, reasons, (side,) = read_counts(frame, [(events, population)], by=by, bounded=False)
    count, between = _read(frame, groups, reasons, units=units, spread=spread, by=names(by))
    value = side.events / side.population
    error = np.sqrt(count / (count - 1) * between) / side.population
    known = _mark(reasons, side, value, count, kind)
    limits = {}
    for level in levels(confidence):
        lower, upper = _limits_of(value, error, _limits.z_score(level), kind)
        limits[level] = np.where(known, lower * scale, np.nan), np.where(known, upper * scale, np.nan)
    method = np.where(known, str(Method.BETWEEN_UNITS), str(Method.NONE)).tolist()
    return result(groups, reasons, value=value * scale, limits=limits, method=method)


def _read(
    frame: Frame, groups: Groups, reasons: Reasons, *, units: str, spread: str, by: list[str]
) -> tuple[Floats, Floats]:
    table = collect(frame, columns={"units": units, "spread": spread}, by=by)
    count = groups.total(numbers(table, units, role="units"))
    between = groups.total(numbers(table, spread, role="spread"))
    reasons.mark(np.isnan(count), Status.MISSING, "the number of units is missing in this group")
    reasons.mark(np.isnan(between), Status.MISSING, "the spread between units is missing in this group")
    wrong = (between < 0) | (count < 1) | np.isinf(between) | np.isinf(count)
    reasons.mark(wrong, Status.NOT_APPLICABLE, "impossible input: no unit, or a negative or infinite spread")
    return count, between


def _mark(reasons: Reasons, side: Counts, value: Floats, count: Floats, kind: Kind) -> np.ndarray:
    """Say which groups have no limits, and return those that have."""
    few = count < FEWEST_UNITS
    off = (value <= 0) | ((value >= 1) if kind == "proportion" else np.zeros_like(few))
    if kind == "proportion":
        reasons.mark(side.events > side.population, Status.NOT_APPLICABLE, MORE_EVENTS)
    reasons.remark(few, TOO_FEW_UNITS)
    reasons.remark(off, OFF_SCALE)
    return ~few & ~off


def _limits_of(value: Floats, error: Floats, z: float, kind: Kind) -> _limits.Pair:
    if kind == "rate":
        reach = np.exp(z * error / value)
        return value / reach, value * reach
    odds, reach = value / (1 - value), np.exp(z * error / (value * (1 - value)))
    return odds / reach / (1 + odds / reach), odds * reach / (1 + odds * reach)
