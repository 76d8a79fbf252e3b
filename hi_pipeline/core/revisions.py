"""What a publisher's revision changed: two versions of a clean table compared by key, figure by figure."""

from collections.abc import Sequence

import polars as pl

CHANGES = ("column", "before", "after")


def changed_figures(before: pl.DataFrame, after: pl.DataFrame, *, key: Sequence[str]) -> pl.DataFrame:
    """Compare two versions of a table.

    Args:
        before: the version in use, one row a key.
        after: the revised version, with the same columns.
        key: the columns that name a row.

    Returns:
        One row for each cell that differs: the key, then ``column``, ``before`` and ``after`` as text, null where
        there is nothing; rows that only one version has differ in every cell. Sorted by key and column.
    """
    old, new = _cells(before, key, "before"), _cells(after, key, "after")
    both = old.join(new, on=[*key, "column"], how="full", coalesce=True, nulls_equal=True)
    return both.filter(pl.col("before").ne_missing(pl.col("after"))).sort(*key, "column", nulls_last=True)


def _cells(frame: pl.DataFrame, key: Sequence[str], name: str) -> pl.DataFrame:
    figures = [column for column in frame.columns if column not in key]
    text = frame.select(*(pl.col(c).cast(pl.String) for c in (*key, *figures)))
    return text.unpivot(on=figures, index=list(key), variable_name="column", value_name=name)
