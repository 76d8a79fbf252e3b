"""The worksheets as figures.xlsx: named tables, no merged cells, no filters, text that stays text."""

import io
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from hi_pipeline.publishing.report.workbook import Sheet

_NO_DATE = datetime(2000, 1, 1)
_LINE, _TALLEST = 15, 409  # height of a line of text and the most that a row may have, in points


def workbook_xlsx(sheets: tuple[Sheet, ...], *, title: str) -> bytes:
    """Return figures.xlsx; the same sheets give the same bytes.

    Args:
        sheets: in order.
        title: of the workbook's properties.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title, "author": "hi_pipeline", "created": _NO_DATE})
        book.set_custom_property("Language", "en-GB")
        formats = _Formats(book)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, formats)
    return target.getvalue()


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.plain = book.add_format({"text_wrap": False})
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "indent": 1})
        # Words beside a column of numbers stay apart from them.
        self.text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "indent": 1})
        self.numbers = {
            n: book.add_format({"num_format": "#,##0" + ("." + "0" * n if n else ""), "valign": "top"})
            for n in range(5)
        }


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, formats: _Formats) -> None:
    # As printed on A4: the columns of a sheet on one page, its header on each.
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    page.write_string(0, 0, sheet.title, formats.title)
    page.write_string(1, 0, sheet.about, formats.plain)
    for number, width in enumerate(sheet.widths):
        page.set_column(number, number, width)
    last = 2 + max(len(sheet.rows), 1)
    columns = [{"header": name, "header_format": formats.head} for name in sheet.header]
    options = {"name": sheet.table_name, "columns": columns, "autofilter": False, "style": None}
    page.add_table(2, 0, last, len(sheet.header) - 1, options)
    page.set_row(2, _LINE * sheet.lines_of(sheet.header))
    for r, row in enumerate(sheet.rows, start=3):
        page.set_row(r, min(_LINE * sheet.lines_of(row), _TALLEST))
        for c, cell in enumerate(row):
            if isinstance(cell, Decimal):
                page.write_number(r, c, float(cell), formats.numbers[-int(cell.as_tuple().exponent)])
            elif cell:
                page.write_string(r, c, cell, formats.text)
