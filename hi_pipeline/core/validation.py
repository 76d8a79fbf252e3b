"""Schemas from the frame contracts, and the one way to validate: eager, whole, with the failing rows."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hi_pipeline.core.columns import AREA_LEVELS, OBSERVATION_KEY, OBSERVATIONS
from hi_pipeline.core.errors import LinkageError, ValidationError
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.schema import Column, Rule, Schema, words_of
from hi_pipeline.core.status import PeriodType, Status

if TYPE_CHECKING:
    import pandera.polars as pa

_MAX_SHOWN = 10
_NULLABLE = {"value", "low", "high", "lower_95", "upper_95"}


def observations_schema(*, measures: Collection[str] | str, area_levels: Collection[str]) -> Schema:
    """Return the schema of a source's observations: the contract with its own measures and area levels.

    Args:
        measures: the measures it may hold (all others are refused), or the pattern of their names.
        area_levels: the levels of area it may hold, from ``columns.AREA_LEVELS``.
    """
    unknown = set(area_levels) - set(AREA_LEVELS)
    if unknown:
        raise ValueError(f"area levels {sorted(unknown)} are not in columns.AREA_LEVELS")
    words: Mapping[str, tuple[str, ...]] = {
        "area_level": tuple(area_levels),
        "dimension": words_of(Dimension),
        "status": words_of(Status),
        "period_type": words_of(PeriodType),
    }
    named = {"pattern": measures} if isinstance(measures, str) else {"words": tuple(measures)}
    value, low, high = pl.col("value"), pl.col("low"), pl.col("high")
    lower, upper, there = pl.col("lower_95"), pl.col("upper_95"), value.is_not_null()
    bare = lower.is_null() & upper.is_null()
    return Schema(
        columns={
            name: Column(
                dtype=dtype,
                words=words.get(name),
                least=0 if name in _NULLABLE else None,
                nullable=name in _NULLABLE,
            )
            for name, dtype in OBSERVATIONS.items()
        }
        | {"measure": Column(dtype=OBSERVATIONS["measure"], **named)},
        rules=(
            Rule(name="value is there exactly where status is ok", holds=(pl.col("status") == "ok") == there),
            Rule(name="low <= value <= high", holds=((low <= value) & (value <= high)).fill_null(True)),
            Rule(
                name="limits stand only beside a value, in order",
                holds=bare | (there & (lower <= upper)).fill_null(False),
            ),
        ),
        key=OBSERVATION_KEY,
    )


def validate(frame: pl.DataFrame, schema: Schema, *, where: str) -> pl.DataFrame:
    """Validate a whole eager frame and return it.

    Raises:
        ValidationError: with every failure; ``failures`` is pandera's table of them.
    """
    # Imported here alone: it takes longer to import than the commands that only read may take to answer.
    from pandera.errors import SchemaErrors

    if frame.is_empty():
        raise ValidationError(f"{where}: no rows at all; an empty table is never written")
    try:
        return _judge(schema).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        shown = cases.select("column", "check", "failure_case").unique(maintain_order=True).head(_MAX_SHOWN)
        raise ValidationError(
            f"{where}: {cases.height} failures against the schema; first of them (column, check, found): "
            f"{shown.rows()}. Nothing was written. Look at these rows of the file: if it is right, the schema is not.",
            failures=cases,
        ) from error


@cache
def _judge(schema: Schema) -> "pa.DataFrameSchema":
    """Return what judges frames by a schema."""
    import pandera.polars as pa

    def rule(declared: Rule) -> pa.Check:
        return pa.Check(lambda data: data.lazyframe.select(declared.holds), name=declared.name)

    return pa.DataFrameSchema(
        {
            name: pa.Column(column.dtype, _value_checks(column), nullable=column.nullable, unique=column.unique)
            for name, column in schema.columns.items()
        },
        checks=[rule(declared) for declared in schema.rules],
        unique=list(schema.key) or None,
        strict=True,
        ordered=True,
    )


def _value_checks(column: Column) -> "list[pa.Check]":
    import pandera.polars as pa

    checks = []
    if column.words is not None:
        checks.append(pa.Check.isin(list(column.words)))
    if column.pattern:
        checks.append(pa.Check.str_matches(column.pattern))
    if column.least is not None:
        checks.append(pa.Check.ge(column.least))
    if column.most is not None:
        checks.append(pa.Check.le(column.most))
    return checks


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
