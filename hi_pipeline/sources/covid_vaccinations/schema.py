"""Schema of the clean table of COVID-19 vaccinations."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.covid_vaccinations.parse import MEASURES

SCHEMAS = {"observations": observations_schema(measures=MEASURES, area_levels=("england", "stp"))}
