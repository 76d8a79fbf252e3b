"""Residents by board, sex and single year of age, on the footprint of each financial year."""

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import Vintage, vintage_of
from hi_pipeline.core.validation import join_exactly
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
    before is kept because some publishers divide by it.

    Raises:
        NothingToBuild: no mid-year is in hand.
        LinkageError: an area of the workbook is no sub-ICB location of any footprint.
    """
    vintage, start = vintage_of(financial_year), start_year(financial_year)
    parts = reader.parts(SOURCE)
    if not parts:
        raise NothingToBuild(f"population {financial_year}: no mid-year population is in hand")
    every = pl.concat(
        [reader.clean(SOURCE, "population", part).with_columns(pl.lit(part).alias("part")) for part in parts]
    )
    years = sorted(every["year"].unique().to_list())
    chosen = min(years, key=lambda year: (abs(year - start), year))
    wanted = sorted({chosen, *(year for year in years if year == start - 1)})
    frames = [_of_mid_year(every, year, vintage) for year in wanted]
    rows = pl.concat(frames)
    boards = rows.group_by("icb_code", "mid_year", "sex", "age").agg(pl.col("population").sum())
    frame = boards.with_columns(_band().alias("age_band"), of_year=pl.col("mid_year") == chosen).select(
        "icb_code", "mid_year", "of_year", "sex", "age", "age_band", "population"
    )
    used = rows["part"].unique().sort().to_list()
    notes = [] if chosen == start else [f"population of mid-{chosen}, the nearest in hand to mid-{start}"]
    geographies = rows["geography"].unique().to_list()
    if vintage is not Vintage.APRIL_2023:
        notes.append(f"population of {', '.join(sorted(geographies))}, put on the footprint by sub-ICB codes")
    return Built(
        frame=frame.sort("icb_code", "mid_year", "sex", "age"),
        releases=tuple(sorted({r for part in used for r in reader.releases(SOURCE, part)})),
        notes=tuple(notes),
    )


def _of_mid_year(every: pl.DataFrame, year: int, vintage: Vintage) -> pl.DataFrame:
    """Take one mid-year in the geography closest to the footprint, from the latest edition that has it."""
    of_year = every.filter(pl.col("year") == year)
    there = of_year["geography"].unique().to_list()
    geography = next((g for g in GEOGRAPHIES[vintage] if g in there), None)
    if geography is None:
        raise NothingToBuild(f"population: mid-{year} is in hand for {sorted(there)}, none of which fits {vintage}")
    rows = of_year.filter(geography=geography)
    rows = rows.filter(pl.col("part") == pl.col("part").max())
    areas = footprint.sub_icbs_by_ons(vintage)
    gone = rows.join(areas, on="sub_icb_ons", how="anti")["sub_icb_ons"].unique().sort().to_list()
    if gone and vintage is Vintage.APRIL_2026:
        raise NothingToBuild(
            f"population of mid-{year}: {geography} cannot be put on the footprint {vintage}, as the sub-ICB locations "
            f"{gone} were parted between boards; a workbook on that footprint is needed"
        )
    return join_exactly(
        rows.select("sub_icb_ons", pl.col("year").alias("mid_year"), "sex", "age", "population", "geography", "part"),
        areas,
        on=["sub_icb_ons"],
        cardinality="m:1",
        where=f"population of mid-{year}: sub-ICB location to board in {vintage}",
    )


def _band() -> pl.Expr:
    """Name the five-year band of an age in the words of the project; 90 stands for 90 and over."""
    first = (pl.col("age") // 5) * 5
    last = pl.col("age") >= LAST_BAND
    words = pl.concat_str(first.cast(pl.String), pl.lit(" to "), (first + 4).cast(pl.String))
    return pl.when(last).then(pl.lit(f"{LAST_BAND} and over")).otherwise(words)
