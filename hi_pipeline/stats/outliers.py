"""Single units against the others of one file: a practice, provider or area whose figure is far from all the rest."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats._columns import Frame, collect, names, numbers, one_of, refuse_clash

# Median absolute deviation of a normal variable times this is its standard deviation.
TO_STANDARD_DEVIATION = 1.4826
FEWEST_UNITS = 10
TOO_FEW_UNITS = f"fewer than {FEWEST_UNITS} units of the smallest size in this group"
TOO_SMALL = "the unit is below the smallest size"
NO_COUNT = "a count is missing"
IMPOSSIBLE = "a count below 0, or a part above its whole"
_SCALES = ("proportion", "rate")


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

    Formula: d = |y - m| / sqrt((1.4826 MAD)^2 + v). For a proportion y = ln((x + 1/2) / (n - x + 1/2)) and
    v = 1/(x + 1/2) + 1/(n - x + 1/2); for a rate y = ln((x + 1/2) / n) and v = 1/(x + 1/2).

    Symbols: x events and n population of a unit; m the median of y over the units of the group, MAD the median of
    |y - m|, both over units of at least the smallest size.

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
        Categorical data analysis. Wiley, 2013 (variance of the empirical logit).
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
    rest = n - x + 0.5 if scale == "proportion" else n
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        y = np.where(used, np.log((x + 0.5) / rest), np.nan)
        chance = 1 / (x + 0.5) + (1 / rest if scale == "proportion" else 0)
    keys = [table.get_column(name) for name in by]
    work = pl.DataFrame({f"key_{i}": key for i, key in enumerate(keys)} | {"y": pl.Series(y).fill_nan(None)})
    group: list[Any] = [name for name in work.columns if name != "y"] or [pl.lit(0)]
    centred = work.with_columns(m=pl.col("y").median().over(group), count=pl.col("y").count().over(group))
    spread = centred.with_columns(mad=(pl.col("y") - pl.col("m")).abs().median().over(group))
    m, mad = (spread[name].fill_null(np.nan).to_numpy() for name in ("m", "mad"))
    few = used & (spread["count"].to_numpy() < FEWEST_UNITS)
    judged = used & ~few
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        distance = np.where(judged, np.abs(y - m) / np.sqrt((TO_STANDARD_DEVIATION * mad) ** 2 + chance), np.nan)
        median = np.exp(m) / (1 + np.exp(m)) if scale == "proportion" else np.exp(m)
    reasons = (
        (absent, Status.MISSING, NO_COUNT),
        (impossible, Status.NOT_APPLICABLE, IMPOSSIBLE),
        (small, Status.TOO_FEW, TOO_SMALL),
        (few, Status.TOO_FEW, TOO_FEW_UNITS),
    )
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
