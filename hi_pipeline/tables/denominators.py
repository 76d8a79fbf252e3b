"""Populations for figures that are published without one: residents, or what the publisher's own rate implies."""

import polars as pl

from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import ENGLAND
from hi_pipeline.core.groups import ALL, UNKNOWN, Dimension, age_bounds, stratum_of
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Status
from hi_pipeline.tables.assemble import RELEASES
from hi_pipeline.tables.placing.placed import Context, Placed
from hi_pipeline.tables.sums import joined_releases

# The publisher prints its rates with one decimal.
RATE_HALF_WIDTH = 0.05
# 2026-11: in Mental Health Act 2023-24 the rates of boards, and England's total, rest on mid-2022; England's rates
# by age and sex on a population 1% larger (50,434 at 87.4 per 100,000).
OTHER_POPULATION = "the publisher's own rate rests on another population"
LEFT_OUT = "the extract leaves the denominator out: residents of mid-{}"
NOBODY = "there is no population of people whose group is not known"
NO_POPULATION = "the extract leaves the denominator out, and no population is in hand to divide by"
IMPLIED = "population implied by the publisher's count and rate"
_ALL_AGES = (0, 200)
_RESIDENT = (Dimension.TOTAL.value, Dimension.AGE.value, Dimension.SEX.value, Dimension.AGE_AND_SEX.value)


def add_populations(placed: Placed, indicator: Indicator, context: Context) -> Placed:
    """Fill in denominators: residents for total, age and sex, the implied population for ethnicity and deprivation.

    The implied population is count over rate; its bounds come from the rounding of the rate, as that of the count is in
    the numerator's own bounds and may not count twice. A hidden count implies nothing.
    """
    placed = add_residents(placed, indicator, context)
    resident = pl.col("dimension").is_in(_RESIDENT)
    # Half a step more or less on the rate moves the implied population the other way.
    step = RATE_HALF_WIDTH / indicator.multiplier
    rate = pl.col("published_value") / indicator.multiplier
    known = rate > step
    middle = pl.when(known).then(pl.col("numerator") / rate)
    low = pl.when(known).then(pl.col("numerator") / (rate + step))
    high = pl.when(known).then(pl.col("numerator") / (rate - step))
    implied = ~resident & pl.col("numerator").is_not_null()
    note = join_notes(
        "note",
        pl.when(implied & middle.is_not_null()).then(pl.lit(IMPLIED)),
        pl.when(resident & _differs(indicator)).then(pl.lit(OTHER_POPULATION)),
    )
    placed.frame = placed.frame.with_columns(
        denominator=pl.when(implied).then(middle).otherwise("denominator"),
        denominator_low=pl.when(implied).then(low).otherwise("denominator_low"),
        denominator_high=pl.when(implied).then(high).otherwise("denominator_high"),
        note=note,
    )
    return placed


def add_residents(placed: Placed, indicator: Indicator, context: Context) -> Placed:
    """Fill in denominators of total, age and sex: residents; those of other groups are emptied.

    Residents are those of the mid-year before the financial year starts (as the publisher divides), or the nearest
    in hand.
    """
    population = context.reader.linked("population", context.financial_year)
    population = population.filter(geography_vintage=context.vintage.value)
    before = start_year(context.financial_year) - 1
    years = population["mid_year"].unique().sort().to_list()
    year = before if before in years else min(years, key=lambda y: (abs(y - before), y))
    residents = _residents(population.filter(mid_year=year), placed.frame, ages=indicator.ages or _ALL_AGES)
    joined = placed.frame.join(residents, on=["icb_code", "dimension", "category"], how="left", validate="m:1")
    # Boards of which nothing is published have nothing to divide.
    there = pl.col("status") != Status.NOT_PUBLISHED.value
    joined = joined.with_columns(residents=pl.when(there).then("residents"))
    said = pl.when(pl.col("residents").is_not_null()).then(pl.lit(f"residents of mid-{year}"))
    releases = context.reader.releases("population", context.financial_year)
    placed.frame = joined.with_columns(
        *(pl.col("residents").alias(name) for name in ("denominator", "denominator_low", "denominator_high")),
        note=join_notes("note", said),
        releases=pl.when(pl.col("residents").is_not_null())
        .then(joined_releases(joined[RELEASES], releases))
        .otherwise(RELEASES),
    ).drop("residents")
    return placed


