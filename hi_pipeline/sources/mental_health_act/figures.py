"""Mental Health Act statistics: counts and rates in rows, with what rounding and hiding leave open."""

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.groups import UNKNOWN, Dimension
from hi_pipeline.core.observations import add_bounds, melt_figures
from hi_pipeline.core.row_index import together
from hi_pipeline.sources.mental_health_act.labels import MEASURES

_AREA = ("area_level", "area_code", "area_name", "dimension", "category")
_GROUP = ("area_level", "area_code", "dimension", "DemographicBreakdown")
_ROUNDED = 2.0  # what rounding to 5 may hide, either way
_RATE_OF_UNKNOWN = "rate of people whose deprivation is unknown; the publisher does not say of which population"


def figures_of(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Return counts and rates of areas, England's standardised rates, and England's total with acute providers.

    Args:
        frame: labelled rows with ``<column>_value`` and ``<column>_status`` of each column of figures.
        account: takes down the rates that have no row of their own.

    Returns:
        Rows with area, group, measure, value, low, high, status and note.
    """
    acute = pl.col("OrganisationBreakdown") == "All submissions"
    with_acute = frame.filter(acute & (pl.col("dimension") == Dimension.TOTAL))
    plain = frame.filter(~(acute & (pl.col("dimension") == Dimension.TOTAL)))
    standardised = plain.filter((pl.col("area_level") == "england") & (pl.col("dimension") == Dimension.ETHNICITY))
    keep = (*_AREA, "DemographicBreakdown", "note")
    names = tuple(MEASURES)
    blocks = [
        melt_figures(rows, measures={name: MEASURES[name] for name in wanted}, keep=keep)
        for rows, wanted in ((plain, names[:2]), (standardised, names[2:4]), (with_acute, names[4:]))
    ]
    return _join_unknown(_bound(_rates_of_hidden_counts(pl.concat(blocks))), account)


def _rates_of_hidden_counts(figures: pl.DataFrame) -> pl.DataFrame:
    """A blank rate beside a hidden count is hidden; beside a printed one there is no population to divide by."""
    hidden = figures.filter((pl.col("measure") == "detentions") & (pl.col("status") == "suppressed")).select(
        *_GROUP, pl.lit(True).alias("count_hidden")
    )
    figures = figures.join(hidden, on=list(_GROUP), how="left", validate="m:1")
    blank_rate = (pl.col("measure") == "detention_rate") & (pl.col("status") == "not_applicable")
    unknown_decile = (
        (pl.col("measure") == "detention_rate")
        & (pl.col("status") == "ok")
        & (pl.col("dimension") == Dimension.DEPRIVATION)
        & (pl.col("category") == UNKNOWN)
    )
    return figures.with_columns(
        pl.when(blank_rate & pl.col("count_hidden").fill_null(False))
        .then(pl.lit("suppressed"))
        .otherwise(pl.col("status"))
        .alias("status"),
        pl.when(unknown_decile).then(pl.lit(_RATE_OF_UNKNOWN)).otherwise(pl.col("note")).alias("note"),
    ).drop("count_hidden")


def _bound(figures: pl.DataFrame) -> pl.DataFrame:
    """Bound what rounding and hiding leave open.

    2026-11: below England every count is a multiple of 5 and none is 0, so that a blank may hide 0 to 4; with these
    bounds the groups of each of the 43 areas enclose its total in all four dimensions. The rates of areas are made
    from the rounded counts (all 353 of total, age and sex, and all 106 of sub-ICB locations, are the printed count
    over the mid-2022 population), so that the true rate moves with the count.
    """
    england = pl.col("area_level") == "england"
    count = pl.col("measure").is_in(["detentions", "detentions_all_submissions"])
    counts = figures.filter(pl.col("measure") == "detentions").select(*_GROUP, pl.col("value").alias("count"))
    moved = pl.when(england).then(0.0).otherwise(pl.col("value") * _ROUNDED / pl.col("count"))
    half_width = pl.when(count).then(pl.when(england).then(0.0).otherwise(_ROUNDED)).otherwise(0.05 + moved)
    return add_bounds(
        figures.join(counts, on=list(_GROUP), how="left", validate="m:1"),
        half_width=half_width,
        hidden_low=pl.when(count).then(0.0),
        hidden_high=pl.when(count).then(4.0),
    ).drop("count")


def _join_unknown(figures: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Add the two kinds of unknown sex to one row; where one of them is hidden, the sum is hidden within bounds."""
    several = (pl.col("dimension") == Dimension.SEX) & (pl.col("category") == UNKNOWN)
    parts = figures.filter(several)
    rates = parts.filter(pl.col("measure") != "detentions")
    account.left_out("rates of sex not stated and missing, which have no population", rates.height)
    joined = (
        parts.filter(pl.col("measure") == "detentions")
        .group_by(*_AREA, "measure", "note")
        .agg(
            pl.col("value").sum(),
            pl.col("low").sum(),
            pl.col("high").sum(),
            (pl.col("status") == "ok").all().alias("all_there"),
            together(),
        )
        .with_columns(
            pl.when("all_there").then(pl.col("value")).alias("value"),
            pl.when("all_there").then(pl.lit("ok")).otherwise(pl.lit("suppressed")).alias("status"),
            pl.lit(None, dtype=pl.String).alias("DemographicBreakdown"),
        )
        .select(figures.columns)
    )
    return pl.concat([figures.filter(~several), joined])
