"""Learning disability and autistic people: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="ld_checks_n",
        title="Learning disability: annual health checks (number)",
        short="Learning disability checks (number)",
        area="Learning disability and autistic people",
        statement_number=22,
        annex=("1-2c",),
        definition="People aged 14 and over on the register of learning disability who had a health check in the year.",
        numerator_words="People aged 14 and over on the register with a health check in the year",
        denominator_words="None: a count",
        unit=Unit.COUNT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="75% of the register",
        levels=Levels(total=Level.BOARD, age=Level.BOARD, deprivation=Level.PART),
        caveats=("Two ages only: 14 to 17, 18 and over.",),
        unconfirmed="the wording of the statement and the target are recalled",
        why=Absence.NOT_IN_HAND,
        because="Published monthly by practice from January 2024; no file of it has been seen.",
        method="Count",
        published_in="Learning disabilities health check scheme (NHS England)",
    ),
    Listed(
        id="ld_checks_pct",
        title="Learning disability: annual health checks",
        short="Learning disability checks",
        area="Learning disability and autistic people",
        statement_number=22,
        definition=(
            "Share of people aged 14 and over on the register of learning disability who had a health check in "
            "the year."
        ),
        numerator_words="People aged 14 and over on the register with a health check in the year",
        denominator_words="People aged 14 and over on the register",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="75% of the register",
        levels=Levels(total=Level.BOARD, age=Level.BOARD, deprivation=Level.PART),
        caveats=(
            "The register does not hold everybody with a learning disability.",
            "A declined check counts as none (to be decided when a file is read).",
        ),
        unconfirmed="the wording of the statement and the target are recalled",
        why=Absence.NOT_IN_HAND,
        because="Published monthly by practice from January 2024; no file of it has been seen.",
        method="Proportion, Wilson",
        published_in="Learning disabilities health check scheme (NHS England)",
    ),
    Listed(
        id="lda_inpatient_rate",
        title="Adults with a learning disability and autistic adults in mental health inpatient care",
        short="Learning disability and autism, inpatients",
        area="Learning disability and autistic people",
        statement_number=23,
        definition=(
            "Adults with a learning disability or autism in a mental health inpatient setting, per million "
            "registered adults."
        ),
        numerator_words=(
            "Adults with a learning disability or autism in a mental health inpatient setting at the end of the quarter"
        ),
        denominator_words="Registered adults",
        unit=Unit.PER_MILLION,
        polarity=Polarity.LOWER_IS_BETTER,
        target="at most 30 per million adults",
        levels=Levels(total=Level.BOARD, age=Level.ENGLAND, sex=Level.ENGLAND, ethnicity=Level.ENGLAND),
        caveats=("Assuring Transformation and the Mental Health Services Data Set disagree; counts are small.",),
        unconfirmed="the wording of the statement and the target are recalled",
        why=Absence.NOT_IN_HAND,
        because="Published by board each quarter (Assuring Transformation); no file of it has been seen.",
        method="Exact Poisson",
        published_in="Learning disability services statistics (NHS England)",
    ),
)
