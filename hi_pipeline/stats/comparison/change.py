"""Change between two years, of counts and of estimates."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, positive, quiet
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result
from hi_pipeline.stats._singles import check_error_columns, read_singles, rescale
from hi_pipeline.stats.comparison._changes import read_changes, side_difference, side_ratio

Kind = Literal["proportion", "rate", "count"]
Scale = Literal["ratio", "difference"]
CANNOT_TELL = "cannot_tell"


@quiet
def change(
    frame: Frame,
    *,
    start_events: str,
    start_population: str | None = None,
    end_events: str,
    end_population: str | None = None,
    by: str | Sequence[str],
    kind: Kind = "proportion",
    scale: Scale = "ratio",
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Change of a count, rate or proportion between two years.

    Formula: ``ratio``: q = end/start with limits q exp(-+ z SE), SE^2 = 1/x1 + 1/x0 for counts and
    rates and 1/x1 - 1/n1 + 1/x0 - 1/n0 for proportions. ``difference``: end - start with limits
    recovered from those of each year (Wilson, or exact and Byar).

    Symbols: x events, n population, 1 the end, 0 the start, z the normal quantile.

    Units: none for a ratio; the unit of the figure times ``multiplier`` for a difference.

    Shapes: each row holds both years (one row a group, or several, summed).

    Args:
        frame: DataFrame or LazyFrame.
        start_events: column of counts in the first year.
        start_population: column of populations in the first year; ``None`` for a count.
        end_events: column of counts in the second year.
        end_population: column of populations in the second year; ``None`` for a count.
        by: group columns.
        kind: ``proportion``, ``rate`` or ``count``.
        scale: ``ratio`` or ``difference``.
        multiplier: scale of a difference, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method and ``verdict``: ``rise`` or ``fall`` where
        the 95% limits leave out no change, else ``cannot_tell``. A ratio without events in a year is
        ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric, or populations are lacking.

    Example:
        >>> frame = pl.DataFrame({"list_2024": [400], "list_2025": [300]})
        >>> found = change(frame, start_events="list_2024", end_events="list_2025", by=[], kind="count")
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4), "verdict").rows()
        [(0.75, 0.6457, 0.8711, 'fall')]

    Reference:
        Newcombe RG. Stat Med 1998;17:873-90. Zou GY, Donner A. Stat Med 2008;27:1693-702.
    """
    unit = positive(multiplier, name="multiplier")
    groups, reasons, sides = read_changes(
        frame, [(start_events, start_population), (end_events, end_population)], by=by, kind=kind, scale=scale
    )
    limits = {}
    if scale == "ratio":
        value, error = side_ratio(sides[1], sides[0], kind)
        for level in {0.95, *levels(confidence)}:
            limits[level] = _limits.log_ratio(value, error, level)
    else:
        for level in {0.95, *levels(confidence)}:
            value, lower, upper = side_difference(sides[1], sides[0], kind, level)
            limits[level] = lower * unit, upper * unit
        value = value * unit
    words = _verdict(*limits[0.95], 1.0 if scale == "ratio" else 0.0, reasons)
    chosen = {level: limits[level] for level in levels(confidence)}
    extra: Extra = {"verdict": words}
    method = Method.LOG if scale == "ratio" else Method.NEWCOMBE if kind == "proportion" else Method.MOVER
    return result(groups, reasons, value=value, limits=chosen, method=method, extra=extra)


