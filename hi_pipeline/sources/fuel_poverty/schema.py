"""Schema of the observations of fuel poverty."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.fuel_poverty.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=("england", "local_authority", "lsoa"))}
