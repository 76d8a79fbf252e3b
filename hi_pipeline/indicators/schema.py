"""The one result contract as a schema: words, keys, and values that are there exactly where they may be."""

import pandera.polars as pa
import polars as pl

from hi_pipeline.core.columns import RESULT_KEY, RESULTS
from hi_pipeline.core.geography import NHS_REGIONS, Vintage
from hi_pipeline.core.groups import DECILES, QUINTILES, Dimension
from hi_pipeline.core.indicator import Indicator
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
_WORDS = {
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


def results_schema() -> pa.DataFrameSchema:
    """Return the pandera schema of result rows (the RESULTS contract)."""
    columns = {}
    for name, dtype in RESULTS.items():
        checks = [pa.Check.isin([word.value for word in _WORDS[name]])] if name in _WORDS else []
        if name in _SHARES:
            checks.append(pa.Check.in_range(0, 1))
        columns[name] = pa.Column(dtype, nullable=name in _NULLABLE, checks=checks)
    return pa.DataFrameSchema(
        columns,
        checks=[
            pa.Check(_value_exactly_where_ok, name="value is there exactly where status is ok"),
            pa.Check(_limits_only_where_ok, name="limits only where status is ok"),
            pa.Check(_in_order, name="lower_998 <= lower_95 <= value <= upper_95 <= upper_998"),
            pa.Check(_bounds_hold, name="numerator_low <= numerator <= numerator_high"),
            pa.Check(_code_unless_remainder, name="every area but a remainder has a code"),
            pa.Check(_region_of_areas, name="boards and regions have the code of a region of their footprint"),
            pa.Check(_note_where_not_ok, name="a figure that is not there has a note"),
            pa.Check(_ends_are_there, name="a gap or ratio stands only where both end groups have a figure"),
        ],
        unique=list(RESULT_KEY),
        strict=True,
        ordered=True,
    )


def validate_results(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Validate result rows against the contract and return them.

    Raises:
        ValidationError: with every failing row.
    """
    return validate(rows, RESULTS_SCHEMA, where=f"results of {indicator.id}")


def _value_exactly_where_ok(data: pa.PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select((pl.col("status") == Status.OK.value) == pl.col("value").is_not_null())


def _limits_only_where_ok(data: pa.PolarsData) -> pl.LazyFrame:
    bare = pl.all_horizontal(pl.col(name).is_null() for name in _LIMITS)
    return data.lazyframe.select((pl.col("status") == Status.OK.value) | bare)


def _in_order(data: pa.PolarsData) -> pl.LazyFrame:
    ladder = ("lower_998", "lower_95", "value", "upper_95", "upper_998")
    slack = pl.col("value").abs().fill_null(0) * _SLACK + _SLACK
    steps = [
        (pl.col(low) <= pl.col(high) + slack).fill_null(True) for low, high in zip(ladder, ladder[1:], strict=False)
    ]
    return data.lazyframe.select(pl.all_horizontal(steps))


def _bounds_hold(data: pa.PolarsData) -> pl.LazyFrame:
    low, count, high = pl.col("numerator_low"), pl.col("numerator"), pl.col("numerator_high")
    return data.lazyframe.select((low <= count).fill_null(True) & (count <= high).fill_null(True))


def _code_unless_remainder(data: pa.PolarsData) -> pl.LazyFrame:
    remainder = pl.col("area_type") == AreaType.REMAINDER.value
    return data.lazyframe.select(remainder == pl.col("icb_code").is_null())


def _region_of_areas(data: pa.PolarsData) -> pl.LazyFrame:
    """A board's region must be one of its own footprint, as East of England and North West were recoded in 2026."""
    known = [region.ons[v] + v.value for region in NHS_REGIONS for v in Vintage]
    there = pl.concat_str("region_code", "geography_vintage").is_in(known).fill_null(False)
    inside = pl.col("area_type").is_in([AreaType.ICB.value, AreaType.REGION.value])
    return data.lazyframe.select(pl.when(inside).then(there).otherwise(pl.col("region_code").is_null()))


def _note_where_not_ok(data: pa.PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select((pl.col("status") == Status.OK.value) | (pl.col("note") != ""))


def _ends_are_there(data: pa.PolarsData) -> pl.LazyFrame:
    """An end group without a figure is never replaced by its neighbour."""
    shown = (
        (pl.col("dimension") == Dimension.DEPRIVATION.value)
        & (pl.col("measure") == Measure.VALUE.value)
        & (pl.col("status") == Status.OK.value)
    )
    ends = [(shown & pl.col("category").is_in(words)).any().over(_AREA) for words in _ENDS]
    between = pl.col("measure").is_in(_OF_ENDS) & (pl.col("status") == Status.OK.value)
    return data.lazyframe.select(~between | pl.all_horizontal(ends))


RESULTS_SCHEMA = results_schema()
