"""Core20: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.indicator import Beside, Entry, Level, Levels, Polarity
from hi_pipeline.core.status import Unit

LISTED: tuple[Entry, ...] = (
    Beside(
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
        levels=Levels(ethnicity=Level.BOARD),
        caveats=(
            "One share a publication, board and year, beside England's and three years back.",
            "Publications that count no records of unknown ethnic group say so there.",
        ),
        table="completeness",
        column="unknown_share",
        absent="no publication in hand counts this area's records by ethnic group in the year",
    ),
    Beside(
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
        levels=Levels(total=Level.BOARD),
        caveats=("Of publications by practice or provider alone: others do not say who should have reported.",),
        table="results",
        column="coverage",
        absent="no publication in hand says who should have reported for this area in the year",
    ),
)
