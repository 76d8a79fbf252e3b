"""Files as publishers give them out: CSV, zip, xlsx and ods with the same bytes on every run."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

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


_ODS_KIND = b"application/vnd.oasis.opendocument.spreadsheet"
_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'office:version="1.3"><office:body><office:spreadsheet>'
)
_ODS_FOOT = "</office:spreadsheet></office:body></office:document-content>"
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
# Office programs end a sheet with empty rows up to the last that it can have.
_ODS_ROWS = 1_048_576


def ods_bytes(sheets: Mapping[str, Rows]) -> bytes:
    """Return an OpenDocument spreadsheet with one sheet for each entry; None stays empty, empty cells are repeated."""
    tables = []
    for name, rows in sheets.items():
        written = [f"<table:table-row>{_ods_cells(row)}</table:table-row>" for row in rows]
        rest = _ODS_ROWS - len(written)
        end = f'<table:table-row table:number-rows-repeated="{rest}"><table:table-cell/></table:table-row>'
        tables.append(f"<table:table table:name={quoteattr(name)}>{''.join(written)}{end}</table:table>")
    content = _ODS_HEAD + "".join(tables) + _ODS_FOOT
    return zip_bytes(
        {"mimetype": _ODS_KIND, "content.xml": content.encode(), "META-INF/manifest.xml": _ODS_MANIFEST.encode()}
    )


def _ods_cells(row: Sequence[Cell]) -> str:
    cells = []
    for cell, group in groupby(row):
        times = len(list(group))
        if cell is None:
            cells.append(f'<table:table-cell table:number-columns-repeated="{times}"/>')
        elif isinstance(cell, str):
            text = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
            cells.append(f'<table:table-cell office:value-type="string">{text}</table:table-cell>' * times)
        else:
            shown = f'office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p>'
            cells.append(f"<table:table-cell {shown}</table:table-cell>" * times)
    return "".join(cells)
