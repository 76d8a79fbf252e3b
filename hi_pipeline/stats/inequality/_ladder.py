"""Ordered groups of people: shares, ridits and the weights that make a slope out of their values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, one_of, quiet, ranks
from hi_pipeline.stats._groups import Groups, Integers, Mask, group_rows, running_within
from hi_pipeline.stats._results import Reasons, mark_fewer

Kind = Literal["rate", "proportion", "other"]
Transform = Literal["auto", "none", "log", "logit"]

SCALE_OF = {"rate": "log", "proportion": "logit", "other": "none"}
FEWEST, MOST = 5, 100


@dataclass(frozen=True)
class Ladder:
    """The rows of all groups that can have a slope, in order of group and rank.

    Attributes:
        groups: all groups of the call, with or without a slope.
        reasons: why some have none.
        chosen: index of the groups that have rows here.
        starts: first row of each of these.
        share: a, the share of the group's population.
        slope: c, the weight of each value in the slope.
        intercept: d, the weight of each value in the intercept (the fit at ridit 0).
        value: the values on their natural scale.
        scaled: the values on the scale of the fit.
        error: standard errors on the scale of ``error_scale``; ``None`` if none were given.
        error_scale: none, log or logit: where the values are taken to be normal.
        transform: none, log or logit: where the line is fitted.
    """

    groups: Groups
    reasons: Reasons
    chosen: Integers
    starts: Integers
    share: Floats
    slope: Floats
    intercept: Floats
    value: Floats
    scaled: Floats
    error: Floats | None
    error_scale: str
    transform: str

    def sum(self, rows: Floats) -> Floats:
        """Sum rows by group, for the chosen groups."""
        return np.add.reduceat(rows, self.starts) if len(self.starts) else np.zeros(0)

    def spread(self, figures: Floats) -> Floats:
        """Put figures of the chosen groups in their places among all groups."""
        out = np.full(self.groups.size, np.nan)
        out[self.chosen] = figures
        return out


def scale_of(kind: str, transform: str) -> str:
    """Settle the scale of the fit.

    Raises:
        StatisticsError: if the words are unknown or do not go together.
    """
    one_of(kind, SCALE_OF, name="kind")
    one_of(transform, ["auto", "none", "log", "logit"], name="transform")
    if transform == "auto":
        return SCALE_OF[kind]
    if transform not in ("none", SCALE_OF[kind]):
        raise StatisticsError(
            f"transform={transform!r} was asked for values of kind {kind!r}; rates go with log, "
            'proportions with logit, all with none. Choose one of these or "auto".'
        )
    return transform


@quiet
def to_scale(value: Floats, scale: str) -> Floats:
    """Take natural values to the log or logit scale."""
    if scale == "log":
        return np.log(value)
    return np.log(value) - np.log1p(-value) if scale == "logit" else value


def _off_scale(value: Floats, scale: str) -> Mask:
    """Tell which natural values have no place on the log or logit scale."""
    if scale == "none":
        return np.zeros(len(value), dtype=bool)
    return ~((value > 0) & (value < 1)) if scale == "logit" else ~(value > 0)


@quiet
def from_scale(value: Floats, scale: str) -> Floats:
    """Take values on the log or logit scale back to the natural one."""
    if scale == "log":
        return np.exp(value)
    return 1 / (1 + np.exp(-value)) if scale == "logit" else value


@quiet
def steepness(value: Floats, scale: str) -> Floats:
    """Give the derivative of the scale at natural values; times a standard error it is the delta method."""
    if scale == "log":
        return 1 / value
    return 1 / (value * (1 - value)) if scale == "logit" else np.ones_like(value)


def read_ladder(
    frame: Frame,
    *,
    rank: str,
    population: str,
    value: str,
    lower: str | None,
    upper: str | None,
    standard_error: str | None,
    by: str | Sequence[str],
    kind: str,
    transform: str,
    expected: int | None,
) -> Ladder:
    """Read, check and order the rows; see ``slope_index`` for the arguments.

    Raises:
        StatisticsError: the arguments do not go together, or a column is absent or of another type.
    """
    if (lower is None) != (upper is None) or (lower is not None and standard_error is not None):
        raise StatisticsError("Give both lower and upper, or standard_error alone, or none of the three.")
    scale = scale_of(kind, transform)
    by = names(by)
    columns = {"rank": rank, "population": population, "value": value}
    errors = {"lower": lower, "upper": upper, "standard_error": standard_error}
    table = collect(frame, columns={**columns, **errors}, by=by)
    groups = group_rows(table, by)
    place, n, v = (
        ranks(table, rank),
        numbers(table, population, role="population"),
        numbers(table, value, role="value"),
    )
    given = {role: numbers(table, name, role=role) for role, name in errors.items() if name is not None}
    order, row_group = _in_order(groups, place)
    place, n, v, row_group = place[order], n[order], v[order], row_group[order]
    given = {role: numbers_[order] for role, numbers_ in given.items()}
    error_scale = scale if standard_error is not None else SCALE_OF[kind]
    reasons = Reasons(groups.size)
    marks = _Marks(reasons, row_group, groups.size)
    _mark_gaps(marks, place, n, v, given)
    _mark_counts(marks, place, expected)
    _mark_values(marks, n, v, given, kind=kind, scale=scale, error_scale=error_scale)
    rows = slice(None) if reasons.ok.all() else reasons.ok[row_group]
    n, v, row_group = n[rows], v[rows], row_group[rows]
    given = {role: numbers_[rows] for role, numbers_ in given.items()}
    starts = np.flatnonzero(np.diff(row_group, prepend=-1))
    share, slope, intercept = line_weights(n, starts)
    return Ladder(
        groups=groups,
        reasons=reasons,
        chosen=row_group[starts],
        starts=starts,
        share=share,
        slope=slope,
        intercept=intercept,
        value=v,
        scaled=to_scale(v, scale),
        error=_errors(v, given, error_scale),
        error_scale=error_scale,
        transform=scale,
    )


def line_weights(population: Floats, starts: Integers) -> tuple[Floats, Floats, Floats]:
    """Give shares a, slope weights c and intercept weights d of the share-weighted line.

    c = 12 a (b - 1/2) / (1 - sum a^3) with b the mid-point of the cumulative share; d = a - c/2.
    """
    if not len(starts):
        return population, population, population
    lengths = np.diff(np.append(starts, len(population)))
    share = population / np.repeat(np.add.reduceat(population, starts), lengths)
    ridit = running_within(share, starts) - share / 2
    cubes = np.repeat(np.add.reduceat(share * share * share, starts), lengths)
    slope = 12 * share * (ridit - 0.5) / (1 - cubes)
    return share, slope, share - slope / 2


def _in_order(groups: Groups, place: Floats) -> tuple[Integers | slice, Integers]:
    """Give the order by group and rank, which many tables have already, and the group of every row."""
    row_group = groups.row_group()
    later, higher = np.diff(row_group), np.diff(place)
    if np.all((later > 0) | ((later == 0) & (higher > 0))):
        return slice(None), row_group
    return np.lexsort((place, row_group)), row_group


class _Marks:
    """Turns a fault of a row into a reason of its group."""

    def __init__(self, reasons: Reasons, row_group: Integers, size: int) -> None:
        self.reasons, self.row_group, self.size = reasons, row_group, size

    def rows(self, mask: Mask, status: Status, note: str) -> None:
        hit = np.zeros(self.size, dtype=bool)
        hit[self.row_group[mask]] = True
        self.reasons.mark(hit, status, note)


def _mark_gaps(marks: _Marks, place: Floats, n: Floats, v: Floats, given: dict[str, Floats]) -> None:
    marks.rows(np.isnan(place), Status.MISSING, "a rank is missing in this group")
    marks.rows(np.isnan(n), Status.MISSING, "a population is missing in this group")
    marks.rows(np.isnan(v), Status.MISSING, "a value is missing in this group")
    for figures in given.values():
        marks.rows(np.isnan(figures), Status.MISSING, "a limit or standard error is missing in this group")


def _mark_counts(marks: _Marks, place: Floats, expected: int | None) -> None:
    same = (np.diff(marks.row_group) == 0) if len(place) else np.zeros(0, dtype=bool)
    step = np.diff(place)
    repeated = np.append(False, same & (step == 0)) if len(place) else np.zeros(0, dtype=bool)
    marks.rows(repeated, Status.NOT_APPLICABLE, "impossible input: a rank stands twice in this group")
    count = np.bincount(marks.row_group, minlength=marks.size)
    skipped = same & (step > 1) & (place[1:] % 1 == 0)
    by_one = np.zeros(marks.size, dtype=bool)
    by_one[marks.row_group[1:][same & (step == 1)]] = True
    gap = np.zeros(marks.size, dtype=bool)
    gap[marks.row_group[1:][skipped]] = True
    note = "ranks are absent: {found} are present and their numbers leave one out, and a slope needs all of them"
    marks.reasons.mark_each(gap & by_one, Status.MISSING, note, count)
    mark_fewer(marks.reasons, count, expected, what="ranks")
    note = f"a slope needs {FEWEST} to {MOST} ordered groups; this one has {{found}}"
    marks.reasons.mark_each((count < FEWEST) | (count > MOST), Status.NOT_APPLICABLE, note, count)


@quiet
def _mark_values(
    marks: _Marks, n: Floats, v: Floats, given: dict[str, Floats], *, kind: str, scale: str, error_scale: str
) -> None:
    wrong = Status.NOT_APPLICABLE
    figures = [v, n, *given.values()]
    marks.rows(np.any(np.isinf(figures), axis=0), wrong, "impossible input: an infinite number")
    marks.rows(n <= 0, wrong, "a population is zero or negative, so its share of the ridits is not known")
    if kind != "other":
        marks.rows(v < 0, wrong, f"impossible input: a negative {kind}")
    if kind == "proportion":
        marks.rows(v > 1, wrong, "impossible input: a proportion above 1; divide percentages by 100")
    if "lower" in given:
        low, high = given["lower"], given["upper"]
        marks.rows((low > v) | (high < v), wrong, "impossible input: a value lies outside its limits")
    if "standard_error" in given:
        marks.rows(given["standard_error"] < 0, wrong, "impossible input: a negative standard error")
    marks.rows(_off_scale(v, scale), wrong, f"a value of 0 or 100% has no place on the {scale} scale")
    if "lower" in given:
        outside = _off_scale(given["lower"], error_scale) | _off_scale(given["upper"], error_scale)
        marks.rows(outside, wrong, f"a limit of 0 or 100% has no place on the {error_scale} scale")
        marks.rows(_off_scale(v, error_scale), wrong, f"a value of 0 or 100% has no place on the {error_scale} scale")


@quiet
def _errors(v: Floats, given: dict[str, Floats], error_scale: str) -> Floats | None:
    if "lower" in given:
        width = to_scale(given["upper"], error_scale) - to_scale(given["lower"], error_scale)
        return width / (2 * _limits.z_score(0.95))
    if "standard_error" not in given:
        return None
    # The delta method takes a natural standard error to the scale of the fit.
    return given["standard_error"] * steepness(v, error_scale)
