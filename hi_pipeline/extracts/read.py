"""An extract's text to typed rows, or everything that is wrong with it at once."""

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.extracts.cells import judge_cells
from hi_pipeline.extracts.contract import COLUMNS, EXTRACTS, Extract
from hi_pipeline.extracts.header import judge_header
from hi_pipeline.extracts.problem import ROW, Problem
from hi_pipeline.extracts.rows import judge_rows
from hi_pipeline.extracts.tables import judge_tables

_COUNTED = ("numerator", "denominator", "events_per_person", "rounding")
_DAYS = ("period_start", "period_end")


def check(text: pl.DataFrame, *, first_row: int = 2) -> list[Problem]:
    """Return everything that is wrong with an extract, the most basic first; an empty list where nothing is.

    Args:
        text: the file, every cell text or null.
        first_row: row of the file that the frame's first row is.
    """
    if text.is_empty():
        return [Problem(what="there is no row below the header", remedy="Write one row a group")]
    frame = text.with_row_index(ROW, offset=first_row)
    indicator = indicator_of(frame)
    filled = [name for name in text.columns if text[name].null_count() < text.height]
    wrong, right = judge_cells(frame)
    problems = [*judge_header(text.columns, filled, indicator), *wrong, *_blank(frame)]
    if indicator and "numerator" in text.columns:
        rows = typed(right).with_columns(typed(frame).select("bare_numerator", "bare_denominator"))
        problems += judge_rows(rows, EXTRACTS[indicator])
        whole = not any(p.column in ("age_band", "sex", "numerator", "denominator", "imd_decile") for p in problems)
        if whole:
            problems += judge_tables(rows, EXTRACTS[indicator])
        else:
            problems += _bands_alone(rows, EXTRACTS[indicator], problems)
    return problems


def _bands_alone(rows: pl.DataFrame, extract: Extract, problems: list[Problem]) -> list[Problem]:
    """Judge the bands although the counts are wrong, so that both are said at once."""
    if any(p.column == "age_band" for p in problems):
        return []
    return [p for p in judge_tables(rows, extract) if p.column == "age_band"]


def indicator_of(frame: pl.DataFrame) -> str:
    """Return the indicator that most rows name, "" where none is known."""
    if "indicator_id" not in frame.columns:
        return ""
    known = frame["indicator_id"].drop_nulls()
    known = known.filter(known.is_in(list(EXTRACTS)))
    return str(known.mode().sort()[0]) if known.len() else ""


def _blank(frame: pl.DataFrame) -> list[Problem]:
    found = []
    for column in ("indicator_id", *_DAYS, "area_code", "area_type"):
        if column in frame.columns and frame[column].null_count():
            rows = frame.filter(pl.col(column).is_null())[ROW]
            found.append(
                Problem(
                    what="is blank",
                    remedy=f"Write {COLUMNS[column]}",
                    column=column,
                    rows=tuple(rows.head(3).to_list()),
                    count=rows.len(),
                )  # fmt: skip
            )
    return found


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with all columns of the contract, numbers and days typed; null where a cell is not right.

    Beside them ROW, and ``bare_numerator`` and ``bare_denominator``: whether the cell was empty.
    """
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    bare = [pl.col(name).is_null().alias(f"bare_{name}") for name in ("numerator", "denominator")]
    full = frame.with_columns(absent).with_columns(bare)
    digits = [pl.col(name).cast(pl.Int64, strict=False) for name in _COUNTED]
    days = [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in _DAYS]
    return full.with_columns(*digits, *days).select(ROW, *COLUMNS, "bare_numerator", "bare_denominator")


def validated(text: pl.DataFrame, *, where: str, first_row: int = 2) -> pl.DataFrame:
    """Return the typed rows of an extract that is right.

    Raises:
        ValidationError: naming everything that is wrong.
    """
    problems = check(text, first_row=first_row)
    if problems:
        said = "\n".join(f"  {problem}" for problem in problems)
        raise ValidationError(f"{where}: {len(problems)} things are wrong, and nothing was taken from it:\n{said}")
    return typed(text.with_row_index(ROW, offset=first_row))
