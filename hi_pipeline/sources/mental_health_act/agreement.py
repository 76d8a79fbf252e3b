"""Mental Health Act statistics: what the file says twice is held against itself: counts, their sums, and rates.

The file names no populations. Those that its counts and rates imply must add up as the counts do.
"""

import polars as pl

from hi_pipeline.core.agreement import validate_between, validate_enclosed
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, board, vintage_of
from hi_pipeline.core.groups import Dimension

_AREA = ("area_level", "area_code")
_HALF_OF_LAST_DIGIT = 0.05
_PER = 100_000
_SEXES = ("Female", "Male")


def validate_counts(frame: pl.DataFrame, where: str) -> None:
    """Hold each total against the counts of both data sets beside it (2026-11: alike in all rows of 2023-24).

    Args:
        frame: rows as printed, with the three counts read.
        where: file and table, for the error.

    Raises:
        ValidationError: naming the rows.
    """
    both = pl.col("MHSDS_Count_value") + pl.col("Acute_Count_value").fill_null(0)
    validate_between(
        frame,
        pl.col("Total_Count_value"),
        both,
        both,
        shown=("OrgID", "Demographic", "DemographicBreakdown", "Total_Count", "MHSDS_Count", "Acute_Count"),
        apart="Total_Count is not MHSDS_Count and Acute_Count",
        where=where,
    )


def validate_sums(figures: pl.DataFrame, *, financial_year: str, whole: bool, where: str) -> None:
    """Hold groups against their area, locations against their board, and areas against England.

    2026-11, 2023-24: counts by age, sex and deprivation enclose the total of all 44 areas, those by ethnicity stay
    within it (1,186 of England's are in none); the people of both sexes are those of all 42 boards. Rates by ethnicity
    and deprivation have other people, and so have England's groups.

    Args:
        figures: observations with bounds, before the year is added.
        financial_year: for the footprint of the locations.
        whole: whether no row was left out for an unknown label, so that sums may not fall short.
        where: file and table, for the error.

    Raises:
        ValidationError: naming the areas.
    """
    counts, people = figures.filter(measure="detentions"), _people(figures)
    for dimension in (Dimension.AGE, Dimension.SEX, Dimension.DEPRIVATION, Dimension.ETHNICITY):
        broad = counts.filter(~pl.col("category").str.contains(": "), dimension=dimension.value)
        validate_enclosed(
            _totals(counts),
            broad,
            _AREA,
            both_ways=whole and dimension != Dimension.ETHNICITY,
            of=f"detentions by {dimension.value} and in all",
            where=where,
        )
    sexes = people.filter(pl.col("category").is_in(_SEXES), area_level="icb")
    both = sexes.filter(pl.len().over(_AREA) == len(_SEXES))
    of = "people behind the rates by sex and in all"
    validate_enclosed(_totals(people), both, _AREA, of=of, where=where)
    for what, rows in (("detentions", _totals(counts)), ("people behind the rates", _totals(people))):
        boards = rows.filter(pl.col("area_level").is_in(["icb", "unknown"]))
        for parts, of in (
            (_of_boards(rows, financial_year), "sub-ICB locations and of their board"),
            (boards.with_columns(area_level=pl.lit("england"), area_code=pl.lit("")), "boards and of England"),
        ):
            validate_enclosed(rows, parts, _AREA, both_ways=whole, of=f"{what} of {of}", where=where)


def _totals(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(dimension=Dimension.TOTAL.value)


def _people(figures: pl.DataFrame) -> pl.DataFrame:
    """Return how many people each printed rate implies: its count over it, to within its last digit."""
    key = [*_AREA, "dimension", "category"]
    rates = figures.filter(measure="detention_rate").select(*key, rate="value")
    both = figures.filter(measure="detentions").join(rates, on=key, how="inner", validate="1:1")
    printed = both.filter(pl.col("value").is_not_null() & (pl.col("rate") > _HALF_OF_LAST_DIGIT))
    return printed.with_columns(
        low=_PER * pl.col("value") / (pl.col("rate") + _HALF_OF_LAST_DIGIT),
        high=_PER * pl.col("value") / (pl.col("rate") - _HALF_OF_LAST_DIGIT),
    )


def _of_boards(total: pl.DataFrame, financial_year: str) -> pl.DataFrame:
    """Return the rows of locations under their board's code."""
    vintage = vintage_of(financial_year)
    boards = {s.ods: board(s.board[vintage]).ods for s in SUB_ICB_LOCATIONS if vintage in s.board}
    return total.filter(area_level="sub_icb").with_columns(
        area_level=pl.lit("icb"),
        area_code=pl.col("area_code").replace_strict(boards, default=None, return_dtype=pl.String),
    )
