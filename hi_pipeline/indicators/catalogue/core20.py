"""The indicators of Core20 exposure: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.status import Unit

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="core20_share_pct",
        title="Core20: people in the most deprived fifth of England",
        short="Core20 share of people",
        levels=Levels(total=Level.PART),
        area="Core20",
        statement_number=None,
        definition=(
            "Share of registered patients who live in small areas (LSOAs) of the two most deprived national deciles."
        ),
        numerator_words="Registered patients living in LSOAs of national deciles 1 and 2",
        denominator_words="Registered patients living in an LSOA of England",
        source="gp_registrations",
        attribution=Attribution.CORE20,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.NEUTRAL,
        dimensions=(Dimension.TOTAL,),
        numerator=("core20_patients",),
        denominator=("patients",),
        caveats=(
            "By board of the practice, not of the home.",
            "Patients in Wales or of no known LSOA are left out.",
        ),
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="ethnic_minority_share_pct",
        title="People of ethnic minority groups",
        short="Ethnic minority share of people",
        levels=Levels(total=Level.PART),
        area="Core20",
        statement_number=None,
        definition="Share of usual residents at Census 2021 who are of any ethnic group but White British.",
        numerator_words="Residents of all groups but White: English, Welsh, Scottish, Northern Irish or British",
        denominator_words="All usual residents",
        source="census_ethnicity",
        attribution=Attribution.CENSUS,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.NEUTRAL,
        dimensions=(Dimension.TOTAL,),
        numerator=(
            "asian",
            "black",
            "mixed",
            "other",
            "white_irish",
            "white_gypsy_or_irish_traveller",
            "white_roma",
            "white_other",
        ),
        denominator=("total",),
        caveats=(
            "White minorities (Irish, Roma, Gypsy or Irish Traveller, other White) are counted among the minorities.",
            "One day, 21 March 2021, in the pandemic: it stands in 2020-21 alone, and has no trend.",
            "By board of the home, not of the practice.",
        ),
        plausible=(0.0, 100.0),
    ),
)
