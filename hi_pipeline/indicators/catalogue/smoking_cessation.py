"""The indicators of smoking cessation: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Aim, Attribution, Indicator, Kind, Level, Levels, Polarity, Target
from hi_pipeline.core.status import Unit

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="smoking_at_delivery_pct",
        title="Smoking at the time of delivery",
        short="Smoking at delivery",
        area="Smoking cessation",
        statement_number=None,
        definition="Share of women, of those whose smoking is known, who smoked at the time of delivery.",
        numerator_words="Women who smoked at the time of delivery",
        denominator_words="Women whose smoking is known",
        unit=Unit.PERCENT,
        polarity=Polarity.LOWER_IS_BETTER,
        target="6%",
        targets=(Target(aim=Aim.AT_MOST, level=6, words="6%", source="national ambition", recalled=True),),
        levels=Levels(total=Level.BOARD, deprivation=Level.PART),
        caveats=("Value and limits as Fingertips prints them (indicator 93085); boards are never added up.",),
        source="fingertips",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PUBLISHED,
        multiplier=100,
        dimensions=(Dimension.TOTAL,),
        numerator=("count_93085",),
        denominator=("denominator_93085",),
        published="value_93085",
        editions=("93085",),
        unconfirmed=(
            "the target is recalled; the future of the collection is under decision; no file of this indicator was "
            "seen: its years"
        ),
        plausible=(0.0, 60.0),
    ),
)
