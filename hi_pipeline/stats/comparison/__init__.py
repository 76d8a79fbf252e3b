"""Figures against a benchmark, over time, and against each other's change."""

from hi_pipeline.stats.comparison._benchmark import against_benchmark
from hi_pipeline.stats.comparison._change import change, change_of_estimates
from hi_pipeline.stats.comparison._counts_pace import difference_of_changes
from hi_pipeline.stats.comparison._pace import pace
from hi_pipeline.stats.comparison._trend import trend

__all__ = ["against_benchmark", "change", "change_of_estimates", "difference_of_changes", "pace", "trend"]
