"""Typed figures to the OBSERVATIONS contract: wide to long, periods, bounds, and counts that fit their totals."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from hi_pipeline.core.agreement import one_spelling, validate_codes
from hi_pipeline.core.columns import OBSERVATION_KEY, OBSERVATIONS
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.financial_year import label_of_date, period, start_year
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.row_index import cells
from hi_pipeline.core.status import LAYOUT_UNVERIFIED, PeriodType, Status
from hi_pipeline.core.text_tables import MEMBER

_MAX_SHOWN = 8
ONCE = "Expected each once. If the publisher repeats rows, say in parse.py which one counts; else fetch the file again."


def melt_figures(
    frame: pl.DataFrame,
    *,
    measures: Mapping[str, str],
    keep: Sequence[str],
    printed_in: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Turn columns read by ``text_tables.read_numbers`` into rows.

    Args:
        frame: has ``<column>_value`` and ``<column>_status`` for each column.
        measures: name of the measure to the column that holds it.
        keep: columns that stand on every row.
        printed_in: column to what the publisher calls it, where that is not its own name.

    Returns:
        ``keep`` with measure, value (Float64) and status (String); one block of rows for each measure. Rows that
        are numbered (``number_rows``) keep their cells, for the row index.
    """
    numbered = MEMBER in frame.columns
    blocks = [
        frame.select(
            *keep,
            pl.lit(measure).alias("measure"),
            pl.col(f"{column}_value").alias("value"),
            pl.col(f"{column}_status").alias("status"),
            *([cells(frame, column, name=(printed_in or {}).get(column, ""))] if numbered else []),
        )
        for measure, column in measures.items()
    ]
    return pl.concat(blocks)


def add_bounds(
    frame: pl.DataFrame, *, half_width: pl.Expr, hidden_low: pl.Expr | None = None, hidden_high: pl.Expr | None = None
) -> pl.DataFrame:
    """Add ``low`` and ``high``: the value less and plus a half width, never below 0.

    Args:
        frame: has value and status.
        half_width: what rounding may hide, in the value's unit; 0 where the figure is exact.
        hidden_low: lower bound of a suppressed figure; null where nothing is known.
        hidden_high: upper bound of a suppressed figure.
    """
    suppressed = pl.col("status") == Status.SUPPRESSED
    nothing = pl.lit(None, dtype=pl.Float64)
    return frame.with_columns(
        pl.when(suppressed)
        .then(nothing if hidden_low is None else hidden_low)
        .otherwise((pl.col("value") - half_width).clip(lower_bound=0))
        .cast(pl.Float64)
        .alias("low"),
        pl.when(suppressed)
        .then(nothing if hidden_high is None else hidden_high)
        .otherwise(pl.col("value") + half_width)
        .cast(pl.Float64)
        .alias("high"),
    )


def add_financial_year(frame: pl.DataFrame, financial_year: str) -> pl.DataFrame:
    """Add the columns of a figure that describes one whole financial year.

    Args:
        frame: any columns.
        financial_year: as in "2023-24".

    Returns:
        The frame with financial_year, period_start, period_end and period_type.
    """
    first, last = period(financial_year)
    return frame.with_columns(
        pl.lit(financial_year).alias("financial_year"),
        pl.lit(first).alias("period_start"),
        pl.lit(last).alias("period_end"),
        pl.lit(PeriodType.FINANCIAL_YEAR.value).alias("period_type"),
    )


def add_calendar_year(frame: pl.DataFrame, financial_year: str) -> pl.DataFrame:
    """Add the columns of a figure that describes a calendar year: 2023 stands in the financial year 2023-24."""
    year = start_year(financial_year)
    return frame.with_columns(
        pl.lit(financial_year).alias("financial_year"),
        pl.lit(date(year, 1, 1)).alias("period_start"),
        pl.lit(date(year, 12, 31)).alias("period_end"),
        pl.lit(PeriodType.CALENDAR_YEAR.value).alias("period_type"),
    )


def unverified(frame: pl.DataFrame) -> pl.DataFrame:
    """Say on every row that it comes from a file whose layout nobody has seen (``Member.unverified``).

    Args:
        frame: has note.
    """
    return frame.with_columns(note=join_notes("note", pl.lit(LAYOUT_UNVERIFIED)))


def to_observations(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the contract's columns in its order and types, sorted by its key.

    A note that is not there becomes "", limits that are not there null. A code decides and a name is a label: an area
    has one spelling of its name in a year, however often its file says it.

    Raises:
        ValidationError: one code of area has two names in a year, or is not written in capitals and digits.
    """
    area = ("financial_year", "area_level", "area_code")
    # A publisher's unknown area has a word of his own in the place of its code ("Invalid").
    validate_codes(frame.filter(pl.col("area_level") != "unknown"), ["area_code"], where="observations")
    frame = one_spelling(frame, area, "area_name", where="observations")
    if "note" not in frame.columns:
        frame = frame.with_columns(pl.lit("").alias("note"))
    absent = [name for name in ("lower_95", "upper_95") if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in absent)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in OBSERVATIONS.items()).sort(OBSERVATION_KEY)


def check_within(observations: pl.DataFrame, *, part: str, whole: str, where: str) -> None:
    """Refuse a count that is above its denominator even at the edge of both figures' bounds.

    Args:
        observations: in the OBSERVATIONS contract.
        part: measure that counts some of the whole.
        whole: measure that counts all; rows are compared where both are there with bounds.
        where: source and edition, for the error.

    Raises:
        ValidationError: a count above its denominator, or a figure that stands there twice; ``failures`` holds
            the rows.
    """
    key = [name for name in OBSERVATION_KEY if name != "measure"]
    counts = observations.filter(pl.col("measure") == part)
    twice = observations.filter(pl.struct(OBSERVATION_KEY).is_duplicated())
    if twice.height:
        shown = twice.select(OBSERVATION_KEY).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{where}: {twice.height} figures stand there twice: {shown}. {ONCE}", failures=twice)
    wholes = observations.filter(pl.col("measure") == whole).select(*key, pl.col("high").alias("whole_high"))
    above = counts.join(wholes, on=key, how="inner", validate="1:1").filter(pl.col("low") > pl.col("whole_high"))
    if above.height:
        shown = above.select("area_code", "dimension", "category", "value", "whole_high").head(_MAX_SHOWN).rows()
        raise ValidationError(
            f"{where}: {above.height} counts of {part!r} are above their denominator {whole!r}: (area, dimension, "
            f"category, count, denominator at most) {shown}. If the publisher's file is like that, enter it in the "
            "corrections register.",
            failures=above,
        )


def add_snapshot(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """Add the columns of a figure that describes one day, in the financial year in which it lies."""
    return _add_period(frame, day, day, PeriodType.SNAPSHOT)


def add_month(frame: pl.DataFrame, last_day: date) -> pl.DataFrame:
    """Add the columns of a figure that describes a calendar month, named by its last day."""
    return _add_period(frame, last_day.replace(day=1), last_day, PeriodType.MONTH)


def _add_period(frame: pl.DataFrame, first: date, last: date, kind: PeriodType) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(label_of_date(last)).alias("financial_year"),
        pl.lit(first).alias("period_start"),
        pl.lit(last).alias("period_end"),
        pl.lit(kind.value).alias("period_type"),
    )
