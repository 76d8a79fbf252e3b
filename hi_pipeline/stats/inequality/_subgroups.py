"""Subgroups of a population with their estimates, laid out for the summary measures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hi_pipeline.core.status import Status
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, ranks
from hi_pipeline.stats._groups import Groups, Integers, group_rows, running_within
from hi_pipeline.stats._results import Reasons


@dataclass(frozen=True)
class Subgroups:
    """Rows of the groups that can be summarised, in order of group and rank.

    Attributes:
        groups: all groups of the call.
        reasons: why some have no figure.
        chosen: index of the groups that have rows here.
        starts: first row of each of these.
        share: p, the share of the group's population.
        ridit: X, the mid-point of the cumulative share.
        estimate: y.
        error: standard error of y; NaN where none was given.
        reference: row of the reference subgroup of each chosen group, or -1.
    """

    groups: Groups
    reasons: Reasons
    chosen: Integers
    starts: Integers
    share: Floats
    ridit: Floats
    estimate: Floats
    error: Floats
    reference: Integers

    @property
    def count(self) -> Integers:
        """Number of subgroups of each chosen group."""
        return np.diff(np.append(self.starts, len(self.share)))

    @property
    def last(self) -> Integers:
        """Row of the highest rank of each chosen group."""
        return self.starts + self.count - 1

    @property
    def mean(self) -> Floats:
        """The population-weighted mean of each chosen group."""
        return self.sum(self.share * self.estimate)

    def sum(self, rows: Floats) -> Floats:
        """Sum rows by chosen group."""
        return np.add.reduceat(rows, self.starts) if len(self.starts) else np.zeros(0)

    def rows(self, figures: Floats) -> Floats:
        """Repeat a figure of each chosen group on its rows."""
        return np.repeat(figures, self.count)

    def at(self, places: Integers) -> Floats:
        """Mark one row of each chosen group with 1, the others with 0."""
        marks = np.zeros(len(self.share))
        marks[places] = 1
        return marks

    def furthest(self, *, highest: bool) -> Integers:
        """Row of the highest or lowest estimate of each chosen group; the first of equal ones."""
        signed = -self.estimate if highest else self.estimate
        group = np.repeat(np.arange(len(self.starts)), self.count)
        return np.lexsort((signed, group))[self.starts] if len(self.starts) else self.starts


def read_subgroups(
    frame: Frame,
    *,
    rank: str,
    population: str | None,
    estimate: str,
    standard_error: str | None,
    by: str | Sequence[str],
    ordered: bool,
    reference: float | str | None,
) -> Subgroups:
    """Read, check and order the rows; see ``summary_measures`` for the arguments."""
    by = names(by)
    columns = {"rank": rank, "population": population, "estimate": estimate, "standard_error": standard_error}
    table = collect(frame, columns=columns, by=by)
    groups = group_rows(table, by)
    place, label = _places(table, rank, reference, ordered=ordered)
    y = numbers(table, estimate, role="estimate")
    n = np.ones(len(y)) if population is None else numbers(table, population, role="population")
    error = np.full(len(y), np.nan)
    if standard_error is not None:
        error = numbers(table, standard_error, role="standard_error")
    row_group = groups.row_group()
    reasons = Reasons(groups.size)
    for figures, name in ((place, "rank"), (n, "population"), (y, "estimate")):
        reasons.mark(groups.any(np.isnan(figures)), Status.MISSING, f"the {name} is missing for a subgroup")
    if standard_error is not None:
        reasons.mark(groups.any(np.isnan(error)), Status.MISSING, "a standard error is missing for a subgroup")
    wrong = (n <= 0) | np.isinf(n) | np.isinf(y) | (error < 0)
    note = "impossible input: a population not above zero, an infinite estimate or a negative standard error"
    reasons.mark(groups.any(wrong), Status.NOT_APPLICABLE, note)
    order = np.lexsort((place, row_group))
    _mark_order(reasons, row_group[order], place[order], ordered=ordered)
    order = order[reasons.ok[row_group[order]]]
    starts = np.flatnonzero(np.diff(row_group[order], prepend=-1))
    lengths = np.diff(np.append(starts, len(order)))
    n = n[order]
    share = n / np.repeat(np.add.reduceat(n, starts), lengths) if len(starts) else n
    found = np.full(len(starts), -1)
    rows = np.flatnonzero(place[order] == label)
    found[np.repeat(np.arange(len(starts)), lengths)[rows]] = rows
    return Subgroups(
        groups=groups, reasons=reasons, chosen=row_group[order][starts], starts=starts, share=share,
        ridit=running_within(share, starts) - share / 2, estimate=y[order], error=error[order], reference=found,
    )  # fmt: skip


def _places(table: pl.DataFrame, rank: str, reference: float | str | None, *, ordered: bool) -> tuple[Floats, float]:
    """Give ranks as numbers, and the reference's; without an order, labels are only told apart."""
    if ordered or table.get_column(rank).dtype.is_numeric():
        return ranks(table, rank), np.nan if reference is None else float(reference)
    labels = table.get_column(rank).cast(pl.String)
    words = labels.unique().drop_nulls().sort()
    number = {word: float(i) for i, word in enumerate(words)}
    place = np.array([np.nan if word is None else number[word] for word in labels], dtype=np.float64)
    return place, number.get(str(reference), np.nan)


def _mark_order(reasons: Reasons, row_group: Integers, place: Floats, *, ordered: bool) -> None:
    size = len(reasons.ok)
    same, step = np.diff(row_group) == 0, np.diff(place)
    twice = np.bincount(row_group[1:][same & (step == 0)], minlength=size) > 0
    reasons.mark(twice, Status.NOT_APPLICABLE, "impossible input: a subgroup stands twice in this group")
    count = np.bincount(row_group, minlength=size)
    reasons.mark(count < 2, Status.NOT_APPLICABLE, "one subgroup alone: inequality needs two or more")
    if ordered:
        skipped = np.bincount(row_group[1:][same & (step > 1) & (place[1:] % 1 == 0)], minlength=size) > 0
        by_one = np.bincount(row_group[1:][same & (step == 1)], minlength=size) > 0
        reasons.mark(skipped & by_one, Status.MISSING, "ranks are absent: the numbers leave one out")
