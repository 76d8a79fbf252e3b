"""Spreadsheets: the package is inspected first, then read by a child process with memory and time limits."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polars as pl
from pyarrow import feather

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.storage.limits import LIMITS, Limits
from hi_pipeline.storage.workbook_guard import inspect_workbook

_CHILD = "hi_pipeline.storage.spreadsheet_child"
_SPARE_SECONDS = 30


def read_sheets(
    path: Path, patterns: Iterable[str], *, limits: Limits = LIMITS
) -> tuple[list[str], dict[str, pl.DataFrame]]:
    """Read the sheets whose whole name matches one of the patterns.

    Returns:
        The names of all sheets in their order, and by name the cells of those asked for: text or null, columns
        column_0 (Excel's A), column_1, ...; blank rows are kept, so row n is Excel's row n + 1.

    Raises:
        ArchiveError: broken, hostile, too large, or a sheet that was asked for holds error values.
    """
    guard = inspect_workbook(path, limits=limits)
    with tempfile.TemporaryDirectory(prefix="hi-sheets-") as folder:
        into = Path(folder)
        _run_child(path, list(patterns), into, limits)
        names = json.loads((into / "sheets.json").read_text())
        frames = {}
        for number, name in enumerate(names):
            file = into / f"{number}.arrow"
            if file.exists():
                guard.check_errors(name)
                table = feather.read_table(file, memory_map=False)
                frames[name] = _at_column_a(pl.DataFrame(pl.from_arrow(table)), guard.first_column(name))
        return names, frames


def table_of_sheet(matrix: pl.DataFrame, *, header_row: int, where: str) -> pl.DataFrame:
    """Turn a sheet's cells into a table: names from the header row, empty rows and columns at the end dropped.

    Raises:
        LayoutError: no such row, or two columns with one name.
    """
    if matrix.height <= header_row:
        raise LayoutError(f"{where}: has {matrix.height} rows, expected the header on row {header_row + 1}")
    filled = [
        name for name in matrix.columns if matrix[name].slice(header_row).null_count() < matrix.height - header_row
    ]
    kept = matrix.columns[: matrix.columns.index(filled[-1]) + 1] if filled else []
    header = [cell or "" for cell in matrix.select(kept).row(header_row)] if kept else []
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or not header:
        raise LayoutError(f"{where}: row {header_row + 1} is no header; names that occur twice: {twice or 'no names'}")
    body = matrix.select(kept).slice(header_row + 1)
    rows = body.select(pl.any_horizontal(pl.all().is_not_null()).arg_true().max()).item()
    return body.head(0 if rows is None else rows + 1).rename(dict(zip(kept, header, strict=True)))


def _at_column_a(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Name the columns by their place; the reader leaves out empty columns at the left."""
    blank = [pl.lit(None, dtype=pl.String).alias(f"column_{i}") for i in range(first if frame.width else 0)]
    moved = [pl.col(name).alias(f"column_{first + i}") for i, name in enumerate(frame.columns)]
    return frame.select([*blank, *moved])


def _run_child(path: Path, patterns: list[str], into: Path, limits: Limits) -> None:
    request = {
        "path": str(path.resolve()),
        "patterns": patterns,
        "into": str(into),
        "memory_bytes": limits.child_memory_bytes,
        "seconds": limits.child_seconds,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", _CHILD],
            input=json.dumps(request),
            text=True,
            capture_output=True,
            timeout=limits.child_seconds + _SPARE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ArchiveError(f"{path.name}: reading the spreadsheet took too long and was stopped") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        why = said[-1][:300] if said else f"the reader was stopped by signal {-done.returncode}"
        raise ArchiveError(
            f"{path.name}: the spreadsheet cannot be read within {limits.child_memory_bytes:,} bytes of memory and "
            f"{limits.child_seconds} s: {why}. Nothing was changed."
        )
