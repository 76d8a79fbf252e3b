"""Schemas of the clean tables of referral to treatment waiting times."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.rtt.parse import ALL_MEASURES

SCHEMAS = {
    "observations": observations_schema(measures=ALL_MEASURES, area_levels=("england", "icb", "national", "sub_icb"))
}
