"""An extract's text to typed rows, or everything that is wrong with it at once."""

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.extracts.cells import LABELS_READ, judge_cells
from hi_pipeline.extracts.contract import COLUMNS, EXTRACTS, GROUPS, Extract
from hi_pipeline.extracts.header import judge_header, plain_name
from hi_pipeline.extracts.problem import ROW, Problem, problem_of
from hi_pipeline.extracts.rows import judge_rows
from hi_pipeline.extracts.tables import judge_tables

_COUNTED = ("numerator", "denominator", "events_per_person", "rounding")
_DAYS = ("period_start", "period_end")
_MIDNIGHT = r"^(\d{4}-\d{2}-\d{2})[T ]00:00:00(\.0+)?$"
_BARE = ("numerator", "denominator", "ethnicity_scheme", "imd_vintage")


def check(text: pl.DataFrame, *, first_row: int = 2) -> list[Problem]:
    """Return everything that is wrong with an extract, the most basic first; an empty list where nothing is.

    Args:
        text: the file, every cell text or null.
        first_row: row of the file that the frame's first row is.
    """
    if text.is_empty():
        return [Problem(what="there is no row below the header", remedy="Write one row a group")]
    frame = _renamed(tidied(text, first_row=first_row))
    if frame.is_empty():
        return [Problem(what="there is no row below the header", remedy="Write one row a group")]
    footers, frame = _footers(frame)
    indicator = indicator_of(frame)
    filled = [name for name in text.columns if text[name].null_count() < text.height]
    wrong, right = judge_cells(frame)
    problems = [*footers, *judge_header(text.columns, filled, indicator), *wrong, *_blank(frame)]
    if indicator and "numerator" in frame.columns:
        bare = typed(frame).select(pl.col("^bare_.*$"))
        rows = typed(right).with_columns(bare)
        extract, read = EXTRACTS[indicator], rows.filter(right[LABELS_READ])
        problems += judge_rows(rows, read, extract)
        if read.height < rows.height:
            problems.append(_unread(right.filter(~pl.col(LABELS_READ))))
        elif not any(p.column in (*GROUPS, "numerator", "denominator") for p in problems):
            problems += judge_tables(rows, extract)
        else:
            problems += _bands_alone(rows, extract, problems)
    return problems


def _footers(frame: pl.DataFrame) -> tuple[list[Problem], pl.DataFrame]:
    """Return what is wrong with rows that name neither period nor area, and the other rows: they tell of no board."""
    named = [name for name in (*_DAYS, "area_code", "area_type") if name in frame.columns]
    bare = pl.all_horizontal(pl.col(named).is_null()) if len(named) > 1 else pl.lit(False)
    found = frame.filter(bare)
    if found.is_empty() or found.height == frame.height:
        return [], frame
    what = "names neither period nor board, as a line of totals or a footer does"
    return [problem_of(found, what=what, remedy="Take it away, or write what the other rows have")], frame.filter(~bare)


def _unread(rows: pl.DataFrame) -> Problem:
    return problem_of(
        rows, what="labels could not be read, so that it was not judged whether the same group stands twice here, nor "
        "whether any table adds up", remedy="Mend the labels named above and check again",
    )  # fmt: skip


def tidied(text: pl.DataFrame, *, first_row: int = 2) -> pl.DataFrame:
    """Return the rows with ROW, without those that are empty throughout, and days as 2024-04-01.

    A spreadsheet keeps a day as that day's midnight, and SQL Server writes it so; Excel leaves empty rows at the end.
    """
    frame = text.with_row_index(ROW, offset=first_row)
    frame = frame.filter(pl.any_horizontal(pl.col(text.columns).is_not_null()))
    days = [name for name in frame.columns if plain_name(name) in _DAYS]
    return frame.with_columns(pl.col(days).str.replace(_MIDNIGHT, "$1")) if days else frame


def _renamed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with misspelt columns under their own name, so that their cells are judged as well."""
    meant = {name: plain_name(name) for name in frame.columns if name not in COLUMNS}
    once = [new for new in meant.values() if list(meant.values()).count(new) == 1 and new not in frame.columns]
    return frame.rename({old: new for old, new in meant.items() if new in COLUMNS and new in once})


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

    Beside them ROW, and ``bare_numerator`` and the like: whether the cell was empty.
    """
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    bare = [pl.col(name).is_null().alias(f"bare_{name}") for name in _BARE]
    full = frame.with_columns(absent).with_columns(bare)
    digits = [pl.col(name).cast(pl.Int64, strict=False) for name in _COUNTED]
    days = [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in _DAYS]
    return full.with_columns(*digits, *days).select(ROW, *COLUMNS, *(f"bare_{name}" for name in _BARE))


def validated(text: pl.DataFrame, *, where: str, first_row: int = 2) -> pl.DataFrame:
    """Return the typed rows of an extract that is right.

    Raises:
        ValidationError: naming everything that is wrong.
    """
    problems = check(text, first_row=first_row)
    if problems:
        said = "\n".join(f"  {problem}" for problem in problems)
        things = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
        raise ValidationError(f"{where}: {things} wrong, and nothing was taken from it:\n{said}")
    return typed(tidied(text, first_row=first_row))
