"""A directly standardised rate before its limits, and the reasons why a group cannot have one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Status
from hi_pipeline.stats._columns import Floats, Frame, one_of, quiet
from hi_pipeline.stats._groups import Groups
from hi_pipeline.stats._results import Reasons
from hi_pipeline.stats.standardisation._runs import sum_strata

FEWEST_EVENTS = 10
TOO_FEW = "fewer than 10 events: a directly standardised rate is not reliable"
SAME_WEIGHT = 1e-9

EmptyStratum = Literal["error", "zero"]


@dataclass(frozen=True)
class Standardised:
    """A directly standardised rate per person and what its limits need, of every group.

    Attributes:
        rate: sum w x/n / sum w.
        variance: sum x (w/n)^2 / (sum w)^2.
        events: total events O.
        weight: sum w.
    """

    rate: Floats
    variance: Floats
    events: Floats
    weight: Floats


@quiet
def standardise(
    frame: Frame,
    *,
    events: str,
    population: str,
    weight: str,
    by: Sequence[str],
    total_weight: float | None,
    empty_stratum: EmptyStratum,
) -> tuple[Groups, Reasons, Standardised]:
    """Sum the strata of each group and mark the groups that lack one."""
    one_of(empty_stratum, ["error", "zero"], name="empty_stratum")
    columns = {"events": events, "population": population, "weight": weight}
    groups, reasons, sums = sum_strata(frame, columns, by=by, allow_empty=empty_stratum == "zero")
    mark_absent(reasons, sums.weight, total_weight, what="weights")
    rate, variance = sums.rate / sums.weight, sums.square / sums.weight**2
    return groups, reasons, Standardised(rate, variance, sums.events, sums.weight)


def mark_absent(reasons: Reasons, total: Floats, expected: float | None, *, what: str) -> None:
    """Mark groups whose strata do not add up to the whole: rescaling them would be silent and wrong.

    Raises:
        StatisticsError: if the expected total is not a positive number.
    """
    if expected is not None and not 0 < expected < np.inf:
        raise StatisticsError(f"The total of the {what} is {expected!r}; a positive number was expected.")
    sound = total[np.isfinite(total)]
    if expected is None:
        expected = float(sound.max()) if len(sound) else 0.0
    reasons.mark(total == 0, Status.NOT_APPLICABLE, f"the {what} sum to zero")
    slack = SAME_WEIGHT * expected
    note = f"strata are absent: the {what} sum to {{found}} of {expected:.10g}"
    reasons.mark_each(total < expected - slack, Status.MISSING, note, total)
    note = f"strata stand twice: the {what} sum to {{found}} where {expected:.10g} was expected"
    reasons.mark_each(total > expected + slack, Status.NOT_APPLICABLE, note, total)
