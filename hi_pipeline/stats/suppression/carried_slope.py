"""The slope index of inequality of values that are known as intervals."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, positive, quiet
from hi_pipeline.stats._results import CONFIDENCE, levels
from hi_pipeline.stats.inequality._ladder import Kind, Ladder, Transform, from_scale, read_ladder
from hi_pipeline.stats.suppression._bounded import bounded_result


@quiet
def slope_bounds(
    frame: Frame,
    *,
    rank: str,
    population: str,
    value_low: str,
    value_high: str,
    lower: str,
    upper: str,
    by: str | Sequence[str],
    kind: Kind = "rate",
    transform: Transform = "auto",
    multiplier: float = 1,
    groups: int | None = None,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Slope index of inequality of values that are known as intervals.

    Formula: on the scale of the fit, slope and middle lie between the sums of their weights times
    whichever bound makes them least or greatest; the bounds of the SII are the extremes of
    g(middle + slope/2) - g(middle - slope/2) over these. The limits widen the slope on either side by
    z sqrt(sum c_i^2 SE_i^2), SE_i the greater of T(value_low) - T(lower) and T(upper) - T(value_high)
    over 1.959964.

    Symbols: as in ``inequality.slope_index``; T the scale of the fit.

    Units: those of the values times ``multiplier``.

    Shapes: one row a rank and group; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers.
        population: column of populations, above zero, taken as known.
        value_low: column of least true values, as from ``figure_bounds``.
        value_high: column of greatest true values.
        lower: column of lower 95% limits, as from ``figure_bounds``.
        upper: column of upper 95% limits.
        by: group columns.
        kind: as in ``inequality.slope_index``.
        transform: as in ``inequality.slope_index``.
        multiplier: scale of bounds and limits, positive.
        groups: how many ranks every group must have; by default as many as the fullest group of the call.
        confidence: confidence levels of the limits.

    Returns:
        As ``figure_bounds``. Groups have no figure for the reasons of ``inequality.slope_index``.

    Raises:
        StatisticsError: as ``inequality.slope_index``.

    Example:
        >>> frame = pl.DataFrame({"q": range(1, 6), "n": [20] * 5, "v0": [9, 8, 7, 6, 5], "v1": [9, 8, 7, 6, 6]})
        >>> frame = frame.with_columns(low=pl.col("v0") - 1, high=pl.col("v1") + 1)
        >>> columns = dict(rank="q", population="n", value_low="v0", value_high="v1", lower="low", upper="high")
        >>> found = slope_bounds(frame, **columns, by=[], kind="other")
        >>> found.select(pl.col("value_low", "value_high", "lower_95", "upper_95").round(3)).rows()
        [(-5.0, -4.0, -6.581, -2.419)]

    Reference:
        Low A, Low A. J Public Health 2004;26:388-95. Manski CF. Partial identification of probability
        distributions. Springer; 2003.
    """
    scale = positive(multiplier, name="multiplier")
    ladders = [
        read_ladder(
            frame, rank=rank, population=population, value=name, lower=None, upper=None, standard_error=None,
            by=by, kind=kind, transform=transform, expected=groups,
        )
        for name in (value_low, value_high, lower, upper)
    ]  # fmt: skip
    whole = ladders[0]
    for ladder in ladders[1:]:
        whole.reasons.join(ladder.reasons)
    low, high, bottom, top = (_kept(ladder, whole) for ladder in ladders)
    keep = whole.reasons.ok[np.repeat(whole.chosen, np.diff(np.append(whole.starts, len(whole.share))))]
    share, slope = whole.share[keep], whole.slope[keep]
    chosen = whole.chosen[whole.reasons.ok[whole.chosen]]
    starts = _starts(whole, keep)
    least = _sum(np.minimum(slope * low, slope * high), starts)
    most = _sum(np.maximum(slope * low, slope * high), starts)
    middle = _sum(share * low, starts), _sum(share * high, starts)
    error = np.maximum(low - bottom, top - high) / _limits.z_score(0.95)
    spread = np.sqrt(_sum((slope * error) ** 2, starts))

    def placed(figures: Floats) -> Floats:
        out = np.full(whole.groups.size, np.nan)
        out[chosen] = figures * scale
        return out

    limits = {}
    for level in levels(confidence):
        reach = _limits.z_score(level) * spread
        wide = _extremes(least - reach, most + reach, middle, whole.transform)
        limits[level] = placed(wide[0]), placed(wide[1])
    least_sii, most_sii = _extremes(least, most, middle, whole.transform)
    return bounded_result(whole.groups, whole.reasons, placed(least_sii), placed(most_sii), limits, Method.CLOSED_FORM)


def _kept(ladder: Ladder, whole: Ladder) -> Floats:
    """Scaled values of the groups that have a line at every bound."""
    lengths = np.diff(np.append(ladder.starts, len(ladder.share)))
    return ladder.scaled[whole.reasons.ok[np.repeat(ladder.chosen, lengths)]]


def _starts(whole: Ladder, keep: np.ndarray) -> np.ndarray:
    lengths = np.diff(np.append(whole.starts, len(whole.share)))
    return np.flatnonzero(np.diff(np.repeat(whole.chosen, lengths)[keep], prepend=-1))


def _sum(rows: Floats, starts: np.ndarray) -> Floats:
    return np.add.reduceat(rows, starts) if len(starts) else np.zeros(0)


def _extremes(least: Floats, most: Floats, middle: tuple[Floats, Floats], transform: str) -> tuple[Floats, Floats]:
    """Least and greatest difference of the ends over a range of slopes and middles.

    It rises with the slope; along the middle it is monotone (log) or turns at zero (logit), so the
    corners and zero are enough.
    """
    places = [*middle, np.clip(0.0, middle[0], middle[1])]

    def ends(slope: Floats, at: Floats) -> Floats:
        return from_scale(at + slope / 2, transform) - from_scale(at - slope / 2, transform)

    low = np.min([ends(least, at) for at in places], axis=0)
    high = np.max([ends(most, at) for at in places], axis=0)
    return low, high
