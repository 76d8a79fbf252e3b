"""Rows to groups: sums over all groups at once, the same to the last bit on every run.

Published tables come in runs (all ages of one area follow each other), so rows are first summed
by run and only the runs are matched to groups. The sums are taken in row order by one thread: a
parallel group-by adds in an order that changes from run to run, and so do its last digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hi_pipeline.stats._columns import Floats

# How many rows tell whether runs are long, and up to how many heads sorting is quicker than hashing.
SAMPLE = 2048
SORTED_AT_ONCE = 200_000

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Groups:
    """The groups of a table.

    Attributes:
        keys: group columns, one row a group, in sorted order.
        size: number of groups.
        starts: first row of every run of rows that belong to one group.
        run_group: the group of every run.
        rows: number of rows in the table.
    """

    keys: pl.DataFrame
    size: int
    starts: Integers
    run_group: Integers
    rows: int

    def total(self, values: Floats | Mask) -> Floats:
        """Sum the values of each group; NaN in a group makes its sum NaN."""
        if self.rows == 0:
            return np.zeros(self.size)
        runs = np.add.reduceat(values, self.starts, dtype=np.float64)
        return np.bincount(self.run_group, weights=runs, minlength=self.size).astype(np.float64, copy=False)

    def any(self, mask: Mask) -> Mask:
        """Tell which groups have a row where the mask holds."""
        if self.rows == 0 or not mask.any():
            return np.zeros(self.size, dtype=bool)
        runs = np.logical_or.reduceat(mask, self.starts)
        return np.bincount(self.run_group, weights=runs, minlength=self.size) > 0

    def row_group(self) -> Integers:
        """Give the group of every row."""
        lengths = np.diff(np.append(self.starts, self.rows))
        return np.repeat(self.run_group, lengths)


def group_rows(table: pl.DataFrame, by: Sequence[str], *, rows: int | None = None) -> Groups:
    """Find the groups of a table; without group columns all rows are one group.

    ``rows`` is the number of rows where the table has no column to tell it.
    """
    rows = table.height if rows is None else rows
    if rows == 0:
        empty = np.zeros(0, dtype=np.int64)
        return Groups(keys=table.select(list(by)), size=0, starts=empty, run_group=empty, rows=0)
    if not by:
        zero = run_starts(table, by)
        return Groups(keys=pl.DataFrame(), size=1, starts=zero, run_group=zero, rows=rows)
    starts = run_starts(table, by)
    heads = table.select(list(by)) if len(starts) == rows else table.select(list(by))[starts]
    keys = _keys(heads, by)
    return Groups(keys=keys, size=keys.height, starts=starts, run_group=_match(heads, keys), rows=rows)


def running_within(values: Floats, starts: Integers) -> Floats:
    """Running sum of the values within each segment.

    One sum over all segments would be shorter, but would carry the rounding of one into the next.
    """
    if not len(starts):
        return values
    lengths = np.diff(np.append(starts, len(values)))
    segment = np.repeat(np.arange(len(starts)), lengths)
    place = np.arange(len(values)) - starts[segment]
    square = np.zeros((len(starts), lengths.max()))
    square[segment, place] = values
    return np.cumsum(square, axis=1)[segment, place]


def run_starts(table: pl.DataFrame, by: Sequence[str]) -> Integers:
    """Find the first row of every run of rows of one group."""
    if not by:
        return np.zeros(1, dtype=np.int64)
    if table.height > SAMPLE and len(_starts_by_change(table.head(SAMPLE), by)) < SAMPLE // 8:
        return _starts_by_length(table, by)
    return _starts_by_change(table, by)


def _starts_by_change(table: pl.DataFrame, by: Sequence[str]) -> Integers:
    """Compare each row with the one before: steady, whatever the length of the runs."""
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in by)
    first = table.select(changed).to_series().to_numpy(writable=True)
    first[0] = True
    return np.flatnonzero(first)


def _starts_by_length(table: pl.DataFrame, by: Sequence[str]) -> Integers:
    """Count the lengths of the runs of each column: twice as fast where runs are long."""
    first = np.zeros(table.height, dtype=bool)
    first[0] = True
    for name in by:
        lengths = table.get_column(name).rle().struct.field("len").to_numpy()
        first[np.cumsum(lengths)[:-1]] = True
    return np.flatnonzero(first)


def _keys(heads: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    if heads.height > SORTED_AT_ONCE:
        return heads.unique().sort(list(by), nulls_last=True)
    ordered = heads.sort(list(by), nulls_last=True)
    return ordered[run_starts(ordered, by)]


def _match(heads: pl.DataFrame, keys: pl.DataFrame) -> Integers:
    if heads.height == keys.height and heads.equals(keys):
        return np.arange(keys.height, dtype=np.int64)
    index = "".join(keys.columns) + "_index"
    numbered = keys.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(index))
    joined = heads.join(numbered, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined.get_column(index).to_numpy()
