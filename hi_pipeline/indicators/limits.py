"""Limits of figures from their counts: chance, what rounding leaves open, and what practices differ by.

A rounded count is an interval (docs/decisions.md, 5). Where the counts alone are known, the lower limit is the lowest
and the upper limit the highest over three readings of them: as printed, numerators at their lowest over denominators at
their highest, and the reverse. Where nothing is rounded the three are one.
"""

from collections.abc import Callable
from typing import Literal

import polars as pl

from hi_pipeline.core.notes import join_notes
from hi_pipeline.stats.clusters import clustered_figure

LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")
FIGURE = ["row", "value", *LIMITS, "status", "note", "method"]
ROUNDED = "limits widened for rounding"
_SIDES = ("numerator", "denominator")
_WITHOUT = "no {side} limits: within its rounding a count could be too small"

Statistic = Callable[[pl.DataFrame], pl.DataFrame]


def divisible(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose counts are there and have something to be divided by.

    Args:
        rows: in the COUNTS contract.
    """
    return rows.filter((pl.col("status") == "ok") & pl.col("denominator").is_not_null())


def by_units() -> pl.Expr:
    """Tell rows by practice fifth, whose limits come from the variance between the practices."""
    return pl.col("between_variance").is_not_null() & (pl.col("dimension") == "deprivation")


def rounded() -> pl.Expr:
    """Tell rows of which a count is rounded or hidden."""
    return pl.any_horizontal(pl.col(f"{side}_low") != pl.col(f"{side}_high") for side in _SIDES)


def clustered(rows: pl.DataFrame, *, kind: Literal["rate", "proportion"], multiplier: float) -> pl.DataFrame:
    """Compute figures by practice fifth; the practices' own rounding lies in the variance and widens no more."""
    found = clustered_figure(
        rows, events="numerator", population="denominator", units="units", spread="between_variance", by=["row"],
        kind=kind, multiplier=multiplier,
    )  # fmt: skip
    return found.with_columns(pl.col("note").fill_null("").str.replace("units", "practices")).select(FIGURE)


def widened(counts: pl.DataFrame, statistic: Statistic, *, proportion: bool) -> pl.DataFrame:
    """Compute a statistic with limits that hold for every count within the bounds.

    Args:
        counts: one row a figure: ``row`` and both counts with their bounds.
        statistic: gets ``row``, events and population; returns one row a row in the columns of ``hi_pipeline.stats``.
        proportion: events are part of the population, so neither end may have more of them.

    Returns:
        ``row``, value, the four limits, status, note, method.
    """
    centre = statistic(_reading(counts, "", "", proportion=False)).with_columns(pl.col("note").fill_null(""))
    bounded = counts.filter(rounded())
    if bounded.is_empty():
        return centre.select(FIGURE)
    low = statistic(_reading(bounded, "_low", "_high", proportion=proportion))
    high = statistic(_reading(bounded, "_high", "_low", proportion=proportion))
    ends = low.select("row", *(pl.col(c).alias(f"{c}_a") for c in LIMITS)).join(
        high.select("row", *(pl.col(c).alias(f"{c}_b") for c in LIMITS)), on="row", how="inner", validate="1:1"
    )
    joined = centre.join(ends.with_columns(wide=True), on="row", how="left", validate="1:1").sort("row")
    wide = pl.col("wide").fill_null(False) & (pl.col("status") == "ok")
    return joined.with_columns(_end(name, wide) for name in LIMITS).with_columns(note=_note(wide)).select(FIGURE)


def _reading(counts: pl.DataFrame, top: str, bottom: str, *, proportion: bool) -> pl.DataFrame:
    """Read the counts as printed or at the ends of their bounds: numerator at one end, denominator at the other."""
    events, population = pl.col(f"numerator{top}"), pl.col(f"denominator{bottom}")
    if proportion:
        population = pl.max_horizontal(population, pl.lit(1.0))
        events = pl.min_horizontal(events, population)
    return counts.select("row", events=events, population=population)


def _end(name: str, wide: pl.Expr) -> pl.Expr:
    """Take the outermost of the readings; a limit that one reading lacks cannot be given."""
    outer = pl.min_horizontal if name.startswith("lower") else pl.max_horizontal
    end = "a" if name.startswith("lower") else "b"
    known = pl.col(f"{name}_{end}").is_not_null()
    spread = outer(name, f"{name}_a", f"{name}_b")
    return pl.when(~wide).then(pl.col(name)).when(known).then(spread).otherwise(None).alias(name)


def _note(wide: pl.Expr) -> pl.Expr:
    missing = [
        pl.when(wide & pl.col(f"{side}_95").is_null()).then(pl.lit(_WITHOUT.format(side=side)))
        for side in ("lower", "upper")
    ]
    return join_notes("note", pl.when(wide).then(pl.lit(ROUNDED)), *missing).alias("note")
