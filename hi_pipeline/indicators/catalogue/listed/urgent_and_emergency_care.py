"""Urgent and emergency care: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, ChildrenArea, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import HOW_SUS, RECALLED

LISTED: tuple[Entry, ...] = (
    Listed(
        id="emergency_adm_u18_rate",
        title="Emergency admissions under 18",
        short="Emergency admissions under 18",
        area="Urgent and emergency care",
        statement_number=4,
        definition="Emergency admissions of children and young people under 18, per 1,000.",
        numerator_words="Emergency admissions of people aged 0 to 17",
        denominator_words="Residents aged 0 to 17",
        unit=Unit.PER_1K,
        polarity=Polarity.LOWER_IS_BETTER,
        contested="A high rate may be need or poor access elsewhere.",
        levels=Levels(age=Level.ENGLAND, sex=Level.ENGLAND, ethnicity=Level.ENGLAND, deprivation=Level.ENGLAND),
        children=(
            ChildrenArea.ASTHMA,
            ChildrenArea.DIABETES,
            ChildrenArea.EPILEPSY,
        ),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=("The European Standard Population has no band of 15 to 17.",),
        unconfirmed=RECALLED,
        why=Absence.NOT_PUBLIC,
        because="Emergency admissions by age are not published for boards; England prints episodes by age.",
        method="Crude rate, Byar",
    ),
    Listed(
        id="ed_type1_conversion_std",
        title="Emergency department conversion, standardised",
        short="Type 1 conversion, standardised",
        area="Urgent and emergency care",
        statement_number=None,
        annex=("2",),
        definition=(
            "Share of attendances at type 1 emergency departments that end in admission, standardised for age, "
            "sex and acuity."
        ),
        numerator_words="Attendances at type 1 departments that end in admission",
        denominator_words="Attendances at type 1 departments",
        unit=Unit.PERCENT,
        polarity=Polarity.NEUTRAL,
        levels=Levels(),
        held_by="NHS England and commissioning support units (Emergency Care Data Set)",
        how_to_supply=HOW_SUS,
        unconfirmed=(
            "that acuity is the code of the Emergency Care Data Set is a guess; NHS England's formula is not published"
        ),
        why=Absence.NOT_PUBLIC,
        because="Attendances by acuity are not published; the crude rate by provider is (ed_type1_conversion_crude).",
        method="Indirectly standardised ratio",
    ),
)
