"""Schemas of the clean tables of the Mental Health Act statistics."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.mental_health_act.labels import LEVELS, MEASURES

SCHEMAS = {
    "observations": observations_schema(measures=MEASURES, area_levels=sorted({*LEVELS.values(), "unknown"})),
}
