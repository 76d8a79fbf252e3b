"""The limits of a figure, line by line, every number whole: what is printed is enough to compute them again.

Each way to limits of ``hi_pipeline.indicators`` has its own here, in plain arithmetic (``limits_of_counts``,
``limits_of_shares``, ``limits_of_groups``); ``Limits.apart`` tells which limits of the row do not come out.
"""

from collections.abc import Callable

from hi_pipeline.core.indicator import Kind
from hi_pipeline.core.status import Measure, Method
from hi_pipeline.engine.tracing.arithmetic import number
from hi_pipeline.engine.tracing.figure import Figure
from hi_pipeline.engine.tracing.limits_of_counts import (
    as_printed,
    between_practices,
    of_counts,
    of_index,
    of_standardised,
)
from hi_pipeline.engine.tracing.limits_of_groups import of_difference, of_line, of_printed, of_ratio, of_slope
from hi_pipeline.engine.tracing.limits_of_shares import of_gap_of_shares, of_shares
from hi_pipeline.engine.tracing.limits_told import Limits

_OF_KINDS: dict[Kind, Callable[[Figure], Limits]] = {Kind.INDEX: of_index, Kind.SHARE_GAP: of_gap_of_shares}
_OF_METHODS: dict[object, Callable[[Figure], Limits]] = {
    Method.PUBLISHED.value: as_printed,
    Method.BETWEEN_UNITS.value: between_practices,
    Method.MOVER.value: of_difference,
    Method.LOG.value: of_ratio,
    Method.CLOSED_FORM.value: of_slope,
    Method.FIELLER.value: of_line,
    Method.DOBSON.value: of_standardised,
}


def limits_of(figure: Figure) -> Limits:
    """Return how the limits of a figure come about."""
    row = figure.row
    if row["lower_95"] is None and row["upper_95"] is None:
        return Limits(lines=["limits: none"])
    found = _way(figure)(figure)
    shown = f"limits: 95% {number(row['lower_95'])} to {number(row['upper_95'])}"
    if row["lower_998"] is not None or row["upper_998"] is not None:
        shown += f"; 99.8% {number(row['lower_998'])} to {number(row['upper_998'])}"
    return Limits(lines=[*found.lines, shown], made=found.made)


def _way(figure: Figure) -> Callable[[Figure], Limits]:
    row = figure.row
    if row["measure"] == Measure.DISPROPORTIONALITY.value:
        return of_shares
    if row["measure"] == Measure.VALUE.value and figure.indicator.published_less:
        return of_printed
    if row["measure"] == Measure.VALUE.value and figure.indicator.kind in _OF_KINDS:
        return _OF_KINDS[figure.indicator.kind]
    return _OF_METHODS.get(row["method"], of_counts)
