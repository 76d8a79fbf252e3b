"""What a kind of figure computes, and where: the module of its name in ``indicators/kinds`` holds ``STATISTICS``."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

import polars as pl

from hi_pipeline.core.indicator import Indicator, Kind


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """The statistics of one kind.

    Attributes:
        formula: how the figure and its limits are made, for readers; ``{m}`` is the multiplier.
        values: the declaration and rows of counts with ``row`` in; for each row that can have a figure ``row``,
            value, lower_95, upper_95, lower_998, upper_998, status, note and method out.
        between: groups have differences and ratios.
        headline: the figure is the quotient of its counts, and the better of it and the printed one stands.
        share: the numerator is a part of the denominator.
        straight: slopes are fitted to figures as they are, not to their logs (rates) or logits (shares).
        compared: figures are compared with England's.
    """

    formula: str
    values: Callable[[Indicator, pl.DataFrame], pl.DataFrame]
    between: bool = False
    headline: bool = False
    share: bool = False
    straight: bool = False
    compared: bool = True

    @property
    def scale(self) -> Literal["rate", "proportion", "other"]:
        """Return what figures are to the slope index: rates, shares, or others, which stand as they are."""
        return "other" if self.straight else "proportion" if self.share else "rate"


@cache
def statistics_of(kind: Kind) -> Statistics:
    """Return the statistics of a kind."""
    found: Statistics = import_module(f"hi_pipeline.indicators.kinds.{kind.value}").STATISTICS
    return found
