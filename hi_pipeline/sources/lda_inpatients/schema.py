"""Schema of the clean table of the learning disability and autism inpatients."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.lda_inpatients.parse import MEASURE

SCHEMAS = {"observations": observations_schema(measures=[MEASURE], area_levels=("england", "icb", "unknown"))}
