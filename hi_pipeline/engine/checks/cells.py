"""What the web interface shows of a cell: board, headline figure with England's, notes, file and a few rows."""

from typing import Any

import polars as pl

from hi_pipeline.core.geography import board
from hi_pipeline.core.status import Measure

# A record of each of 39,000 cells holds this: a few rows, no more.
_PREVIEW_ROWS = 3


def cell_facts(rows: pl.DataFrame, *, file: str) -> dict[str, Any]:
    """Return the facts of a cell by their headings; a frame is shown as a table.

    Args:
        rows: its figures, in the result contract; the year's own footprint first.
        file: where they stand.
    """
    headline = (pl.col("dimension") == "total") & (pl.col("measure") == Measure.VALUE.value)
    head = rows.sort(headline.not_(), "geography_vintage", maintain_order=True).row(0, named=True)
    england = _number(head["comparator_value"], head["unit"])
    # The note of a derived measure that has a figure says how to read it, the same for every cell: methods.md has it.
    said = rows.filter((pl.col("measure") == Measure.VALUE.value) | pl.col("value").is_null())["note"]
    # Several rows say some of the same: each clause once.
    notes = dict.fromkeys(clause for note in said if note for clause in note.split("; "))
    return {
        "board": board(head["icb_code"]).name,
        "figure": f"{_figure(head)}; England {england}; {head['comparison']}",
        **({"notes": "; ".join(notes)} if notes else {}),
        "file": file,
        "first rows": _preview(rows),
    }


def _figure(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return f"none: {row['status']}"
    limits = "" if row["lower_95"] is None else f" (95% limits {row['lower_95']:.4g} to {row['upper_95']:.4g})"
    return _number(row["value"], row["unit"]) + limits


def _number(value: float | None, unit: str) -> str:
    return "none" if value is None else f"{value:.4g} {unit}"


def _preview(rows: pl.DataFrame) -> pl.DataFrame:
    shown = rows.head(_PREVIEW_ROWS)
    return pl.DataFrame(
        [
            {
                "group": " ".join(w for w in (row["dimension"], row["category"], row["measure"]) if w),
                "figure": _figure(row),
                "England": _number(row["comparator_value"], row["unit"]),
            }
            for row in shown.iter_rows(named=True)
        ]
    )
