"""What is wrong with an extract, in plain words: row, column, value and remedy."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

ROW = "row of the file"
_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        what: what was found.
        remedy: what to do.
        column: where; "" for the whole row or file.
        value: the text that was found; "" where there is none, or where it must not be repeated.
        rows: the first rows of the file in which it stands; empty for the whole file.
        count: in how many rows.
        values: how many values of the column have the same fault; ``value`` is the first.
    """

    what: str
    remedy: str
    column: str = ""
    value: str = ""
    rows: tuple[int, ...] = ()
    count: int = 0
    values: int = 1

    def __str__(self) -> str:
        """Say it in one line."""
        more = self.count - len(self.rows)
        many = "s" if len(self.rows) > 1 else ""
        place = f"row{many} {', '.join(map(str, self.rows))}" if self.rows else "the file"
        place += f" and {more:,} more" if more > 0 else ""
        several = "s" if ", " in self.column else ""
        place += f", column{several} {self.column}" if self.column else ""
        value = f" {self.value!r}" if self.value else ""
        value += (
            f" (and {self.values - 1:,} other value{'s' if self.values > 2 else ''})"
            if value and self.values > 1
            else ""
        )
        return f"{place}:{value} {self.what}. {self.remedy}."


def problem_of(found: pl.DataFrame, *, what: str, remedy: str, column: str = "", value: str = "",
               values: int = 1) -> Problem:  # fmt: skip
    """Return the problem of some rows, which hold ROW."""
    rows: Sequence[int] = found[ROW].sort().head(_SHOWN).to_list()
    return Problem(what=what, remedy=remedy, column=column, value=value, rows=tuple(rows), count=found.height,
                   values=values)  # fmt: skip
