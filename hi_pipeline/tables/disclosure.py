"""Counts of people from a board's own records before anything is shown of them: hidden, rounded, with their bounds.

The true counts stay in the clean tables and, of standardised rates, in the strata of the counts, which are no figures.
"""

import polars as pl

from hi_pipeline.core.groups import NO_GROUPS, STRATA, Dimension
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Status
from hi_pipeline.stats.output_control import (
    OUTPUT_MOST,
    OUTPUT_ROUNDING,
    hidden_on_the_way_out,
    rounded_on_the_way_out,
)

HIDDEN = "hidden by the pipeline: 1 to 7, or a count by which one of these could be worked out"
ROUNDED = "counts rounded to 5 by the pipeline"
_AREA = ["indicator_id", "financial_year", "geography_vintage", "area_type", "icb_code", "area_name"]
_SIDES = ("numerator", "denominator")
_HALF = OUTPUT_ROUNDING // 2


def controlled(counts: pl.DataFrame) -> pl.DataFrame:
    """Return counts of one indicator with small ones hidden and the others rounded, numerators and denominators alike.

    Args:
        counts: the COUNTS contract; rows of STRATA are left as they are.
    """
    strata = pl.col("dimension").is_in([d.value for d in STRATA])
    shown = counts.filter(~strata)
    given = shown.filter(pl.col("status") != Status.NOT_PUBLISHED.value)
    hidden = [_hidden(given, side) for side in _SIDES]
    rows = given.with_columns(hidden=hidden[0] | hidden[1])
    away = pl.col("hidden") & (pl.col("numerator").is_not_null() | (pl.col("status") == Status.SUPPRESSED.value))
    rows = rows.with_columns(
        *(column for side in _SIDES for column in _side(side)),
        status=pl.when(away).then(pl.lit(Status.SUPPRESSED.value)).otherwise("status"),
        note=join_notes("note", pl.when(away).then(pl.lit(HIDDEN)).otherwise(pl.lit(ROUNDED))),
    ).drop("hidden")
    rows = _with_unknown_share(rows)
    rest = [counts.filter(strata), shown.filter(status=Status.NOT_PUBLISHED.value)]
    return pl.concat([rows.select(counts.columns), *rest])


def _hidden(rows: pl.DataFrame, side: str) -> pl.Series:
    """Tell which rows are hidden for their count of one side; a side that an indicator does not have hides none."""
    if rows[side].null_count() == rows.height and side == "denominator":
        return pl.Series([False] * rows.height, dtype=pl.Boolean)
    total = Dimension.TOTAL.value
    known = rows.with_row_index("at")
    # A group without a denominator (people of no known group) has nothing to hide below the line.
    given = known if side == "numerator" else known.filter(pl.col(side).is_not_null())
    found = hidden_on_the_way_out(given, count=side, margin="dimension", total=total, by=_AREA)
    places = given.filter(found)["at"]
    return known["at"].is_in(places.implode())


def _side(side: str) -> list[pl.Expr]:
    """Return a side rounded with its bounds; both unknown where the row is hidden."""
    count = pl.col(side)
    printed = rounded_on_the_way_out(count)
    low = pl.min_horizontal(pl.max_horizontal(printed - _HALF, pl.lit(OUTPUT_MOST + 1.0)), f"{side}_low")
    high = pl.max_horizontal(printed + _HALF, f"{side}_high")
    there = ~pl.col("hidden") & count.is_not_null()
    return [
        pl.when(there).then(printed).alias(side),
        pl.when(there & (count > 0)).then(low).when(there).then(f"{side}_low").alias(f"{side}_low"),
        pl.when(there & (count > 0)).then(high).when(there).then(f"{side}_high").alias(f"{side}_high"),
    ]


def _with_unknown_share(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the share of unknown groups from the counts that are shown; none where that count is hidden."""
    total = rows.filter(dimension=Dimension.TOTAL.value).select(*_AREA, whole="numerator")
    unknown = (
        rows.filter(pl.col("category").is_in(NO_GROUPS))
        .group_by(*_AREA, "dimension")
        .agg(unknown=pl.when(pl.col("numerator").null_count() == 0).then(pl.col("numerator").sum()), told=pl.lit(True))
    )
    joined = rows.join(total, on=_AREA, how="left", nulls_equal=True, validate="m:1").join(
        unknown, on=[*_AREA, "dimension"], how="left", nulls_equal=True, validate="m:1"
    )
    share = (
        pl.when(pl.col("dimension") == Dimension.TOTAL.value).then(None)
        .when(pl.col("told").is_null()).then(0.0)
        .when(pl.col("whole") > 0).then((pl.col("unknown") / pl.col("whole")).clip(0.0, 1.0))
    )  # fmt: skip
    return joined.with_columns(unknown_share=share).drop("whole", "unknown", "told")
