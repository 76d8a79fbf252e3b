"""Taking in a board's own extract: read as text, judged, and put where the pipeline finds it. Nothing else is kept."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hi_pipeline.core.errors import ArchiveError, LayoutError, SelectionError, ValidationError
from hi_pipeline.core.geography import BOARDS
from hi_pipeline.core.source import RawTable
from hi_pipeline.extracts.contract import COLUMNS
from hi_pipeline.extracts.parse import named
from hi_pipeline.extracts.problem import Problem
from hi_pipeline.extracts.read import check, validated
from hi_pipeline.extracts.source import place_of
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.limits import LIMITS
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
        LayoutError: a workbook with several sheets, or no header.
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
        return RawTable(path.name, _parquet(path))
    raise SelectionError(f"{path.name}: an extract is a CSV, xlsx or parquet file, named .csv, .xlsx or .parquet")


def check_extract(path: Path) -> list[Problem]:
    """Return everything that is wrong with a file; nothing is changed."""
    raw = read_extract(path)
    return check(raw.frame, first_row=raw.first_row)


def take_in(settings: Settings, path: Path) -> Taken:
    """Put a right extract into the folder of extracts, under the name of its indicator, board and year.

    Raises:
        ValidationError: naming everything that is wrong; nothing is written then.
        SelectionError, ArchiveError, LayoutError: as ``read_extract``.
    """
    raw = read_extract(path)
    indicator, ons, year = named(validated(raw.frame, where=path.name, first_row=raw.first_row))
    board = next(b for b in BOARDS if b.ons == ons)
    into = settings.extracts / place_of(indicator, board.ods, year)
    replaced = into.exists()
    write_bytes(into, _in_contract(raw.frame).write_csv().encode())
    return Taken(path=into, indicator=indicator, board=board.name, financial_year=year, replaced=replaced)


def _in_contract(frame: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    return frame.with_columns(absent).select(COLUMNS.keys())


def _sheet(path: Path) -> pl.DataFrame:
    names, frames = read_sheets(path, (".*",))
    held = [name for name in names if not frames[name].is_empty()]
    if len(held) != 1:
        raise LayoutError(f"{path.name}: {len(held)} sheets hold cells ({held[:4]}); an extract is one sheet")
    return table_of_sheet(frames[held[0]], header_row=0, where=f"{path.name}, sheet {held[0]!r}")


def _parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ArchiveError(f"{path.name}: the parquet file cannot be read ({error})") from error
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    if nested:
        raise ValidationError(f"{path.name}: columns {nested} hold lists or structures; every cell is one value")
    return frame.select(pl.all().cast(pl.String))
