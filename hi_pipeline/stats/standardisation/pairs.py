"""Differences and ratios of two directly standardised rates."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Frame, names, positive, quiet
from hi_pipeline.stats._groups import Groups
from hi_pipeline.stats._results import CONFIDENCE, Reasons, levels, result
from hi_pipeline.stats.standardisation._strata import (
    FEWEST_EVENTS,
    EmptyStratum,
    Standardised,
    standardise,
)

TOO_FEW = "fewer than 10 events on one side: a directly standardised rate is not reliable"


@quiet
def difference(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    weight: str,
    by: str | Sequence[str],
    multiplier: float = 100_000,
    total_weight: float | None = None,
    empty_stratum: EmptyStratum = "error",
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Difference between two independent directly standardised rates.

    Formula: d = (v1 - v2) m; limits d -+ z m sqrt(V1 + V2), with v and V the rate and its variance as
    in ``directly_standardised_rate``.

    Symbols: 1 the group, 2 the reference, m multiplier, z the normal quantile. By simulation (40,000
    draws a setting) the 95% limits hold the truth in 94.9 to 96.3% of cases from 30 and 15 events on
    the two sides, and in up to 97.2% at 20 and 12.

    Units: events per ``multiplier`` persons.

    Shapes: one row a stratum and group, holding both sides; one row a group comes back. Where only
    published rates with limits are at hand, ``comparison.change_of_estimates`` takes their difference.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of populations.
        reference_events: column of event counts of the reference side.
        reference_population: column of populations of the reference side.
        weight: column of standard populations.
        by: group columns, without age and sex.
        multiplier: scale of value and limits, positive.
        total_weight: as in ``directly_standardised_rate``.
        empty_stratum: as in ``directly_standardised_rate``.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``directly_standardised_rate``; fewer than 10 events on a side make the
        group ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric, or a number is out of its range.

    Example:
        >>> strata = pl.DataFrame({"x1": [10, 30], "n1": [1000, 500], "x2": [10, 15], "n2": [1000, 500], "w": [60, 40]})
        >>> sides = dict(events="x1", population="n1", reference_events="x2", reference_population="n2", weight="w")
        >>> found = difference(strata, **sides, by=[], multiplier=1000)
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(3)).rows()
        [(12.0, 0.24, 23.76)]

    Reference:
        Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987.
    """
    scale = positive(multiplier, name="multiplier")
    pairs = [(events, population), (reference_events, reference_population)]
    groups, reasons, (one, two) = _read(frame, pairs, weight, by, total_weight, empty_stratum)
    value, error = (one.rate - two.rate) * scale, np.sqrt(one.variance + two.variance) * scale
    limits = {}
    for level in levels(confidence):
        reach = _limits.z_score(level) * error
        limits[level] = value - reach, value + reach
    return result(groups, reasons, value=value, limits=limits, method=Method.DELTA)


@quiet
def ratio(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    weight: str,
    by: str | Sequence[str],
    total_weight: float | None = None,
    empty_stratum: EmptyStratum = "error",
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Ratio of two independent directly standardised rates.

    Formula: q = v1/v2; limits q exp(-+ z sqrt(V1/v1^2 + V2/v2^2)), with v and V the rate and its
    variance as in ``directly_standardised_rate``.

    Symbols: 1 the group, 2 the reference, z the normal quantile. By simulation (40,000 draws a
    setting) the 95% limits hold the truth in 94.9 to 96.8% of cases from 30 and 15 events on.

    Units: none.

    Shapes: one row a stratum and group, holding both sides; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts.
        population: column of populations.
        reference_events: column of event counts of the reference side.
        reference_population: column of populations of the reference side.
        weight: column of standard populations.
        by: group columns, without age and sex.
        total_weight: as in ``directly_standardised_rate``.
        empty_stratum: as in ``directly_standardised_rate``.
        confidence: confidence levels of the limits.

    Returns:
        One row a group, as ``directly_standardised_rate``; fewer than 10 events on a side make the
        group ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric, or a number is out of its range.

    Example:
        >>> strata = pl.DataFrame({"x1": [10, 30], "n1": [1000, 500], "x2": [10, 15], "n2": [1000, 500], "w": [60, 40]})
        >>> sides = dict(events="x1", population="n1", reference_events="x2", reference_population="n2", weight="w")
        >>> ratio(strata, **sides, by=[]).select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(1.6667, 1.007, 2.7583)]

    Reference:
        Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987.
    """
    pairs = [(events, population), (reference_events, reference_population)]
    groups, reasons, (one, two) = _read(frame, pairs, weight, by, total_weight, empty_stratum)
    value = one.rate / two.rate
    error = np.sqrt(one.variance / one.rate**2 + two.variance / two.rate**2)
    limits = {level: _limits.log_ratio(value, error, level) for level in levels(confidence)}
    return result(groups, reasons, value=value, limits=limits, method=Method.LOG)


def _read(
    frame: Frame, pairs: Sequence[tuple[str, str]], weight: str, by: str | Sequence[str],
    total_weight: float | None, empty_stratum: EmptyStratum,
) -> tuple[Groups, Reasons, list[Standardised]]:  # fmt: skip
    by = names(by)
    parts = [
        standardise(
            frame, events=events, population=population, weight=weight, by=by,
            total_weight=total_weight, empty_stratum=empty_stratum,
        )
        for events, population in pairs
    ]  # fmt: skip
    (groups, reasons, one), (_, others, two) = parts
    reasons.join(others)
    reasons.mark((one.events < FEWEST_EVENTS) | (two.events < FEWEST_EVENTS), Status.TOO_FEW, TOO_FEW)
    return groups, reasons, [one, two]
