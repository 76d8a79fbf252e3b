"""Smoking cessation: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="smoking_quit_rate",
        title="Stop smoking services: successful quits",
        short="Stop smoking services, quits",
        area="Smoking cessation",
        statement_number=None,
        annex=("1-6b",),
        definition=(
            "Share of people who set a quit date with a local stop smoking service and had stopped four weeks later."
        ),
        numerator_words="Successful quits at four weeks",
        denominator_words="Quit dates set",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="trajectories of each board",
        levels=Levels(total=Level.PART, age=Level.PART, sex=Level.PART, ethnicity=Level.PART),
        caveats=(
            "Local authorities' services, not those of the NHS.",
            "The annex asks for deprivation; the publication has socio-economic groups.",
        ),
        why=Absence.NOT_IN_HAND,
        because="Published by local authority; no file of authorities has been seen.",
        method="Proportion, Wilson",
        published_in="Statistics on local stop smoking services (NHS England)",
    ),
    Listed(
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
        levels=Levels(total=Level.BOARD, deprivation=Level.PART),
        unconfirmed="the target is recalled; the future of the collection is under decision",
        why=Absence.NOT_IN_HAND,
        because="Published by location and board; no file of it has been seen.",
        method="Proportion, Wilson",
        published_in="fingertips, 93085",
    ),
)
