"""Do two groups change at an equal pace, told from their counts?"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, one_of, positive, quiet
from hi_pipeline.stats._counts import Counts
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result
from hi_pipeline.stats.comparison._changes import read_changes, side_difference, side_ratio
from hi_pipeline.stats.comparison.change import CANNOT_TELL, Kind, Scale

DEFAULT_MARGIN = {"ratio": 0.05, "difference": 0.01}


@quiet
def difference_of_changes(
    frame: Frame,
    *,
    start_events: str,
    start_population: str | None = None,
    end_events: str,
    end_population: str | None = None,
    reference_start_events: str,
    reference_start_population: str | None = None,
    reference_end_events: str,
    reference_end_population: str | None = None,
    by: str | Sequence[str],
    kind: Kind = "proportion",
    scale: Scale = "ratio",
    better: Literal["lower", "higher"] = "lower",
    margin: float | None = None,
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Difference between the changes of two groups, with a verdict on their pace.

    Formula: ``ratio``: value = (end/start of the group) / (end/start of the reference), limits on the
    log scale with SE^2 the sum of the four variances (1/x, or 1/x - 1/n for proportions).
    ``difference``: value = (end - start of the group) - (end - start of the reference), limits
    recovered from those of the two changes.

    Symbols: x events, n population. The reference is the rest of the area or the other end of the
    ladder and shares nobody with the group.

    Verdict, from the 95% limits: ``equal_pace`` if they lie within the margin of no difference;
    otherwise ``faster`` or ``slower`` if they leave out no difference, faster meaning further in the
    direction that is better; else ``cannot_tell``. A wide interval is never called equal.

    Units: none for a ratio; the unit of the figure times ``multiplier`` for a difference.

    Shapes: each row holds both groups and both years (one row a pair, or several, summed).

    Args:
        frame: DataFrame or LazyFrame.
        start_events: column of counts of the group in the first year.
        start_population: column of its populations in the first year; ``None`` for a count.
        end_events: column of counts of the group in the second year.
        end_population: column of its populations in the second year.
        reference_start_events: as ``start_events``, of the reference.
        reference_start_population: as ``start_population``, of the reference.
        reference_end_events: as ``end_events``, of the reference.
        reference_end_population: as ``end_population``, of the reference.
        by: group columns.
        kind: ``proportion``, ``rate`` or ``count``.
        scale: ``ratio`` or ``difference``.
        better: the direction that is better, ``lower`` (a waiting list) or ``higher`` (uptake).
        margin: what counts as equal: a share for ratios (0.05, the default: within 1/1.05 to 1.05),
            a difference before the multiplier for differences (0.01 by default).
        multiplier: scale of a difference, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method, ``p_slower`` (the one-sided probability of
        falling as far behind the reference if the pace were equal) and ``verdict``.

    Raises:
        StatisticsError: a column is absent or not numeric, populations are lacking or the margin is
            negative.

    Example:
        >>> frame = pl.DataFrame({"a_0": [400], "a_1": [300], "rest_0": [400], "rest_1": [390]})
        >>> own = dict(start_events="a_0", end_events="a_1")
        >>> rest = dict(reference_start_events="rest_0", reference_end_events="rest_1")
        >>> found = difference_of_changes(frame, **own, **rest, by=[], kind="count")
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4), "verdict").rows()
        [(0.7692, 0.6269, 0.9439, 'faster')]

    Reference:
        Altman DG, Bland JM. Interaction revisited: the difference between two estimates. BMJ
        2003;326:219. Zou GY, Donner A. Stat Med 2008;27:1693-702.
    """
    one_of(better, ["lower", "higher"], name="better")
    pairs = [
        (start_events, start_population), (end_events, end_population),
        (reference_start_events, reference_start_population),
        (reference_end_events, reference_end_population),
    ]  # fmt: skip
    scale_by = positive(multiplier, name="multiplier")
    groups, reasons, sides = read_changes(frame, pairs, by=by, kind=kind, scale=scale)
    near = margin_of(margin, scale)
    asked = {0.95, *levels(confidence)}
    if scale == "ratio":
        value, limits, gap, error = _ratio(sides, kind, asked)
        band, unchanged, unit = (1 / (1 + near), 1 + near), 1.0, 1.0
    else:
        value, limits, gap, error = _difference(sides, kind, asked)
        band, unchanged, unit = (-near, near), 0.0, scale_by
    words = _verdict(*limits[0.95], band, unchanged, better, reasons)
    behind = gap / error if better == "lower" else -gap / error
    extra: Extra = {"p_slower": np.where(error > 0, 1 - _limits.normal(behind), np.nan), "verdict": words}
    chosen = {level: (limits[level][0] * unit, limits[level][1] * unit) for level in levels(confidence)}
    method = Method.LOG if scale == "ratio" else Method.MOVER
    return result(groups, reasons, value=value * unit, limits=chosen, method=method, extra=extra)


def margin_of(margin: float | None, scale: str) -> float:
    """Return what counts as equal, by default that of the scale.

    Raises:
        StatisticsError: if it is negative or infinite.
    """
    chosen = DEFAULT_MARGIN[scale] if margin is None else margin
    if not 0 <= chosen < np.inf:
        raise StatisticsError(f"margin is {margin!r}; a number from 0 was expected.")
    return chosen


Parts = tuple[Floats, dict[float, _limits.Pair], Floats, Floats]


def _ratio(sides: list[Counts], kind: str, asked: set[float]) -> Parts:
    own, own_error = side_ratio(sides[1], sides[0], kind)
    other, other_error = side_ratio(sides[3], sides[2], kind)
    value, error = own / other, np.hypot(own_error, other_error)
    return value, {level: _limits.log_ratio(value, error, level) for level in asked}, np.log(value), error


def _difference(sides: list[Counts], kind: str, asked: set[float]) -> Parts:
    limits = {}
    for level in asked:
        own, *own_limits = side_difference(sides[1], sides[0], kind, level)
        other, *other_limits = side_difference(sides[3], sides[2], kind, level)
        limits[level] = _limits.mover_difference(
            own, (own_limits[0], own_limits[1]), other, (other_limits[0], other_limits[1])
        )
    lower, upper = limits[0.95]
    return own - other, limits, own - other, (upper - lower) / (2 * _limits.z_score(0.95))


def _verdict(
    lower: Floats, upper: Floats, band: tuple[float, float], unchanged: float, better: str, reasons: Reasons
) -> pl.Series:
    words = np.full(len(lower), CANNOT_TELL, dtype=object)
    below, above = ("faster", "slower") if better == "lower" else ("slower", "faster")
    words[upper < unchanged] = below
    words[lower > unchanged] = above
    words[(lower >= band[0]) & (upper <= band[1])] = "equal_pace"
    words[~reasons.ok] = None
    return pl.Series(list(words), dtype=pl.String)
