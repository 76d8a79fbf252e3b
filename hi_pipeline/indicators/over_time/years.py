"""Which years of an area belong to one series, and what ends it.

A figure on the footprint in force follows the figures on that footprint. A figure on its own year's footprint follows
those of the same ONS code on the footprints of their years: a board whose boundary changes gets another code, so that
its series begins anew.
"""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.geography import CURRENT
from hi_pipeline.core.groups import NO_GROUPS, Dimension
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, PeriodType
from hi_pipeline.core.whole import COMPARED_FROM, is_partial
from hi_pipeline.stats import rates

AREA = ["indicator_id", "footprint", "area_type", "icb_code"]
_BREAKDOWN = [*AREA, "dimension"]
SERIES = [*_BREAKDOWN, "category", "measure"]
_LEFT_OUT = [AreaType.REMAINDER.value, AreaType.BOARDS.value]
# How far back a comparable period is looked for: three years together overlap with those of the two years before.
_YEARS_BACK = 3
OTHER_MONTH = "the snapshots are of different months, {} and {}"
OVERLAP = "the periods overlap"
_DAYS = 3  # by which two periods of one length may differ
PARTIAL = f"under {COMPARED_FROM:.0%} of the expected reporters, or of their people"


def rows_of_series(results: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return the rows that can be part of a series, with limits for counts and what could break the series.

    Left out are remainders, all boards together, and people whose group is not known.

    Args:
        results: all figures, in the results contract.
        indicators: declarations by id.

    Returns:
        The rows with ``footprint``, ``collection`` (publications that the figure rests on, without those that only
        place it), ``is_count``, ``is_rounded`` and ``is_partial`` (reporters are lacking); limits filled for counts.
    """
    rows = results.filter(
        ~pl.col("area_type").is_in(_LEFT_OUT)
        & ~pl.col("category").is_in(NO_GROUPS)
        & pl.col("indicator_id").is_in(list(indicators))
    )
    counts = [name for name, indicator in indicators.items() if indicator.kind is Kind.COUNT]
    named = rows.with_columns(
        footprint=footprint(),
        is_count=pl.col("indicator_id").is_in(counts),
        is_rounded=(pl.col("numerator_low") < pl.col("numerator_high")).fill_null(False),
        is_partial=is_partial(),
    )
    return _with_limits_of_counts(with_collection(named, indicators))


def footprint() -> pl.Expr:
    """Tell figures on the footprint in force from those on the footprint of their year."""
    in_force = pl.col("geography_vintage") == CURRENT.value
    return pl.when(in_force).then(pl.lit("in force")).otherwise(pl.lit("of its year"))


def with_collection(rows: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Add ``collection``: the publications that a figure rests on, without those that only place it."""
    found = rows.select("indicator_id", "source_releases").unique()
    told = [_collection(indicators[i], releases or "") for i, releases in found.iter_rows()]
    return rows.join(
        found.with_columns(collection=pl.Series(told, dtype=pl.String)),
        on=["indicator_id", "source_releases"], how="left", nulls_equal=True, validate="m:1",
    )  # fmt: skip


def _collection(indicator: Indicator, releases: str) -> str:
    named = {release.split(":")[0] for release in releases.split(";")}
    return ", ".join(source for source in indicator.sources if source in named)


def _with_limits_of_counts(rows: pl.DataFrame) -> pl.DataFrame:
    """Give counts Byar's limits (exact below 10), of the smallest and of the largest count that rounding allows."""
    rows = rows.with_row_index("row")
    known = rows.filter(pl.col("is_count") & (pl.col("status") == "ok") & pl.col("numerator_low").is_not_null())
    bounds = pl.concat(
        [known.select("row", end=pl.lit(end), events=f"numerator_{end}", people=pl.lit(1.0)) for end in ("low", "high")]
    )
    found = rates.crude_rate(
        bounds, events="events", population="people", by=["row", "end"], multiplier=1, confidence=(0.95,)
    )
    low = found.filter(end="low").select("row", count_lower="lower_95")
    high = found.filter(end="high").select("row", count_upper="upper_95")
    joined = rows.join(low, on="row", how="left", validate="1:1").join(high, on="row", how="left", validate="1:1")
    return (
        joined.sort("row")
        .with_columns(lower_95=pl.coalesce("count_lower", "lower_95"), upper_95=pl.coalesce("count_upper", "upper_95"))
        .drop("row", "count_lower", "count_upper")
    )


def with_year_before(rows: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Set each row beside the one of the last earlier year in which its breakdown, else its area, has a figure.

    The earlier year is the last one whose period can be compared: it ends before this one begins, and of snapshots it
    is of the same month. Where there is none among the last few, it is the last one, and ``breaks`` says why not.

    Args:
        rows: of ``rows_of_series``.
        indicators: declarations by id.

    Returns:
        The rows whose area has an earlier year, with that year's columns under ``start_``, ``start_year``, and
        ``breaks``: in words what keeps the two from being compared, "" where nothing does.
    """
    ok = pl.col("status") == "ok"
    whole = rows.filter(ok & (pl.col("dimension") != Dimension.PERIOD.value))
    # A year without any figure of the breakdown is no end of a change; one without any of the area says so in its rows.
    own, of_area = (_earlier(whole, by, name) for by, name in ((_BREAKDOWN, "own_start"), (AREA, "area_start")))
    ends = (
        rows.join(own, on=[*_BREAKDOWN, "financial_year"], how="left", nulls_equal=True, validate="m:1")
        .join(of_area, on=[*AREA, "financial_year"], how="left", nulls_equal=True, validate="m:1")
        .with_columns(start_year=pl.coalesce("own_start", "area_start"))
        .drop("own_start", "area_start")
        .drop_nulls("start_year")
    )
    starts = rows.select(
        *SERIES, *(pl.col(name).alias(f"start_{name}") for name in _COMPARED), start_year="financial_year"
    )
    both = ends.join(starts, on=[*SERIES, "start_year"], how="left", nulls_equal=True, validate="m:1")
    return with_breaks(both, indicators)


def _earlier(rows: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """Return for each area or breakdown and year, under a name, the last earlier year that it can be compared with."""
    years = (
        rows.group_by(*by, "financial_year")
        .agg(pl.col("period_start").min(), pl.col("period_end").max(), snapshot=_is_snapshot().all())
        .sort(*by, "financial_year", nulls_last=True)
    )
    alike = [
        pl.when(_can_follow(n, by)).then(pl.col("financial_year").shift(n).over(by)) for n in range(1, _YEARS_BACK + 1)
    ]
    last = pl.col("financial_year").shift(1).over(by)
    return years.select(*by, "financial_year", pl.coalesce(*alike, last).alias(name)).drop_nulls(name)


def _is_snapshot() -> pl.Expr:
    return pl.col("period_type") == PeriodType.SNAPSHOT.value


def _can_follow(years: int, by: list[str]) -> pl.Expr:
    """Tell whether a period follows that of so many figures before: no overlap, and snapshots of one month."""
    end = pl.col("period_end").shift(years).over(by)
    month = pl.col("period_end").dt.month() == end.dt.month()
    return (end < pl.col("period_start")) & (month | ~pl.col("snapshot"))


_COMPARED = (
    "value", "lower_95", "upper_95", "numerator", "denominator", "status", "period_start", "period_end", "period_type",
    "collection", "imd_vintage", "ethnicity_scheme", "indicator_version", "is_rounded", "is_partial",
)  # fmt: skip


def with_breaks(both: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Add ``breaks``: why a row and its ``start_`` columns are not of one series, in words; "" where they are.

    Breaks are another collection or definition (told by the declaration, or by the publications that a figure rests
    on), other Indices of Deprivation, another list of ethnic groups, another kind, length or month of period, and
    periods that overlap.
    """
    spans = both.select("indicator_id", "start_year", "financial_year").unique()
    told = [declared_breaks(indicators[i], start, end) for i, start, end in spans.iter_rows()]
    both = both.join(
        spans.with_columns(declared=pl.Series(told, dtype=pl.String)),
        on=["indicator_id", "start_year", "financial_year"], how="left", validate="m:1",
    )  # fmt: skip
    deprivation = pl.col("dimension") == Dimension.DEPRIVATION.value
    ethnicity = pl.col("dimension") == Dimension.ETHNICITY.value
    there = pl.col("start_status").is_not_null()
    reasons = {
        "the publication changed from {} to {}": ("collection", there),
        "the Indices of Deprivation changed from {} to {}": ("imd_vintage", there & deprivation),
        "the list of ethnic groups changed from {} to {}": ("ethnicity_scheme", there & ethnicity),
        "the kind of period changed from {} to {}": ("period_type", there),
        "the version of the definition changed from {} to {}": ("indicator_version", there),
    }
    said: list[pl.Expr] = [
        pl.when(which & pl.col(name).ne_missing(pl.col(f"start_{name}"))).then(
            pl.format(words, _or_not_stated(f"start_{name}"), _or_not_stated(name))
        )
        for words, (name, which) in reasons.items()
    ]
    snapshot = _is_snapshot()
    overlap = pl.col("start_period_end") >= pl.col("period_start")
    months = [pl.col(name).dt.strftime("%B %Y") for name in ("start_period_end", "period_end")]
    other_month = pl.col("period_end").dt.month() != pl.col("start_period_end").dt.month()
    length = pl.col("period_end") - pl.col("period_start")
    start_length = pl.col("start_period_end") - pl.col("start_period_start")
    other_length = (length - start_length).dt.total_days().abs() > _DAYS
    partial = pl.col("is_partial") | pl.col("start_is_partial")
    said += [
        pl.col("declared"),
        pl.when(there & snapshot & other_month).then(pl.format(OTHER_MONTH, *months)),
        pl.when(there & ~snapshot & (other_length | other_month)).then(pl.lit("the periods are not alike")),
        pl.when(there & ~snapshot & overlap).then(pl.lit(OVERLAP)),
        pl.when(there & partial).then(pl.lit(f"{PARTIAL}, are in one of the figures")),
    ]
    return both.with_columns(breaks=join_notes(*said)).drop("declared")


def _or_not_stated(name: str) -> pl.Expr:
    return pl.when(pl.col(name).fill_null("") == "").then(pl.lit("not stated")).otherwise(pl.col(name))


def declared_breaks(indicator: Indicator, start: str, end: str) -> str:
    """Return in words what an indicator's declaration says lies between two financial years."""
    return "; ".join(found.words for found in indicator.breaks if start < found.first_year <= end)
