"""A sheet's cells to the rows below its header, each with code, name and the nine figures that are read."""

import re
from collections.abc import Collection, Sequence

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.observations import ONCE
from hi_pipeline.core.row_index import spreadsheet_column
from hi_pipeline.core.source import RawTable
from hi_pipeline.core.text_tables import MEMBER, ROW, number_rows, read_numbers
from hi_pipeline.sources.hes_admitted.layouts import ADMISSIONS, ALSO_CALLED, EPISODES, METHODS, READ, SEXES, TOKENS

_HEADER_WITHIN = 30
# The row over all others; a new code may carry a double dagger (2026-11).
TOTAL, _MARK = "Total", "‡"
_YEAR = re.compile(r"\b(20\d\d)[-/](?:20)?(\d\d)\b")
_MAX_SHOWN = 8


def read_body(
    raw: RawTable,
    header: Sequence[str | None],
    *,
    first: int,
    year: str,
    where: str,
    only: Collection[str] | None = None,
    account: Account | None = None,
) -> pl.DataFrame:
    """Return the numbered rows with code, name and for each of READ its text, ``<name>_value`` and ``<name>_status``.

    Args:
        raw: a sheet, columns column_0, column_1, ...
        header: the cells that one of the first rows must begin with; null where a cell must be empty.
        first: the column of the first figure; the others follow it.
        year: the edition's: where the titles name financial years, it must be one of them.
        where: file and sheet, for the error.
        only: the codes to read; all when not given.
        account: where the rows of other codes are counted.

    Raises:
        LayoutError: no such header, titles of another year, or a cell that is neither a number nor a token.
        ValidationError: a code that stands there twice.
    """
    width = len(header)
    top = raw.frame.head(_HEADER_WITHIN).rows()
    wanted = _words(header)
    places = [n for n, row in enumerate(top) if _words(row[:width]) == wanted]
    if len(places) != 1:
        near = [row[:width] for row in top if row and row[0] == header[0]]
        raise LayoutError(
            f"{where}: {len(places)} of the first {_HEADER_WITHIN} rows are the declared header; expected one. "
            f"{f'Found {near[0]}. ' if near else ''}If the publisher changed the sheet, declare it in layouts.py."
        )
    _check_titles([cell for row in top[: places[0]] for cell in row if cell], year, where)
    body = number_rows(raw).slice(places[0] + 1)
    cells = {name: pl.col(f"column_{first + number}") for number, name in enumerate(READ)}
    rows = body.select(
        ROW,
        MEMBER,
        pl.col("column_0").str.strip_chars().str.strip_chars_start(f"{_MARK} ").alias("code"),
        pl.col("column_1").str.strip_chars().alias("name"),
        **cells,
    )
    texts = pl.exclude(ROW, MEMBER)
    blank = pl.all_horizontal(texts.is_null() | (texts == ""))
    rows = rows.filter(~blank)
    if only is not None:
        chosen = rows.filter(pl.col("code").is_in(list(only)).fill_null(False))
        if account:
            account.left_out("rows of other codes, totals and notes of the sheet", rows.height - chosen.height)
        rows = chosen
    for name in READ:
        rows = read_numbers(rows, name, tokens=TOKENS, where=where, whole=True)
    twice = rows.filter(pl.col("code").is_duplicated())
    if twice.height:
        codes = twice["code"].unique(maintain_order=True).to_list()[:_MAX_SHOWN]
        raise ValidationError(f"{where}: {codes} stand there twice. {ONCE}", failures=twice)
    return rows


def _words(cells: Sequence[str | None]) -> list[str]:
    """Return header cells with their blanks alike and each column by one name; "" where a cell is empty."""
    alike = [" ".join((cell or "").split()) for cell in cells]
    return [ALSO_CALLED.get(word, word) for word in alike]


def _check_titles(titles: Sequence[str], year: str, where: str) -> None:
    """Refuse a sheet whose titles speak of other financial years alone; a copy without titles says nothing."""
    said = {f"{found[1]}-{found[2]}" for title in titles for found in _YEAR.finditer(title)}
    if said and year not in said:
        raise LayoutError(
            f"{where}: its titles name {sorted(said)}; expected {year}. Is this the file of another year?"
        )


def validate_parts(rows: pl.DataFrame, total: pl.DataFrame, *, where: str) -> None:
    """Refuse rows whose exact figures add to more than the row over all of them.

    Raises:
        ValidationError: naming the figure.
    """
    for name in (EPISODES, ADMISSIONS, *METHODS):
        summed, all_of = rows[f"{name}_value"].sum(), total[f"{name}_value"].sum()
        if summed > all_of:
            raise ValidationError(f"{where}: rows add to {summed:,.0f} {name}, their {TOTAL} is {all_of:,.0f}")


def letters(first: int) -> dict[str, str]:
    """Return the sheet's own letters of the column of each of READ.

    Args:
        first: the column of the first figure, counted from 0.
    """
    return {name: spreadsheet_column(f"column_{first + number}") for number, name in enumerate(READ)}


def validate_exact(rows: pl.DataFrame, *, where: str) -> None:
    """Refuse rows of exact figures whose admissions are not their four methods, or episodes not their sexes.

    Raises:
        ValidationError: naming the rows; a column is then not the one that it is taken for, or a cell was changed.
    """
    for whole, parts in ((ADMISSIONS, METHODS), (EPISODES, SEXES)):
        summed = pl.sum_horizontal([f"{part}_value" for part in parts])
        hidden = pl.any_horizontal([pl.col(f"{name}_status") != "ok" for name in (whole, *parts)])
        wrong = rows.filter(hidden | (pl.col(f"{whole}_value") != summed))
        if wrong.height:
            shown = wrong.select("code", f"{whole}_value", summed.alias("sum")).head(_MAX_SHOWN).rows()
            raise ValidationError(
                f"{where}: {wrong.height} rows whose {whole} are not the sum of {list(parts)}, all of them printed: "
                f"(code, {whole}, sum) {shown}",
                failures=wrong,
            )
