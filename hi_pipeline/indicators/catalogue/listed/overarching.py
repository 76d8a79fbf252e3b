"""Overarching: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Derived, Entry, Level, Levels, Polarity
from hi_pipeline.core.status import Measure, Unit

LISTED: tuple[Entry, ...] = (
    Derived(
        id="hle_sii",
        title="Slope index of inequality in healthy life expectancy",
        short="Healthy life expectancy, slope",
        area="Overarching",
        statement_number=None,
        annex=("1",),
        definition=(
            "Slope index of inequality of healthy life expectancy at birth over national deciles, in years, by sex."
        ),
        numerator_words="Slope of healthy life expectancy at birth over deciles",
        denominator_words="None: a slope",
        unit=Unit.YEARS,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap between local areas by 2030; five years more of healthy life by 2035",
        target_by="2035-12-31",
        levels=Levels(deprivation=Level.ENGLAND),
        caveats=(
            "The ambition speaks of areas, the measure of deciles: see hle_area_gap.",
            "Women and men stand apart: the measure of hle_birth_female_years and of hle_birth_male_years.",
            "The publisher's own slope, weighted by people, was 19.0 years (men) and 19.3 (women) in 2017 to 2019.",
        ),
        of=("hle_birth_female_years", "hle_birth_male_years"),
        measure=Measure.SII,
        dimension=Dimension.DEPRIVATION,
    ),
)
