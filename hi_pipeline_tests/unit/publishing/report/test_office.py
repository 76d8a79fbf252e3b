"""The Word document and the workbooks as they look: columns as wide as due, boxes in a frame, rows with room."""

import io
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise

import pytest
from docx import Document as open_document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Cm

from hi_pipeline.publishing.report.document import OWN_BEGINS, OWN_ENDS, Table
from hi_pipeline.publishing.report.layouts.docx import report_docx
from hi_pipeline.publishing.report.layouts.ods import workbook_ods
from hi_pipeline.publishing.report.layouts.pdf import picture_png
from hi_pipeline.publishing.report.layouts.xlsx import workbook_xlsx
from hi_pipeline.publishing.report.workbook import Sheet, sheets_of
from hi_pipeline_tests.unit.publishing.report import made_up

PACK = made_up.pack(made_up.rows_of(7))
LONG = Sheet(
    name="Long",
    title="T",
    about="A",
    header=("Short", "A header of many words that goes over several lines"),
    rows=(("a", "word " * 30), ("b", "c")),
    widths=(10, 20),
)


@pytest.fixture(scope="module")
def word() -> WordDocument:
    return open_document(io.BytesIO(report_docx(PACK.document, picture_png)))


def tables() -> Iterator[Table]:
    return (block for block in PACK.document.blocks if isinstance(block, Table))


def test_the_columns_of_a_table_are_as_wide_as_its_cells(word: WordDocument) -> None:
    # LibreOffice goes by the column, Word by the cell (2026-11).
    for found, due in zip(word.tables, tables(), strict=True):
        columns = [column.width for column in found.columns]
        assert columns == [cell.width for cell in found.rows[0].cells]
        assert [round(a / b, 1) for a, b in pairwise(columns)] == [round(a / b, 1) for a, b in pairwise(due.widths)]


@pytest.mark.parametrize("due", list(tables()), ids=lambda due: due.anchor)
def test_no_word_of_a_header_is_parted(due: Table) -> None:
    letter, margins = Cm(0.15), Cm(0.2)
    for width, text in zip(due.widths, due.header, strict=True):
        room = Cm(17.4 * width / sum(due.widths)) - margins
        assert max(len(part) for part in re.split(r"[ -]", text)) * letter <= room, text


def test_no_empty_paragraph_makes_room(word: WordDocument) -> None:
    empty = [p for p in word.paragraphs[:-1] if not p.text and not p._p.findall(f".//{qn('w:drawing')}")]
    assert empty == []


def test_a_box_is_one_frame_that_stays_with_the_text_above_it(word: WordDocument) -> None:
    texts = list(word.element.body.iter(qn("w:p")))
    words = ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in texts]
    begins, ends = words.index(OWN_BEGINS), words.index(OWN_ENDS)
    framed = texts[begins - 1 : ends + 1]
    borders = {str(p.pPr.find(qn("w:pBdr")).attrib) for p in framed}
    assert len(framed) == 4 and len(borders) == 1
    assert all(p.pPr.find(qn("w:keepNext")) is not None for p in texts[begins - 2 : ends])


def test_a_row_has_room_for_its_tallest_cell() -> None:
    assert (LONG.lines_of(LONG.rows[0]), LONG.lines_of(LONG.rows[1]), LONG.lines_of(LONG.header)) == (8, 1, 3)
    with zipfile.ZipFile(io.BytesIO(workbook_xlsx((LONG,), title="t"))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    # A row of one line has the height that a sheet gives by itself.
    assert re.findall(r'<row r="(\d)"[^>]* ht="(\d+)"', sheet) == [("3", "45"), ("4", "120")]
    with zipfile.ZipFile(io.BytesIO(workbook_ods((LONG,), title="t"))) as archive:
        content = archive.read("content.xml").decode()
    assert re.findall(r'table-row table:style-name="(r\d)"', content) == ["r3", "r8", "r1"]
    assert 'style:name="r8"' in content and 'style:row-height="4.00cm"' in content


def test_a_sheet_prints_on_the_width_of_a_page_with_its_header_on_each() -> None:
    sheets = sheets_of(PACK.document, PACK.facts)
    with zipfile.ZipFile(io.BytesIO(workbook_xlsx(sheets, title="t"))) as archive:
        first, book = archive.read("xl/worksheets/sheet1.xml").decode(), archive.read("xl/workbook.xml").decode()
    assert '<pageSetUpPr fitToPage="1"/>' in first and 'orientation="landscape"' in first and 'fitToHeight="0"' in first
    assert book.count("_xlnm.Print_Titles") == len(sheets)
    with zipfile.ZipFile(io.BytesIO(workbook_ods(sheets, title="t"))) as archive:
        assert 'style:scale-to-X="1"' in archive.read("styles.xml").decode()
