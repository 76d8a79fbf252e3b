"""What a publisher's revision changed: two versions of its clean tables compared by key, figure by figure."""

from collections.abc import Mapping, Sequence

import polars as pl

from hi_pipeline.core.columns import OBSERVATION_KEY
from hi_pipeline.core.row_index import ROW_INDEX
from hi_pipeline.core.schema import Schema
from hi_pipeline.core.source import Tables

CHANGES = ("column", "before", "after")
FIGURE, TABLE = "figure", "table"
WHOLE_ROW, THERE = "(whole row)", "there"
_OBSERVATIONS, _YEAR = "observations", "financial_year"


def table_key(schemas: Mapping[str, Schema], table: str) -> list[str]:
    """Return the columns that name a row of a source's clean table: empty where its schema declares no key.

    Observations have the key of their contract; of a table with several unique columns the first one is taken.
    """
    if table == _OBSERVATIONS:
        return list(OBSERVATION_KEY)
    if table not in schemas:
        return []
    schema = schemas[table]
    return list(schema.key) or [name for name, column in schema.columns.items() if column.unique][:1]


def changed_tables(before: Tables, after: Tables, *, schemas: Mapping[str, Schema]) -> pl.DataFrame:
    """Compare two versions of a release.

    Args:
        before: the clean tables of the version in use.
        after: those of the revised version.
        schemas: the source's, for the keys; a table without key, or whose key is not unique, is compared by whole rows.

    Returns:
        One row for each cell that differs: ``figure`` (numbers the rows of clean tables that differ, from 1: the last
        one says how many there are), ``table``, the key columns of all tables, then as ``changed_figures``. All text
        but the number.
    """
    found, counted = [], 0
    for name in sorted({*before, *after} - {ROW_INDEX}):  # a row that moves in its file changes no figure
        old = before.get(name, after.get(name, pl.DataFrame()).clear())
        new = after.get(name, old.clear())
        key = _usable_key(table_key(schemas, name), old, new)
        changed = changed_figures(old, new, key=key) if key else _changed_rows(old, new)
        number = pl.struct(key).rle_id() if key else pl.int_range(pl.len())
        changed = changed.select(number.cast(pl.Int64).alias(FIGURE) + 1 + counted, pl.lit(name).alias(TABLE), pl.all())
        counted += changed[FIGURE].n_unique()
        found.append(changed)
    empty = pl.DataFrame(schema={FIGURE: pl.Int64, TABLE: pl.String} | dict.fromkeys(CHANGES, pl.String))
    together = pl.concat([empty, *found], how="diagonal")
    return together.select(pl.exclude(CHANGES), *CHANGES)


def changed_figures(before: pl.DataFrame, after: pl.DataFrame, *, key: Sequence[str]) -> pl.DataFrame:
    """Compare two versions of a table.

    Args:
        before: the version in use, one row a key.
        after: the revised version, one row a key; its figures may have other columns.
        key: the columns that name a row.

    Returns:
        One row for each cell that differs: the key, then ``column``, ``before`` and ``after`` as text, null where
        there is nothing. A row that only one version has differs in every cell, and a line with the column
        ``(whole row)`` says so. Sorted by key and column.
    """
    before, after = _without_common_rows(before, after)
    old, new = _prefixed(before, key, "before"), _prefixed(after, key, "after")
    both = old.join(new, on=list(key), how="full", coalesce=True, nulls_equal=True, validate="1:1")
    figures = dict.fromkeys(c for c in (WHOLE_ROW, *before.columns, *after.columns) if c not in key)
    # Column by column: all cells of a national table as text at once would take gigabytes.
    changed = [_changed_cells(both, key, column) for column in figures]
    return pl.concat(changed).sort(*key, "column", nulls_last=True)


def _without_common_rows(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Drop the rows that both versions have: most of a national table."""
    if before.schema != after.schema:
        return before, after
    columns = before.columns
    return (
        before.join(after, on=columns, how="anti", nulls_equal=True),
        after.join(before, on=columns, how="anti", nulls_equal=True),
    )


def _prefixed(frame: pl.DataFrame, key: Sequence[str], side: str) -> pl.DataFrame:
    figures = [pl.col(c).alias(f"{side} {c}") for c in frame.columns if c not in key]
    return frame.select(pl.col(key).cast(pl.String), pl.lit(THERE).alias(f"{side} {WHOLE_ROW}"), *figures)


def _changed_cells(both: pl.DataFrame, key: Sequence[str], column: str) -> pl.DataFrame:
    sides = {
        side: pl.col(name).cast(pl.String) if (name := f"{side} {column}") in both.columns else pl.lit(None, pl.String)
        for side in ("before", "after")
    }
    cells = both.filter(sides["before"].ne_missing(sides["after"]))
    return cells.select(*key, pl.lit(column).alias("column"), **sides)


def _usable_key(key: list[str], before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """Return the key where it names the rows of both versions, else nothing.

    Keys are declared for the table of one financial year; a release may hold several.
    """
    if not key:
        return []
    frames = (before, after)
    if _YEAR not in key and all(_YEAR in frame.columns for frame in frames):
        key = [_YEAR, *key]
    named = all({*key} <= {*frame.columns} and not frame.select(key).is_duplicated().any() for frame in frames)
    return key if named else []


def _changed_rows(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that stand more often in one version than in the other, as text under that version's name."""
    counts = _rows(before, "n_before").join(
        _rows(after, "n_after"), on="row", how="full", coalesce=True, validate="1:1"
    )
    more = pl.col("n_before").fill_null(0).cast(pl.Int64) - pl.col("n_after").fill_null(0).cast(pl.Int64)
    return (
        counts.filter(more != 0)
        .sort("row")
        .select(
            pl.lit(WHOLE_ROW).alias("column"),
            pl.when(more > 0).then("row").alias("before"),
            pl.when(more < 0).then("row").alias("after"),
        )
    )


def _rows(frame: pl.DataFrame, count: str) -> pl.DataFrame:
    cells = [pl.concat_str(pl.lit(f"{c}="), pl.col(c).cast(pl.String).fill_null("")) for c in frame.columns]
    if not cells:
        return pl.DataFrame(schema={"row": pl.String, count: pl.UInt32})
    return frame.select(pl.concat_str(cells, separator="; ").alias("row")).group_by("row").agg(pl.len().alias(count))
