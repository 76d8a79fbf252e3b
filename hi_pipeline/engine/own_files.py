"""What is wrong with a board's own file before its cells can be read, in words for whoever made it.

The readers of ``storage`` speak of downloads; nobody can fetch a board's own file again.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.extracts.contract import NEEDED
from hi_pipeline.extracts.header import plain_name

_FIRST = NEEDED[0]
_LOOKED_AT = 20  # lines in which the header may stand below a title
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_MEND = "mend it in the program that wrote it, and save or export it again"
_AS_UTF_8 = "Save it as 'CSV UTF-8 (comma delimited)', as Excel calls it"


@contextmanager
def in_own_words() -> Iterator[None]:
    """Let errors of reading speak of a file that somebody made, not of a download."""
    try:
        yield
    except ArchiveError as error:
        if not error.remedy:
            raise
        raise ArchiveError(error.found, _MEND) from error


def look_at_csv(data: bytes, where: str) -> None:
    """Refuse a CSV whose text, separator, first line or rows are not as they must be.

    Raises:
        ArchiveError: not UTF-8, or a row with more or fewer cells than the header.
        LayoutError: other separators than commas, or lines above the header.
    """
    text = _decoded(data, where)
    lines = text.splitlines()
    if not lines:
        return
    _look_at_header(lines, where)
    # An open quotation mark would run to the end of the file; the reader says so in its own words.
    if text.count('"') % 2 == 0:
        _look_at_rows(text, where)


def _decoded(data: bytes, where: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ArchiveError(f"{where}: the text is UTF-16, as Excel's 'Unicode text' is. {_AS_UTF_8}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = before.count(b",") + 1
        raise ArchiveError(
            f"{where}: row {row}, cell {column} holds a letter that is not UTF-8 (a dash, an accent or a curly "
            f"quotation mark of Windows, most likely). {_AS_UTF_8}, or write the letter plainly"
        ) from None


def _look_at_header(lines: list[str], where: str) -> None:
    for separator, words in _SEPARATORS.items():
        names = [plain_name(name.strip('"')) for name in lines[0].split(separator)]
        if len(names) > 1 and _FIRST in names:
            raise LayoutError(f"{where}: its cells are separated by {words}, and commas are read. {_AS_UTF_8}")
    look_for_header(([name.strip('"') for name in line.split(",")] for line in lines), where)


def look_for_header(rows: Iterable[Sequence[str | None]], where: str) -> None:
    """Refuse a table whose header stands below other rows.

    Raises:
        LayoutError: naming the row of the header.
    """
    for number, row in enumerate(islice(rows, _LOOKED_AT), start=1):
        if _FIRST in [plain_name(name or "") for name in row]:
            if number > 1:
                raise LayoutError(
                    f"{where}: the header ({_FIRST}, ...) stands on row {number}. It must be the first line: take what "
                    "is above it away"
                )
            return


def _look_at_rows(text: str, where: str) -> None:
    rows = csv.reader(io.StringIO(text, newline=""))
    width = len(next(rows, []))
    wrong = [(rows.line_num, row) for row in rows if row and len(row) != width]
    if not wrong:
        return
    line, row = wrong[0]
    more = f", and so do {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
    remedy = (
        "Put text that holds a comma into quotation marks"
        if len(row) > width
        else "Take the line away if it is a footer, such as '(12 rows affected)'; else write all its cells"
    )
    cells = "cell" if len(row) == 1 else "cells"
    raise ArchiveError(f"{where}: line {line} has {len(row)} {cells}, and the header {width}{more}. {remedy}")
