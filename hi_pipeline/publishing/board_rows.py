"""An area's tidy rows as a small file that opens rightly in Excel, with a dictionary of its columns beside it.

In csv and xlsx a code stays text, a footprint is no date, and no text begins like a formula; parquet is as published.
"""

import io
from collections.abc import Sequence
from datetime import datetime

import polars as pl
import xlsxwriter

from hi_pipeline.core.columns import RESULT_MEANINGS

FORMATS = ("csv", "parquet", "xlsx")
_NO_DATE = datetime(2000, 1, 1)
_DECIMALS = 6
_FORMULA_SIGNS = "=+-@\t\r"


def board_rows(
    results: pl.DataFrame, *, icbs: Sequence[str], years: Sequence[str], indicators: Sequence[str]
) -> pl.DataFrame:
    """Return the rows of some areas, as published and in order; empty years or indicators mean all of them."""
    wanted = pl.col("icb_code").is_in(list(icbs))
    for column, asked in (("financial_year", years), ("indicator_id", indicators)):
        if asked:
            wanted &= pl.col(column).is_in(list(asked))
    return results.filter(wanted)


def for_excel(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as a spreadsheet takes them: "2022-07" reads "footprint 2022-07", text like a formula is quoted."""
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
    numbers = [name for name, dtype in rows.schema.items() if dtype == pl.Float64]
    shown = rows.with_columns(
        pl.concat_str(pl.lit("footprint "), "geography_vintage").alias("geography_vintage"),
        *(pl.col(name).round(_DECIMALS) for name in numbers),
    )
    starts = [pl.col(name).str.slice(0, 1).is_in(list(_FORMULA_SIGNS)).fill_null(False) for name in texts]
    return shown.with_columns(
        pl.when(start).then(pl.concat_str(pl.lit("'"), name)).otherwise(pl.col(name)).alias(name)
        for name, start in zip(texts, starts, strict=True)
    )


def dictionary(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the meaning of each column."""
    meanings = [RESULT_MEANINGS[name] for name in rows.columns]
    return pl.DataFrame({"column": rows.columns, "meaning": meanings})


def export_bytes(rows: pl.DataFrame, form: str) -> bytes:
    """Return rows as a file of one of ``FORMATS``."""
    target = io.BytesIO()
    match form:
        case "parquet":
            rows.write_parquet(target, compression="lz4", statistics=False)
        case "csv":
            # The mark at the start tells Excel that the text is UTF-8.
            target.write(for_excel(rows).write_csv(include_bom=True).encode())
        case _:
            _workbook(for_excel(rows), target)
    return target.getvalue()


def _workbook(rows: pl.DataFrame, target: io.BytesIO) -> None:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"author": "hi_pipeline", "created": _NO_DATE})
        for name, table in (("Figures", rows), ("Dictionary", dictionary(rows))):
            page = book.add_worksheet(name)
            page.write_row(0, 0, table.columns)
            for r, row in enumerate(table.iter_rows(), start=1):
                for c, cell in enumerate(row):
                    _write(page, r, c, cell)


def _write(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: object) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, str(cell))
