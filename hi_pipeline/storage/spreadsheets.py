"""Spreadsheets: the package is inspected first, then read by a child process with memory and time limits."""

import json
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.core.source import Container
from hi_pipeline.storage.limits import LIMITS, Limits
from hi_pipeline.storage.opendocument_guard import inspect_opendocument
from hi_pipeline.storage.workbook_guard import inspect_workbook

_CHILD = "hi_pipeline.storage.spreadsheet_child"
_PACKAGE_PARENT = Path(__file__).parents[2]
_SPARE_SECONDS = 30


def read_sheets(
    path: Path, patterns: Iterable[str], *, container: Container = Container.XLSX, limits: Limits = LIMITS
) -> tuple[list[str], dict[str, pl.DataFrame]]:
    """Read the sheets whose whole name matches one of the patterns.

    Args:
        path: the kept file.
        patterns: regular expressions of sheet names.
        container: XLSX or ODS; decides who looks at the package first.
        limits: how large it may be.

    Returns:
        The names of all sheets in their order, and by name the cells of those asked for: text or null, columns
        column_0 (Excel's A), column_1, ...; blank rows are kept, so row n is Excel's row n + 1.

    Raises:
        ArchiveError: broken, hostile, too large, or a sheet that was asked for holds error values.
    """
    inspect = inspect_opendocument if container is Container.ODS else inspect_workbook
    guard = inspect(path, limits=limits)
    wanted = tuple(patterns)
    frames = {}
    with tempfile.TemporaryDirectory(prefix="hi-sheets-") as folder:
        into = Path(folder)
        names = _run_child(path, wanted, into, limits)
        for number, name in enumerate(names):
            if any(re.fullmatch(pattern, name) for pattern in wanted):
                guard.check_errors(name)
                frames[name] = guard.at_column_a(name, _load(into / f"{number}.arrow"))
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


def _load(file: Path) -> pl.DataFrame:
    """Return the cells of a sheet; the child writes no file for an empty one."""
    return pl.read_ipc(file.read_bytes()) if file.exists() else pl.DataFrame()


def _run_child(path: Path, patterns: tuple[str, ...], into: Path, limits: Limits) -> list[str]:
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
            cwd=_PACKAGE_PARENT,
            input=json.dumps(request),
            text=True,
            capture_output=True,
            timeout=limits.child_seconds + _SPARE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ArchiveError(f"{path.name}: reading the spreadsheet took too long and was stopped") from None
    if done.returncode:
        why = _why(done.returncode, done.stderr)
        raise ArchiveError(
            f"{path.name}: the spreadsheet cannot be read within {limits.child_memory_bytes:,} bytes of memory and "
            f"{limits.child_seconds} s: {why}. Nothing was changed."
        )
    return list(json.loads((into / "sheets.json").read_text()))


def _why(code: int, said: str) -> str:
    if code < 0:
        return f"the reader was stopped by {signal.Signals(-code).name}, it needs too much memory or time"
    return (said.strip().splitlines() or ["no reason given"])[-1][:300]
