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
        published_in="stop_smoking_services",
    ),
)
