"""Counts hidden or rounded by their publishers: what they may be, and what must not be worked out."""

from hi_pipeline.stats.suppression._carried import figure_bounds, ratio_bounds
from hi_pipeline.stats.suppression._counts import count_bounds
from hi_pipeline.stats.suppression._derivable import derivable_cells
from hi_pipeline.stats.suppression._rules import RULES, Rule
from hi_pipeline.stats.suppression._slope import slope_bounds

__all__ = ["RULES", "Rule", "count_bounds", "derivable_cells", "figure_bounds", "ratio_bounds", "slope_bounds"]