@quiet
def change_of_estimates(
    frame: Frame,
    *,
    start_value: str,
    end_value: str,
    start_lower: str | None = None,
    start_upper: str | None = None,
    start_standard_error: str | None = None,
    end_lower: str | None = None,
    end_upper: str | None = None,
    end_standard_error: str | None = None,
    by: str | Sequence[str],
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Change of any estimate between two years, as of a slope index, with a one-sided test of a rise.

    Formula: d = v1 - v0; from standard errors d -+ z sqrt(SE1^2 + SE0^2); from 95% limits
    lower d - sqrt((v1 - l1)^2 + (u0 - v0)^2), upper d + sqrt((u1 - v1)^2 + (v0 - l0)^2), each width
    taken to other levels by the ratio of normal quantiles. p_rise = 1 - Phi(d/SE).

    Symbols: v the estimate, l and u its limits, 1 the end, 0 the start; the two years are independent.
    SE from limits is (u - l)/(2 * 1.959964).

    Units: those of the estimate.

    Shapes: one row a group in and out.

    Args:
        frame: DataFrame or LazyFrame.
        start_value: column of estimates of the first year.
        end_value: column of estimates of the second year.
        start_lower: column of lower 95% limits of the first year.
        start_upper: column of upper 95% limits of the first year.
        start_standard_error: column of standard errors of the first year, instead of limits.
        end_lower: column of lower 95% limits of the second year.
        end_upper: column of upper 95% limits of the second year.
        end_standard_error: column of standard errors of the second year, instead of limits.
        by: group columns.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method, ``p_rise`` (the one-sided probability of a
        rise as large if there were none) and ``verdict`` (``rise``, ``fall``, ``cannot_tell``).

    Raises:
        StatisticsError: a column is absent or not numeric, or a year lacks limits or standard errors.

    Example:
        >>> frame = pl.DataFrame({"sii_0": [10.0], "se_0": [3.0], "sii_1": [5.0], "se_1": [4.0]})
        >>> start = dict(start_value="sii_0", start_standard_error="se_0")
        >>> end = dict(end_value="sii_1", end_standard_error="se_1")
        >>> found = change_of_estimates(frame, **start, **end, by=[])
        >>> found.select(pl.col("value", "lower_95", "upper_95", "p_rise").round(4), "verdict").rows()
        [(-5.0, -14.7998, 4.7998, 0.8413, 'cannot_tell')]

    Reference:
        Zou GY, Donner A. Construction of confidence limits about effect measures: a general
        approach. Stat Med 2008;27:1693-702.
    """
    check_error_columns(start_lower, start_upper, start_standard_error)
    check_error_columns(end_lower, end_upper, end_standard_error)
    columns = {
        "start_value": start_value, "end_value": end_value, "start_lower": start_lower,
        "start_upper": start_upper, "start_standard_error": start_standard_error, "end_lower": end_lower,
        "end_upper": end_upper, "end_standard_error": end_standard_error,
    }  # fmt: skip
    groups, reasons, figures = read_singles(frame, columns, by=by)
    start, start_pair = _with_limits(figures, "start")
    end, end_pair = _with_limits(figures, "end")
    limits = {}
    for level in {0.95, *levels(confidence)}:
        one = rescale(end_pair[0], end, level), rescale(end_pair[1], end, level)
        two = rescale(start_pair[0], start, level), rescale(start_pair[1], start, level)
        limits[level] = _limits.mover_difference(end, one, start, two)
    width = np.hypot(end_pair[1] - end_pair[0], start_pair[1] - start_pair[0])
    p_rise = 1 - _limits.normal((end - start) / (width / (2 * _limits.z_score(0.95))))
    extra: Extra = {"p_rise": p_rise, "verdict": _verdict(*limits[0.95], 0.0, reasons)}
    chosen = {level: limits[level] for level in levels(confidence)}
    return result(groups, reasons, value=end - start, limits=chosen, method=Method.MOVER, extra=extra)


def _with_limits(figures: dict[str, Floats], year: str) -> tuple[Floats, tuple[Floats, Floats]]:
    value = figures[f"{year}_value"]
    if f"{year}_standard_error" in figures:
        reach = _limits.z_score(0.95) * figures[f"{year}_standard_error"]
        return value, (value - reach, value + reach)
    return value, (figures[f"{year}_lower"], figures[f"{year}_upper"])


def _verdict(lower: Floats, upper: Floats, unchanged: float, reasons: Reasons) -> pl.Series:
    words = np.full(len(lower), CANNOT_TELL, dtype=object)
    words[lower > unchanged] = "rise"
    words[upper < unchanged] = "fall"
    words[~reasons.ok] = None
    return pl.Series(list(words), dtype=pl.String)
