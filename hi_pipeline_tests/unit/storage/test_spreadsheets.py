"""Workbooks are inspected, then read in a child process: no input takes the run down."""

import datetime
import io
import re
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.core.source import Container, Layout, Member
from hi_pipeline.storage import spreadsheets
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.storage.limits import Limits
from hi_pipeline.storage.spreadsheets import read_sheets
from hi_pipeline.storage.workbook_guard import inspect_workbook

Cells = dict[tuple[int, int], object]
TABLE: Cells = {(0, 0): "Title", (2, 0): "code", (2, 1): "n", (3, 0): "00T", (3, 1): 112.0, (4, 0): "1E05", (4, 1): "*"}


def write_book(path: Path, sheets: dict[str, Cells]) -> Path:
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for (row, column), value in cells.items():
                if isinstance(value, datetime.datetime):
                    sheet.write_datetime(row, column, value, book.add_format({"num_format": "yyyy-mm-dd"}))
                else:
                    sheet.write(row, column, value)
    return path


def rewrite(path: Path, part: str, change: object) -> Path:
    """Replace one part of a package: bytes, or a function of the old bytes."""
    old = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted({*old.namelist(), part}):
            data = old.read(name) if name in old.namelist() else b""
            archive.writestr(name, (change(data) if callable(change) else change) if name == part else data)
    return path


def layout(*members: Member, ignored: tuple[str, ...] = ()) -> Layout:
    return Layout(name="book", container=Container.XLSX, members=members, ignored=ignored)


MATRIX = layout(Member(table="t"))


def test_a_declared_table_is_found_below_its_header_row(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"Notes": {(0, 0): "x"}, "W1": TABLE})
    declared = layout(Member(table="t", pattern="W.", columns=("code", "n"), header_row=2), ignored=("Notes",))
    (table,) = read_tables(path, declared)["t"]
    assert table.member == "W1"
    assert table.frame.rows() == [("00T", "112"), ("1E05", "*")]


def test_only_empty_rows_and_columns_at_the_end_are_dropped(tmp_path: Path) -> None:
    cells: Cells = {(0, 0): "a", (0, 1): "b", (1, 0): "1", (3, 1): "2", (6, 2): " ", (5, 0): ""}
    path = write_book(tmp_path / "b.xlsx", {"W": cells})
    declared = layout(Member(table="t", columns=("a", "b")))
    with pytest.raises(LayoutError, match="New: "):
        read_tables(path, declared)
    del cells[6, 2]
    (table,) = read_tables(write_book(path, {"W": cells}), declared)["t"]
    assert table.frame.rows() == [("1", None), (None, None), (None, "2")]


