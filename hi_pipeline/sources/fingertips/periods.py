"""The time periods of Fingertips.

Financial years as "2021/22", seasons, years as the position at 31 March, and three calendar years as "2021 - 23".
"""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.columns import OBSERVATIONS
from hi_pipeline.core.errors import LayoutError, SelectionError
from hi_pipeline.core.financial_year import label_of, period
from hi_pipeline.core.source import Release
from hi_pipeline.core.status import PeriodType
from hi_pipeline.core.text_tables import ROW
from hi_pipeline.sources.fingertips.figures import Figures

_THREE_YEARS = r"\d{4} - \d\d"
PERIOD = ("financial_year", "period_start", "period_end", "period_type")


def declared_years(frame: pl.DataFrame, release: Release, facts: Figures, account: Account, where: str) -> pl.DataFrame:
    """Return the rows of the years that a release declares, with the columns of ``PERIOD``.

    Raises:
        LayoutError: a period of another form than the indicator's, or a declared year without a row.
    """
    frame = _three_years(frame, account) if facts.three_years else frame
    form, words, example, meaning = _form(facts)
    odd = frame.filter(~pl.col("Time period").str.contains(form))
    if odd.height:
        found = odd["Time period"].unique().to_list()[:6]
        raise LayoutError(f"{where}: time periods {found}; expected {words}, as {example}")
    periods = [
        {"Time period": text, **_read(text, meaning, frame, where)} for text in frame["Time period"].unique().to_list()
    ]
    dated = frame.join(pl.DataFrame(periods, schema=_MEANING), on="Time period", how="left", validate="m:1")
    kept = dated.filter(pl.col("financial_year").is_in(list(release.financial_years)))
    absent = set(release.financial_years) - set(kept["financial_year"].unique())
    if absent:
        raise LayoutError(f"{where}: no rows of {sorted(absent)}, which the release is declared to hold")
    account.left_out("rows of years that the release does not declare", dated.height - kept.height)
    return kept


_MEANING = {"Time period": pl.String} | {name: OBSERVATIONS[name] for name in PERIOD}


def _read(
    text: str, meaning: Callable[[str], dict[str, str | date]], frame: pl.DataFrame, where: str
) -> dict[str, str | date]:
    try:
        return meaning(text)
    except (LayoutError, SelectionError, ValueError) as error:
        row = frame.filter(pl.col("Time period") == text).item(0, ROW)
        raise LayoutError(f"{where}: {ROW} {row} has the time period {text!r}: {error}. Fetch it again.") from error


def _form(facts: Figures) -> tuple[str, str, str, Callable[[str], dict[str, str | date]]]:
    """Return the form of an indicator's time periods, what they are, an example, and what gives their meaning."""
    if facts.three_years:
        return rf"^{_THREE_YEARS}$", "three calendar years", "2021 - 23", _together
    if facts.at_31_march:
        return r"^\d{4}(?:/\d\d)?$", "financial years", "2021/22 or 2022", _meaning
    return r"^\d{4}/\d\d$", "financial years", "2021/22", _season if facts.season else _meaning


def _three_years(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Leave out single years, which may stand beside three years together."""
    single = pl.col("Time period").str.contains(r"^\d{4}$")
    account.left_out("rows of single years beside three years together", frame.filter(single).height)
    return frame.filter(~single)


def _together(text: str) -> dict[str, str | date]:
    """Return the columns of ``PERIOD`` of three calendar years; they stand in the financial year of the last one.

    Raises:
        LayoutError: the years are not three in a row.
    """
    first, last = (int(part) for part in text.split(" - "))
    if last != (first + 2) % 100:
        raise LayoutError("expected three calendar years in a row, as 2021 - 23")
    days = date(first, 1, 1), date(first + 2, 12, 31)
    return dict(zip(PERIOD, (label_of(first + 2), *days, PeriodType.THREE_YEARS.value), strict=True))


def _meaning(text: str) -> dict[str, str | date]:
    """Return the columns of ``PERIOD``; a year alone is the position at 31 March, the end of its financial year."""
    if "/" in text:
        label = text.replace("/", "-")
        first, last = period(label)
        return dict(zip(PERIOD, (label, first, last, PeriodType.FINANCIAL_YEAR.value), strict=True))
    day = date(int(text), 3, 31)
    return dict(zip(PERIOD, (label_of(day.year - 1), day, day, PeriodType.SNAPSHOT.value), strict=True))


def _season(text: str) -> dict[str, str | date]:
    """Return the columns of ``PERIOD`` of a season of vaccination: 1 September to the last day of February."""
    label = text.replace("/", "-")
    first, last = period(label)
    days = date(first.year, 9, 1), date(last.year, 3, 1) - timedelta(days=1)
    return dict(zip(PERIOD, (label, *days, PeriodType.SEASON.value), strict=True))
