"""Published counts as intervals of what they may truly be."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats._columns import Frame, collect, names, numbers, one_of
from hi_pipeline.stats._groups import group_rows
from hi_pipeline.stats._results import Extra, Reasons, result
from hi_pipeline.stats.suppression.rules import RULES, Rule


def count_bounds(
    frame: Frame, *, count: str, rule: str | Rule, hidden: str | None = None, by: str | Sequence[str]
) -> pl.DataFrame:
    """Sum published counts of each group and give the least and greatest true sum behind them.

    Formula: low = sum low_i and high = sum high_i. A hidden count is the rule's range (1 to 7 for
    HES); a count v rounded to 5 is v - 2 to v + 2, and above what the rule would have hidden.

    Symbols: i the rows of the group.

    Units: counts.

    Shapes: any number of rows a group, summed; one row a group comes back. Sums of rounded counts drift
    with the number of rows, and so does the interval: twelve months rounded to 5 are up to 24 either way.

    Args:
        frame: DataFrame or LazyFrame.
        count: column of published counts, null where hidden or missing.
        rule: a publisher's name in ``RULES``, or a ``Rule``.
        hidden: column of booleans that tells hidden counts from missing ones; without it every null
            was hidden, where the rule hides any.
        by: group columns.

    Returns:
        Group columns, value (the sum of the printed counts, null if any is hidden), null limits, status,
        note, method (``none``), ``low``, ``high`` and ``hidden`` (how many rows were). A hidden count
        makes the group ``suppressed``; its bounds are given nevertheless. A missing one makes it
        ``missing``, without bounds.

    Raises:
        StatisticsError: a column is absent or of another type, or the rule is unknown.

    Example:
        >>> frame = pl.DataFrame({"icb": ["A", "A"], "count": [20, None]})
        >>> count_bounds(frame, count="count", rule="hes", by="icb").select("icb", "low", "high", "status").rows()
        [('A', 19.0, 29.0, 'suppressed')]

    Reference:
        NHS England. Hospital Episode Statistics: disclosure control methodology.
        Office for National Statistics. Policy on protecting confidentiality in tables.
    """
    chosen = rule if isinstance(rule, Rule) else RULES[one_of(rule, RULES, name="rule")]
    by = names(by)
    table = collect(frame, columns={"count": count, "hidden": hidden}, by=by)
    groups = group_rows(table, by)
    v = numbers(table, count, role="count")
    away = np.isnan(v) if chosen.hidden_low is not None else np.zeros(len(v), dtype=bool)
    if hidden is not None:
        flags = table.get_column(hidden)
        if flags.dtype != pl.Boolean:
            raise StatisticsError(f"Column {hidden!r} for hidden is {flags.dtype}; booleans were expected.")
        away = flags.fill_null(False).to_numpy()
        if chosen.hidden_low is None and away.any():
            raise StatisticsError(
                f"Column {hidden!r} marks hidden counts, but the rule hides none; choose another rule."
            )
    low, high = chosen.shown(v)
    low, high = np.where(away, chosen.hidden_low or 0, low), np.where(away, chosen.hidden_high or 0, high)
    reasons = Reasons(groups.size)
    reasons.mark(groups.any(np.isnan(low)), Status.MISSING, "a count is missing in this group")
    reasons.mark(
        groups.any((v < 0) | np.isinf(v)), Status.NOT_APPLICABLE, "impossible input: a negative or infinite count"
    )
    known = reasons.ok
    note = "a count is hidden by its publisher; low and high bound the sum"
    reasons.mark(groups.any(away), Status.SUPPRESSED, note)
    nothing = np.full(groups.size, np.nan)
    bounds = {"low": groups.total(low), "high": groups.total(high)}
    extra: Extra = {name: pl.Series(np.where(known, sums, np.nan)).fill_nan(None) for name, sums in bounds.items()}
    extra["hidden"] = pl.Series(groups.total(away)).cast(pl.Int64)
    limits = {0.95: (nothing, nothing), 0.998: (nothing, nothing)}
    return result(groups, reasons, value=groups.total(v), limits=limits, method=Method.NONE, extra=extra)
