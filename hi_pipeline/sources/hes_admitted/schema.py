"""Schemas of the clean tables of hospital admitted patient care."""

import polars as pl

from hi_pipeline.core.schema import Column, Rule, Schema
from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.hes_admitted import codes, diagnoses, locations
from hi_pipeline.sources.hes_admitted.layouts import ADMISSIONS, EPISODES, METHODS


def _admissions_are_episodes() -> pl.Expr:
    return pl.col(ADMISSIONS) <= pl.col(EPISODES)


# Blocks of diagnoses in one table, single codes in the other.
_DIAGNOSES = Schema(
    columns={
        "financial_year": Column(dtype=pl.String),
        "diagnoses": Column(dtype=pl.String, pattern=r"^[A-Z]\d\d(-[A-Z]\d\d)?$"),
        "description": Column(dtype=pl.String),
        **{name: Column(dtype=pl.Int64, least=0) for name in (EPISODES, ADMISSIONS, *METHODS)},
    },
    rules=(Rule(name="no more admissions than episodes", holds=_admissions_are_episodes()),),
    key=("financial_year", "diagnoses"),
)
SCHEMAS = {
    "observations": observations_schema(
        measures=(*locations.MEASURES, *diagnoses.MEASURES, *codes.MEASURES),
        area_levels=("england", "sub_icb", "national", "wales"),
    ),
    "diagnoses": _DIAGNOSES,
    "codes": _DIAGNOSES,
}
