"""Measures of inequality between groups of people, ordered or not."""

from hi_pipeline.stats.inequality._disproportion import disproportionality
from hi_pipeline.stats.inequality._ends import absolute_gap, end_ratio
from hi_pipeline.stats.inequality._slope import relative_index, slope_index
from hi_pipeline.stats.inequality._summary import concentration_index, population_attributable, summary_measures

__all__ = [
    "absolute_gap",
    "concentration_index",
    "disproportionality",
    "end_ratio",
    "population_attributable",
    "relative_index",
    "slope_index",
    "summary_measures",
]