def test_a_matrix_keeps_excels_rows_and_columns(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": {(2, 2): "x", (4, 3): 0.1, (5, 2): True, (7, 2): 12345678901.5}})
    (table,) = read_tables(path, MATRIX)["t"]
    assert table.frame.columns == ["column_0", "column_1", "column_2", "column_3"]
    assert table.frame.height == 8
    assert set(table.frame.dtypes) == {pl.String}
    assert table.frame.row(2) == (None, None, "x", None)
    assert table.frame.row(4) == (None, None, None, "0.1")
    assert table.frame.row(5)[2] == "true"
    assert table.frame.row(7)[2] == "12345678901.5"


def test_empty_sheets_have_no_columns(tmp_path: Path) -> None:
    (table,) = read_tables(write_book(tmp_path / "b.xlsx", {"W": {}}), MATRIX)["t"]
    assert table.frame.shape == (0, 0)


def test_dates_come_as_text(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": {(0, 0): datetime.datetime(2024, 4, 1)}})
    assert read_tables(path, MATRIX)["t"][0].frame.item() == "2024-04-01 00:00:00"


def test_sheets_that_nobody_declared_are_named(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W1": TABLE, "Extra": TABLE})
    with pytest.raises(LayoutError, match=r"Unknown: \['Extra'\]"):
        read_tables(path, layout(Member(table="t", pattern="W1")))


def test_person_level_columns_are_refused_in_any_sheet(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W1": {(4, 2): "NHS Number", (5, 2): "9434765919"}})
    with pytest.raises(LayoutError, match="look person-level"):
        read_tables(path, MATRIX)


@pytest.mark.parametrize(("row", "said"), [(0, "Missing: ..code"), (1, "is no header"), (9, "has 5 rows")])
def test_a_header_that_is_not_where_it_should_be(tmp_path: Path, row: int, said: str) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W1": TABLE})
    with pytest.raises(LayoutError, match=said):
        read_tables(path, layout(Member(table="t", columns=("code", "n"), header_row=row)))


def test_error_values_are_not_read_as_blanks(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": {(0, 0): "a"}})
    rewrite(path, "xl/worksheets/sheet1.xml", lambda x: x.replace(b"</row>", b'<c r="B1" t="e"><v>#REF!</v></c></row>'))
    with pytest.raises(ArchiveError, match=r"sheet 'W': cell B1 holds an error value"):
        read_tables(path, MATRIX)


def test_four_hundred_megabytes_of_shared_strings(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": TABLE})
    old = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in old.namelist():
            if name != "xl/sharedStrings.xml":
                archive.writestr(name, old.read(name))
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b"<si><t>" + b"x" * 1_000_000)
    with pytest.raises(ArchiveError, match="decompression bomb"):
        read_tables(path, MATRIX)
    with pytest.raises(ArchiveError, match="400,002,800 bytes of shared strings, at most 100,000,000"):
        read_tables(path, MATRIX, limits=Limits(ratio=10_000))


def test_shared_strings_that_hide_their_size(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": TABLE})
    rewrite(path, "xl/sharedStrings.xml", b"<sst>" + b"<si><t>abc</t></si>" * 200_000 + b"</sst>")
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    while not data[place + 46 :].startswith(b"xl/sharedStrings.xml"):
        place = data.index(b"PK\x01\x02", place + 1)
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"):
        read_tables(path, MATRIX)


def test_a_cell_at_the_far_corner(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": {(0, 0): "a", (1_048_575, 16_383): "z"}})
    with pytest.raises(ArchiveError, match="reach to row 1048576 and column 16384"):
        read_tables(path, MATRIX)


def test_a_wrong_dimension_alone_does_no_harm(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": {(0, 0): "a"}})
    rewrite(path, "xl/worksheets/sheet1.xml", lambda x: re.sub(rb'ref="[^"]*"', b'ref="A1:XFD1048576"', x))
    assert read_tables(path, MATRIX)["t"][0].frame.item() == "a"


_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entities_are_refused(tmp_path: Path, part: str) -> None:
    path = rewrite(write_book(tmp_path / "b.xlsx", {"W": TABLE}), part, _LAUGHS)
    with pytest.raises(ArchiveError, match="DOCTYPE or entities"):
        read_tables(path, MATRIX)


def test_entities_in_another_encoding_are_refused(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": TABLE})
    with pytest.raises(ArchiveError, match="not UTF-8"):
        read_tables(rewrite(path, "xl/sharedStrings.xml", _LAUGHS.decode().encode("utf-16")), MATRIX)
    with pytest.raises(ArchiveError, match="DOCTYPE or entities"):
        rewrite(path, "xl/sharedStrings.xml", b"<sst/>")
        read_tables(rewrite(path, "customXml/item1.xml", _LAUGHS.decode().encode("utf-16")), MATRIX)


@pytest.mark.parametrize(
    "text",
    [
        b"<c " * 300_000,
        b'<c r="A1" ' + b'r="A1" ' * 150_000,
        b'<c r="A1">' + b" " * 1_000_000,
        b"<c " + b"a" * 1_000_000,
        b"<" + b"a" * 1_000_000,
        b'<c r="A1"><f>' + b"a" * 1_000_000,
    ],
    ids=["starts", "addresses", "blanks", "attribute", "prefix", "formula"],
)
def test_a_sheet_made_to_keep_the_search_busy_is_looked_through_at_once(tmp_path: Path, text: bytes) -> None:
    """The guard runs in the process of the run itself."""
    path = write_book(tmp_path / "b.xlsx", {"W": TABLE})
    rewrite(path, "xl/worksheets/sheet1.xml", lambda x: x.replace(b"<sheetData>", b"<sheetData>" + text))
    began = time.process_time()
    inspect_workbook(path, limits=Limits(ratio=100_000))
    assert time.process_time() - began < 10


def test_a_list_of_sheets_that_would_not_fit_into_memory(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": TABLE})
    many = b"<sheets>" + b'<sheet name="x" sheetId="1"/>' * 1_000_000
    rewrite(path, "xl/workbook.xml", lambda x: x.replace(b"<sheets>", many))
    with pytest.raises(ArchiveError, match=r"part xl/workbook.xml: unpacks to more than 4,000,000 bytes"):
        inspect_workbook(path, limits=Limits(ratio=100_000))


def test_a_reader_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of processor time does not see a process that waits."""
    (tmp_path / "sleeper.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(spreadsheets, "_CHILD", "sleeper")
    monkeypatch.setattr(spreadsheets, "_PACKAGE_PARENT", tmp_path)
    monkeypatch.setattr(spreadsheets, "_SPARE_SECONDS", 0)
    path = write_book(tmp_path / "b.xlsx", {"W": TABLE})
    with pytest.raises(ArchiveError, match="took too long and was stopped"):
        read_sheets(path, [".*"], limits=Limits(child_seconds=1))


def test_custom_parts_in_utf_16_do_no_harm(tmp_path: Path) -> None:
    path = write_book(tmp_path / "b.xlsx", {"W": TABLE})
    rewrite(path, "customXml/item1.xml", "<a/>".encode("utf-16"))
    assert read_tables(path, MATRIX)["t"][0].frame.height == 5


def test_a_zip_that_is_no_workbook_and_a_broken_sheet(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
    with pytest.raises(ArchiveError, match="no Excel workbook"):
        read_tables(path, MATRIX)
    write_book(path, {"W": TABLE})
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_tables(rewrite(path, "xl/worksheets/sheet1.xml", lambda x: x[: len(x) // 2]), MATRIX)
    with pytest.raises(ArchiveError, match="broken XML"):
        read_tables(rewrite(path, "xl/workbook.xml", b"<workbook"), MATRIX)


def flood(path: Path, *, rows: int) -> Path:
    """A sheet of 100 columns whose cells carry no address, so that only reading it tells its size."""
    row = b"<row>" + b"<c><v>1.5</v></c>" * 100 + b"</row>"
    book = write_book(path, {"W": {(0, 0): "a"}})
    return rewrite(book, "xl/worksheets/sheet1.xml", lambda x: re.sub(rb"<row.*</row>", row * rows, x))


def test_the_child_stops_at_its_memory(tmp_path: Path) -> None:
    path = flood(tmp_path / "b.xlsx", rows=20_000)
    # The library words its want of memory in several ways, so only our own words are compared.
    with pytest.raises(ArchiveError, match="cannot be read within 300,000,000 bytes"):
        read_sheets(path, [".*"], limits=Limits(child_memory_bytes=300_000_000, ratio=1_000))
    names, frames = read_sheets(path, [".*"], limits=Limits(ratio=1_000))
    assert frames[names[0]].shape == (20_000, 100), "it was the memory, not the file"


def test_the_child_stops_at_its_time(tmp_path: Path) -> None:
    path = flood(tmp_path / "b.xlsx", rows=60_000)
    with pytest.raises(ArchiveError, match="and 1 s: the reader was stopped by SIG"):
        read_sheets(path, [".*"], limits=Limits(child_seconds=1, ratio=1_000))


def test_the_child_reads_within_its_limits(tmp_path: Path) -> None:
    _, frames = read_sheets(flood(tmp_path / "b.xlsx", rows=500), [".*"])
    assert frames["W"].shape == (500, 100)
