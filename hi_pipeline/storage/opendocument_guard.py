"""Looks into an OpenDocument spreadsheet before any spreadsheet library does, as strictly as at an xlsx workbook.

Its cells carry no addresses: a cell stands where the cells and rows before it, with their repetitions, end. They are
counted by a stream of tags of which nothing is kept but the place; entities are refused before the XML is read.
"""

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate

from hi_pipeline.core.errors import ArchiveError
from hi_pipeline.storage.limits import LIMITS, Limits
from hi_pipeline.storage.workbook_guard import DECLARATION, Sheet, WorkbookGuard, check_extent
from hi_pipeline.storage.zips import chunks_of, files_of, open_zip, read_member

CONTENT, KIND = "content.xml", "mimetype"
_MEDIA_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_ERRORS = ("calcext:value-type", "office:value-type")
_SHORT = replace(LIMITS, member_bytes=10_000)
_DEEPEST, _LONGEST_TAG, _TAIL = 64, 1_000_000, 16
_DIGITS = re.compile(r"[1-9][0-9]{0,9}")


def inspect_opendocument(path: Path, *, limits: Limits = LIMITS) -> WorkbookGuard:
    """Check an ods package: what it is, sizes, entities, and where the cells with content lie.

    Raises:
        ArchiveError: no spreadsheet, broken, entity declarations, tags nested or drawn out beyond sense, or a cell so
            far out that the rectangle up to it would not fit into memory.
    """
    with open_zip(path, limits=limits) as archive:
        names = files_of(archive)
        if KIND not in names or CONTENT not in names:
            raise ArchiveError(f"{path.name}: a zip archive but no OpenDocument file ({KIND} or {CONTENT} is missing)")
        kind = read_member(archive, KIND, where=f"{path.name}, part {KIND}", limits=_SHORT).strip()
        if kind != _MEDIA_TYPE:
            raise ArchiveError(f"{path.name}: an OpenDocument file of another kind ({kind[:80]!r}), no spreadsheet")
        for name in names:
            if name.lower().endswith(".xml") and name != CONTENT:
                _refuse_declarations(archive, name, f"{path.name}, part {name}", limits)
        return WorkbookGuard(path.name, _sheets(archive, f"{path.name}, part {CONTENT}", limits))


def _refuse_declarations(archive: zipfile.ZipFile, name: str, where: str, limits: Limits) -> None:
    tail = b""
    for chunk in chunks_of(archive, name, where=where, limits=limits):
        _check_chunk(tail + chunk, where)
        tail = chunk[-_TAIL:]


def _check_chunk(window: bytes, where: str) -> None:
    if b"\0" in window:
        raise ArchiveError(f"{where}: XML that is not UTF-8 is refused")
    if DECLARATION.search(window):
        raise ArchiveError(f"{where}: declares a DOCTYPE or entities, which no spreadsheet needs; refused")


def _sheets(archive: zipfile.ZipFile, where: str, limits: Limits) -> dict[str, Sheet]:
    counter = _Counter(where, limits)
    parser = ParserCreate()
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    tail, fed = b"", 0
    try:
        for chunk in chunks_of(archive, CONTENT, where=where, limits=limits):
            _check_chunk(tail + chunk, where)
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG + len(chunk):
                raise ArchiveError(f"{where}: a single tag of more than {_LONGEST_TAG:,} bytes is refused")
            tail = chunk[-_TAIL:]
        parser.Parse(b"", True)
    except ExpatError as error:
        raise ArchiveError(f"{where}: the sheets are broken XML ({error}). Fetch the file again.") from error
    return counter.sheets


class _Counter:
    """Where the next row and cell stand, and what has been found of each sheet."""

    def __init__(self, where: str, limits: Limits) -> None:
        self.where, self.limits = where, limits
        self.sheets: dict[str, Sheet] = {}
        self._open: list[str] = []
        self._sheet: Sheet | None = None
        self._row = self._column = self._repeats = 0
        self._name = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open.append(tag)
        if len(self._open) > _DEEPEST:
            raise ArchiveError(f"{self.where}: tags nested more than {_DEEPEST} deep are refused")
        if tag == "table:table":
            self._start_sheet(attributes)
        elif self._sheet is not None and tag == "table:table-row":
            self._column, self._repeats = 0, self._times(attributes, "table:number-rows-repeated")
        elif self._sheet is not None and tag in _CELLS:
            self._note(self._sheet, attributes)

    def end(self, tag: str) -> None:
        self._open.pop()
        if tag == "table:table":
            self._sheet = None
        elif tag == "table:table-row":
            self._row += self._repeats

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        self._name = attributes.get("table:name", "")
        if self._sheet is not None or self._name in self.sheets:
            raise ArchiveError(f"{self.where}: sheet {self._name!r} stands inside another one, or twice; refused")
        self._sheet = self.sheets[self._name] = Sheet()
        self._row = self._column = 0

    def _note(self, sheet: Sheet, attributes: dict[str, str]) -> None:
        """Count a cell; one with a type has content, and with it all its repetitions in row and column."""
        times = self._times(attributes, "table:number-columns-repeated")
        first = self._column
        self._column += times
        if "office:value-type" not in attributes:
            return
        sheet.first_column = first if sheet.last_column < 0 else min(sheet.first_column, first)
        sheet.last_column = max(sheet.last_column, self._column - 1)
        sheet.last_row = max(sheet.last_row, self._row + self._repeats)
        if not sheet.first_error and any(attributes.get(name) == "error" for name in _ERRORS):
            sheet.first_error = f"in row {self._row + 1}, column {first + 1}"
        check_extent(sheet, f"{self.where}, sheet {self._name!r}", self.limits)

    def _times(self, attributes: dict[str, str], name: str) -> int:
        text = attributes.get(name, "1")
        if not _DIGITS.fullmatch(text):
            raise ArchiveError(f"{self.where}: {name} is {text[:20]!r}; expected a number from 1 up")
        return int(text)
