"""hi export: the tidy rows of areas as one small file, with the meaning of its columns beside it.

A workbook has what stands beside the figures too: completeness, bounds, pace, trends, targets, similar boards.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.selecting import select
from hi_pipeline.cli.session import Session
from hi_pipeline.core.area_search import Found, codes_of, find_each, no_such_board
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.publishing.board_rows import (
    BESIDE,
    FORMATS,
    board_rows,
    dictionary,
    export_bytes,
    with_polarity,
)
from hi_pipeline.storage.atomic import write_bytes


def export_command(
    console: Printer,
    source: str | None,
    *,
    icbs: Sequence[str],
    years: Sequence[str],
    indicators: Sequence[str],
    form: str,
    to: Path | None,
) -> int:
    """Write the rows of areas; return the exit code."""

    def command() -> int:
        if form not in FORMATS:
            raise SelectionError(f"{form!r} is no format; expected one of {', '.join(FORMATS)}")
        if not icbs:
            raise SelectionError("no area is asked for; name one with --icb")
        session = Session(source, console)
        found = find_each(icbs)
        codes = codes_of(area for each in found.values() for area in each.areas)
        chosen = select(years=years, icbs=(), indicators=indicators, catalogue=session.pipeline.catalogue.indicators)

        def rows_of(table: str) -> pl.DataFrame:
            whole = session.lake.read("published", table)
            return board_rows(whole, icbs=codes, years=chosen.years or (), indicators=chosen.indicators or ())

        rows = rows_of("results")
        missing = list(_missing(found, rows, chosen.years or ()))
        if rows.is_empty():
            why = "; ".join(missing) or f"no figure of {', '.join(icbs)} is published for what was asked"
            raise SelectionError(f"{why}; see hi coverage")
        if form != "parquet":
            published = json.loads(session.lake.path("published", "results").with_name("indicators.json").read_text())
            rows = with_polarity(rows, {entry["id"]: entry["polarity"] for entry in published["indicators"]})
        sheets = {name: rows_of(table) for name, table in BESIDE.items()} if form == "xlsx" else {}
        made_up = "SYNTHETIC-" if session.settings.synthetic else ""
        default = session.settings.root / "exports" / f"{made_up}{'-'.join(codes)}.{form}"
        path = to or default
        write_bytes(path, export_bytes(rows, form, beside=sheets))
        beside = path.with_name(f"{path.stem}-columns.csv")
        write_bytes(beside, dictionary(rows).write_csv(include_bom=True).encode())
        for note in dict.fromkeys(each.note for each in found.values() if each.note):
            console.print(f"Note: {note}")
        for line in missing:
            console.print(f"Not there: {line}")
        console.print(session.title(f"{rows.height} rows"))
        console.whole_line(str(path))
        console.whole_line(str(beside))
        return 0

    return said_clearly(command, console)


def _missing(found: Mapping[str, Found], rows: pl.DataFrame, years: Sequence[str]) -> Iterator[str]:
    """Yield a line for each area, and each year asked for, without a row; of a board that ended, what it became."""
    there = set(rows.select("icb_code", "financial_year").iter_rows())
    for text, each in found.items():
        codes = codes_of(each.areas)
        for year in years or ("",):
            if any(code in codes and year in ("", of) for code, of in there):
                continue
            absent = no_such_board(text, each.areas, year) if year else ""
            yield absent or f"no figure of {text} is published{f' for {year}' if year else ''}"
