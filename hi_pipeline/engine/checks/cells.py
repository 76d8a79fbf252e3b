"""What the web interface shows of a cell: board, headline figure, England, status, notes, file and a few rows."""

from typing import Any

import polars as pl

from hi_pipeline.core.geography import board
from hi_pipeline.core.status import Measure

# A record of each of ten thousand cells holds this: a few rows, no more.
_PREVIEW_ROWS = 6


def cell_facts(rows: pl.DataFrame, *, file: str) -> dict[str, Any]:
    """Return the facts of a cell by their headings; a frame is shown as a table.

    Args:
        rows: its figures, in the result contract; the year's own footprint first.
        file: where they stand.
    """
    headline = (pl.col("dimension") == "total") & (pl.col("measure") == Measure.VALUE.value)
    head = rows.sort(headline.not_(), "geography_vintage", maintain_order=True).row(0, named=True)
    notes = [note for note in rows["note"].unique(maintain_order=True) if note]
    return {
        "board": f"{board(head['icb_code']).name} ({head['icb_code']}), {head['financial_year']}",
        "figure": _figure(head),
        "England": _number(head["comparator_value"], head["unit"]) + f"; {head['comparison']}",
        "status": head["status"],
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
