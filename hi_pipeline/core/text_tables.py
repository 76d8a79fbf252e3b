"""Text tables to typed frames: headers compared with the layout, numbers read by the source's own tokens.

Every cell arrives as text. A cell that is neither a number nor a declared token is an error that names it.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.source import Member, RawTable, Token

ROW = "row of the file"
MEMBER = "member of the archive"
# How far a spreadsheet's own number may be from the whole number it stands for: its sums are binary fractions.
SHEET_SLACK = 1e-6
_WHOLE = r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)"
_MAX_SHOWN = 8
_LEFT = 6
_REFUSED = (
    "nhs_number",
    "nhs number",
    "postcode of patient",
    "date of birth",
    "dob",
    "patient_id",
    "pseudo_id",
)


class Form(Enum):
    """How a publisher writes its numbers: a regular expression of the whole cell, and its words.

    Never a sign, an exponent, a blank, or a digit other than 0 to 9: "6.72E+05" has lost digits, "1,23" is 1.23 to
    whoever wrote it, and neither may become a figure. "1.000" is a thousand to whoever writes 52.5 as "52,5", so that
    of the zeros after a count's point there may be one alone, as programs print a number that might have had decimals.
    """

    COUNT = (
        r"{whole}(?:\.0)?",
        "a whole number in digits, with commas before each three digits or none; .0 may follow and no more zeros",
    )
    # A spreadsheet keeps a count as a binary fraction: 112.00000000000001 is 112. Only for cells of a workbook.
    SHEET_COUNT = (
        r"{whole}(?:\.(?:0|[0-9]*[1-9]))?",
        f"a whole number to within {SHEET_SLACK}, as a spreadsheet keeps it",
    )
    DIGITS = ("0|[1-9][0-9]*", "a whole number in digits and nothing else")
    DECIMAL = (r"{whole}(?:\.[0-9]+)?", "a number in digits, with a point before its decimals")

    def __init__(self, pattern: str, words: str) -> None:
        self.pattern = f"^(?:{pattern.replace('{whole}', _WHOLE)})$"
        self.words = words


def check_header(found: Sequence[str], member: Member, *, where: str) -> None:
    """Refuse a header that is not exactly the declared one.

    A declared alias stands for its column. Columns beside the declared ones are accepted where the member names
    them (``also``, ``also_pattern``: then the order is not compared) or leaves them open (``extra_columns``).

    Raises:
        LayoutError: naming the columns that are missing, new, twice there or in another place.
    """
    person_level = [name for name in found if name.strip().lower() in _REFUSED]
    if person_level:
        raise LayoutError(f"{where}: columns {person_level} look person-level; only public aggregates may enter")
    if member.columns is None:
        return
    names = [member.aliases.get(name, name) for name in found]
    known = [name for name in names if name in member.columns]
    missing = [name for name in member.columns if name not in names]
    new = [name for name in names if name not in member.columns and not _may_also_be(name, member)]
    twice = sorted({name for name in names if names.count(name) > 1 and (name in member.columns or name not in new)})
    any_order = bool(member.also or member.also_pattern)
    in_order = any_order or tuple(known) == member.columns
    if not (missing or twice) and in_order and (member.extra_columns or not new):
        return
    raise LayoutError(
        f"{where}: the columns of table {member.table!r} differ from the declared layout. "
        f"Missing: {missing or 'none'}. New: {new or 'none'}."
        + (f" Twice there: {twice}." if twice else "")
        + ("" if missing or new or twice else " The same columns stand in another order.")
        + " If the publisher changed the file, declare a new layout in the source's source.py."
    )


def _may_also_be(name: str, member: Member) -> bool:
    return name in member.also or bool(member.also_pattern and re.fullmatch(member.also_pattern, name))


def number_rows(raw: RawTable) -> pl.DataFrame:
    """Return the table with the member and row of the file that each row is.

    A refused cell is so named after other rows go, and a figure leads back to its rows (``row_index``).
    """
    return raw.frame.with_row_index(ROW, offset=raw.first_row).with_columns(pl.lit(raw.member).alias(MEMBER))


def read_numbers(
    frame: pl.DataFrame,
    column: str,
    *,
    tokens: Mapping[str | None, Token],
    where: str,
    whole: bool = False,
    form: Form | None = None,
) -> pl.DataFrame:
    """Read a text column as numbers: adds ``<column>_value`` (Float64) and ``<column>_status`` (String).

    Args:
        frame: text table.
        column: the column to read; blanks are null or "" (declare them as tokens: None stands for both).
        tokens: the publisher's texts that are no figures, each with its meaning; they may look like numbers
            (-1, 9999999) and are tokens all the same.
        where: file and table, for the error.
        whole: the numbers are counts (``Form.COUNT``); else ``Form.DECIMAL``.
        form: the form where the source or its container has another one than these two.

    Returns:
        The frame with the two columns added; value is null where status is not "ok".

    Raises:
        LayoutError: naming column, row and text of each cell that is neither of the form nor a token.
    """
    wanted = form or (Form.COUNT if whole else Form.DECIMAL)
    # Tokens are words, so blanks around them mean nothing; a number is taken as it is written.
    cell = pl.when(pl.col(column).str.strip_chars() == "").then(None).otherwise(pl.col(column).str.strip_chars())
    well_formed = pl.col(column).str.contains(wanted.pattern)
    number = pl.when(well_formed).then(pl.col(column)).str.replace_all(",", "", literal=True).cast(pl.Float64)
    if wanted is Form.SHEET_COUNT:
        well_formed = well_formed & ((number - number.round(0)).abs() <= SHEET_SLACK)
        number = pl.when(well_formed).then(number.round(0))
    status: Any = pl
    for text, token in tokens.items():
        status = status.when(cell.is_null() if text is None else cell == text).then(pl.lit(token.value))
    status = status.when(well_formed & number.is_finite()).then(pl.lit("ok"))
    read = frame.with_columns(
        number.alias(f"{column}_value"), status.otherwise(pl.lit("?")).alias(f"{column}_status")
    ).with_columns(pl.when(pl.col(f"{column}_status") == "ok").then(pl.col(f"{column}_value")).alias(f"{column}_value"))
    bad = read.select(pl.col(f"{column}_status") == "?").to_series()
    if bad.any():
        _refuse_numbers(frame.filter(bad), column, wanted, sorted("(blank)" if t is None else t for t in tokens), where)
    return read


def map_labels(
    frame: pl.DataFrame,
    column: str,
    *,
    labels: Mapping[str, str],
    into: str,
    account: Account,
    table: str = "observations",
) -> pl.DataFrame:
    """Map a publisher's labels to the project's words by their exact text; adds the column ``into``.

    A vocabulary grows: rows with a label that is not in the map are left out and counted in the account. Whoever
    builds from the clean table then keeps its last good figures (see ``core.account``).

    Args:
        frame: text table.
        column: the column with the labels.
        labels: the publisher's label to the project's word.
        into: name of the new column.
        account: takes down each unknown label with its number of rows.
        table: the clean table that the rows are for.
    """
    known = pl.col(column).is_in(list(labels)).fill_null(False)
    for label, rows in frame.filter(~known).group_by(column).len().sort(column).rows():
        account.unknown_label(column, label, rows, table=table)
    return frame.filter(known).with_columns(_mapped(column, labels).alias(into))


def map_exactly(frame: pl.DataFrame, column: str, *, labels: Mapping[str, str], into: str, where: str) -> pl.DataFrame:
    """Map texts that say which file, year or area this is: one that is not in the map stops the file.

    Raises:
        LayoutError: naming every text that is not in the map.
    """
    unknown = frame.filter(pl.col(column).is_null() | ~pl.col(column).is_in(list(labels)))
    if unknown.height:
        shown = unknown[column].unique().sort().to_list()[:_MAX_SHOWN]
        raise LayoutError(
            f"{where}: {unknown.height} rows carry texts of {column!r} that are not among the known ones: {shown}. "
            "See whether this is the right file; if it is, add them by their words in the source's folder."
        )
    return frame.with_columns(_mapped(column, labels).alias(into))


def _mapped(column: str, labels: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(labels), return_dtype=pl.String)


def _refuse_numbers(rows: pl.DataFrame, column: str, form: Form, declared: list[str], where: str) -> None:
    """Name cells by their row and by the texts at its left: columns are many and rows are left out before."""
    texts = rows[column]
    if texts.str.contains(Form.DECIMAL.pattern).fill_null(False).all():
        what = "not whole numbers"
    elif texts.str.contains(r"^-[0-9]").fill_null(False).all():
        what = "negative"
    else:
        what = f"neither numbers nor declared tokens {declared}"
    left = [name for name, dtype in rows.schema.items() if name not in (column, ROW, MEMBER) and dtype == pl.String][
        :_LEFT
    ]
    numbered = [ROW] if ROW in rows.columns else []
    shown = rows.select(column, *numbered, *left).head(_MAX_SHOWN).rows()
    cell = ", ".join(("text", *numbered, "first cells of its row"))
    raise LayoutError(
        f"{where}: {rows.height} cells of column {column!r} are {what}: ({cell}) {shown}. Expected numbers of 0 or "
        f"more, each {form.words}. If the publisher has a new token, declare it with its meaning in the source's "
        "parse.py; else the file is damaged: fetch it again."
    )
