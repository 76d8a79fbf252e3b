"""Strata summed run by run, a batch of rows at a time.

A national table by area, year, indicator, deprivation, age and sex has millions of rows. Reading it
in batches keeps memory flat, and summing each run of rows of one group at once leaves only the runs to
be matched to groups. Batches are cut at fixed row numbers, so the sums are the same to the last bit
on every run, for an eager and a lazy table alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hi_pipeline.core.status import Status
from hi_pipeline.stats._columns import Floats, Frame, numbers, quiet, select
from hi_pipeline.stats._groups import Groups, group_rows, run_starts
from hi_pipeline.stats._results import Reasons

BATCH_ROWS = 131_072

# Each fault of a row is one bit, so that a run can carry all of its own.
FAULTS: tuple[tuple[int, Status, str], ...] = (
    (1, Status.MISSING, "a count is missing in a stratum of this group"),
    (2, Status.MISSING, "a population is missing in a stratum of this group"),
    (4, Status.MISSING, "a weight is missing in a stratum of this group"),
    (8, Status.NOT_APPLICABLE, "impossible input: a negative or infinite count, population or weight"),
    (16, Status.NOT_APPLICABLE, "impossible input: events in a stratum without population"),
    (32, Status.NOT_APPLICABLE, "a stratum has no population, so its rate is not known"),
)
EMPTY = 32


@dataclass(frozen=True)
class Sums:
    """Sums over the strata of every group: of w x/n, x (w/n)^2, x and w."""

    rate: Floats
    square: Floats
    events: Floats
    weight: Floats


def sum_strata(
    frame: Frame, columns: Mapping[str, str], *, by: Sequence[str], allow_empty: bool
) -> tuple[Groups, Reasons, Sums]:
    """Sum events, population and weight (the keys of ``columns``) over the rows of each group."""
    selected = select(frame, columns=columns, by=by)
    heads, sums, faults = [], [], []
    for batch in _batches(selected):
        starts = run_starts(batch, by)
        x, n, w = (numbers(batch, name, role=role) for role, name in columns.items())
        heads.append(_heads(batch, by, starts))
        sums.append(_sums(x, n, w, starts, allow_empty=allow_empty))
        faults.append(_faults(x, n, w, starts, sums[-1], allow_empty=allow_empty))
    if not heads:
        empty = pl.DataFrame(schema=selected.collect_schema()).select(list(by))
        return group_rows(empty, by), Reasons(0), Sums(*(np.zeros(0) for _ in range(4)))
    bits = np.concatenate(faults)
    groups = group_rows(pl.concat(heads), by, rows=len(bits))
    reasons = Reasons(groups.size)
    if bits.any():
        for bit, status, note in FAULTS:
            reasons.mark(groups.any((bits & bit) > 0), status, note)
    whole = np.concatenate(sums, axis=1)
    return groups, reasons, Sums(*(groups.total(part) for part in whole))


def _heads(batch: pl.DataFrame, by: Sequence[str], starts: NDArray[np.int64]) -> pl.DataFrame:
    """Give the keys of each run, a column at a time: so few rows are not worth waking a pool of threads."""
    places = pl.Series(starts.astype(np.uint32))
    return pl.DataFrame([batch.get_column(name)[places] for name in by])


def _batches(selected: Frame) -> Iterator[pl.DataFrame]:
    if isinstance(selected, pl.DataFrame):
        whole = selected.iter_slices(BATCH_ROWS)
    else:
        whole = iter(selected.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True))
    return (batch for batch in whole if batch.height)


@quiet
def _sums(x: Floats, n: Floats, w: Floats, starts: NDArray[np.int64], *, allow_empty: bool) -> Floats:
    share = w / n
    if allow_empty:
        share[(n == 0) & (x == 0)] = 0
    rate = share * x
    square = np.multiply(rate, share, out=share)
    return np.stack([np.add.reduceat(part, starts) for part in (rate, square, x, w)])


@quiet
def _faults(
    x: Floats, n: Floats, w: Floats, starts: NDArray[np.int64], sums: Floats, *, allow_empty: bool
) -> NDArray[np.uint8]:
    # Minima and sums prove the usual batch faultless; NaN fails each comparison.
    if x.min() >= 0 and w.min() >= 0 and n.min() > 0 and n.max() < np.inf and np.isfinite(sums).all():
        return np.zeros(len(starts), dtype=np.uint8)
    wrong = (x < 0) | (n < 0) | (w < 0) | np.isinf(x) | np.isinf(n) | np.isinf(w)
    masks = [np.isnan(x), np.isnan(n), np.isnan(w), wrong, (n == 0) & (x > 0), n == 0]
    bits = np.zeros(len(x), dtype=np.uint8)
    for (bit, _, _), mask in zip(FAULTS, masks, strict=True):
        if not (allow_empty and bit == EMPTY):
            bits |= np.where(mask, bit, 0).astype(np.uint8)
    return np.bitwise_or.reduceat(bits, starts)
