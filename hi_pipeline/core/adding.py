"""Sums of groups that are the same to the last bit every time."""

import polars as pl


def added(column: str | pl.Expr) -> pl.Expr:
    """Return the sum of the numbers of each group, under their name, for ``group_by(...).agg``.

    Null counts as nothing, and no rows add up to 0.

    polars' own sum adds parts of a group in an order that differs from call to call, also with ``maintain_order`` and
    with one thread (2026-11, polars 2.1). For whole numbers that makes no difference. For fractions the last bits
    move, and with them the bytes of a file. Here the rows of a group are added in the order in which they stand.
    """
    numbers = pl.col(column) if isinstance(column, str) else column
    return numbers.implode().list.sum()
