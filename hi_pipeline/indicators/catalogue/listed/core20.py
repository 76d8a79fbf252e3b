"""Core20: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Absence, Entry, Levels, Listed, Polarity
from hi_pipeline.core.status import Unit

LISTED: tuple[Entry, ...] = (
    Listed(
        id="ethnicity_completeness_pct",
        title="Completeness of ethnicity",
        short="Completeness of ethnicity",
        area="Core20",
        statement_number=None,
        definition=(
            "Share of the records of each publication whose ethnic group is known: 1 less the unknown_share of "
            "completeness.parquet."
        ),
        numerator_words="Records with a known ethnic group",
        denominator_words="All records",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        levels=Levels(),
        why=Absence.NOT_COLLECTED,
        because=(
            "It is no figure of the results: completeness.parquet has the share not known of each publication, board "
            "and year, beside England's and three years back."
        ),
        method="completeness.parquet, and the column unknown_share of the results",
    ),
    Listed(
        id="coverage_pct",
        title="Coverage of reporters",
        short="Coverage of reporters",
        area="Core20",
        statement_number=None,
        definition="Coverage of reporters of each publication: stands beside every figure as the column coverage.",
        numerator_words="Reporters present",
        denominator_words="Reporters expected",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        levels=Levels(),
        why=Absence.NOT_COLLECTED,
        because="It is no figure of its own: the column coverage of the results has it beside each figure.",
        method="The column coverage of the results",
    ),
)
