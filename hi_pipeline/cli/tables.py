"""Tables as they are asked for: to be read, or as data (CSV, JSON, Markdown).

To be read, a table never cuts a number and never loses a column: where it is wider than the terminal it goes on below,
with its first column repeated.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rich.table import Table

from hi_pipeline.cli.printing import Printer
from hi_pipeline.core.plain_text import in_markdown, shown

Cell = str | int | float | bool | None
_BORDERS = 3  # a cell's two blanks and the line after it
_TEXT_WIDTH = 24  # below this a column of words is not squeezed


class Format(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MD = "md"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        key: its name as data.
        label: its heading where it is read.
        number: stands at the right and is never broken.
        show: from a value to what is read; None where the value is absent.
    """

    key: str
    label: str
    number: bool = False
    show: Callable[[Any], str] = str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table: its name as data, its title, its columns, and rows of as many values."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    def read(self) -> list[list[str]]:
        """Return the rows as they are read."""
        return [
            ["" if value is None else column.show(value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def records(self) -> list[dict[str, Cell]]:
        """Return the rows as data."""
        return [dict(zip((c.key for c in self.columns), row, strict=True)) for row in self.rows]


def show(console: Printer, sheets: Sequence[Sheet], form: Format, *, synthetic: bool) -> None:
    """Print tables in a form; made-up figures say so in each."""
    if form is Format.TABLE:
        for sheet in sheets:
            _show_table(console, sheet)
    elif form is Format.JSON:
        content = {"synthetic": synthetic} | {sheet.name: sheet.records() for sheet in sheets}
        console.whole_line(json.dumps(content, indent=2, ensure_ascii=False))
    elif form is Format.CSV:
        console.whole_line(_csv(sheets, synthetic=synthetic).rstrip("\n"))
    else:
        console.whole_line("\n\n".join(_markdown(sheet) for sheet in sheets))


def _show_table(console: Printer, sheet: Sheet) -> None:
    rows = sheet.read()
    for number, chosen in enumerate(_fitting(sheet, rows, console.width)):
        table = Table(title=sheet.title if number == 0 else None, title_justify="left")
        for i in chosen:
            column = sheet.columns[i]
            justify = "right" if column.number else "left"
            table.add_column(column.label, justify=justify, no_wrap=column.number, overflow="fold")  # type: ignore[arg-type]
        for row in rows:
            table.add_row(*(row[i] for i in chosen))
        console.print(table)


def _fitting(sheet: Sheet, rows: Sequence[Sequence[str]], width: int) -> list[list[int]]:
    """Return the numbers of the columns that stand beside one another, the first column in each."""
    least = [_least_width(column, [row[i] for row in rows]) + _BORDERS for i, column in enumerate(sheet.columns)]
    parts = [[0]]
    for i in range(1, len(least)):
        if len(parts[-1]) > 1 and 1 + sum(least[n] for n in parts[-1]) + least[i] > width:
            parts.append([0])
        parts[-1].append(i)
    return parts


def _least_width(column: Column, cells: Sequence[str]) -> int:
    longest = max((len(shown(line)) for cell in (*cells, column.label) for line in cell.split("\n")), default=0)
    return longest if column.number else min(longest, _TEXT_WIDTH)


def _csv(sheets: Sequence[Sheet], *, synthetic: bool) -> str:
    """Return one table; several are told apart by a first column, and have each other's columns empty."""
    columns = list(dict.fromkeys(c.key for sheet in sheets for c in sheet.columns))
    several = ["table"] if len(sheets) > 1 else []
    marked = ["synthetic"] if synthetic else []
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer, [*several, *columns, *marked], restval="", lineterminator="\n", extrasaction="ignore"
    )
    writer.writeheader()
    for sheet in sheets:
        for record in sheet.records():
            writer.writerow({"table": sheet.name, **record, "synthetic": "true"})
    return buffer.getvalue()


def _markdown(sheet: Sheet) -> str:
    head = "| " + " | ".join(in_markdown(c.label) for c in sheet.columns) + " |"
    line = "|" + "|".join("---:" if c.number else "---" for c in sheet.columns) + "|"
    rows = ["| " + " | ".join(map(in_markdown, row)) + " |" for row in sheet.read()]
    return "\n".join([in_markdown(sheet.title), "", head, line, *rows])
