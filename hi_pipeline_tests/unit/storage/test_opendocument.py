"""OpenDocument spreadsheets: cells in their places, and everything hostile refused before a library reads it."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.errors import ArchiveError, FetchError
from hi_pipeline.core.source import Container, Layout, Member
from hi_pipeline.sample.containers import ods_bytes, zip_bytes
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.storage.limits import LIMITS, Limits
from hi_pipeline.storage.opendocument_guard import inspect_opendocument
from hi_pipeline.storage.sniff import sniff

LAYOUT = Layout(
    name="book", container=Container.ODS, members=(Member(table="rows", pattern="Rows"),), ignored=("Other",)
)
KIND = b"application/vnd.oasis.opendocument.spreadsheet"
OPEN = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:calcext="c"><office:body>'
    "<office:spreadsheet>"
)
CLOSE = "</office:spreadsheet></office:body></office:document-content>"
MANIFEST = b'<manifest:manifest xmlns:manifest="m"/>'
CELL = '<table:table-cell office:value-type="float" office:value="1"{}/>'


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _book(tmp_path: Path, body: str, *, kind: bytes = KIND, name: str = "content.xml") -> Path:
    parts = {"mimetype": kind, name: f"{OPEN}{body}{CLOSE}".encode(), "META-INF/manifest.xml": MANIFEST}
    return _written(tmp_path / "book.ods", zip_bytes(parts))


def _table(cells: str, name: str = "Rows", rows: str = "") -> str:
    return f'<table:table table:name="{name}"><table:table-row{rows}>{cells}</table:table-row></table:table>'


def _cells(path: Path) -> list[tuple[str | None, ...]]:
    return read_tables(path, LAYOUT)["rows"][0].frame.rows()


def test_cells_stand_where_they_stand_in_the_sheet(tmp_path: Path) -> None:
    rows = [[], [None, None, "a\nb", 1.5], [None, None, None, 7], [], [None, None, "00123", None]]
    path = _written(tmp_path / "book.ods", ods_bytes({"Other": [["x"]], "Rows": rows}))
    assert _cells(path) == [
        (None, None, None, None),
        (None, None, "a\nb", "1.5"),
        (None, None, None, "7"),
        (None, None, None, None),
        (None, None, "00123", None),
    ]


def test_repeated_cells_and_rows_are_counted(tmp_path: Path) -> None:
    body = _table(
        '<table:table-cell table:number-columns-repeated="2"/>'
        + CELL.format(' table:number-columns-repeated="3"')
        + '<table:table-cell table:number-columns-repeated="16000"/>',
        rows=' table:number-rows-repeated="4"',
    )
    sheet = inspect_opendocument(_book(tmp_path, body)).sheets["Rows"]
    assert (sheet.first_column, sheet.last_column, sheet.last_row) == (2, 4, 4)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (_table(CELL.format(' table:number-columns-repeated="9999999"')), "cells reach to row 1 and column 9999999"),
        (_table(CELL.format(""), rows=' table:number-rows-repeated="900000000"'), "cells reach to row 900000000"),
        (_table('<table:table-cell table:number-columns-repeated="70000"/>' + CELL.format("")), "column 70001"),
        (_table(CELL.format(' table:number-columns-repeated="-3"')), "expected a number from 1 up"),
        (_table(CELL.format(' table:number-columns-repeated="1e9"')), "expected a number from 1 up"),
        (_table(CELL.format("")) + _table(CELL.format("")), "or twice"),
        (_table("<table:table-cell>" + _table(CELL.format(""), "Inner") + "</table:table-cell>"), "inside another"),
        ("<text:p>" * 80 + "</text:p>" * 80, "nested more than 64 deep"),
        (_table(CELL.format("")) + "<open>", "broken XML"),
        (_table(f'<table:table-cell note="{"x" * 4_000_000}"/>'), "a single tag of more than"),
    ],
)
def test_what_would_fill_the_memory_or_mislead_is_refused(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(ArchiveError, match=message):
        inspect_opendocument(_book(tmp_path, body), limits=replace(LIMITS, ratio=100_000))


def test_entities_are_refused_before_they_are_read(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><office:document-content>&d;</office:document-content>'
    for name in ("content.xml", "styles.xml"):
        parts = {"mimetype": KIND, "content.xml": f"{OPEN}{CLOSE}".encode(), name: bomb}
        with pytest.raises(ArchiveError, match="DOCTYPE or entities"):
            inspect_opendocument(_written(tmp_path / "book.ods", zip_bytes(parts)))


def test_xml_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    parts = {"mimetype": KIND, "content.xml": f"{OPEN}{CLOSE}".encode("utf-16")}
    with pytest.raises(ArchiveError, match="not UTF-8"):
        inspect_opendocument(_written(tmp_path / "book.ods", zip_bytes(parts)))


def test_other_packages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="of another kind"):
        inspect_opendocument(_book(tmp_path, "", kind=b"application/vnd.oasis.opendocument.text"))
    with pytest.raises(ArchiveError, match="no OpenDocument file"):
        inspect_opendocument(_book(tmp_path, "", name="other.xml"))


def test_a_decompression_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="decompression bomb"):
        inspect_opendocument(_book(tmp_path, " " * 2_000_000))


def test_more_than_the_allowed_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="unpacks to"):
        inspect_opendocument(_book(tmp_path, " " * 5_000), limits=Limits(member_bytes=2_000))


@pytest.mark.parametrize("attribute", ["calcext:value-type", "office:value-type"])
def test_an_error_value_stops_the_sheet_that_is_read(tmp_path: Path, attribute: str) -> None:
    kind = "" if attribute.startswith("office") else ' office:value-type="string"'
    cell = f'<table:table-cell{kind} {attribute}="error"><text:p>#REF!</text:p></table:table-cell>'
    with pytest.raises(ArchiveError, match=r"cell in row 1, column 2 holds an error value"):
        read_tables(_book(tmp_path, _table(CELL.format("") + cell)), LAYOUT)


def test_the_sniffer_knows_an_opendocument_spreadsheet(tmp_path: Path) -> None:
    sniff(_written(tmp_path / "a.ods", ods_bytes({"Rows": [["a"]]})), Container.ODS, where="a")
    with pytest.raises(FetchError, match="expected an OpenDocument spreadsheet, a zip archive without one came"):
        sniff(_written(tmp_path / "b.ods", zip_bytes({"a.csv": b"a"})), Container.ODS, where="b")
    with pytest.raises(FetchError, match="expected a ods file"):
        sniff(_written(tmp_path / "c.ods", b"<html></html>"), Container.ODS, where="c")


def test_the_package_ends_as_office_programs_end_it(tmp_path: Path) -> None:
    path = _written(tmp_path / "book.ods", ods_bytes({"Rows": [["a"]]}))
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert b'table:number-rows-repeated="1048575"' in archive.read("content.xml")
    assert _cells(path) == [("a",)]
