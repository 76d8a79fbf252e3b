"""Schemas of the clean tables of the waiting list minimum data set."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.wlmds.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=("england", "region", "icb", "provider"))}
