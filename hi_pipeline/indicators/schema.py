"""The one result contract as a schema: words, keys, and values that are there exactly where they may be."""

from collections.abc import Mapping
from enum import StrEnum

import polars as pl

from hi_pipeline.core.columns import RESULT_KEY, RESULTS
from hi_pipeline.core.geography import NHS_REGIONS, Vintage
from hi_pipeline.core.groups import DECILES, QUINTILES, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.schema import Column, Rule, Schema, words_of
from hi_pipeline.core.status import AreaType, Comparison, Measure, Method, PeriodType, Status, Unit
from hi_pipeline.core.validation import validate

_NULLABLE = {
    "icb_code",
    "icb_ods_code",
    "region_code",
    "value",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
    "numerator",
    "denominator",
    "numerator_low",
    "numerator_high",
    "denominator_low",
    "denominator_high",
    "computed_value",
    "published_value",
    "published_rounding",
    "figure_low",
    "figure_high",
    "units",
    "between_variance",
    "imd_vintage",
    "comparator_value",
    "unknown_share",
    "coverage",
    "people_share",
}
_WORDS: Mapping[str, type[StrEnum]] = {
    "period_type": PeriodType,
    "area_type": AreaType,
    "geography_vintage": Vintage,
    "dimension": Dimension,
    "measure": Measure,
    "unit": Unit,
    "method": Method,
    "status": Status,
    "comparison": Comparison,
}
_SHARES = ("unknown_share", "coverage", "people_share")
_LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")
_AREA = [name for name in RESULT_KEY if name not in ("dimension", "category", "measure")]
_ENDS = ([DECILES[0], QUINTILES[0]], [DECILES[-1], QUINTILES[-1]])
_OF_ENDS = [Measure.GAP.value, Measure.RATIO.value]
# A limit that equals its value by algebra may miss it by rounding.
_SLACK = 1e-9


def results_schema() -> Schema:
    """Return the schema of result rows (the RESULTS contract)."""
    return Schema(
        columns={
            name: Column(
                dtype=dtype,
                words=words_of(_WORDS[name]) if name in _WORDS else None,
                least=0 if name in _SHARES else None,
                most=1 if name in _SHARES else None,
                nullable=name in _NULLABLE,
            )
            for name, dtype in RESULTS.items()
        },
        rules=(
            Rule(name="value is there exactly where status is ok", holds=_value_exactly_where_ok()),
            Rule(name="limits only where status is ok", holds=_limits_only_where_ok()),
            Rule(name="lower_998 <= lower_95 <= value <= upper_95 <= upper_998", holds=_in_order()),
            Rule(name="numerator_low <= numerator <= numerator_high", holds=_bounds_hold()),
            Rule(name="every area but a remainder has a code", holds=_code_unless_remainder()),
            Rule(name="boards and regions have the code of a region of their footprint", holds=_region_of_areas()),
            Rule(name="a figure that is not there has a note", holds=_note_where_not_ok()),
            Rule(name="a gap or ratio stands only where both end groups have a figure", holds=_ends_are_there()),
        ),
        key=RESULT_KEY,
    )


def validate_results(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Validate result rows against the contract and return them.

    Raises:
        ValidationError: with every failing row.
    """
    return validate(rows, RESULTS_SCHEMA, where=f"results of {indicator.id}")


def _value_exactly_where_ok() -> pl.Expr:
    return (pl.col("status") == Status.OK.value) == pl.col("value").is_not_null()


def _limits_only_where_ok() -> pl.Expr:
    bare = pl.all_horizontal(pl.col(name).is_null() for name in _LIMITS)
    return (pl.col("status") == Status.OK.value) | bare


def _in_order() -> pl.Expr:
    ladder = ("lower_998", "lower_95", "value", "upper_95", "upper_998")
    slack = pl.col("value").abs().fill_null(0) * _SLACK + _SLACK
    steps = [
        (pl.col(low) <= pl.col(high) + slack).fill_null(True) for low, high in zip(ladder, ladder[1:], strict=False)
    ]
    return pl.all_horizontal(steps)


def _bounds_hold() -> pl.Expr:
    low, count, high = pl.col("numerator_low"), pl.col("numerator"), pl.col("numerator_high")
    return (low <= count).fill_null(True) & (count <= high).fill_null(True)


def _code_unless_remainder() -> pl.Expr:
    remainder = pl.col("area_type") == AreaType.REMAINDER.value
    return remainder == pl.col("icb_code").is_null()


def _region_of_areas() -> pl.Expr:
    """A board's region must be one of its own footprint, as East of England and North West were recoded in 2026."""
    known = [region.ons[v] + v.value for region in NHS_REGIONS for v in Vintage]
    there = pl.concat_str("region_code", "geography_vintage").is_in(known).fill_null(False)
    inside = pl.col("area_type").is_in([AreaType.ICB.value, AreaType.REGION.value])
    return pl.when(inside).then(there).otherwise(pl.col("region_code").is_null())


def _note_where_not_ok() -> pl.Expr:
    return (pl.col("status") == Status.OK.value) | (pl.col("note") != "")


def _ends_are_there() -> pl.Expr:
    """An end group without a figure is never replaced by its neighbour."""
    shown = (
        (pl.col("dimension") == Dimension.DEPRIVATION.value)
        & (pl.col("measure") == Measure.VALUE.value)
        & (pl.col("status") == Status.OK.value)
    )
    ends = [(shown & pl.col("category").is_in(words)).any().over(_AREA) for words in _ENDS]
    between = pl.col("measure").is_in(_OF_ENDS) & (pl.col("status") == Status.OK.value)
    return ~between | pl.all_horizontal(ends)


RESULTS_SCHEMA = results_schema()
