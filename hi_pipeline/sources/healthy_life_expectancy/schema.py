"""Schema of the clean table of healthy life expectancy by decile."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.healthy_life_expectancy.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=("england",))}
