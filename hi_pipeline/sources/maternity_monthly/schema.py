"""Schema of the clean table of monthly maternity statistics."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.maternity_monthly.labels import LEVEL_LABELS, MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=sorted(LEVEL_LABELS.values()))}
