"""Reporting periods: two ways of writing a date, and a length that must be the measure's own."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.financial_year import label_of_date

START, END = "REPORTING_PERIOD_START", "REPORTING_PERIOD_END"
_MAX_SHOWN = 8


def read_periods(frame: pl.DataFrame, *, months: Mapping[str, int], where: str) -> pl.DataFrame:
    """Add ``period_start``, ``period_end`` and the ``financial_year`` of the end.

    Dates are written 31/03/2022 or 2022-03-31. Some months' files are said to write the start with the month first:
    such a start is not the measure's number of months before the end, and is refused.

    Args:
        frame: has MEASURE_ID and the two reporting dates as text.
        months: length of the period by MEASURE_ID.
        where: file, for the error.

    Raises:
        LayoutError: text that is no such date, an end that is no month's last day, or a period of another length.
    """
    read = frame.with_columns(_date(START).alias("period_start"), _date(END).alias("period_end"))
    length = pl.col("MEASURE_ID").replace_strict(dict(months), return_dtype=pl.Int64)
    first = pl.col("period_end").dt.month_start().dt.offset_by(pl.format("-{}mo", length - 1))
    right = (pl.col("period_start") == first) & (pl.col("period_end") == pl.col("period_end").dt.month_end())
    wrong = read.filter(~right.fill_null(False))
    if wrong.height:
        shown = wrong.select("MEASURE_ID", START, END).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: {wrong.height} rows have periods that are not whole months of the measure's length "
            f"{dict(months)}, or dates in another form than 31/03/2022 or 2022-03-31: (measure, start, end) {shown}"
        )
    years = {day: label_of_date(day) for day in read["period_end"].unique()}
    return read.with_columns(pl.col("period_end").replace_strict(years, return_dtype=pl.String).alias("financial_year"))


def _date(column: str) -> pl.Expr:
    """Read either form; polars takes the 22 of 31/03/22 for the year 22, so the form is looked at first."""
    text = pl.col(column).str.strip_chars()
    british = pl.when(text.str.contains(r"^\d{2}/\d{2}/\d{4}$")).then(text).str.to_date("%d/%m/%Y", strict=False)
    iso = pl.when(text.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(text).str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(british, iso)
