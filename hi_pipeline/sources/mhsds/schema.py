"""Schemas of the clean tables of the mental health services monthly statistics."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.mhsds.parse import MEASURES

SCHEMAS = {
    "observations": observations_schema(
        measures=list(MEASURES.values()), area_levels=("england", "region", "stp", "icb")
    )
}
