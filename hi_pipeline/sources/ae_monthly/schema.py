"""Schemas of the clean tables of the monthly A&E figures."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.ae_monthly.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=list(MEASURES), area_levels=("england", "region", "provider"))}
