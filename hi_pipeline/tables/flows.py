"""Months and quarters of a flow to the financial year: their sum where all are there, else why there is none.

A figure that is taken as the publisher prints it is no flow: of several months the last one stands for the year.
"""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.coverage import PART_OF_A_YEAR
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.groups import Dimension, period_words
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import LAYOUT_UNVERIFIED, PeriodType, Status
from hi_pipeline.tables.worst import worst

# How many periods make a year.
OF_A_YEAR = {PeriodType.MONTH.value: 12, PeriodType.QUARTER.value: 4}
SAID = "{} of {} {}s " + PART_OF_A_YEAR


def single_periods(observations: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Return, for each month and quarter of flows, its words and the totals of that period with what is no flow.

    Args:
        observations: one year of a source, in the OBSERVATIONS contract.
    """
    totals = observations.filter(dimension=Dimension.TOTAL.value)
    flow = pl.col("period_type").is_in(list(OF_A_YEAR))
    periods = totals.filter(flow).select("period_start", "period_end").unique().sort("period_start", "period_end")
    return [
        (
            period_words(first, last),
            totals.filter(~flow | ((pl.col("period_start") == first) & (pl.col("period_end") == last))),
        )
        for first, last in periods.rows()
    ]


def whole_years(observations: pl.DataFrame) -> pl.DataFrame:
    """Add up the months and quarters of each figure to the financial year; other periods stay as they are.

    A figure with fewer periods than its year has is missing, with no bounds, and the note counts them: a part of a
    year is no year. The publisher's own rates are not added up.

    Args:
        observations: one year of a source, in the OBSERVATIONS contract.
    """
    flow = pl.col("period_type").is_in(list(OF_A_YEAR))
    flows = observations.filter(flow)
    if flows.is_empty():
        return observations
    first, last = period(flows["financial_year"].to_list()[0])
    key = ["financial_year", "area_level", "area_code", "dimension", "category", "measure", "period_type"]
    needed = pl.col("period_type").replace_strict(OF_A_YEAR, return_dtype=pl.UInt32)
    whole = pl.len() == needed.first()
    every = pl.col("value").null_count() == 0
    bounded = pl.col("low").null_count() + pl.col("high").null_count() == 0
    said = pl.format(SAID, pl.len(), needed.first(), pl.col("period_type").first())
    years = flows.group_by(key, maintain_order=True).agg(
        pl.col("area_name").last(),
        value=pl.when(whole & every).then(added("value")),
        low=pl.when(whole & bounded).then(added("low")),
        high=pl.when(whole & bounded).then(added("high")),
        lower_95=pl.lit(None, dtype=pl.Float64),
        upper_95=pl.lit(None, dtype=pl.Float64),
        status=pl.when(whole).then(worst()).otherwise(pl.lit(Status.MISSING.value)),
        note=pl.when(whole).then(pl.lit("sum of the year's periods")).otherwise(said),
        unseen=pl.col("note").str.contains(LAYOUT_UNVERIFIED, literal=True).any(),
    )
    years = years.with_columns(
        period_type=pl.lit(PeriodType.FINANCIAL_YEAR.value),
        period_start=pl.lit(first),
        period_end=pl.lit(last),
        note=join_notes("note", pl.when("unseen").then(pl.lit(LAYOUT_UNVERIFIED))),
    )
    return pl.concat([observations.filter(~flow), years.select(observations.columns)])


def latest_snapshot(observations: pl.DataFrame) -> pl.DataFrame:
    """Return the rows without the snapshots before the last one, which stands for the year; others stay.

    Args:
        observations: one year of a source, in the OBSERVATIONS contract.
    """
    snapshot = pl.col("period_type") == PeriodType.SNAPSHOT.value
    last = pl.col("period_end").filter(snapshot).max()
    return observations.filter(~snapshot | (pl.col("period_end") == last))


def latest_month(observations: pl.DataFrame) -> pl.DataFrame:
    """Return the rows without the months before the last one; rows of other periods stay.

    For figures as printed, which cannot be added up; they keep their month as their period.

    Args:
        observations: one year of a source, in the OBSERVATIONS contract.
    """
    month = pl.col("period_type") == PeriodType.MONTH.value
    last = pl.col("period_end").filter(month).max()
    return observations.filter(~month | (pl.col("period_end") == last))
