"""Cardiovascular disease: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Derived, Entry, Level, Levels, Polarity
from hi_pipeline.core.status import Measure, Unit

LISTED: tuple[Entry, ...] = (
    Derived(
        id="stroke_adm_dsr__gap",
        title="Stroke: gap in admissions by decile",
        short="Stroke admissions, gap by decile",
        area="Cardiovascular disease",
        statement_number=None,
        annex=("3",),
        definition=(
            "Standardised rate of admissions for stroke of the most deprived decile less that of the least deprived."
        ),
        numerator_words="Rate of decile 1 less rate of decile 10",
        denominator_words="None: a difference",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap",
        levels=Levels(deprivation=Level.ENGLAND),
        of=("stroke_adm_dsr",),
        measure=Measure.GAP,
        dimension=Dimension.DEPRIVATION,
    ),
    Derived(
        id="mi_adm_dsr__gap",
        title="Heart attack: gap in admissions by decile",
        short="Heart attack admissions, gap by decile",
        area="Cardiovascular disease",
        statement_number=None,
        annex=("3",),
        definition=(
            "Standardised rate of admissions for heart attack of the most deprived decile less that of the least "
            "deprived."
        ),
        numerator_words="Rate of decile 1 less rate of decile 10",
        denominator_words="None: a difference",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap",
        levels=Levels(deprivation=Level.ENGLAND),
        of=("mi_adm_i21_i22_dsr",),
        measure=Measure.GAP,
        dimension=Dimension.DEPRIVATION,
    ),
)
