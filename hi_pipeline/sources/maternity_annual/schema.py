"""Schema of the clean table of annual maternity statistics."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.maternity_annual.labels import LEVEL_LABELS
from hi_pipeline.sources.maternity_annual.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=sorted(set(LEVEL_LABELS.values())))}
