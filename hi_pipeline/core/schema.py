"""What a table must satisfy, as a declaration: its columns, their values, its key, and rules that hold for each row.

``core.validation`` judges frames by it. The declaration stands apart from the library that judges, because commands
that only read ask for a schema's version alone, and that library takes as long to import as they may take to answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        dtype: its type.
        words: the values that it may hold; None where they are not a list.
        pattern: the regular expression that its text matches from the start; "" for any text.
        least: the least number that it may hold.
        most: the largest.
        nullable: values may be absent.
        unique: no value stands twice.
    """

    dtype: pl.DataType | type[pl.DataType]
    words: tuple[str, ...] | None = None
    pattern: str = ""
    least: float | None = None
    most: float | None = None
    nullable: bool = False
    unique: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """What must hold for each row of a table.

    Attributes:
        name: in words, for whoever reads that it does not hold.
        holds: true, for each row, where it holds.
    """

    name: str
    holds: pl.Expr


@dataclass(frozen=True, kw_only=True, eq=False)
class Schema:
    """The schema of a table: these columns in this order, and no others.

    Attributes:
        columns: by name.
        key: the columns whose values together name a row; empty where one column is unique by itself.
        rules: that hold for each row.
    """

    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def words_of(kind: type[StrEnum]) -> tuple[str, ...]:
    """Return the words of a vocabulary, as the values that a column may hold."""
    return tuple(word.value for word in kind)
