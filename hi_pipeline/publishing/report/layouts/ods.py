"""The worksheets as figures.ods, written as OpenDocument text: en-GB, titles, header rows, fixed bytes."""

import io
import zipfile
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from hi_pipeline.publishing.report.workbook import Cell, Sheet

_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{value}"'
    for name, value in {
        "office": "office:1.0",
        "table": "table:1.0",
        "text": "text:1.0",
        "style": "style:1.0",
        "fo": "xsl-fo-compatible:1.0",
        "meta": "meta:1.0",
        "number": "datastyle:1.0",
    }.items()
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MOST_DECIMALS = 5
_LINE = 0.5  # height of a line of text, in cm


def workbook_ods(sheets: tuple[Sheet, ...], *, title: str) -> bytes:
    """Return figures.ods; the same sheets give the same bytes.

    Args:
        sheets: in order.
        title: of the document's properties.
    """
    target = io.BytesIO()
    members = {
        "content.xml": _content(sheets),
        "styles.xml": _styles(),
        "meta.xml": _meta(title),
        "META-INF/manifest.xml": _manifest(),
    }
    with zipfile.ZipFile(target, "w") as archive:
        # First and unpacked, so that programs know the kind of file by its first bytes.
        _add(archive, "mimetype", _MIMETYPE, zipfile.ZIP_STORED)
        for name, text in members.items():
            _add(archive, name, text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str, kind: int) -> None:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = kind
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text.encode())


def _content(sheets: tuple[Sheet, ...]) -> str:
    heights = sorted({sheet.lines_of(row) for sheet in sheets for row in (sheet.header, *sheet.rows)})
    styles = (
        "".join(_number_style(n) for n in range(_MOST_DECIMALS))
        + "".join(_columns(s, n) for n, s in enumerate(sheets))
        + "".join(_height(n) for n in heights)
    )
    marks = "".join(_mark(sheet) for sheet in sheets)
    return (
        f'{_HEAD}<office:document-content {_SPACES} office:version="1.3">'
        f"<office:automatic-styles>{styles}{_CELLS}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(_table(s, n) for n, s in enumerate(sheets))}"
        f"<table:database-ranges>{marks}</table:database-ranges></office:spreadsheet></office:body>"
        "</office:document-content>"
    )


_CELLS = (
    '<style:style style:name="sheet" style:family="table" style:master-page-name="Default"/>'
    '<style:style style:name="title" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold" fo:font-size="14pt"/></style:style>'
    '<style:style style:name="head" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap" '
    'fo:padding-left="0.15cm" style:vertical-align="top" fo:border-bottom="0.5pt solid #000000"/>'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="text" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap" '
    'fo:padding-left="0.15cm" style:vertical-align="top"/></style:style>'
)


def _number_style(decimals: int) -> str:
    return (
        f'<number:number-style style:name="n{decimals}"><number:number number:decimal-places="{decimals}" '
        f'number:min-decimal-places="{decimals}" number:min-integer-digits="1" number:grouping="true"/>'
        f'</number:number-style><style:style style:name="d{decimals}" style:family="table-cell" '
        f'style:data-style-name="n{decimals}"><style:table-cell-properties style:vertical-align="top"/></style:style>'
    )


def _columns(sheet: Sheet, place: int) -> str:
    return "".join(
        f'<style:style style:name="c{place}-{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * 0.2:.1f}cm"/></style:style>'
        for n, width in enumerate(sheet.widths)
    )


def _height(lines: int) -> str:
    """Return the style of a row of so many lines."""
    return (
        f'<style:style style:name="r{lines}" style:family="table-row">'
        f'<style:table-row-properties style:row-height="{lines * _LINE:.2f}cm"/></style:style>'
    )


def _table(sheet: Sheet, place: int) -> str:
    columns = "".join(f'<table:table-column table:style-name="c{place}-{n}"/>' for n in range(len(sheet.widths)))
    head = "".join(_cell(name, "head") for name in sheet.header)
    body = "".join(
        f'<table:table-row table:style-name="r{sheet.lines_of(row)}">'
        f"{''.join(_cell(c, 'text') for c in row)}</table:table-row>"
        for row in sheet.rows
    )
    return (
        f'<table:table table:name={quoteattr(sheet.name)} table:style-name="sheet"><table:title>'
        f"{escape(sheet.title)}</table:title>{columns}"
        f"<table:table-row>{_cell(sheet.title, 'title')}</table:table-row>"
        f"<table:table-row>{_cell(sheet.about, 'plain')}</table:table-row>"
        f'<table:table-header-rows><table:table-row table:style-name="r{sheet.lines_of(sheet.header)}">{head}'
        f"</table:table-row></table:table-header-rows>"
        f"{body}</table:table>"
    )


def _cell(cell: Cell, style: str) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, Decimal):
        decimals = -int(cell.as_tuple().exponent)
        return (
            f'<table:table-cell table:style-name="d{decimals}" office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell:,}</text:p></table:table-cell>"
        )
    named = "" if style == "plain" else f' table:style-name="{style}"'
    return f'<table:table-cell{named} office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def _mark(sheet: Sheet) -> str:
    last = _letters(len(sheet.header))
    area = f"'{sheet.name}'.A3:'{sheet.name}'.{last}{3 + len(sheet.rows)}"
    return (
        f'<table:database-range table:name="{sheet.table_name}" table:target-range-address={quoteattr(area)} '
        'table:contains-header="true"/>'
    )


def _letters(number: int) -> str:
    """Return the name of a column by its number from 1: A, Z, AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _styles() -> str:
    return (
        f'{_HEAD}<office:document-styles {_SPACES} office:version="1.3"><office:styles>'
        '<style:default-style style:family="table-cell"><style:text-properties fo:language="en" fo:country="GB" '
        'fo:font-family="Arial" fo:font-size="11pt"/></style:default-style></office:styles>'
        f"{_PAGE}</office:document-styles>"
    )


# As printed on A4: the columns of a sheet on one page.
_PAGE = (
    '<office:automatic-styles><style:page-layout style:name="page"><style:page-layout-properties '
    'fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape" style:scale-to-X="1" '
    'style:scale-to-Y="0"/></style:page-layout></office:automatic-styles><office:master-styles>'
    '<style:master-page style:name="Default" style:page-layout-name="page"/></office:master-styles>'
)


def _meta(title: str) -> str:
    return (
        f'{_HEAD}<office:document-meta {_SPACES} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3">'
        f"<office:meta><dc:title>{escape(title)}</dc:title><dc:language>en-GB</dc:language></office:meta>"
        "</office:document-meta>"
    )


def _manifest() -> str:
    names = ("content.xml", "styles.xml", "meta.xml")
    entries = "".join(f'<manifest:file-entry manifest:full-path="{n}" manifest:media-type="text/xml"/>' for n in names)
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
        f'manifest:media-type="{_MIMETYPE}"/>{entries}</manifest:manifest>'
    )
