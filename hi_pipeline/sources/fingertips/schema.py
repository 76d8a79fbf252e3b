"""Schemas of the clean tables of Fingertips: measures are named by indicator, so their names are a pattern."""

import pandera.polars as pa

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.fingertips.areas import LEVELS


def _schema() -> pa.DataFrameSchema:
    schema = observations_schema(measures=(), area_levels=sorted(set(LEVELS.values())))
    schema.columns["measure"].checks = [pa.Check.str_matches(r"^(?:value|count|denominator|range)_\d+$")]
    return schema


SCHEMAS = {"observations": _schema()}
