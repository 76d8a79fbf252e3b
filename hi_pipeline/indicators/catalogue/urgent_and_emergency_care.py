"""The indicators of urgent and emergency care: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Polarity
from hi_pipeline.core.status import Unit

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="ae_attendance_0_4_rate",
        version="2",
        title="A&E attendances at ages 0 to 4",
        area="Urgent and emergency care",
        statement_number=None,
        definition="Attendances at accident and emergency departments at ages 0 to 4 in the year, per 1,000 children.",
        numerator_words="Attendances of children aged 0 to 4",
        denominator_words="Children aged 0 to 4 on practices' lists",
        source="fingertips",
        attribution=Attribution.PRACTICE,
        kind=Kind.RATE,
        unit=Unit.PER_1K,
        multiplier=1_000,
        polarity=Polarity.CONTESTED,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("count_93930",),
        denominator=("denominator_93930",),
        published="value_93930",
        editions=("93930",),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "Attendances, not children: one child may attend more than once, so limits are too narrow.",
            "Counts of practices are rounded to 5; England also holds attendances of no known practice.",
            "Deprivation is that of the practice (ecological), not of the child.",
        ),
        plausible=(0.0, 10_000.0),
    ),
)
