"""Schemas of the clean tables of hospital outpatient activity."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.hes_outpatients.labels import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=("england",))}
