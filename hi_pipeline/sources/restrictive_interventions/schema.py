"""Schema of the clean table of the restrictive interventions."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.restrictive_interventions.labels import METRIC_LABELS

SCHEMAS = {
    "observations": observations_schema(measures=list(METRIC_LABELS.values()), area_levels=("england", "provider"))
}
