"""Single units against the others of one file: a practice, provider or area whose figure is far from all the rest."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats._columns import Frame, collect, names, numbers, one_of, refuse_clash

# Median absolute deviation of a normal variable times this is its standard deviation.
TO_STANDARD_DEVIATION = 1.4826
FEWEST_UNITS = 10
TOO_FEW_UNITS = f"fewer than {FEWEST_UNITS} units of the smallest size in this group"
TOO_SMALL = "the unit is below the smallest size"
NO_COUNT = "a count is missing"
IMPOSSIBLE = "a count below 0, or a part above its whole"
NO_FIGURE = "there is no figure"
TOO_FEW_FIGURES = f"fewer than {FEWEST_UNITS} figures in this group"
ALL_ALIKE = "more than half of the units have one and the same figure, and it has no limits"
_TO_LIMIT = 1.959963984540054
_SCALES = ("proportion", "rate")
Numbers = NDArray[np.float64]


def distance_from_others(
    frame: Frame,
    *,
    events: str,
    population: str,
    scale: str,
    smallest: float = 100,
    by: str | Sequence[str] = (),
) -> pl.DataFrame:
    """Measure how far each unit lies from the median of its group, robustly, so that it cannot hide itself.

    Formula: d = |y - m| / sqrt((1.4826 MAD)^2 + min(v(x), v(e))). For a proportion y = ln((x + 1/2) / (n - x + 1/2)),
    v(c) = 1/(c + 1/2) + 1/(n - c + 1/2) and e = n / (1 + exp(-m)); for a rate y = ln((x + 1/2) / n),
    v(c) = 1/(c + 1/2) and e = n exp(m).

    Symbols: x events and n population of a unit; m the median of y over the units of the group, MAD the median of
    |y - m|, both over units of at least the smallest size; e the events that the unit would have at the median. Chance
    is that of e, as in a funnel, so that a unit with 0 where 600 are expected is not excused by its own 0; or that of
    x where this is less, so that a small unit with many is not excused by the few that are expected.

    Units: d is in standard deviations of a unit of that size: what units differ by, and what chance adds.

    Shapes: one row a row of the frame, in its order.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of counts.
        population: column of what they are counted among.
        scale: "proportion" where the events are a part of the population, else "rate".
        smallest: units with a smaller population are neither judged nor used.
        by: group columns (indicator, year); none makes one group.

    Returns:
        Group columns, ``value`` (d, or null), ``median`` (of the group, as a share or rate), lower_95, upper_95,
        lower_998, upper_998 (null: nothing is estimated), status, note, method (``none``). A unit without counts is
        ``missing``, one that is too small, or of a group of fewer than 10, ``too_few``, one with impossible counts
        ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or holds words, or the scale is unknown.

    Example:
        >>> units = pl.DataFrame({"x": [100 + i for i in range(11)] + [1300], "n": [10_000] * 12})
        >>> far = distance_from_others(units, events="x", population="n", scale="proportion")
        >>> far["value"].round(1).to_list()[-2:]
        [0.4, 51.0]

    Reference:
        Iglewicz B, Hoaglin DC. How to detect and handle outliers. ASQC Quality Press, 1993 (median and MAD). Agresti A.
        Categorical data analysis. Wiley, 2013 (variance of the empirical logit). Spiegelhalter DJ. Funnel plots for
        comparing institutional performance. Statistics in Medicine 2005;24:1185-1202 (variance at the target).
    """
    by = names(by)
    one_of(scale, _SCALES, name="scale")
    refuse_clash(by, ["median"])
    table = collect(frame, columns={"events": events, "population": population}, by=by)
    x, n = numbers(table, events, role="events"), numbers(table, population, role="population")
    absent = np.isnan(x) | np.isnan(n)
    impossible = ~absent & ((x < 0) | (n < 0) | ((x > n) if scale == "proportion" else False))
    small = ~absent & ~impossible & (n < max(smallest, 1))
    used = ~(absent | impossible | small)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        y = np.where(used, np.log((x + 0.5) / (n - x + 0.5 if scale == "proportion" else n)), np.nan)
    keys = [table.get_column(name) for name in by]
    work = pl.DataFrame({f"key_{i}": key for i, key in enumerate(keys)} | {"y": pl.Series(y).fill_nan(None)})
    group: list[Any] = [name for name in work.columns if name != "y"] or [pl.lit(0)]
    m, mad, count = _middle(work, group)
    few = used & (count < FEWEST_UNITS)
    judged = used & ~few
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        median = np.exp(m) / (1 + np.exp(m)) if scale == "proportion" else np.exp(m)
        chance = np.minimum(_chance(x, n, scale), _chance(n * median, n, scale))
        distance = np.where(judged, np.abs(y - m) / np.sqrt((TO_STANDARD_DEVIATION * mad) ** 2 + chance), np.nan)
    reasons = (
        (absent, Status.MISSING, NO_COUNT),
        (impossible, Status.NOT_APPLICABLE, IMPOSSIBLE),
        (small, Status.TOO_FEW, TOO_SMALL),
        (few, Status.TOO_FEW, TOO_FEW_UNITS),
    )
    return _as_rows(table, by, distance, median, reasons)


def distance_of_values(
    frame: Frame, *, value: str, lower: str, upper: str, by: str | Sequence[str] = ()
) -> pl.DataFrame:
    """Measure how far each printed figure lies from the median of its group, where no counts are printed beside it.

    Formula: d = |y - m| / sqrt((1.4826 MAD)^2 + ((u - l) / (2 * 1.96))^2).

    Symbols: y the figure, l and u its printed 95% limits (without them chance is taken as 0); m the median of y over
    the units of the group, MAD the median of |y - m|.

    Units: d is in standard deviations: what units differ by, and what chance adds.

    Shapes: one row a row of the frame, in its order.

    Args:
        frame: DataFrame or LazyFrame.
        value: column of figures, in any unit.
        lower: column of their lower 95% limits, in the same unit.
        upper: column of their upper 95% limits.
        by: group columns (indicator, year); none makes one group.

    Returns:
        The columns of ``distance_from_others``, ``median`` in the unit of the figures. A unit without a figure is
        ``missing``, one of a group of fewer than 10 ``too_few``; where all units are alike and have no limits, nothing
        can be said and the status is ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or holds words.

    Example:
        >>> units = pl.DataFrame({"v": [100.0 + i for i in range(11)] + [200.0], "l": [None] * 12, "u": [None] * 12})
        >>> units = units.with_columns(pl.col("l", "u").cast(pl.Float64))
        >>> distance_of_values(units, value="v", lower="l", upper="u")["value"].round(1).to_list()[-2:]
        [1.0, 21.2]

    Reference:
        Iglewicz B, Hoaglin DC. How to detect and handle outliers. ASQC Quality Press, 1993 (median and MAD).
    """
    by = names(by)
    refuse_clash(by, ["median"])
    table = collect(frame, columns={"value": value, "lower": lower, "upper": upper}, by=by)
    y, low, high = (
        numbers(table, column, role=role) for column, role in ((value, "value"), (lower, "lower"), (upper, "upper"))
    )
    keys = [table.get_column(name) for name in by]
    work = pl.DataFrame({f"key_{i}": key for i, key in enumerate(keys)} | {"y": pl.Series(y).fill_nan(None)})
    m, mad, count = _middle(work, [name for name in work.columns if name != "y"] or [pl.lit(0)])
    absent = np.isnan(y)
    few = ~absent & (count < FEWEST_UNITS)
    scale = np.hypot(TO_STANDARD_DEVIATION * mad, np.nan_to_num((high - low) / (2 * _TO_LIMIT)))
    alike = ~absent & ~few & (scale == 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.where(absent | few | alike, np.nan, np.abs(y - m) / scale)
    reasons = (
        (absent, Status.MISSING, NO_FIGURE),
        (few, Status.TOO_FEW, TOO_FEW_FIGURES),
        (alike, Status.NOT_APPLICABLE, ALL_ALIKE),
    )
    return _as_rows(table, by, distance, m, reasons)


def _middle(work: pl.DataFrame, group: list[Any]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the median of y, the median of the distances to it, and how many there are, of each row's group."""
    centred = work.with_columns(m=pl.col("y").median().over(group), count=pl.col("y").count().over(group))
    spread = centred.with_columns(mad=(pl.col("y") - pl.col("m")).abs().median().over(group))
    m, mad = (spread[name].fill_null(np.nan).to_numpy() for name in ("m", "mad"))
    return m, mad, spread["count"].to_numpy()


