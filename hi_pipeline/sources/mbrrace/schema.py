"""Schema of the clean table of perinatal deaths."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.mbrrace.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=("england", "provider"))}
