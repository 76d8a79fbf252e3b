"""From a ladder to slope, line and limits, on the natural, log or logit scale."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hi_pipeline.core.status import Method
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, quiet
from hi_pipeline.stats.inequality import _cumulants
from hi_pipeline.stats.inequality._ladder import Ladder, from_scale, to_scale


@dataclass(frozen=True)
class Line:
    """The fitted line of every chosen group.

    Attributes:
        slope: on the scale of the fit.
        middle: the fit at ridit 1/2, on the scale of the fit.
        intercept: the fit at ridit 0, natural.
        end: the fit at ridit 1, natural.
    """

    slope: Floats
    middle: Floats
    intercept: Floats
    end: Floats


def fit(ladder: Ladder) -> Line:
    """Fit the share-weighted least squares line of each group in closed form."""
    slope = ladder.sum(ladder.slope * ladder.scaled)
    middle = ladder.sum(ladder.share * ladder.scaled)
    low, high = middle - slope / 2, middle + slope / 2
    return Line(slope, middle, from_scale(low, ladder.transform), from_scale(high, ladder.transform))


def method_of(ladder: Ladder, *, ratio: bool) -> Method:
    """Name the limits that a ladder calls for."""
    if ladder.error is None:
        return Method.NONE
    if ladder.transform != "none":
        return Method.CLOSED_FORM
    if ladder.error_scale != "none":
        return Method.CORNISH_FISHER
    return Method.FIELLER if ratio else Method.CLOSED_FORM


class LineLimits:
    """Limits of the slope and of the ratio of the ends; what levels share is computed once."""

    def __init__(self, ladder: Ladder, line: Line) -> None:
        self._ladder, self._line = ladder, line
        self._bent = ladder.error is not None and ladder.transform == "none" and ladder.error_scale != "none"

    @cached_property
    def _of_rows(self) -> list[Floats]:
        """Cumulants of every value."""
        assert self._ladder.error is not None
        mean = to_scale(self._ladder.value, self._ladder.error_scale)
        law = _cumulants.log_normal if self._ladder.error_scale == "log" else _cumulants.logit_normal
        return law(mean, self._ladder.error)

    @cached_property
    def _of_slope(self) -> list[Floats]:
        return _cumulants.of_sum(self._ladder.slope, self._of_rows, self._ladder.starts)

    @cached_property
    def _pencil(self) -> list[list[Floats]]:
        ladder = self._ladder
        return _cumulants.pencil(ladder.slope, ladder.intercept, self._of_rows, ladder.starts)

    def _sum(self, one: Floats, two: Floats) -> Floats:
        assert self._ladder.error is not None
        return self._ladder.sum(one * two * self._ladder.error**2)

    def _ends(self, level: float) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Ends of the lines whose slope is the lower and the upper limit, about the fitted middle."""
        reach = _limits.z_score(level) * np.sqrt(self._sum(self._ladder.slope, self._ladder.slope))
        ends = []
        for slope in (self._line.slope - reach, self._line.slope + reach):
            low, high = self._line.middle - slope / 2, self._line.middle + slope / 2
            ends.append((from_scale(low, self._ladder.transform), from_scale(high, self._ladder.transform)))
        return ends[0], ends[1]

    def difference(self, level: float) -> _limits.Pair:
        """Limits of the slope index."""
        if self._ladder.error is None or not len(self._ladder.starts):
            return self._nothing()
        if self._bent:
            z = _limits.z_score(level)
            return _cumulants.cornish_fisher(self._of_slope, -z), _cumulants.cornish_fisher(self._of_slope, z)
        (low_0, low_1), (high_0, high_1) = self._ends(level)
        return low_1 - low_0, high_1 - high_0

    @quiet
    def ratio(self, level: float) -> _limits.Pair:
        """Limits of the relative index."""
        if self._ladder.error is None or not len(self._ladder.starts):
            return self._nothing()
        ladder, line = self._ladder, self._line
        if ladder.transform != "none":
            (low_0, low_1), (high_0, high_1) = self._ends(level)
            return low_1 / low_0, high_1 / high_0
        if not self._bent:
            parts = [(ladder.slope, ladder.slope), (ladder.slope, ladder.intercept), (ladder.intercept,) * 2]
            v_ss, v_si, v_ii = (self._sum(*pair) for pair in parts)
            return _cumulants.fieller(line.slope, line.intercept, v_ss, v_si, v_ii, level)
        z, start = _limits.z_score(level), line.end / line.intercept
        variance = _cumulants.at(self._pencil, 1 - start)[1]
        reach = z * np.sqrt(variance) / np.abs(line.intercept)
        return (
            _cumulants.ratio_root(self._pencil, start, start - reach, -z),
            _cumulants.ratio_root(self._pencil, start, start + reach, z),
        )

    def _nothing(self) -> _limits.Pair:
        empty = np.full(len(self._ladder.starts), np.nan)
        return empty, empty.copy()
