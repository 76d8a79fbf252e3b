"""The indicators of learning disability and autistic people: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.status import Unit

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="learning_disability_prevalence_pct",
        version="2",
        title="Recorded prevalence of learning disability",
        short="Learning disability, prevalence",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Learning disability and autistic people",
        statement_number=None,
        definition="Share of patients on practices' lists who are on the register of learning disability.",
        numerator_words="Patients on the register",
        denominator_words="Patients on practices' lists, all ages",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.NEUTRAL,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("register_ld",),
        denominator=("list_ld",),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "Recorded, not true prevalence.",
            "The register of practice Y05750 exceeds its list in every year; it is kept as published.",
            "Deprivation is that of the practice (ecological), not of the patient.",
        ),
        plausible=(0.0, 5.0),
    ),
)
