"""Indirectly standardised ratios and rates."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, positive, quiet
from hi_pipeline.stats._groups import group_rows
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, mark_fewer, result
from hi_pipeline.stats.rates import method_of
from hi_pipeline.stats.standardisation._strata import mark_absent


def indirectly_standardised_ratio(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    by: str | Sequence[str],
    multiplier: float = 1,
    total_reference_population: float | None = None,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Indirectly standardised ratio: observed events over those expected at the reference's rates.

    Formula: E = sum n_i X_i/N_i; ratio = O/E * m; limits O_L/E * m and O_U/E * m, exact below 10
    events and Byar's from 10.

    Symbols: n population of stratum i, X and N events and population of the reference there,
    O = sum x observed events, m multiplier (100 gives the familiar 100 for the reference).

    Units: none, times ``multiplier``.

    Shapes: one row a stratum and group, with the reference beside it; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of observed counts.
        population: column of populations.
        reference_events: column of the reference's counts in the stratum.
        reference_population: column of the reference's populations in the stratum.
        by: group columns.
        multiplier: scale of value and limits, positive.
        total_reference_population: what the reference populations of a group must sum to. By default
            a group must have as many strata as the fullest group of the call.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, lower_95, upper_95, lower_998, upper_998, status, note, method,
        ``events`` (O) and ``expected`` (E). A null or an absent stratum makes the group ``missing``;
        impossible input or no expected events ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, or a number is out of its range.

    Example:
        >>> strata = pl.DataFrame({"x": [10, 30], "n": [1000, 500], "ref_x": [100, 400], "ref_n": [20000, 10000]})
        >>> sides = dict(events="x", population="n", reference_events="ref_x", reference_population="ref_n")
        >>> found = indirectly_standardised_ratio(strata, **sides, by=[])
        >>> found.select(pl.col("value", "lower_95", "upper_95", "expected").round(4)).rows()
        [(1.6, 1.1429, 2.1788, 25.0)]

    Reference:
        Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987.
    """
    return _indirect(
        frame, [events, population, reference_events, reference_population], by=by, multiplier=multiplier,
        total=total_reference_population, confidence=confidence, as_rate=False,
    )  # fmt: skip


def indirectly_standardised_rate(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    by: str | Sequence[str],
    multiplier: float = 100_000,
    total_reference_population: float | None = None,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Indirectly standardised rate: the standardised ratio times the reference's crude rate.

    Formula: rate = O/E * (sum X_i / sum N_i) * m; limits with O_L and O_U for O.

    Symbols: as in ``indirectly_standardised_ratio``.

    Units: events per ``multiplier`` persons.

    Shapes: one row a stratum and group, with the reference beside it; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of observed counts.
        population: column of populations.
        reference_events: column of the reference's counts in the stratum.
        reference_population: column of the reference's populations in the stratum.
        by: group columns.
        multiplier: scale of value and limits, positive.
        total_reference_population: as in ``indirectly_standardised_ratio``.
        confidence: confidence levels of the limits.

    Returns:
        As ``indirectly_standardised_ratio``, with ``reference_rate`` beside it.

    Raises:
        StatisticsError: a column is absent or not numeric, or a number is out of its range.

    Example:
        >>> strata = pl.DataFrame({"x": [10, 30], "n": [1000, 500], "ref_x": [100, 400], "ref_n": [20000, 10000]})
        >>> sides = dict(events="x", population="n", reference_events="ref_x", reference_population="ref_n")
        >>> found = indirectly_standardised_rate(strata, **sides, by=[], multiplier=1000)
        >>> found.select(pl.col("value", "lower_95", "upper_95", "reference_rate").round(3)).rows()
        [(26.667, 19.049, 36.313, 16.667)]

    Reference:
        Breslow NE, Day NE. Statistical methods in cancer research, volume II. Lyon: IARC; 1987.
    """
    return _indirect(
        frame, [events, population, reference_events, reference_population], by=by, multiplier=multiplier,
        total=total_reference_population, confidence=confidence, as_rate=True,
    )  # fmt: skip


@quiet
def _indirect(
    frame: Frame, columns: Sequence[str], *, by: str | Sequence[str], multiplier: float, total: float | None,
    confidence: Sequence[float], as_rate: bool,
) -> pl.DataFrame:  # fmt: skip
    scale = positive(multiplier, name="multiplier")
    by = names(by)
    roles = ["events", "population", "reference_events", "reference_population"]
    table = collect(frame, columns=dict(zip(roles, columns, strict=True)), by=by)
    groups = group_rows(table, by)
    figures = {role: numbers(table, name, role=role) for role, name in zip(roles, columns, strict=True)}
    x, n, ref_x, ref_n = figures.values()
    reasons = Reasons(groups.size)
    for role, values in figures.items():
        note = f"a count is missing in this group ({role.replace('_', ' ')})"
        reasons.mark(groups.any(np.isnan(values)), Status.MISSING, note)
    wrong = np.any([(values < 0) | np.isinf(values) for values in figures.values()], axis=0)
    reasons.mark(groups.any(wrong), Status.NOT_APPLICABLE, "impossible input: a negative or infinite count")
    note = "a stratum of the reference has no population"
    reasons.mark(groups.any(ref_n == 0), Status.NOT_APPLICABLE, note)
    note = "impossible input: events in a stratum without population"
    reasons.mark(groups.any((n == 0) & (x > 0)), Status.NOT_APPLICABLE, note)
    reference_population = groups.total(ref_n)
    if total is None:
        mark_fewer(reasons, np.bincount(groups.row_group(), minlength=groups.size), None, what="strata")
    else:
        mark_absent(reasons, reference_population, total, what="reference populations")
    events, expected = groups.total(x), groups.total(n * ref_x / ref_n)
    reasons.mark(expected == 0, Status.NOT_APPLICABLE, "no events are expected at the reference's rates")
    reference_rate = groups.total(ref_x) / reference_population * scale
    factor: Floats = (reference_rate if as_rate else np.full(groups.size, scale)) / expected
    limits = {}
    for level in levels(confidence):
        lower, upper = _limits.poisson(events, level)
        limits[level] = lower * factor, upper * factor
    extra: Extra = {"events": events, "expected": expected}
    if as_rate:
        extra["reference_rate"] = reference_rate
    method = method_of(events)
    return result(groups, reasons, value=events * factor, limits=limits, method=method, extra=extra)