def _chance(events: Numbers, n: Numbers, scale: str) -> Numbers:
    """Return the variance that chance gives to the figure of so many events, on the log or logit scale."""
    both: Numbers = 1 / (events + 0.5) + (1 / (n - events + 0.5) if scale == "proportion" else 0)
    return both


def _as_rows(
    table: pl.DataFrame,
    by: list[str],
    distance: Numbers,
    median: Numbers,
    reasons: Sequence[tuple[NDArray[np.bool_], Status, str]],
) -> pl.DataFrame:
    keys = [table.get_column(name) for name in by]
    status = np.select([where for where, _, _ in reasons], [str(word) for _, word, _ in reasons], str(Status.OK))
    note = np.select([where for where, _, _ in reasons], [words for _, _, words in reasons], "")
    nothing = pl.Series([None] * table.height, dtype=pl.Float64)
    return pl.DataFrame(
        dict(zip(by, keys, strict=True))
        | {"value": pl.Series(distance).fill_nan(None), "median": pl.Series(median).fill_nan(None)}
        | dict.fromkeys(("lower_95", "upper_95", "lower_998", "upper_998"), nothing)
        | {
            "status": pl.Series(status.tolist(), dtype=pl.String),
            "note": pl.Series([words or None for words in note.tolist()], dtype=pl.String),
            "method": pl.Series([str(Method.NONE)] * table.height, dtype=pl.String),
        }
    )
