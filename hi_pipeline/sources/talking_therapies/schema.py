"""Schemas of the clean tables of NHS Talking Therapies."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.talking_therapies.parse import LEVELS, MEASURES

SCHEMAS = {
    "observations": observations_schema(
        measures=MEASURES, area_levels=sorted({*LEVELS.values(), "stp_ons", "unknown"})
    ),
}
