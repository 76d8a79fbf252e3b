"""The pack as report.docx: headings 1 to 3, tables with header rows, and boxes that the board may edit.

The boxes are content controls with the tag own-words. Word keeps the rest as text too: a pack is checked by
``hi pack --verify``, not locked.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime

from docx import Document as open_document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import BaseStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph as TextParagraph

from hi_pipeline.publishing.report.document import (
    OWN_BEGINS,
    OWN_ENDS,
    Chart,
    Document,
    Heading,
    OwnWords,
    Paragraph,
    Table,
)

OWN_TAG = "own-words"
_NO_DATE = datetime(2000, 1, 1)
_SMALL, _SOFT = Pt(8), RGBColor(0x4C, 0x62, 0x72)
_CELL = Pt(7.5)  # as in report.pdf, so that what fits a column there fits it here
_AFTER_TABLE = Pt(10)
# Of the text of a cell from its borders, in twentieths of a point: a millimetre.
_MARGINS = "<w:tblCellMar {}>{}</w:tblCellMar>".format(
    nsdecls("w"), "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right"))
)
_SIDES = ("top", "left", "bottom", "right")
_WIDTH = 17.4  # of the text, in cm


def report_docx(document: Document, picture: Callable[[Chart], bytes]) -> bytes:
    """Return report.docx; the same document gives the same bytes.

    Args:
        document: the pack.
        picture: gives a chart as PNG.
    """
    word = _empty(document)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    every = document.blocks
    for before, block, after in zip((None, *every[:-1]), every, (*every[1:], None), strict=True):
        after_table = isinstance(before, Table)
        match block:
            case Heading():
                added = word.add_heading(block.text, level=block.level)
                added.paragraph_format.page_break_before = block.new_page
            case Paragraph():
                _paragraph(word, block, after_table=after_table, before_box=isinstance(after, OwnWords))
            case Table():
                _table(word, block)
            case Chart():
                _chart(word, block, picture(block))
            case OwnWords():
                _box(word, block, after_table=after_table)
    if isinstance(document.blocks[-1], Table):
        # Word wants a paragraph after the last table.
        word.add_paragraph()
    target = io.BytesIO()
    word.save(target)
    return _fixed(target.getvalue())


def _empty(document: Document) -> WordDocument:
    word = open_document()
    for style in word.styles:
        language = style.element.find(f".//{qn('w:lang')}")
        if language is not None:
            language.set(qn("w:val"), "en-GB")
    defaults = word.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    if defaults is not None:
        defaults.set(qn("w:val"), "en-GB")
    word.styles["Normal"].font.name = "Arial"
    word.styles["Normal"].font.size = Pt(10.5)
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        _own_font(word.styles[name])
    properties = word.core_properties
    properties.title = f"{document.title}: {document.subtitle}"
    properties.author, properties.language, properties.comments = "hi_pipeline", "en-GB", document.notice
    properties.created = properties.modified = _NO_DATE
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.header.paragraphs[0].text = document.notice or f"{document.title}, {document.subtitle}"
    footer = section.footer.paragraphs[0]
    footer.text = f"Edition {document.edition}, page "
    footer._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))
    return word


def _own_font(style: BaseStyle) -> None:
    """Set a style in the font of the text; the fonts of the theme would come before it."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [n for n in fonts.attrib if n.endswith("Theme")]:
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), "Arial")


def _paragraph(word: WordDocument, block: Paragraph, *, after_table: bool, before_box: bool) -> None:
    added = word.add_paragraph()
    if before_box:
        added.paragraph_format.keep_with_next = True
    if after_table:
        added.paragraph_format.space_before = _AFTER_TABLE
    run = added.add_run(block.text)
    if block.role == "small":
        run.font.size, run.font.color.rgb = _SMALL, _SOFT
    if block.role == "notice":
        run.bold = True
        _frame(added, "single")


def _caption(word: WordDocument, text: str) -> None:
    added = word.add_paragraph(text, style="Caption")
    added.paragraph_format.keep_with_next = True
    added.paragraph_format.space_before, added.paragraph_format.space_after = _AFTER_TABLE, Pt(4)
    for run in added.runs:
        run.font.color.rgb = RGBColor(0x21, 0x2B, 0x32)


