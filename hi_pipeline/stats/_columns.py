"""Reading a caller's columns: names, types and nulls are settled here, once, for every statistic."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from numbers import Real

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hi_pipeline.core.errors import StatisticsError

Floats = NDArray[np.float64]
Frame = pl.DataFrame | pl.LazyFrame

# A group with an impossible input gives infinities or NaN on its way to its status; that is no news.
quiet = np.errstate(invalid="ignore", divide="ignore", over="ignore")

RESULT_COLUMNS = frozenset({"value", "status", "note", "method"})


def select(frame: Frame, *, columns: Mapping[str, str | None], by: Sequence[str]) -> Frame:
    """Keep only the columns that a statistic needs; the caller's frame is never changed.

    Args:
        frame: the caller's table, eager or lazy.
        columns: role in the formula to column name; a role left out by the caller is ``None``.
        by: columns of the groups.

    Raises:
        StatisticsError: if a column is absent, or a group column would hide a result column.
    """
    if not isinstance(frame, pl.DataFrame | pl.LazyFrame):
        raise StatisticsError(
            f"Found a {type(frame).__name__}; a polars DataFrame or LazyFrame was expected; convert it first."
        )
    refuse_clash([name for name in by if name.startswith(("lower_", "upper_"))], by)
    refuse_clash(RESULT_COLUMNS, by)
    present = frame.columns if isinstance(frame, pl.DataFrame) else frame.collect_schema().names()
    wanted = {**{f"by[{i}]": name for i, name in enumerate(by)}, **columns}
    for role, name in wanted.items():
        if name is not None and name not in present:
            raise StatisticsError(
                f"Column {name!r} for {role} was not found; the frame has {list(present)}. Name one of these."
            )
    needed = list(dict.fromkeys(name for name in wanted.values() if name is not None))
    return frame[needed] if isinstance(frame, pl.DataFrame) else frame.select(needed)


def refuse_clash(taken: Collection[str], wanted: Iterable[str]) -> None:
    """Check that no column would take the place of another in the result.

    Raises:
        StatisticsError: if one would.
    """
    for name in wanted:
        if name in taken:
            raise StatisticsError(f"Group column {name!r} has the name of a result column; rename it before calling.")


def collect(frame: Frame, *, columns: Mapping[str, str | None], by: Sequence[str]) -> pl.DataFrame:
    """Bring the columns that a statistic needs into memory; arguments and errors as in ``select``."""
    selected = select(frame, columns=columns, by=by)
    return selected.collect() if isinstance(selected, pl.LazyFrame) else selected


def numbers(table: pl.DataFrame, name: str, *, role: str) -> Floats:
    """Give a column as floats with nulls as NaN.

    Raises:
        StatisticsError: if the column is not numeric; true and false are not counts either.
    """
    series = table.get_column(name)
    if not (series.dtype.is_numeric() or series.dtype == pl.Null):
        raise StatisticsError(
            f"Column {name!r} for {role} is {series.dtype}; a number was expected. "
            "Convert it with the source's own table of tokens first."
        )
    return series.cast(pl.Float64).to_numpy()


def ranks(table: pl.DataFrame, name: str) -> Floats:
    """Give ranks as numbers, so that "10" comes after "9" also when a file holds them as text.

    Raises:
        StatisticsError: if a rank is a word.
    """
    series = table.get_column(name)
    if series.dtype.is_numeric() or series.dtype == pl.Null:
        return series.cast(pl.Float64).to_numpy()
    text = series.cast(pl.String)
    parsed = text.str.strip_chars().cast(pl.Float64, strict=False)
    words = text.filter(parsed.is_null() & text.is_not_null())
    if len(words):
        raise StatisticsError(
            f"Column {name!r} for rank holds {words[0]!r}; a number rising from one end to the other was "
            "expected. Map the labels to numbers by their words first."
        )
    return parsed.to_numpy()


def periods(table: pl.DataFrame, name: str) -> tuple[Floats, float | None]:
    """Give periods as numbers; a financial year such as "2023-24" counts as the year it starts in.

    Returns:
        The numbers, and the step from one to the next: 1 for financial years, None where the column does not say.

    Raises:
        StatisticsError: a text is neither a number nor two years in a row ("2016-18", "2018-17", "2023-04"), or years
            are written together ("201718").
    """
    series = table.get_column(name)
    if series.dtype != pl.String or series.null_count() == len(series):
        together = _years_together(series.cast(pl.String)) if series.dtype.is_integer() else []
        if together and len(together) == len(series.drop_nulls()):
            raise _no_year(name, together[0])
        return ranks(table, name), None
    label = series.str.strip_chars().rename("label")
    parts = label.str.extract_groups(r"^(?<first>[0-9]{4})[-/](?<second>[0-9]{2})$").struct.unnest().cast(pl.Int64)
    follows = (parts["first"] + 1) % 100 == parts["second"]
    if follows.null_count() == len(label):
        if together := _years_together(label):
            raise _no_year(name, together[0])
        return ranks(table, name), None
    wrong = label.filter(label.is_not_null() & ~follows.fill_null(False))
    if len(wrong):
        raise _no_year(name, wrong[0])
    return parts["first"].cast(pl.Float64).fill_null(np.nan).to_numpy(), 1.0


def _years_together(label: pl.Series) -> list[str]:
    """Return the labels that are a financial year without its sign: as numbers, 201718 and 201819 are 101 apart."""
    parts = label.rename("label").str.extract_groups(r"^(?<first>[0-9]{4})(?<second>[0-9]{2})$").struct.unnest()
    years = parts.cast(pl.Int64)
    return label.filter(((years["first"] + 1) % 100 == years["second"]).fill_null(False)).to_list()


def _no_year(name: str, found: str) -> StatisticsError:
    return StatisticsError(
        f"Column {name!r} for period holds {found!r}; a financial year is two years in a row, as in '2023-24', "
        "and all periods of a series are written alike. Correct the labels first."
    )


def names(by: str | Sequence[str] | None) -> list[str]:
    """Accept one group column, several or none; repeated names count once."""
    return [by] if isinstance(by, str) else list(dict.fromkeys(by or []))


def positive(number: float, *, name: str) -> float:
    """Check a multiplier or another scale.

    Raises:
        StatisticsError: if it is not a positive finite number.
    """
    if isinstance(number, bool) or not isinstance(number, Real) or not 0 < number < np.inf:
        raise StatisticsError(f"{name} is {number!r}; a positive finite number was expected.")
    return float(number)


def one_of(choice: str, allowed: Iterable[str], *, name: str) -> str:
    """Check a word against the words a function knows.

    Raises:
        StatisticsError: if the word is unknown.
    """
    options = list(allowed)
    if choice not in options:
        raise StatisticsError(f"{name} is {choice!r}; expected one of {options}.")
    return choice
