"""Schema of the observations of tooth extractions."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.tooth_extractions.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=("england", "region", "local_authority"))}