def _table(word: WordDocument, block: Table) -> None:
    _caption(word, block.caption)
    table = word.add_table(rows=1 + len(block.rows), cols=len(block.header), style="Table Grid")
    table.autofit = False
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), block.caption)
    table._tbl.tblPr.append(described)
    table._tbl.tblPr.append(parse_xml(_MARGINS))
    widths = [Cm(_WIDTH * width / sum(block.widths)) for width in block.widths]
    # Word goes by the width of each cell, LibreOffice by that of the column.
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    # Cells are read once: python-docx walks the whole grid for each call.
    cells = table._cells
    for number, text in enumerate(cell for row in (block.header, *block.rows) for cell in row):
        place, column = divmod(number, len(block.header))
        _cell(cells[number], text, bold=place == 0, right=column in block.numeric)
        cells[number].width = widths[column]
    _repeat(table.rows[0]._tr)
    # The header does not stand alone at the foot of a page.
    for cell in table.rows[0].cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    for row in table.rows:
        unsplit = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(unsplit)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstRow"), "1")
        look.set(qn("w:firstColumn"), "1")


def _cell(cell: _Cell, text: str, *, bold: bool, right: bool) -> None:
    added = cell.paragraphs[0]
    run = added.add_run(text)
    run.font.size, run.bold = _CELL, bold
    if right:
        added.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(row: object) -> None:
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(header)  # type: ignore[attr-defined]


def _chart(word: WordDocument, block: Chart, png: bytes) -> None:
    _caption(word, block.title)
    width = min(16.0, 22.0 / block.height)
    word.add_picture(io.BytesIO(png), width=Cm(width))
    for name in word.inline_shapes[-1]._inline.iter(qn("wp:docPr")):
        name.set("descr", block.alt)
        name.set("title", block.title)


def _box(word: WordDocument, block: OwnWords, *, after_table: bool) -> None:
    """Add a box of the board's own words: its paragraphs in one frame, which stays on a page with what it holds."""
    title = word.add_paragraph()
    title.add_run(block.title).bold = True
    if after_table:
        title.paragraph_format.space_before = _AFTER_TABLE
    framed = [title, _mark(word, OWN_BEGINS)]
    control = parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:alias/><w:tag w:val="{OWN_TAG}"/></w:sdtPr><w:sdtContent/></w:sdt>'
    )
    control.find(f".//{qn('w:alias')}").set(qn("w:val"), block.title)
    content = control.find(qn("w:sdtContent"))
    for text in block.paragraphs or (block.prompt,):
        framed.append(word.add_paragraph(text))
        content.append(framed[-1]._p)
    word.element.body.insert(len(word.element.body) - 1, control)
    framed.append(_mark(word, OWN_ENDS))
    for paragraph in framed:
        _frame(paragraph, "dashed")
    for paragraph in framed[:-1]:
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_after = Pt(4)


def _mark(word: WordDocument, text: str) -> TextParagraph:
    """Add one of the two lines between which the board's own words stand."""
    added = word.add_paragraph()
    run = added.add_run(text)
    run.font.size, run.font.color.rgb = _SMALL, _SOFT
    return added


def _frame(paragraph: TextParagraph, line: str) -> None:
    """Draw a frame around a paragraph; paragraphs with the same frame that follow each other share it."""
    sides = "".join(f'<w:{s} w:val="{line}" w:sz="8" w:space="4" w:color="4C6272"/>' for s in _SIDES)
    borders = parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>")
    # The schema has the borders after these properties and before all others.
    before = [qn(f"w:{n}") for n in ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr")]
    properties = paragraph._p.get_or_add_pPr()
    properties.insert(sum(1 for child in properties if child.tag in before), borders)


def _fixed(data: bytes) -> bytes:
    """Return the same archive with its members in order and without the hour at which it was made."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        # Word looks for the list of contents first.
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, source.read(name))
    return target.getvalue()
