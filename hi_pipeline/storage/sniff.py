"""Looks at a file before it is kept: an HTML error page is no CSV, half a zip is no zip."""

import csv
import io
import re
import zipfile
from pathlib import Path

from hi_pipeline.core.errors import FetchError
from hi_pipeline.core.source import Container

_HEAD = 1 << 16
_BOM = b"\xef\xbb\xbf"
_KINDS = {
    b"PK\x03\x04": "a zip archive or spreadsheet",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"PAR1": "a parquet file",
}
_INSIDE = {Container.XLSX: "xl/workbook.xml", Container.ODS: "content.xml"}
_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,120})", re.IGNORECASE)


def sniff(path: Path, container: Container, *, where: str) -> None:
    """Check that a file is on the outside what its layout says.

    Raises:
        FetchError: empty, of another kind, or cut short; says what it is instead.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise FetchError(
            f"{where}: what came is empty ({path.stat().st_size} bytes); nothing was kept, try again later"
        )
    if container is Container.CSV:
        _sniff_csv(path, head, where)
        return
    if container is Container.PARQUET:
        # Its reader judges the rest: the file ends with what tells of its columns.
        if not head.startswith(b"PAR1"):
            raise FetchError(f"{where}: expected a parquet file, but {_describe(head)} came; nothing was kept")
        return
    if not head.startswith(b"PK\x03\x04"):
        raise FetchError(f"{where}: expected a {container.value} file, but {_describe(head)} came; nothing was kept")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FetchError(
            f"{where}: the {container.value} file is truncated or damaged ({error}); nothing was kept, fetch it again"
        ) from error
    if container in _INSIDE and _INSIDE[container] not in names:
        what = "an Excel workbook" if container is Container.XLSX else "an OpenDocument spreadsheet"
        raise FetchError(f"{where}: expected {what}, a zip archive without one came; nothing was kept")


def _sniff_csv(path: Path, head: bytes, where: str) -> None:
    text = head.removeprefix(_BOM).lstrip()
    known = text.startswith((b"<", b"{", b"[", *_KINDS))
    if known or b"\0" in head:
        raise FetchError(f"{where}: expected a CSV, but {_describe(text)} came; nothing was kept")
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _HEAD))
        tail = file.read()
    # A file may lack its last line end, but then its last row must be whole: less is a body cut short.
    if not tail.endswith((b"\n", b"\r")) and tail.count(b'"') % 2 == 0:
        first, last = _lines(head.removeprefix(_BOM))[0], _lines(tail)[-1]
        if len(_lines(tail)) > 1 and _cells(last) < _cells(first):
            raise FetchError(
                f"{where}: the last row has {_cells(last)} cells, the header {_cells(first)}: the file was cut short; "
                "nothing was kept, fetch it again"
            )


def _lines(data: bytes) -> list[bytes]:
    return re.split(rb"\r\n|\n|\r", data)


def _cells(line: bytes) -> int:
    return len(next(csv.reader(io.StringIO(line.decode("utf-8", "replace"))), []))


def _describe(head: bytes) -> str:
    for magic, kind in _KINDS.items():
        if head.startswith(magic):
            return kind
    text = head.decode("utf-8", "replace").lstrip()
    if text.startswith("<"):
        title = _TITLE.search(text)
        named = f" titled {title[1].strip()!r}" if title else ""
        return f"an HTML or XML page{named}"
    if text.startswith(("{", "[")):
        return f"a JSON message ({text[:80]!r})"
    return f"something else (it starts {head[:16]!r})"
