"""Draws of two years of an area's groups, taken through counts, results and pace as published figures are."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from hi_pipeline.core.columns import COUNTS
from hi_pipeline.core.groups import ALL, Dimension, category_order
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.over_time.pace import pace_rows

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
DRAWS = 2000
YEARS = ("2022-23", "2023-24")
Arrays = dict[str, np.ndarray]
# numpy keeps this stream of draws from version to version, but not that of its newer generator (NEP 19): 2.5 draws
# other binomials than 2.4, and what the methods print must come out of either.
Chance = np.random.RandomState
# A draw of one group in one year: numerator, denominator (and bounds, units, between_variance).
Draw = Callable[[int, int], Arrays]


def pace_of(indicator: str, dimension: Dimension, categories: list[str], draw: Draw) -> pl.DataFrame:
    """Return the pace of every group of ``DRAWS`` areas; ``draw`` gets the group's place and the year's."""
    return changes_of(indicator, dimension, categories, draw).filter(pl.col("measure") == "value")


def changes_of(indicator: str, dimension: Dimension, categories: list[str], draw: Draw) -> pl.DataFrame:
    """Return the same with the changes of the measures between the groups."""
    parts = []
    for year, label in enumerate(YEARS):
        for place, category in enumerate(categories):
            parts.append(_rows(indicator, dimension, category, label, draw(place, year)))
    results = compute_results(BY_ID[indicator], pl.concat(parts), synthetic=True)
    return pace_rows(results, BY_ID)


def results_of(indicator: str, totals: dict[str, Arrays]) -> pl.DataFrame:
    """Return the results of ``DRAWS`` areas in all, from the counts of each year."""
    parts = [_rows(indicator, Dimension.TOTAL, ALL, year, drawn) for year, drawn in totals.items()]
    return compute_results(BY_ID[indicator], pl.concat(parts), synthetic=True)


def _rows(indicator: str, dimension: Dimension, category: str, year: str, drawn: Arrays) -> pl.DataFrame:
    first = int(year[:4])
    facts = {
        "indicator_id": indicator,
        "financial_year": year,
        "period_start": date(first, 4, 1),
        "period_end": date(first + 1, 3, 31),
        "period_type": "financial_year",
        "area_type": "icb",
        "area_name": "",
        "geography_vintage": "2026-04",
        "dimension": dimension.value,
        "category": category,
        "category_order": category_order(dimension, category),
        "status": "ok",
        "note": "",
        "imd_vintage": "2019",
        "ethnicity_scheme": "",
        "source_releases": f"{BY_ID[indicator].source}:{year}",
    }
    ends = {f"{name}_{end}": drawn.get(f"{name}_{end}", drawn[name]) for name in ("numerator", "denominator")
            for end in ("low", "high") if name in drawn}  # fmt: skip
    frame = pl.DataFrame({"icb_code": [f"E{i:08d}" for i in range(DRAWS)], **drawn, **ends})
    frame = frame.with_columns(pl.lit(value).alias(name) for name, value in facts.items())
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in COUNTS.items() if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in COUNTS.items())


def to_fives(exact: np.ndarray, name: str) -> Arrays:
    """Round counts to the nearest 5, with what they may have been."""
    printed = 5 * np.round(exact / 5)
    return {name: printed, f"{name}_low": np.maximum(printed - 2, 0), f"{name}_high": printed + 2}


def practices(draw: Chance, effects: np.ndarray, lists: np.ndarray, share: float) -> Arrays:
    """Sum practices whose risks are the fifth's times exp(effects) (draws by practices), with their variance.

    The fifth's own rate is the share on average; in a draw it is that of the practices it happens to have.
    """
    risk = share * np.exp(effects - effects.var() / 2)
    events = draw.binomial(lists.astype(int), np.minimum(risk, 1))
    numerator, denominator = events.sum(axis=1), np.full(len(events), lists.sum())
    spread = ((events - (numerator / denominator)[:, None] * lists) ** 2).sum(axis=1)
    units = np.full(len(events), lists.shape[-1])
    return {"numerator": numerator, "denominator": denominator, "units": units, "between_variance": spread}
