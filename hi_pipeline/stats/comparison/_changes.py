"""What changes of counts share: reading the years, and the change of one side on either scale."""

from collections.abc import Sequence

import numpy as np

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, one_of
from hi_pipeline.stats._counts import Counts, read_counts
from hi_pipeline.stats._groups import Groups
from hi_pipeline.stats._results import Reasons

NO_EVENTS = "no events in a year: a ratio has no limits on the log scale"


def read_changes(
    frame: Frame, pairs: Sequence[tuple[str, str | None]], *, by: str | Sequence[str], kind: str, scale: str
) -> tuple[Groups, Reasons, list[Counts]]:
    """Read the years of one or two sides.

    Raises:
        StatisticsError: if a word is unknown or a rate or proportion lacks a population.
    """
    one_of(kind, ["proportion", "rate", "count"], name="kind")
    one_of(scale, ["ratio", "difference"], name="scale")
    if kind != "count" and any(population is None for _, population in pairs):
        raise StatisticsError(f"A change of a {kind} needs populations of both years; name their columns.")
    # A count stands for its own population where it has none; its change does not use it.
    full = [(events, events if population is None or kind == "count" else population) for events, population in pairs]
    groups, reasons, sides = read_counts(frame, full, by=by, bounded=kind == "proportion", empty=kind == "count")
    if kind == "count":
        sides = [Counts(side.events, np.ones(groups.size)) for side in sides]
    if scale == "ratio":
        none = np.any([side.events == 0 for side in sides], axis=0) if sides else np.zeros(0, dtype=bool)
        reasons.mark(none, Status.TOO_FEW, NO_EVENTS)
    return groups, reasons, sides


def side_ratio(end: Counts, start: Counts, kind: str) -> tuple[Floats, Floats]:
    """Give the ratio of end to start and its standard error on the log scale."""
    value = (end.events / end.population) / (start.events / start.population)
    variance = 1 / end.events + 1 / start.events
    if kind == "proportion":
        variance = np.maximum(variance - 1 / end.population - 1 / start.population, 0)
    return value, np.sqrt(variance)


def side_difference(end: Counts, start: Counts, kind: str, level: float) -> tuple[Floats, Floats, Floats]:
    """Give end less start and its limits."""
    one, two = end.events / end.population, start.events / start.population
    lower, upper = _limits.mover_difference(one, _own(end, kind, level), two, _own(start, kind, level))
    return one - two, lower, upper


def _own(side: Counts, kind: str, level: float) -> _limits.Pair:
    if kind == "proportion":
        return _limits.wilson(side.events, side.population, level)
    lower, upper = _limits.poisson(side.events, level)
    return lower / side.population, upper / side.population
