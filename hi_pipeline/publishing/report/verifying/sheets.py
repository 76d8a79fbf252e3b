"""Reads figures.xlsx and figures.ods back: every cell of every sheet, numbers as they are stored."""

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

from lxml import etree

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.publishing.report.workbook import Cell

Grids = dict[str, list[list[Cell]]]
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_PLACE = re.compile(r"([A-Z]+)(\d+)")


def xlsx_grids(data: bytes) -> Grids:
    """Return the cells of each sheet of an xlsx file.

    Raises:
        LayoutError: it is no workbook, or a cell holds a formula.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            shared = _shared(archive)
            relations = _parsed(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {r.get("Id"): str(r.get("Target")).removeprefix("/xl/") for r in relations}
            book = _parsed(archive.read("xl/workbook.xml"))
            places = {str(s.get("name")): targets[s.get(_R)] for s in book.iter(f"{_S}sheet")}
            return {n: _xlsx_rows(_parsed(archive.read(f"xl/{place}")), shared) for n, place in places.items()}
    except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError, ValueError, IndexError) as error:
        raise LayoutError(f"this is no workbook of a pack ({error})") from error


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    items = _parsed(archive.read("xl/sharedStrings.xml")).iter(f"{_S}si")
    return ["".join(t.text or "" for t in item.iter(f"{_S}t")) for item in items]


def _xlsx_rows(page: Any, shared: list[str]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for cell in page.iter(f"{_S}c"):
        if cell.find(f"{_S}f") is not None:
            raise LayoutError(f"cell {cell.get('r')} holds a formula; a pack has none")
        letters, number = _PLACE.fullmatch(cell.get("r")).groups()  # type: ignore[union-attr]
        _put(rows, int(number) - 1, _column(letters), _xlsx_value(cell, shared))
    return rows


def _xlsx_value(cell: Any, shared: list[str]) -> Cell:
    value = cell.find(f"{_S}v")
    match cell.get("t"):
        case "s":
            return shared[int(value.text)]
        case "inlineStr" | "str":
            return "".join(t.text or "" for t in cell.iter(f"{_S}t", f"{_S}v"))
        case _:
            return None if value is None else Decimal(value.text)


def ods_grids(data: bytes) -> Grids:
    """Return the cells of each sheet of an ods file.

    Raises:
        LayoutError: it is no workbook, or a cell holds a formula.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = _parsed(archive.read("content.xml"))
        return {str(t.get(f"{_TABLE}name")): _ods_rows(t) for t in content.iter(f"{_TABLE}table")}
    except (KeyError, zipfile.BadZipFile, etree.XMLSyntaxError, ValueError) as error:
        raise LayoutError(f"this is no workbook of a pack ({error})") from error


def _ods_rows(table: Any) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for r, row in enumerate(table.iter(f"{_TABLE}table-row")):
        column = 0
        for cell in row.iter(f"{_TABLE}table-cell"):
            if cell.get(f"{_TABLE}formula") is not None:
                raise LayoutError("a cell holds a formula; a pack has none")
            _put(rows, r, column, _ods_value(cell))
            column += int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
    return rows


def _ods_value(cell: Any) -> Cell:
    shown = "\n".join("".join(p.itertext()) for p in cell)
    if cell.get(f"{_OFFICE}value-type") != "float":
        return shown
    stored = Decimal(cell.get(f"{_OFFICE}value"))
    if shown != f"{stored:,}":
        raise LayoutError(f"a cell stores {stored} and shows {shown!r}")
    return stored


def _put(rows: list[list[Cell]], row: int, column: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    while len(rows) <= row:
        rows.append([])
    rows[row] += [None] * (column + 1 - len(rows[row]))
    rows[row][column] = cell


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
