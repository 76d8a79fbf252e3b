"""Figures that stand one row a group, as results of other statistics or as published."""

from collections.abc import Mapping, Sequence

import numpy as np

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers
from hi_pipeline.stats._groups import Groups, group_rows
from hi_pipeline.stats._results import Reasons


def read_singles(
    frame: Frame, columns: Mapping[str, str | None], *, by: str | Sequence[str]
) -> tuple[Groups, Reasons, dict[str, Floats]]:
    """Read one row a group; a null makes the group ``missing``, a second row makes it impossible."""
    by = names(by)
    table = collect(frame, columns=columns, by=by)
    groups = group_rows(table, by)
    reasons = Reasons(groups.size)
    row_group = groups.row_group()
    first = np.zeros(groups.size, dtype=np.int64)
    first[row_group[::-1]] = np.arange(groups.rows)[::-1]
    many = np.bincount(row_group, minlength=groups.size) > 1
    reasons.mark(many, Status.NOT_APPLICABLE, "impossible input: more than one row for this group")
    figures = {}
    for role, name in columns.items():
        if name is not None:
            figures[role] = numbers(table, name, role=role)[first]
            reasons.mark(np.isnan(figures[role]), Status.MISSING, f"the {role.replace('_', ' ')} is missing")
            reasons.mark(np.isinf(figures[role]), Status.NOT_APPLICABLE, "impossible input: an infinite number")
    return groups, reasons, figures


def check_error_columns(lower: str | None, upper: str | None, standard_error: str | None) -> None:
    """Check that a figure's uncertainty is given once.

    Raises:
        StatisticsError: if it is given twice, by half, or not at all.
    """
    limits = lower is not None and upper is not None
    if limits == (standard_error is not None) or (lower is None) != (upper is None):
        raise StatisticsError("Give either lower and upper (95% limits) or standard_error.")


def rescale(limit: Floats, value: Floats, level: float) -> Floats:
    """Take a 95% limit to another confidence level, each side of the value by its own width."""
    return value + (limit - value) * _limits.z_score(level) / _limits.z_score(0.95)
