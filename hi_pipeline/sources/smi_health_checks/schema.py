"""Schemas of the clean tables of the severe mental illness health checks."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.smi_health_checks.parse import MEASURES

SCHEMAS = {
    "observations": observations_schema(measures=sorted(MEASURES.values()), area_levels=("ccg", "england", "sub_icb"))
}
