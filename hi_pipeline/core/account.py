"""What a parser left out or corrected on the way: counted, so that no row is lost in silence.

A parser adds one table named ``account`` to what it returns. Whoever writes the clean tables takes it out again
with ``take_account`` and puts its contents into the provenance of the files; it is not a clean table itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.corrections import Correction
from hi_pipeline.core.source import Tables

ACCOUNT = "account"
_LEFT_OUT, _CORRECTED, _NOTE, _UNKNOWN = "left_out", "correction", "note", "unknown_label"


class Account:
    """Collects reasons with the number of rows that each concerns."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, int, str]] = []

    def left_out(self, reason: str, rows: int) -> None:
        """Count rows that a parser does not pass on; nothing is noted where there are none."""
        if rows:
            self._rows.append((_LEFT_OUT, reason, rows, ""))

    def corrected(self, correction: Correction, rows: int) -> None:
        """Count rows that an entry of the corrections register touched."""
        self._rows.append((_CORRECTED, correction.id, rows, ""))

    def note(self, text: str) -> None:
        """Say in plain words what a reader of every table of this edition must know."""
        self._rows.append((_NOTE, text, 0, ""))

    def unknown_label(self, column: str, label: str | None, rows: int, *, table: str) -> None:
        """Count rows that are left out of a clean table because nobody has declared their label in a column."""
        self._rows.append((_UNKNOWN, f"{column} {label!r}", rows, table))

    @property
    def has_unknown_labels(self) -> bool:
        """Tell whether rows were left out for their label, so that what is left need not add up to its totals."""
        return any(kind == _UNKNOWN for kind, *_ in self._rows)

    def frame(self) -> pl.DataFrame:
        """Return the table: kind (left_out, correction, note, unknown_label), what, rows, clean table."""
        schema = {"kind": pl.String, "what": pl.String, "rows": pl.Int64, "table": pl.String}
        return pl.DataFrame(self._rows, schema=schema, orient="row")


@dataclass(frozen=True, kw_only=True)
class Accounted:
    """The clean tables of an edition and what was counted on the way to them.

    Attributes:
        unknown_labels: by clean table, the rows left out by column and label.
    """

    tables: Tables
    left_out: dict[str, int]
    corrections: tuple[str, ...]
    notes: tuple[str, ...]
    unknown_labels: dict[str, dict[str, int]]


def take_account(tables: Mapping[str, pl.DataFrame]) -> Accounted:
    """Part what a parser returned into the clean tables and the account of them."""
    rest = {name: frame for name, frame in tables.items() if name != ACCOUNT}
    rows = tables[ACCOUNT].rows() if ACCOUNT in tables else []
    left_out: dict[str, int] = {}
    unknown: dict[str, dict[str, int]] = {}
    for kind, what, count, table in rows:
        if kind == _LEFT_OUT:
            left_out[what] = left_out.get(what, 0) + count
        if kind == _UNKNOWN:
            labels = unknown.setdefault(table, {})
            labels[what] = labels.get(what, 0) + count
    return Accounted(
        tables=rest,
        left_out=left_out,
        corrections=tuple(sorted({what for kind, what, *_ in rows if kind == _CORRECTED})),
        notes=tuple(what for kind, what, *_ in rows if kind == _NOTE),
        unknown_labels=unknown,
    )
