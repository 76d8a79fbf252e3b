"""Schema of the clean table of cancer stage."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.cancer_stage.parse import EARLY_STAGE, LEVELS

SCHEMAS = {"observations": observations_schema(measures=(EARLY_STAGE,), area_levels=sorted(set(LEVELS.values())))}
