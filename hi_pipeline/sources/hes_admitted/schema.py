"""Schemas of the clean tables of hospital admitted patient care."""

import pandera.polars as pa
import polars as pl

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.hes_admitted import codes, diagnoses, locations
from hi_pipeline.sources.hes_admitted.layouts import ADMISSIONS, EPISODES, METHODS


def _admissions_are_episodes(data: pa.PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select(pl.col(ADMISSIONS) <= pl.col(EPISODES))


# Blocks of diagnoses in one table, single codes in the other.
_DIAGNOSES = pa.DataFrameSchema(
    {
        "financial_year": pa.Column(pl.String),
        "diagnoses": pa.Column(pl.String, pa.Check.str_matches(r"^[A-Z]\d\d(-[A-Z]\d\d)?$")),
        "description": pa.Column(pl.String),
        **{name: pa.Column(pl.Int64, pa.Check.ge(0)) for name in (EPISODES, ADMISSIONS, *METHODS)},
    },
    checks=[pa.Check(_admissions_are_episodes, name="no more admissions than episodes")],
    unique=["financial_year", "diagnoses"],
    strict=True,
    ordered=True,
)
SCHEMAS = {
    "observations": observations_schema(
        measures=(*locations.MEASURES, *diagnoses.MEASURES, *codes.MEASURES),
        area_levels=("england", "sub_icb", "national", "wales"),
    ),
    "diagnoses": _DIAGNOSES,
    "codes": _DIAGNOSES,
}
