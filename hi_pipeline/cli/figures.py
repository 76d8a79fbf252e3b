"""Rows of the result contract as tables: a few columns to be read, or all that a figure needs as data."""

from typing import Any

import polars as pl
import polars.selectors as cs

from hi_pipeline.cli.tables import Column, Sheet

_DATA = (
    "indicator_id", "financial_year", "geography_vintage", "area_type", "icb_code", "icb_name", "dimension", "category",
    "measure", "period_start", "period_end", "value", "lower_95", "upper_95", "unit", "numerator", "denominator",
    "published_value", "comparator", "comparator_value", "comparison", "unknown_share", "coverage", "imd_vintage",
    "status", "note", "source_releases",
)  # fmt: skip


def figures_as_data(rows: pl.DataFrame, title: str) -> Sheet:
    """Return figures with the names and values of the result contract."""
    numbers = {name for name, dtype in rows.schema.items() if dtype.is_numeric()}
    data = rows.select(_DATA).with_columns(cs.date().dt.to_string("iso"))
    columns = [Column(key=name, label=name, number=name in numbers) for name in _DATA]
    return Sheet(name="figures", title=title, columns=columns, rows=data.rows())


def figures_to_read(rows: pl.DataFrame, title: str) -> Sheet:
    """Return figures as a reader takes them in; the footprint is named where there is more than one."""
    numbers = {"value": "Value", "limits": "95% limits", "count": "Count", "of": "Of", "published": "Published",
               "comparator": "Comparator"}  # fmt: skip
    several = rows["geography_vintage"].n_unique() > 1
    return Sheet(
        name="figures",
        title=title,
        columns=[
            Column(key="figure", label="Figure"),
            *(Column(key=key, label=label, number=True) for key, label in numbers.items()),
            Column(key="status", label="Status"),
        ],
        rows=[_read(row, several=several) for row in rows.iter_rows(named=True)],
    )


def value_in_words(row: dict[str, Any]) -> str:
    """Return a figure's value with its unit, or why there is none: "54.8 percent"."""
    return str(row["status"]) if row["value"] is None else f"{_plain(row['value'], 6)} {row['unit']}"


def _plain(number: float, digits: int) -> str:
    """Return a number with so many digits that matter, and larger ones whole: never as 1.018e+04."""
    whole = abs(number) >= 10 ** (digits - 1)
    return f"{number:,.0f}" if whole else f"{number:,.{digits}g}"


def _read(row: dict[str, Any], *, several: bool) -> list[str]:
    footprint = f"on the boards of {row['geography_vintage']}" if several else ""
    group = " ".join(w for w in (row["dimension"], row["category"], row["measure"], footprint) if w)
    limits = "" if row["lower_95"] is None else f"{_plain(row['lower_95'], 4)} to {_plain(row['upper_95'], 4)}"
    numbers = [row[n] for n in ("numerator", "denominator", "published_value", "comparator_value")]
    shown = ["" if number is None else _plain(number, 6) for number in numbers]
    value = "" if row["value"] is None else value_in_words(row)
    return [group, value, limits, *shown, f"{row['status']}, {row['comparison']}"]
