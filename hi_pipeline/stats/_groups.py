"""Rows to groups: sums over all groups at once, the same to the last bit on every run.

Published tables come in runs (all ages of one area follow each other), so rows are first summed
by run and only the runs are matched to groups. The sums are taken in row order by one thread: a
parallel group-by adds in an order that changes from run to run, and so do its last digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hi_pipeline.stats._columns import Floats

# Up to how many heads sorting is quicker than hashing.
SORTED_AT_ONCE = 200_000
MANY_CHUNKS = 8

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
    """Find the first row of every run of rows of one group: where a column differs from the row before."""
    starts = [np.zeros(1, dtype=np.int64)]
    if by and table.height > 1:
        keys = table[list(by)]
        edges = np.unique(np.concatenate([np.cumsum(column.chunk_lengths()) for column in keys]))
        edges = edges[edges > 0]
        if len(edges) > MANY_CHUNKS:
            keys, edges = keys.rechunk(), edges[-1:]
        # Joining chunks of text costs more than comparing them, so each is searched by itself.
        first = 0
        for end in edges.tolist():
            if first:
                starts.append(_changed(keys[first - 1 : first], keys[first : first + 1]) + first)
            starts.append(_changed(keys[first : end - 1], keys[first + 1 : end]) + first + 1)
            first = end
    return np.concatenate(starts)


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> Integers:
    """Find the rows that differ between two tables."""
    masks = (
        old.ne_missing(new) if old.null_count() or new.null_count() else old != new
        for old, new in zip(before, after, strict=True)
    )
    # Few rows differ as a rule: to filter their numbers is quicker than to unpack the mask.
    return pl.Series(np.arange(before.height)).filter(reduce(or_, masks)).to_numpy()


def _keys(heads: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    if heads.height > SORTED_AT_ONCE:
        return heads.unique().sort(list(by), nulls_last=True)
    if _ascending(heads):
        return heads
    ordered = heads.sort(list(by), nulls_last=True)
    return ordered[run_starts(ordered, by)]


def _ascending(heads: pl.DataFrame) -> bool:
    """Tell whether heads of runs, of which no two neighbours are the same, stand in sorted order."""
    # Nulls come last in our order, and polars does not look that deep into a struct.
    return not any(column.null_count() for column in heads) and heads.to_struct().is_sorted()


def _match(heads: pl.DataFrame, keys: pl.DataFrame) -> Integers:
    if heads is keys or (heads.height == keys.height and heads.equals(keys)):
        return np.arange(keys.height, dtype=np.int64)
    index = "".join(keys.columns) + "_index"
    numbered = keys.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(index))
    joined = heads.join(numbered, on=keys.columns, how="left", nulls_equal=True, validate="m:1", maintain_order="left")
    return joined.get_column(index).to_numpy()
