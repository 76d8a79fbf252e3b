"""The most deprived fifth's share of one count less its share of another: from counts by decile, Newcombe limits.

The counts hold, beside each area's total, its rows by decile, numerator and denominator both counts of people. People
of no known decile are in neither share. Where counts are rounded, limits are the outermost that the bounds allow.
"""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.groups import ALL, DECILES, MOST_DEPRIVED_FIFTH, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import Method, Status
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.limits import FIGURE, LIMITS
from hi_pipeline.stats import proportions

HIDDEN = "not computed: the count of a decile is hidden or missing"
_AREA = ["financial_year", "geography_vintage", "area_type", "icb_code", "area_name"]


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the difference of the two shares for every total whose ten deciles have both counts."""
    totals = rows.filter(
        (pl.col("dimension") == Dimension.TOTAL.value) & (pl.col("category") == ALL) & (pl.col("status") == "ok")
    )
    deciles = rows.filter((pl.col("dimension") == Dimension.DEPRIVATION.value) & pl.col("category").is_in(DECILES))
    first = pl.col("category").is_in(MOST_DEPRIVED_FIFTH)
    sides = [f"{side}{end}" for side in ("numerator", "denominator") for end in ("", "_low", "_high")]
    sums = deciles.group_by(_AREA).agg(
        whole=(pl.len() == len(DECILES)) & (pl.col("status") == Status.OK.value).all(),
        **{f"{name}_first": added(pl.col(name).filter(first)) for name in sides},
        **{f"{name}_rest": added(pl.col(name).filter(~first)) for name in sides},
    )
    joined = totals.select("row", *_AREA).join(sums, on=_AREA, how="left", nulls_equal=True, validate="1:1")
    known = joined.filter(pl.col("whole").fill_null(False))
    centre = _difference(indicator, known, "", "")
    low, high = _difference(indicator, known, "_low", "_high"), _difference(indicator, known, "_high", "_low")
    ends = low.select("row", *(pl.col(n).alias(f"{n}_low") for n in LIMITS)).join(
        high.select("row", *(pl.col(n).alias(f"{n}_high") for n in LIMITS)), on="row", how="inner", validate="1:1"
    )
    wide = centre.join(ends, on="row", how="left", validate="1:1").with_columns(
        pl.min_horizontal(n, f"{n}_low", f"{n}_high").alias(n)
        if n.startswith("lower")
        else pl.max_horizontal(n, f"{n}_low", f"{n}_high").alias(n)
        for n in LIMITS
    )
    nothing = [pl.lit(None, dtype=pl.Float64).alias(n) for n in ("value", *LIMITS)]
    bare = joined.filter(~pl.col("whole").fill_null(False)).with_columns(
        *nothing,
        status=pl.lit(Status.SUPPRESSED.value),
        note=pl.lit(HIDDEN),
        method=pl.lit(Method.NONE.value),
    )
    return pl.concat([wide.with_columns(pl.col("note").fill_null("")).select(FIGURE), bare.select(FIGURE)])


def _difference(indicator: Indicator, rows: pl.DataFrame, end: str, other: str) -> pl.DataFrame:
    """Return the difference with the one share at one end of its bounds, and the other share at the other."""
    opposite = {"": "", "_low": "_high", "_high": "_low"}
    read = rows.select(
        "row",
        x=pl.col(f"numerator{end}_first"),
        all_x=pl.col(f"numerator{end}_first") + pl.col(f"numerator{opposite[end]}_rest"),
        n=pl.col(f"denominator{other}_first"),
        all_n=pl.col(f"denominator{other}_first") + pl.col(f"denominator{opposite[other]}_rest"),
    )
    return proportions.difference(
        read, events="x", population="all_x", reference_events="n", reference_population="all_n", by=["row"],
        multiplier=indicator.multiplier,
    )  # fmt: skip


STATISTICS = Statistics(
    formula=(
        "{m:g} x (numerator's share in deciles 1 and 2 less denominator's share in deciles 1 and 2); limits by "
        "Newcombe's method"
    ),
    values=values,
)
