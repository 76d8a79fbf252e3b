"""Schema of the clean table of CVDPREVENT."""

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.cvdprevent.labels import FIGURES

SCHEMAS = {
    "observations": observations_schema(
        measures=[name for f in FIGURES.values() for name in (f.numerator, f.denominator, f.value)],
        area_levels=("england", "icb", "icb_ons"),
    )
}
