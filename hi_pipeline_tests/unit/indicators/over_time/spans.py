"""Synthetic results of several years, for the tests of what spans years."""

from datetime import date

import polars as pl

from hi_pipeline.core.geography import CURRENT, vintage_of
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline_tests.unit.indicators import counts_frames as made

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
SNAPSHOT = {"period_type": "snapshot"}


def row(
    year: str, dimension: str, category: str, numerator: float | None, denominator: float | None, **extra: object
) -> dict:
    """Return counts of a year, on the footprint of that year unless told otherwise."""
    first = int(year[:4])
    told = {
        "financial_year": year,
        "period_start": date(first, 4, 1),
        "period_end": date(first + 1, 3, 31),
        "geography_vintage": vintage_of(year).value,
        "source_releases": f"talking_therapies:{year}",
    }
    return made.row(dimension, category, numerator, denominator, **told | extra)


def results(*rows: dict, indicator: str = "tt_recovery_pct") -> pl.DataFrame:
    """Compute the results of some rows of counts, each year by itself."""
    frame = made.counts(*({**r, "indicator_id": indicator} for r in rows))
    return compute_results(BY_ID[indicator], frame, synthetic=True)


def in_force(rows: list[dict]) -> list[dict]:
    """Return the same rows on the footprint in force."""
    return [{**r, "geography_vintage": CURRENT.value} for r in rows]


def total(year: str, numerator: float | None, denominator: float | None = 10_000, **extra: object) -> dict:
    return row(year, "total", "All", numerator, denominator, **extra)


def sexes(year: str, female: float | None, male: float | None, **extra: object) -> list[dict]:
    return [row(year, "sex", "Female", female, 10_000, **extra), row(year, "sex", "Male", male, 10_000, **extra)]
