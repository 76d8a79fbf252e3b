"""The row index of a publication: for each observation the cells of the publisher's file that it was read from.

It is kept beside the observations as the clean table ``row_index``, so that a figure leads back to its rows without
the file. Cells travel with the figures in the column CELLS, from ``text_tables.number_rows`` to ``row_index_of``.
A parser whose sheets do not carry row numbers gives no row index: its figures are traced to the file and the area.
"""

import polars as pl

from hi_pipeline.core.columns import OBSERVATION_KEY, OBSERVATIONS
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.schema import Column, Schema
from hi_pipeline.core.source import Release, Source
from hi_pipeline.core.text_tables import MEMBER, ROW

ROW_INDEX = "row_index"
CELLS = "cells of the file"
CORRECTION = "correction of the row"
_CELL = {
    "member": pl.String,  # file in the archive, or sheet
    "row": pl.UInt32,  # row of the file or sheet, counted from 1
    "column": pl.String,  # the publisher's name of the column, or its place in the sheet
    "text": pl.String,  # as printed; null where the cell is empty
    "correction": pl.String,  # id in the corrections register, or ""
}
_NULLABLE = ("text",)

ROW_INDEX_SCHEMA = Schema(
    columns={
        **{name: Column(dtype=OBSERVATIONS[name]) for name in OBSERVATION_KEY},
        "edition": Column(dtype=pl.String),
        **{name: Column(dtype=dtype, nullable=name in _NULLABLE) for name, dtype in _CELL.items()},
    },
)


def schema_of(source: Source, table: str) -> Schema | None:
    """Return the schema of a clean table: the source's own, or that of the row index; None for an unknown table."""
    return ROW_INDEX_SCHEMA if table == ROW_INDEX else source.schemas.get(table)


def cells(
    columns: pl.DataFrame, column: str, *, text: pl.Expr | None = None, name: str = "", member: str = ""
) -> pl.Expr:
    """Return the cell of each row of a numbered frame, as a list of one, under the name CELLS.

    Args:
        columns: the frame, for which of ROW, MEMBER and CORRECTION it has.
        column: the column of the cell.
        text: what is printed there, where the column does not hold it.
        name: what to call the column, where not by its own name.
        member: of which file or sheet, where the frame has no MEMBER.
    """
    touched = pl.col(CORRECTION) if CORRECTION in columns.columns else pl.lit("")
    cell = pl.struct(
        (pl.lit(member) if member else pl.col(MEMBER)).alias("member"),
        pl.col(ROW).cast(pl.UInt32).alias("row"),
        pl.lit(name or column).alias("column"),
        (pl.col(column) if text is None else text).alias("text"),
        touched.alias("correction"),
    )
    return pl.concat_list(cell).alias(CELLS)


def spreadsheet_column(name: str) -> str:
    """Return a spreadsheet's own letters of a column of a matrix: column_0 is A, column_26 is AA."""
    number, letters = int(name.removeprefix("column_")) + 1, ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def together() -> pl.Expr:
    """Return the cells of all rows of a group, for figures that a parser sums."""
    return pl.col(CELLS).explode(empty_as_null=False, keep_nulls=False).alias(CELLS)


def row_index_of(figures: pl.DataFrame, release: Release) -> pl.DataFrame:
    """Return the row index: one row a cell, under the key of its observation.

    Args:
        figures: what ``to_observations`` gets, with CELLS.
        release: the edition that the file is of.
    """
    kept = figures.select(pl.col(name).cast(OBSERVATIONS[name]) for name in OBSERVATION_KEY)
    rows = kept.with_columns(figures[CELLS]).filter(pl.col(CELLS).list.len() > 0)
    return (
        rows.explode(CELLS)
        .unnest(CELLS)
        .select(*OBSERVATION_KEY, pl.lit(release.edition).alias("edition"), *_CELL)
        .sort(*OBSERVATION_KEY, "member", "row", "column")
    )


def validate_row_index(index: pl.DataFrame, observations: pl.DataFrame, *, where: str) -> None:
    """Refuse cells of an observation that is not there.

    Raises:
        ValidationError: the index and the observations are not of one parsing.
    """
    lost = index.join(observations, on=OBSERVATION_KEY, how="anti")
    if lost.height:
        raise ValidationError(
            f"{where}: {lost.height} rows of the row index are of no observation, such as "
            f"{lost.select(OBSERVATION_KEY).head(3).rows()}. The parser must take both from the same figures.",
            failures=lost,
        )
