"""Sums of events and populations by group, with the reasons why a group has none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hi_pipeline.core.status import Status
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers
from hi_pipeline.stats._groups import Groups, group_rows
from hi_pipeline.stats._results import Reasons

MISSING_COUNT = "a count is missing in this group"
MISSING_POPULATION = "a population is missing in this group"
NEGATIVE = "impossible input: a count or a population is negative or infinite"
MORE_EVENTS = "impossible input: more events than population"
NO_POPULATION = "the population is zero"


@dataclass(frozen=True)
class Counts:
    """Events and population of every group; NaN where a row of the group had none."""

    events: Floats
    population: Floats


def read_counts(
    frame: Frame,
    pairs: Sequence[tuple[str, str]],
    *,
    by: str | Sequence[str],
    bounded: bool,
    empty: bool = False,
) -> tuple[Groups, Reasons, list[Counts]]:
    """Sum pairs of (events, population) columns over the rows of each group.

    Args:
        frame: the caller's table.
        pairs: column names; a second pair is the reference side.
        by: columns of the groups.
        bounded: whether events are part of the population, as in a proportion.
        empty: whether a population of zero is allowed.
    """
    by = names(by)
    roles = ["", "reference_", "more_", "further_"]
    columns: dict[str, str | None] = {}
    for role, (events, population) in zip(roles, pairs, strict=False):
        columns |= {f"{role}events": events, f"{role}population": population}
    table = collect(frame, columns=columns, by=by)
    groups = group_rows(table, by)
    reasons = Reasons(groups.size)
    sides = []
    for events, population in pairs:
        x, n = numbers(table, events, role="events"), numbers(table, population, role="population")
        side = Counts(groups.total(x), groups.total(n))
        _mark(reasons, groups, x, n, side, bounded=bounded, empty=empty)
        sides.append(side)
    return groups, reasons, sides


def _mark(reasons: Reasons, groups: Groups, x: Floats, n: Floats, side: Counts, *, bounded: bool, empty: bool) -> None:
    reasons.mark(groups.any(np.isnan(x)), Status.MISSING, MISSING_COUNT)
    reasons.mark(groups.any(np.isnan(n)), Status.MISSING, MISSING_POPULATION)
    wrong = (x < 0) | (n < 0) | np.isinf(x) | np.isinf(n)
    reasons.mark(groups.any(wrong), Status.NOT_APPLICABLE, NEGATIVE)
    if bounded:
        reasons.mark(groups.any(x > n), Status.NOT_APPLICABLE, MORE_EVENTS)
    if empty:
        return
    reasons.mark((side.population == 0) & (side.events > 0), Status.NOT_APPLICABLE, MORE_EVENTS)
    reasons.mark(side.population == 0, Status.NOT_APPLICABLE, NO_POPULATION)
