"""What the web interface shows of a cell: board, headline figure with England's, notes, file and a few rows."""

from typing import Any

import polars as pl

from hi_pipeline.core.geography import board
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.notes import SEPARATOR, clauses_of
from hi_pipeline.core.status import Measure

# A record of each of 39,000 cells holds this: a few rows, no more.
_PREVIEW_ROWS = 2
_READ = [
    "icb_code", "geography_vintage", "dimension", "category", "measure", "value", "lower_95", "upper_95", "unit",
    "status", "note", "comparator_value", "comparison",
]  # fmt: skip
_Row = dict[str, Any]


def facts_of_cells(rows: pl.DataFrame, *, file: str) -> dict[str, dict[str, Any]]:
    """Return the facts of the cells of one file, by board; a list of rows is shown as a table.

    Args:
        rows: their figures, in the result contract; of each board the year's own footprint first.
        file: where they stand.
    """
    by_board: dict[str, list[_Row]] = {}
    # Plain rows: a frame, or a question of one, for each of thousands of cells takes ten times as long (2026-11).
    for row in rows.select(_READ).iter_rows(named=True):
        by_board.setdefault(row["icb_code"], []).append(row)
    return {icb: _facts(own, file=file) for icb, own in by_board.items()}


def _facts(rows: list[_Row], *, file: str) -> dict[str, Any]:
    head = min(rows, key=lambda row: (not _is_headline(row), row["geography_vintage"]))
    england = _number(head["comparator_value"], head["unit"])
    # The note of a derived measure that has a figure says how to read it, the same for every cell: methods.md has it.
    said = (row["note"] for row in rows if row["measure"] == Measure.VALUE.value or row["value"] is None)
    # Several rows say some of the same: each clause once.
    notes = dict.fromkeys(clause for note in said if note for clause in clauses_of(note))
    return {
        "board": board(head["icb_code"]).name,
        "figure": f"{_figure(head)}; England {england}; {_words(head['comparison'])}",
        **({"notes": SEPARATOR.join(notes)} if notes else {}),
        "file": file,
        "first rows": _preview(sorted(rows, key=lambda row: _rank(row, head["geography_vintage"]))),
    }


def _is_headline(row: _Row) -> bool:
    return bool(row["dimension"] == Dimension.TOTAL.value and row["measure"] == Measure.VALUE.value)


def _rank(row: _Row, vintage: str) -> tuple[bool, bool, bool, bool]:
    """Return what lets come first: the headline's footprint, figures of groups, everybody, what has a value."""
    return (
        row["geography_vintage"] != vintage,
        row["measure"] != Measure.VALUE.value,
        row["dimension"] != Dimension.TOTAL.value,
        row["value"] is None,
    )


def _words(code: str) -> str:
    return code.replace("_", " ")


def _figure(row: _Row) -> str:
    if row["value"] is None:
        return f"no figure: {_words(row['status'])}"
    limits = "" if row["lower_95"] is None else f" (95% limits {row['lower_95']:.4g} to {row['upper_95']:.4g})"
    return _number(row["value"], row["unit"]) + limits


def _number(value: float | None, unit: str) -> str:
    return "no figure" if value is None else f"{value:.4g} {_words(unit)}"


def _preview(rows: list[_Row]) -> list[_Row]:
    return [
        {
            "group": _words(" ".join(w for w in (row["dimension"], row["category"], row["measure"]) if w)),
            "figure": _figure(row),
            "England": _number(row["comparator_value"], row["unit"]),
        }
        for row in rows[:_PREVIEW_ROWS]
    ]
