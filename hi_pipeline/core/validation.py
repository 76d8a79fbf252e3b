"""Schemas from the frame contracts, and the one way to validate: eager, whole, with the failing rows."""

from collections.abc import Collection, Mapping, Sequence

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from hi_pipeline.core.columns import AREA_LEVELS, OBSERVATION_KEY, OBSERVATIONS
from hi_pipeline.core.errors import LinkageError, ValidationError
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.status import PeriodType, Status

_MAX_SHOWN = 10
_NULLABLE = {"value", "low", "high", "lower_95", "upper_95"}


def observations_schema(*, measures: Collection[str], area_levels: Collection[str]) -> pa.DataFrameSchema:
    """Return the schema of a source's observations: the contract with its own measures and area levels.

    Args:
        measures: the measures it may hold (all others are refused).
        area_levels: the levels of area it may hold, from ``columns.AREA_LEVELS``.
    """
    unknown = set(area_levels) - set(AREA_LEVELS)
    if unknown:
        raise ValueError(f"area levels {sorted(unknown)} are not in columns.AREA_LEVELS")
    words: Mapping[str, Collection[str]] = {
        "measure": measures,
        "area_level": area_levels,
        "dimension": [d.value for d in Dimension],
        "status": [s.value for s in Status],
        "period_type": [p.value for p in PeriodType],
    }
    columns = {
        name: pa.Column(
            dtype,
            nullable=name in _NULLABLE,
            checks=[pa.Check.isin(list(words[name]))] if name in words else None,
        )
        for name, dtype in OBSERVATIONS.items()
    }
    for name in _NULLABLE:
        columns[name].checks.append(pa.Check.ge(0))
    return pa.DataFrameSchema(
        columns,
        checks=[
            pa.Check(_value_only_where_ok, name="value is there exactly where status is ok"),
            pa.Check(_bounds_hold_value, name="low <= value <= high"),
            pa.Check(_limits_stand_with_value, name="limits stand only beside a value, in order"),
        ],
        unique=list(OBSERVATION_KEY),
        strict=True,
        ordered=True,
    )


def _value_only_where_ok(data: pa.PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select((pl.col("status") == "ok") == pl.col("value").is_not_null())


def _bounds_hold_value(data: pa.PolarsData) -> pl.LazyFrame:
    value, low, high = pl.col("value"), pl.col("low"), pl.col("high")
    return data.lazyframe.select(((low <= value) & (value <= high)).fill_null(True))


def _limits_stand_with_value(data: pa.PolarsData) -> pl.LazyFrame:
    lower, upper, there = pl.col("lower_95"), pl.col("upper_95"), pl.col("value").is_not_null()
    bare = lower.is_null() & upper.is_null()
    return data.lazyframe.select(bare | (there & (lower <= upper)).fill_null(False))


def validate(frame: pl.DataFrame, schema: pa.DataFrameSchema, *, where: str) -> pl.DataFrame:
    """Validate a whole eager frame and return it.

    Raises:
        ValidationError: with every failure; ``failures`` is pandera's table of them.
    """
    if frame.is_empty():
        raise ValidationError(f"{where}: no rows at all; an empty table is never written")
    try:
        return schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        shown = cases.select("column", "check", "failure_case").unique(maintain_order=True).head(_MAX_SHOWN)
        raise ValidationError(
            f"{where}: {cases.height} failures against the schema; first of them (column, check, found): "
            f"{shown.rows()}. Nothing was written. Look at these rows of the file: if it is right, the schema is not.",
            failures=cases,
        ) from error


def join_exactly(
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    on: Sequence[str],
    cardinality: str,
    where: str,
    unmatched_ok: bool = False,
) -> pl.DataFrame:
    """Left-join with a stated cardinality ("m:1" or "1:1"); rows without a match are fatal unless allowed.

    Args:
        left: the frame whose rows are all kept.
        right: what is added to it.
        on: join columns, named alike in both.
        cardinality: checked on the join keys.
        where: what is linked to what, for the error.
        unmatched_ok: keep rows without a match, with nulls (the caller then counts and explains them).

    Raises:
        LinkageError: the cardinality is broken or rows stay without a match.
    """
    try:
        joined = left.join(right, on=list(on), how="left", validate=cardinality)  # type: ignore[arg-type]
    except pl.exceptions.ComputeError as error:
        raise LinkageError(f"{where}: the join on {list(on)} is not {cardinality}: {error}") from error
    lost = left.join(right, on=list(on), how="anti")
    if lost.height and not unmatched_ok:
        shown = lost.select(on).unique().head(_MAX_SHOWN).rows()
        raise LinkageError(
            f"{where}: {lost.height} rows have no match on {list(on)}, such as {shown}; expected one for each. See "
            "whether both files are whole and of one edition.",
            failures=lost,
        )
    return joined
