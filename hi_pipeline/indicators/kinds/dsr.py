"""Directly standardised rate: from counts by age and sex, to the 2013 European Standard Population, Dobson limits.

The counts hold, beside each area's total, its rows of dimension ``age_and_sex`` ("Female, 20 to 24"). All ages of
both sexes must be there: weights are never rescaled to the strata at hand. A band that is a part of one of the
standard's five-year bands takes its years' share of it, as the standard itself does at ages 0 and 1 to 4. Events
whose age or sex is unknown are in the total and in no stratum.
"""

import polars as pl

from hi_pipeline.core.groups import SEX_THEN_AGE, UNKNOWN, Dimension, age_bounds
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import Method, Status
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.limits import LIMITS
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.european import EUROPEAN_STANDARD_POPULATION_2013

STANDARD_SEXES = ("Female", "Male")
WHOLE_STANDARD = 100_000.0
HIDDEN = "not computed: the count of a group of age and sex is hidden or missing"
ABSENT = "not computed: there are no counts by age and sex"
_AREA = ["financial_year", "geography_vintage", "area_type", "icb_code", "area_name"]
_YEARS = 5


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rate of every total whose counts by age and sex are whole; else why it has none."""
    totals = rows.filter((pl.col("dimension") == Dimension.TOTAL.value) & (pl.col("status") == "ok"))
    strata = _strata(rows).join(totals.select("row", *_AREA), on=_AREA, how="inner", nulls_equal=True, validate="m:1")
    hidden = pl.col("stratum_status") != Status.OK.value
    bare = (
        strata.filter(hidden)
        .sort("row", "stratum_status", descending=[False, True])  # suppressed before missing
        .unique("row", keep="first", maintain_order=True)
    )
    whole = strata.join(bare, on="row", how="anti")
    figures = directly_standardised_rate(
        whole,
        events="numerator",
        population="denominator",
        weight="weight",
        by=["row"],
        multiplier=indicator.multiplier,
        total_weight=WHOLE_STANDARD,
        empty_stratum="zero",
    )
    without = totals.join(strata, on="row", how="anti").with_columns(stratum_status=pl.lit(Status.NOT_APPLICABLE.value))
    shape = ["row", "value", *LIMITS, "status", "note", "method"]
    return pl.concat(
        [
            figures.with_columns(pl.col("note").fill_null("")).select(shape),
            _bare(bare, HIDDEN).select(shape),
            _bare(without, ABSENT).select(shape),
        ]
    )


def _strata(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows by age and sex with their weights, under the key of their area."""
    # "Female, Unknown" is of no age.
    known = ~pl.col("category").str.ends_with(UNKNOWN)
    strata = rows.filter((pl.col("dimension") == Dimension.AGE_AND_SEX.value) & known)
    weights = {category: standard_weight(category) for category in strata["category"].unique().to_list()}
    return strata.select(
        *_AREA,
        "numerator",
        "denominator",
        weight=pl.col("category").replace_strict(weights, default=None, return_dtype=pl.Float64),
        stratum_status=pl.col("status"),
    ).filter(pl.col("weight") > 0)


def standard_weight(category: str) -> float:
    """Return the standard persons of a group of age and sex; 0 for sexes that the standard does not have.

    Args:
        category: as in "Female, 20 to 24".

    Raises:
        ValueError: the words are no group of age and sex.
    """
    sex, _, band = category.partition(SEX_THEN_AGE)
    first, last = age_bounds(band)
    if sex not in STANDARD_SEXES:
        return 0.0
    oldest = EUROPEAN_STANDARD_POPULATION_2013[-1][0]
    people = 0.0
    for start, weight in EUROPEAN_STANDARD_POPULATION_2013:
        if start == oldest:
            people += weight if last >= oldest and first <= oldest else 0.0
        else:
            people += weight * max(0, min(last, start + _YEARS - 1) - max(first, start) + 1) / _YEARS
    return people / len(STANDARD_SEXES)


def _bare(rows: pl.DataFrame, note: str) -> pl.DataFrame:
    nothing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", *LIMITS)]
    return rows.with_columns(*nothing, status="stratum_status", note=pl.lit(note), method=pl.lit(Method.NONE.value))


STATISTICS = Statistics(
    formula="{m:g} x rate standardised by age and sex to the 2013 European Standard Population; Dobson limits",
    values=values,
)