def fill_residents(rows: pl.DataFrame, indicator: Indicator, context: Context) -> pl.DataFrame:
    """Give the rows of boards' extracts without denominators the residents of the year, of total, age and sex.

    Residents are those of the mid-year in which the financial year starts, or the nearest in hand. People of no known
    age or sex have none. Where no population is in hand, the rows stay missing and say so.

    Args:
        rows: in SHAPE, denominators null; a numerator that is hidden stays so.
        indicator: the declaration.
        context: the year and the footprint.
    """
    try:
        population = context.reader.linked("population", context.financial_year)
    except NothingToBuild:
        return rows.with_columns(note=join_notes("note", pl.lit(NO_POPULATION)))
    chosen = population.filter(pl.col("of_year"), geography_vintage=context.vintage.value)
    (year,) = chosen["mid_year"].unique().to_list()
    residents = _residents(chosen, rows, ages=indicator.ages or _ALL_AGES)
    joined = rows.join(residents, on=["icb_code", "dimension", "category"], how="left", validate="m:1")
    there, counted = pl.col("residents").is_not_null(), pl.col("numerator").is_not_null()
    releases = context.reader.releases("population", context.financial_year)
    return joined.with_columns(
        *(pl.col("residents").alias(name) for name in ("denominator", "denominator_low", "denominator_high")),
        status=pl.when(~counted)
        .then("status")
        .when(there)
        .then(pl.lit(Status.OK.value))
        .otherwise(pl.lit(Status.NOT_APPLICABLE.value)),
        note=join_notes("note", pl.when(there).then(pl.lit(LEFT_OUT.format(year))).otherwise(pl.lit(NOBODY))),
        releases=pl.when(there).then(joined_releases(joined[RELEASES], releases)).otherwise(RELEASES),
    ).drop("residents")


def _differs(indicator: Indicator) -> pl.Expr:
    """Tell where the printed rate cannot come from these residents, whatever the rounding of count and rate."""
    scale = indicator.multiplier / pl.col("denominator")
    low, high = pl.col("numerator_low") * scale - RATE_HALF_WIDTH, pl.col("numerator_high") * scale + RATE_HALF_WIDTH
    return ((pl.col("published_value") < low) | (pl.col("published_value") > high)).fill_null(False)


def _residents(population: pl.DataFrame, rows: pl.DataFrame, *, ages: tuple[int, int]) -> pl.DataFrame:
    """Sum residents for the categories in use, by board and for England."""
    bands = rows.filter((pl.col("dimension") == Dimension.AGE.value) & (pl.col("category") != UNKNOWN))
    groups = [(Dimension.TOTAL.value, ALL, pl.col("age").is_between(*ages))]
    groups += [
        (Dimension.SEX.value, sex, (pl.col("sex") == sex) & pl.col("age").is_between(*ages))
        for sex in ("Female", "Male")
    ]
    for band in bands["category"].unique().sort().to_list():
        first, last = age_bounds(band)
        groups.append((Dimension.AGE.value, band, pl.col("age").is_between(first, last)))
    both = rows.filter(dimension=Dimension.AGE_AND_SEX.value)
    for category in both["category"].unique().sort().to_list():
        stratum = stratum_of(Dimension.AGE_AND_SEX, category)
        # "Female, Unknown" is of no age.
        if stratum.band == UNKNOWN:
            continue
        chosen = (pl.col("sex") == stratum.sex) & pl.col("age").is_between(*age_bounds(stratum.band))
        groups.append((Dimension.AGE_AND_SEX.value, category, chosen))
    boards = [
        population.filter(chosen)
        .group_by("icb_code")
        .agg(residents=pl.col("population").sum().cast(pl.Float64))
        .with_columns(dimension=pl.lit(dimension), category=pl.lit(category))
        for dimension, category, chosen in groups
    ]
    by_board = pl.concat(boards)
    england = by_board.group_by("dimension", "category").agg(pl.col("residents").sum(), icb_code=pl.lit(ENGLAND))
    return pl.concat([by_board, england.select(by_board.columns)])
