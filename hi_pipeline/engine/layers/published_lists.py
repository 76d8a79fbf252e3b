"""The linked tables that are published: who came from whom, small areas, pockets, similar boards, residents by age."""

import polars as pl

from hi_pipeline.core.people_columns import POPULATION, POPULATION_KEY
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.tables.reference.similar_boards import LISTED_IN

Place = tuple[str, str]
# Published tables that are a linked table of one year as it stands.
AS_THEY_ARE = ("similar_boards", "lineage", "small_areas", "pockets")
LINKED_TABLES = (*AS_THEY_ARE, "population")


def list_places(pipeline: Pipeline) -> tuple[Place, ...]:
    """Return table and year of every linked table that publishing reads, built or not."""
    once = tuple((name, LISTED_IN) for name in AS_THEY_ARE)
    return (*once, *(("population", year) for (year,) in pipeline.lake.parts("linked", "population")))


def listed(pipeline: Pipeline, place: Place) -> pl.DataFrame | None:
    """Return a linked table; None where it is not built."""
    return pipeline.lake.read("linked", *place) if pipeline.lake.provenance("linked", *place) else None


def people_lists(pipeline: Pipeline) -> dict[str, pl.DataFrame]:
    """Return the linked tables to publish, by their published name; those that are not built are left out."""
    found = {name: listed(pipeline, (name, LISTED_IN)) for name in AS_THEY_ARE}
    years = [year for (year,) in pipeline.lake.parts("linked", "population")]
    if years:
        found["population"] = pl.concat([_residents(pipeline, year) for year in years]).sort(*POPULATION_KEY)
    return {name: frame for name, frame in found.items() if frame is not None}


def _residents(pipeline: Pipeline, year: str) -> pl.DataFrame:
    """Return the residents of one financial year by board, sex and five years of age; POPULATION contract."""
    known = pipeline.lake.provenance("linked", "population", year)
    rows = pipeline.lake.read("linked", "population", year).filter("of_year")
    # 90 stands for 90 and over, so the first age of a band names it.
    bands = rows.group_by("geography_vintage", "icb_code", "mid_year", "sex", "age_band").agg(
        age_from=pl.col("age").min().cast(pl.Int32), residents=pl.col("population").sum().cast(pl.Int64)
    )
    return bands.with_columns(
        pl.col("mid_year").cast(pl.Int32),
        financial_year=pl.lit(year),
        source_releases=pl.lit(";".join(known.releases if known else ())),
    ).select(list(POPULATION))
