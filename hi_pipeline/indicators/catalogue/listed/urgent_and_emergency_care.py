"""Urgent and emergency care: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, Entry, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import HOW_SUS_UNREAD

LISTED: tuple[Entry, ...] = (
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
        how_to_supply=HOW_SUS_UNREAD,
        unconfirmed=(
            "that acuity is the code of the Emergency Care Data Set is a guess; NHS England's formula is not published"
        ),
        why=Absence.NOT_PUBLIC,
        because="Attendances by acuity are not published; the crude rate by provider is (ed_type1_conversion_crude).",
        method="Indirectly standardised ratio",
    ),
)
