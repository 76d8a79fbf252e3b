"""Schema of the clean table of homelessness."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.homelessness.parse import MEASURES

SCHEMAS = {
    "observations": observations_schema(measures=MEASURES, area_levels=("england", "region_ons", "local_authority"))
}
