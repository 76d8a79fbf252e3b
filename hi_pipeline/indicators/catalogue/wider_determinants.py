"""The indicators of what lies behind health: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.status import Unit

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="fuel_poverty_pct",
        version="2",
        title="Households in fuel poverty",
        short="Households in fuel poverty",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Wider determinants",
        statement_number=None,
        definition="Share of households in fuel poverty, estimated by a model for each small area.",
        numerator_words="Households in fuel poverty",
        denominator_words="Households",
        source="fuel_poverty",
        attribution=Attribution.LSOA,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.LOWER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("fuel_poor",),
        denominator=("households",),
        published="fuel_poor_pct",
        deprivation_groups=5,
        caveats=(
            "Not an NHS publication: the Department for Energy Security and Net Zero.",
            "The edition of 2023 holds the households of 2021; it stands in 2023-24 as the newest of that year.",
            "Modelled estimates: the limits allow for chance alone, so they are too narrow.",
            "Deprivation is that of the small area (LSOA) by the Indices of 2025, fifths of England.",
        ),
        unconfirmed="the definition (low income, low energy efficiency) is recalled, not read in the workbook",
        plausible=(0.0, 100.0),
    ),
)
