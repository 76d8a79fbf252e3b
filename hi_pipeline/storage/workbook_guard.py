"""Looks into an xlsx package before any spreadsheet library does: sizes, entities, far cells, error values."""

import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from hi_pipeline.core.errors import ArchiveError
from hi_pipeline.storage.limits import LIMITS, Limits
from hi_pipeline.storage.zips import chunks_of, files_of, open_zip, read_member

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
# Repetitions are bounded or end at a character that they cannot hold: no text makes the search slow.
_CELL = re.compile(
    rb"""<(?:\w{1,20}:)?c\s(?P<attributes>[^<>]{0,200}?\br=["'](?P<column>[A-Z]{1,3})(?P<row>[0-9]{1,7})["']"""
    rb"""[^<>/]{0,200})>\s*(?:<(?:\w{1,20}:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w{1,20}:)?f>)\s*)?"""
    rb"""<(?:\w{1,20}:)?(?:v|is)\b"""
)
_ERROR = re.compile(rb"""\bt=["']e["']""")
_TAIL = 4096
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# The list of sheets is held as a tree, in this process; the largest real one has 10 kB.
_LISTS = replace(LIMITS, member_bytes=4_000_000)
_BOOK, _RELS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


@dataclass
class Sheet:
    """What a pass over a sheet's XML found; columns count from 0, rows from 1."""

    first_column: int = 0
    last_column: int = -1
    last_row: int = 0
    first_error: str = ""


@dataclass(frozen=True)
class WorkbookGuard:
    """What is known of a workbook's sheets before they are read."""

    where: str
    sheets: dict[str, Sheet]

    def at_column_a(self, name: str, cells: pl.DataFrame) -> pl.DataFrame:
        """Name a sheet's columns by their place: the reader leaves out empty columns at the left.

        Args:
            name: the sheet.
            cells: what the reader gave, text or null.

        Returns:
            column_0 (Excel's A), column_1, ...; empty texts are null, as in a CSV.

        Raises:
            ArchiveError: the reader saw another width than this guard, so that the places are not certain.
        """
        sheet = self.sheets.get(name, Sheet())
        first = sheet.first_column if cells.width else 0
        if first and cells.width != sheet.last_column - first + 1:
            raise ArchiveError(
                f"{self.where}, sheet {name!r}: cells lie in columns {first + 1} to {sheet.last_column + 1}, but the "
                f"reader gave {cells.width} columns; open the file and save it again with its first column filled"
            )
        blank = [pl.lit(None, dtype=pl.String).alias(f"column_{i}") for i in range(first)]
        return cells.select(
            *blank,
            *(
                pl.when(pl.col(c) != "").then(pl.col(c)).alias(f"column_{first + i}")
                for i, c in enumerate(cells.columns)
            ),
        )

    def check_errors(self, name: str) -> None:
        """Refuse a sheet with error values such as #REF!, which readers hand on as blanks."""
        if name in self.sheets and self.sheets[name].first_error:
            raise ArchiveError(
                f"{self.where}, sheet {name!r}: cell {self.sheets[name].first_error} holds an error value (#REF! or "
                "the like), which would be read as blank",
                "ask the publisher for a mended file",
            )


def inspect_workbook(path: Path, *, limits: Limits = LIMITS) -> WorkbookGuard:
    """Check an xlsx package without interpreting its XML.

    Raises:
        ArchiveError: no workbook, broken, entity declarations, shared strings or sheets larger than allowed, a cell
            so far out that the rectangle up to it would not fit into memory.
    """
    with open_zip(path, limits=limits) as archive:
        names = files_of(archive)
        if _BOOK not in names or _RELS not in names:
            raise ArchiveError(f"{path.name}: a zip archive but no Excel workbook ({_BOOK} is missing)")
        strings = [i for i in archive.infolist() if i.filename.lower() == "xl/sharedstrings.xml"]
        if strings and strings[0].file_size > limits.shared_strings_bytes:
            raise ArchiveError(
                f"{path.name}: {strings[0].file_size:,} bytes of shared strings, at most "
                f"{limits.shared_strings_bytes:,} are allowed"
            )
        parts = {}
        for name in names:
            if name.lower().endswith((".xml", ".rels")):
                parts[name] = _scan(archive, name, f"{path.name}, part {name}", limits)
        return WorkbookGuard(path.name, {sheet: parts[part] for sheet, part in _sheet_parts(archive, path, parts)})


def _sheet_parts(archive: zipfile.ZipFile, path: Path, parts: dict[str, Sheet]) -> list[tuple[str, str]]:
    try:
        book = ET.fromstring(read_member(archive, _BOOK, where=f"{path.name}, part {_BOOK}", limits=_LISTS))
        rels = ET.fromstring(read_member(archive, _RELS, where=f"{path.name}, part {_RELS}", limits=_LISTS))
    except ET.ParseError as error:
        raise ArchiveError(f"{path.name}: the workbook's list of sheets is broken XML ({error})") from error
    targets = {rel.get("Id"): (rel.get("Target") or "").removeprefix("/xl/") for rel in rels}
    pairs = [(s.get("name") or "", f"xl/{targets.get(s.get(_REL))}") for s in book.iter(f"{_MAIN}sheet")]
    return [(name, part) for name, part in pairs if part in parts]


def _scan(archive: zipfile.ZipFile, name: str, where: str, limits: Limits) -> Sheet:
    """Pass once over a part; refuse declarations everywhere, and in sheets note the cells with content."""
    found = Sheet()
    is_sheet = bool(_SHEET.fullmatch(name))
    tail = b""
    for chunk in chunks_of(archive, name, where=where, limits=limits):
        window = tail + chunk
        if b"\0" in chunk and name.startswith("xl/"):
            raise ArchiveError(f"{where}: XML that is not UTF-8 is refused")
        # Custom parts come in UTF-16 (tooth extractions, 2026-11): without the NULs a declaration reads as ASCII.
        if DECLARATION.search(window.replace(b"\0", b"")):
            raise ArchiveError(f"{where}: declares a DOCTYPE or entities, which no spreadsheet needs; refused")
        if is_sheet:
            _note_cells(window, found)
            check_extent(found, where, limits)
        tail = window[-_TAIL:]
    return found


def _note_cells(window: bytes, found: Sheet) -> None:
    for match in _CELL.finditer(window):
        column, row = _column(match["column"]), int(match["row"])
        found.first_column = column if found.last_column < 0 else min(found.first_column, column)
        found.last_column = max(found.last_column, column)
        found.last_row = max(found.last_row, row)
        if not found.first_error and _ERROR.search(match["attributes"]):
            found.first_error = (match["column"] + match["row"]).decode()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def check_extent(found: Sheet, where: str, limits: Limits) -> None:
    """Refuse a sheet whose cells reach so far out that the rectangle up to them would not fit into memory."""
    cells = (found.last_column + 1) * found.last_row
    if found.last_column >= limits.columns or cells > limits.sheet_cells:
        raise ArchiveError(
            f"{where}: cells reach to row {found.last_row} and column {found.last_column + 1}; at most "
            f"{limits.columns} columns and {limits.sheet_cells:,} cells are allowed"
        )
