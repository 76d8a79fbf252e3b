"""Files as publishers give them out: CSV, zip and xlsx with the same bytes on every run."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook

Cell = str | int | float | None
Rows = Iterable[Sequence[Cell]]

_ZIP_TIME = (2026, 1, 1, 0, 0, 0)
_MADE = datetime(2026, 1, 1)


def csv_bytes(header: Sequence[str], rows: Rows, *, line_end: str = "\n", bom: bool = False) -> bytes:
    """Return a CSV; cells are quoted only where they must be, and None is an empty cell.

    Args:
        header: column names.
        rows: cells; whole numbers are written without a fraction.
        line_end: LF or CR LF, as the publisher writes it.
        bom: begin with a UTF-8 byte order mark.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + buffer.getvalue().encode()


def write_file(folder: Path, place: str, data: bytes) -> None:
    """Write a file at its place below the mirror."""
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of members in the order given, with one fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def xlsx_bytes(sheets: Mapping[str, Rows]) -> bytes:
    """Return a workbook with one sheet for each entry; numbers become number cells, None stays empty."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties({"title": "SYNTHETIC", "created": _MADE})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(at, column, cell)
    return buffer.getvalue()
