"""Taking in a board's own extract: read as text, judged, and put where the pipeline finds it. Nothing else is kept."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hi_pipeline.core.errors import ArchiveError, LayoutError, SelectionError
from hi_pipeline.core.geography import BOARDS
from hi_pipeline.core.source import RawTable
from hi_pipeline.extracts.contract import COLUMNS, EXTRACTS
from hi_pipeline.extracts.parse import named
from hi_pipeline.extracts.problem import Problem
from hi_pipeline.extracts.read import check, validated
from hi_pipeline.extracts.source import KINDS, place_of
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.limits import LIMITS
from hi_pipeline.storage.parquet import read_parquet_text
from hi_pipeline.storage.spreadsheets import read_sheets, table_of_sheet
from hi_pipeline.storage.text import read_csv


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An extract that was taken in.

    Attributes:
        path: the file that the pipeline reads: the same rows as CSV.
        replaced: there was an extract of the same indicator, board and year.
    """

    path: Path
    indicator: str
    board: str
    financial_year: str
    replaced: bool


def read_extract(path: Path) -> RawTable:
    """Return a file's cells as text, from CSV, xlsx (one sheet) or parquet.

    Raises:
        SelectionError: there is no such file, or it is of another kind.
        ArchiveError: it cannot be read, or is larger than it may be.
        LayoutError: a workbook with several sheets, no header, or cells that hold more than one value.
    """
    if not path.is_file():
        raise SelectionError(f"{path}: there is no such file")
    if path.stat().st_size > LIMITS.member_bytes:
        raise ArchiveError(f"{path.name}: larger than {LIMITS.member_bytes:,} bytes; an extract is counts by group")
    kind = path.suffix.lower()
    if kind == ".csv":
        return RawTable(path.name, read_csv(path.read_bytes(), where=path.name))
    if kind == ".xlsx":
        return RawTable(path.name, _sheet(path))
    if kind == ".parquet":
        return RawTable(path.name, read_parquet_text(path, where=path.name))
    raise SelectionError(f"{path.name}: an extract is a CSV, xlsx or parquet file, named .csv, .xlsx or .parquet")


def check_extract(path: Path) -> list[Problem]:
    """Return everything that is wrong with a file; nothing is changed."""
    raw = read_extract(path)
    return check(raw.frame, first_row=raw.first_row)


def take_in(settings: Settings, path: Path) -> Taken:
    """Put a right extract into the folder of extracts, under the name of its indicator, board and year.

    Raises:
        ValidationError: naming everything that is wrong; nothing is written then.
        SelectionError: as ``read_extract``; or the board's extract of the year by another list of codes is there.
        ArchiveError, LayoutError: as ``read_extract``.
    """
    raw = read_extract(path)
    indicator, ons, year = named(validated(raw.frame, where=path.name, first_row=raw.first_row))
    board = next(b for b in BOARDS if b.ons == ons)
    _refuse_other_list(settings, indicator, board.ods, year)
    into = settings.extracts / place_of(indicator, board.ods, year)
    there = [held for kind in KINDS if (held := into.with_suffix(kind)).exists()]
    write_bytes(into, _in_contract(raw.frame).write_csv().encode())
    for older in there:
        # A file of another kind that somebody laid there: two files of one extract would both go unread.
        if older != into:
            older.unlink()
    replaced = bool(there)
    return Taken(path=into, indicator=indicator, board=board.name, financial_year=year, replaced=replaced)


def _refuse_other_list(settings: Settings, indicator: str, board_ods: str, year: str) -> None:
    """Refuse a second extract that counts the same by another list of codes: their differences are small counts."""
    shared = EXTRACTS[indicator].one_of
    alike = [name for name, extract in EXTRACTS.items() if shared and extract.one_of == shared and name != indicator]
    for name in alike:
        for kind in KINDS:
            held = (settings.extracts / place_of(name, board_ods, year)).with_suffix(kind)
            if held.exists():
                raise SelectionError(
                    f"{held} counts {shared} of this board and year by another list of codes. What one list holds and "
                    "the other does not could be worked out, so that only one can stand: keep it, or remove it and "
                    "import this file again"
                )


def _in_contract(frame: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    return frame.with_columns(absent).select(COLUMNS.keys())


def _sheet(path: Path) -> pl.DataFrame:
    names, frames = read_sheets(path, (".*",))
    held = [name for name in names if not frames[name].is_empty()]
    if len(held) != 1:
        raise LayoutError(f"{path.name}: {len(held)} sheets hold cells ({held[:4]}); an extract is one sheet")
    return table_of_sheet(frames[held[0]], header_row=0, where=f"{path.name}, sheet {held[0]!r}")
