"""Schemas of the clean tables of Fingertips: measures are named by indicator, so their names are a pattern."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.fingertips.areas import LEVELS

SCHEMAS = {
    "observations": observations_schema(
        measures=r"^(?:value|count|denominator|range)_\d+$", area_levels=sorted(set(LEVELS.values()))
    )
}
