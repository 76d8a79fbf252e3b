"""An area's tidy rows as a small file that opens rightly in Excel, with a dictionary of its columns beside it.

In csv and xlsx a code stays text, a footprint or a month is no date, no text begins like a formula, and ``polarity``
says of each indicator which direction is good; the workbook has what stands beside the figures on sheets of their own.
Parquet is as published.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl
import xlsxwriter

from hi_pipeline.publishing.for_excel import text_kept
from hi_pipeline.publishing.package import MEANINGS

FORMATS = ("csv", "parquet", "xlsx")
FIGURES = "Figures"
# The sheets of the workbook beside the figures, each of a published table.
BESIDE = {
    "Comparisons": "comparisons",
    "Completeness": "completeness",
    "Bounds": "bounds",
    "Pace": "pace",
    "Trends": "trends",
    "Targets": "targets",
    "Similar boards": "similar_boards",
    "Pockets": "pockets",
}
POLARITY = "polarity"
_MEANS = {
    POLARITY: (
        "of the indicator: higher_is_better, lower_is_better, neutral or contested (more may be better or worse). Of "
        "value, difference and rate_ratio a high figure is then better, worse, or neither; gap and sii are always "
        "positive where it is worse for the most deprived (of neutral and contested ones: higher among them)"
    )
}
_FOOTPRINT = "geography_vintage"
_NO_DATE = datetime(2000, 1, 1)
_DECIMALS = 6
_FORMULA_SIGNS = "=+-@\t\r"


def board_rows(
    table: pl.DataFrame, *, icbs: Sequence[str], years: Sequence[str], indicators: Sequence[str]
) -> pl.DataFrame:
    """Return the rows of some areas, as published and in order; empty years or indicators mean all of them.

    Args:
        table: the results or one of ``BESIDE``; of a table without years, or without indicators, all rows of the areas.
        icbs: ONS codes.
        years: financial years.
        indicators: ids.
    """
    wanted = pl.col("icb_code").is_in(list(icbs))
    for column, asked in (("financial_year", years), ("indicator_id", indicators)):
        if asked and column in table.columns:
            wanted &= pl.col(column).is_in(list(asked))
    return table.filter(wanted)


def with_polarity(rows: pl.DataFrame, polarities: Mapping[str, str]) -> pl.DataFrame:
    """Return rows with the polarity of their indicator, by its id, as the last column."""
    return rows.with_columns(
        pl.col("indicator_id").replace_strict(dict(polarities), return_dtype=pl.String).alias(POLARITY)
    )


def for_workbook(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as a workbook takes them: "2022-07" reads "footprint 2022-07", text like a formula is quoted."""
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
    shown = _rounded(rows)
    starts = [pl.col(name).str.slice(0, 1).is_in(list(_FORMULA_SIGNS)).fill_null(False) for name in texts]
    return shown.with_columns(
        pl.when(start).then(pl.concat_str(pl.lit("'"), name)).otherwise(pl.col(name)).alias(name)
        for name, start in zip(texts, starts, strict=True)
    )


def _rounded(rows: pl.DataFrame) -> pl.DataFrame:
    numbers = [name for name, dtype in rows.schema.items() if dtype == pl.Float64]
    footprint = [pl.concat_str(pl.lit("footprint "), name).alias(name) for name in rows.columns if name == _FOOTPRINT]
    return rows.with_columns(
        *footprint,
        *(pl.col(name).round(_DECIMALS) for name in numbers),
    )


def dictionary(*tables: pl.DataFrame) -> pl.DataFrame:
    """Return the meaning of each column, once."""
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    return pl.DataFrame({"column": names, "meaning": [(MEANINGS | _MEANS)[name] for name in names]})


def export_bytes(rows: pl.DataFrame, form: str, *, beside: Mapping[str, pl.DataFrame]) -> bytes:
    """Return rows as a file of one of ``FORMATS``; a workbook has the tables beside it as further sheets, by name."""
    target = io.BytesIO()
    match form:
        case "parquet":
            rows.write_parquet(target, compression="lz4", statistics=False)
        case "csv":
            # The mark at the start tells Excel that the text is UTF-8.
            texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
            kept = _rounded(rows).with_columns(text_kept(name) for name in texts)
            target.write(kept.write_csv(include_bom=True).encode())
        case _:
            _workbook({FIGURES: rows, **beside}, target)
    return target.getvalue()


def _workbook(tables: Mapping[str, pl.DataFrame], target: io.BytesIO) -> None:
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"author": "hi_pipeline", "created": _NO_DATE})
        shown = {name: for_workbook(table) for name, table in tables.items()}
        for name, table in (*shown.items(), ("Dictionary", dictionary(*tables.values()))):
            page = book.add_worksheet(name)
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, max(table.height, 1), table.width - 1)
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
