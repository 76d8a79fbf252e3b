"""What figures that are known as intervals share: the result row of each group."""

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats
from hi_pipeline.stats._groups import Groups
from hi_pipeline.stats._results import Extra, Reasons, result, suffix

HIDDEN = "the counts are known as intervals only; value_low and value_high bound the figure"


def bounded_result(
    groups: Groups, reasons: Reasons, low: Floats, high: Floats, limits: dict[float, _limits.Pair], method: Method
) -> pl.DataFrame:
    """Return the result of a figure that is known as an interval, one row a group.

    The value stands where the bounds agree, else the group is suppressed; bounds and limits stand wherever they are
    known.

    Args:
        groups: of the counts.
        reasons: why groups have no figure; those whose bounds differ are marked here.
        low: the lower bound of each group, NaN where it is not known.
        high: the upper bound.
        limits: lower and upper limit of each group by level, such as 0.95.
        method: of the limits.

    Returns:
        The columns of every statistic, value_low and value_high.
    """
    known = reasons.ok & np.isfinite(low) & np.isfinite(high)
    reasons.mark(known & (low != high), Status.SUPPRESSED, HIDDEN)
    nothing = np.full(groups.size, np.nan)
    hollow = {level: (nothing, nothing) for level in limits}
    extra: Extra = {name: _where(known, side) for name, side in (("value_low", low), ("value_high", high))}
    out = result(groups, reasons, value=low, limits=hollow, method=method, extra=extra)
    shown = {}
    for level, (lower, upper) in limits.items():
        shown[f"lower_{suffix(level)}"] = _where(known, lower)
        shown[f"upper_{suffix(level)}"] = _where(known, upper)
    words = np.where(known, str(method), str(Method.NONE)).tolist()
    return out.with_columns(method=pl.Series(words, dtype=pl.String), **shown)


def _where(known: np.ndarray, figure: Floats) -> pl.Series:
    return pl.Series(np.where(known & np.isfinite(figure), figure, np.nan)).fill_nan(None)
