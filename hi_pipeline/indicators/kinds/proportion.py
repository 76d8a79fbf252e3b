"""A share of people: Wilson's limits, widened for rounding; by practice fifth, limits from between the practices."""

from functools import partial

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import Status
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.limits import by_units, clustered, divisible, widened
from hi_pipeline.stats import proportions

TOO_FEW = "too few to compute: the rounded counts leave more events than people"


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Compute numerator over denominator, times the multiplier."""
    known = divisible(rows)
    statistic = partial(
        proportions.proportion, events="events", population="population", by=["row"], multiplier=indicator.multiplier
    )
    figures = widened(known.filter(~by_units()), statistic, proportion=True)
    practices = clustered(known.filter(by_units()), kind="proportion", multiplier=indicator.multiplier)
    return pl.concat([_name_too_few(figures, known), practices])


def _name_too_few(figures: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rounded counts can leave more events than people; exact ones that do are an error and keep their words."""
    rounded = (pl.col("numerator") > pl.col("denominator")) & (pl.col("numerator_low") < pl.col("numerator_high"))
    few = figures["row"].is_in(known.filter(rounded)["row"].implode())
    return figures.with_columns(
        status=pl.when(few).then(pl.lit(Status.TOO_FEW.value)).otherwise("status"),
        note=pl.when(few).then(pl.lit(TOO_FEW)).otherwise("note"),
    )


STATISTICS = Statistics(
    formula="{m:g} x numerator / denominator; limits by Wilson's score method",
    values=values,
    between=True,
    headline=True,
    share=True,
)
