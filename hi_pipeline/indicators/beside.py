"""The tables that stand beside the results: what further can be said of figures once all of them are there."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.bounds import bounds
from hi_pipeline.indicators.comparisons import comparisons
from hi_pipeline.indicators.completeness import completeness
from hi_pipeline.indicators.over_time.pace import pace_rows
from hi_pipeline.indicators.over_time.targets import target_rows
from hi_pipeline.indicators.over_time.trends import trend_rows


def tables_beside(
    results: pl.DataFrame, similar: pl.DataFrame | None, indicators: Mapping[str, Indicator]
) -> dict[str, pl.DataFrame]:
    """Return the tables by the name of their file.

    Args:
        results: all figures, in the results contract.
        similar: the linked table ``similar_boards``; None where it is not built.
        indicators: declarations by id.
    """
    pace = pace_rows(results, indicators)
    return {
        "comparisons": comparisons(results, similar, indicators),
        "pace": pace,
        "trends": trend_rows(results, indicators),
        "targets": target_rows(results, pace, indicators),
        "completeness": completeness(results, indicators),
        "bounds": bounds(results, indicators),
    }
