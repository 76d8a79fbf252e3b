"""Residents by board, sex and single year of age, on the footprints of each financial year."""

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, footprints_of
from hi_pipeline.tables.reference import footprint

SOURCE = "ons_population"
LAST_BAND = 90
# The geography of the workbook that is closest to each footprint, best first.
GEOGRAPHIES = {
    # Six CCGs of 2021 changed their ONS code in July 2022, so the sub-ICB locations of 2023 are closer: they differ
    # from those of 2022 by four LSOAs that moved between two boards.
    Vintage.JULY_2022: ("ICB 2023", "ICB 2024"),
    Vintage.APRIL_2023: ("ICB 2023", "ICB 2024"),
    Vintage.APRIL_2026: ("ICB 2024", "ICB 2023"),
}


def build_population(reader: Reader, financial_year: str) -> Built:
    """Build residents for the mid-year in which the financial year starts, and for the one before it.

    Where that mid-year is not in hand the nearest one stands for it (``of_year``), and the notes say so. The year
    before is kept because some publishers divide by it. Residents of locations that are in no whole board of a
    footprint have no board.

    Raises:
        NothingToBuild: no mid-year is in hand.
        LinkageError: an area of the workbook is no sub-ICB location of any footprint.
    """
    start = start_year(financial_year)
    parts = reader.parts(SOURCE)
    if not parts:
        raise NothingToBuild(f"population {financial_year}: no mid-year population is in hand")
    every = pl.concat(
        [reader.clean(SOURCE, "population", part).with_columns(pl.lit(part).alias("part")) for part in parts]
    )
    years = sorted(every["year"].unique().to_list())
    chosen = min(years, key=lambda year: (abs(year - start), year))
    wanted = sorted({chosen, *(year for year in years if year == start - 1)})
    footprints = footprints_of(financial_year)
    rows = pl.concat([of_mid_year(every, year, vintage) for year in wanted for vintage in footprints])
    boards = rows.group_by("geography_vintage", "icb_code", "mid_year", "sex", "age").agg(pl.col("population").sum())
    frame = boards.with_columns(_band().alias("age_band"), of_year=pl.col("mid_year") == chosen).select(
        "geography_vintage", "icb_code", "mid_year", "of_year", "sex", "age", "age_band", "population"
    )
    used = rows["part"].unique().sort().to_list()
    notes = [] if chosen == start else [f"population of mid-{chosen}, the nearest in hand to mid-{start}"]
    geographies = rows["geography"].unique().to_list()
    if footprints != (Vintage.APRIL_2023,):
        notes.append(f"population of {', '.join(sorted(geographies))}, put on the footprints by sub-ICB codes")
    nowhere = rows.filter(pl.col("icb_code").is_null())
    return Built(
        frame=frame.sort("geography_vintage", "icb_code", "mid_year", "sex", "age", nulls_last=True),
        releases=tuple(sorted({r for part in used for r in reader.releases(SOURCE, part)})),
        counted={
            f"residents of locations in no whole board of {vintage}, mid-{year}": int(residents)
            for vintage, year, residents in nowhere.group_by("geography_vintage", "mid_year")
            .agg(pl.col("population").sum())
            .sort("geography_vintage", "mid_year")
            .rows()
        },
        notes=tuple(notes),
    )


def of_mid_year(every: pl.DataFrame, year: int, vintage: Vintage) -> pl.DataFrame:
    """Take one mid-year in the geography closest to a footprint, from the latest edition that has it.

    Args:
        every: the clean table of all editions: part, year, geography, sub_icb_ons, sex, age, population.
        year: of the mid-year.
        vintage: the footprint.

    Returns:
        icb_code (null where a board's locations are not all there), mid_year, sex, age, population, geography, part,
        geography_vintage.

    Raises:
        NothingToBuild: no geography in hand fits the footprint.
        LinkageError: a sub-ICB location is of no footprint.
    """
    of_year = every.filter(pl.col("year") == year)
    there = of_year["geography"].unique().to_list()
    geography = next((g for g in GEOGRAPHIES[vintage] if g in there), None)
    if geography is None:
        raise NothingToBuild(f"population: mid-{year} is in hand for {sorted(there)}, none of which fits {vintage}")
    rows = of_year.filter(geography=geography)
    rows = rows.filter(pl.col("part") == pl.col("part").max())
    ever = [s.ons for s in SUB_ICB_LOCATIONS]
    foreign = rows.filter(~pl.col("sub_icb_ons").is_in(ever))
    if foreign.height:
        raise LinkageError(
            f"population of mid-{year}: {foreign['sub_icb_ons'].unique().sort().to_list()[:8]} are sub-ICB locations "
            "of no footprint; declare them in core/icb_codes.py",
            failures=foreign,
        )
    joined = rows.join(footprint.same_sub_icbs(vintage), on="sub_icb_ons", how="left", validate="m:1")
    boards = footprint.whole_boards(joined["here_ons"].drop_nulls().unique().to_list(), vintage)
    return joined.select(
        pl.when(pl.col("icb_code").is_in(boards)).then("icb_code").alias("icb_code"),
        pl.col("year").alias("mid_year"),
        "sex",
        "age",
        "population",
        "geography",
        "part",
        geography_vintage=pl.lit(vintage.value),
    )


def _band() -> pl.Expr:
    """Name the five-year band of an age in the words of the project; 90 stands for 90 and over."""
    first = (pl.col("age") // 5) * 5
    last = pl.col("age") >= LAST_BAND
    words = pl.concat_str(first.cast(pl.String), pl.lit(" to "), (first + 4).cast(pl.String))
    return pl.when(last).then(pl.lit(f"{LAST_BAND} and over")).otherwise(words)
