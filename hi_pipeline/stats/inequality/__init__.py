"""Measures of inequality between groups of people, ordered or not."""

from hi_pipeline.stats.inequality._slope import relative_index, slope_index

__all__ = ["relative_index", "slope_index"]
