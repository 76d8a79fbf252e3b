"""CSV bytes to a frame of text: strict about encoding, line ends, quotes and the number of cells in a row.

Every cell is a string; an empty cell is null and every other text, "NULL" and "NA" too, stays as it is.
"""

import csv
import io
from collections import Counter

import polars as pl

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.storage.limits import LIMITS, Limits

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BLOCK = 8 << 20
_LONGEST_NAME = 10_000  # characters


def read_csv(data: bytes, *, where: str, limits: Limits = LIMITS) -> pl.DataFrame:
    """Read a CSV as text.

    Args:
        data: the whole file, UTF-8 with or without a byte order mark; lines end in LF, CR LF or CR alone (an ad
            hoc table of the ONS has them), but not in a mixture.
        where: file and member, for the error.
        limits: how wide it may be.

    Returns:
        One String column per header cell, names as printed; empty cells are null; blank lines are left out, and so
        are columns with neither a name nor a value (a spreadsheet saved as CSV trails some behind its table).

    Raises:
        ArchiveError: empty, not UTF-8, NUL bytes, an open quote, mixed line ends, ragged rows, too many columns.
        LayoutError: two columns with one name.
    """
    body = data.removeprefix(_BOM)
    if not body.strip():
        raise ArchiveError(f"{where}: the file is empty; fetch it again or look at the publisher's page")
    _check_bytes(body, where)
    header = read_header(body, where=where, limits=limits)
    frame = _parse(body, len(header), where)
    stray = [
        column for column, name in zip(frame.columns, header, strict=True) if not name and not _holds(frame[column])
    ]
    kept = [name for column, name in zip(frame.columns, header, strict=True) if column not in stray]
    if kept.count("") > 1:
        raise LayoutError(f"{where}: {kept.count('')} columns hold values and have no name; each needs one")
    frame = frame.drop(stray)
    frame.columns = kept
    return frame


def _holds(column: pl.Series) -> bool:
    return column.null_count() < column.len()


def _parse(body: bytes, width: int, where: str) -> pl.DataFrame:
    # Read here: commands that only read tables do without pyarrow, which takes a tenth of a second.
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [f"c{i}" for i in range(width)]

    def parse(*, threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows_after_names=1, block_size=_BLOCK, use_threads=threads
            ),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=b'"' in body),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )

    try:
        try:
            table = parse(threads=True)
        except pa.ArrowInvalid:
            # By one thread: only then does the reader say which row is broken.
            table = parse(threads=False)
    except pa.ArrowInvalid as error:
        raise ArchiveError(f"{where}: broken CSV: {str(error)[:300]}. Fetch it again; no row is guessed.") from error
    return pl.DataFrame(pl.from_arrow(table))


def read_header(body: bytes, *, where: str, limits: Limits = LIMITS) -> list[str]:
    """Return the header cells of a CSV without byte order mark, once they are few enough and no name occurs twice.

    Raises:
        ArchiveError: it cannot be read, or has more or longer names than a table has.
        LayoutError: a name occurs twice.
    """
    head = body[: 1 << 20].decode("utf-8", errors="replace")
    if head.count(",") > limits.columns and _first_line(head).count(",") > limits.columns:
        raise ArchiveError(f"{where}: the first line has more than {limits.columns} columns; this is no table")
    try:
        header = next(csv.reader(io.StringIO(head, newline="")))
    except csv.Error as error:
        raise ArchiveError(f"{where}: the header cannot be read ({error}); this is no table") from error
    # Our own limit: that of the csv module belongs to the whole process, and other libraries raise it.
    if any(len(name) > _LONGEST_NAME for name in header):
        raise ArchiveError(
            f"{where}: the header cannot be read (a name of more than {_LONGEST_NAME} characters); this is no table"
        )
    if len(header) > limits.columns:
        raise ArchiveError(f"{where}: the header has more than {limits.columns} columns; this is no table")
    twice = sorted(name for name, times in Counter(header).items() if name and times > 1)
    if twice:
        raise LayoutError(f"{where}: column names that occur twice: {twice}. Each column needs a name of its own.")
    return header


def _first_line(head: str) -> str:
    return head.split("\n", 1)[0].split("\r", 1)[0]


def _check_bytes(body: bytes, where: str) -> None:
    if body.startswith(_UTF_16):
        raise ArchiveError(f"{where}: the file is UTF-16, expected UTF-8; it was saved by another program")
    nul = body.find(b"\0")
    if nul >= 0:
        raise ArchiveError(f"{where}: NUL byte at byte {nul}; the file is damaged or no CSV. Fetch it again")
    _check_utf8(body, where)
    if body.count(b'"') % 2:
        raise ArchiveError(
            f"{where}: a quotation mark is opened and never closed; the file is cut short or damaged. Fetch it again"
        )
    returns, pairs, feeds = body.count(b"\r"), body.count(b"\r\n"), body.count(b"\n")
    if returns != pairs and feeds:
        raise ArchiveError(
            f"{where}: {returns - pairs} lines end in a lone CR and {feeds} in LF; expected one kind throughout"
        )


def _check_utf8(body: bytes, where: str) -> None:
    if body.isascii():
        return
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        near = body[max(0, error.start - 20) : error.start + 20]
        raise ArchiveError(
            f"{where}: byte {error.start} (0x{body[error.start]:02x}, near {near!r}) is not UTF-8; mixed or other "
            "encodings are refused, as a guess would change names without a trace"
        ) from error
