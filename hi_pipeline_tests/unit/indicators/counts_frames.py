"""Synthetic counts in the COUNTS contract, for the tests of the indicators."""

from datetime import date

import polars as pl

from hi_pipeline.core.columns import COUNTS
from hi_pipeline.core.groups import Dimension, category_order

ENGLAND = {"area_type": "england", "icb_code": "E92000001", "area_name": "England"}
QNC = {"area_type": "icb", "icb_code": "E54000010", "area_name": "NHS Staffordshire and Stoke-on-Trent"}
LONDON = {"area_type": "region", "icb_code": "E40000003", "area_name": "London"}
NOWHERE = {"area_type": "remainder", "icb_code": None, "area_name": "Area unknown"}


def row(dimension: str, category: str, numerator: float | None, denominator: float | None, **extra: object) -> dict:
    facts = {
        "indicator_id": "tt_recovery_pct",
        "financial_year": "2023-24",
        "period_start": date(2023, 4, 1),
        "period_end": date(2024, 3, 31),
        "period_type": "financial_year",
        **QNC,
        "geography_vintage": "2023-04",
        "dimension": dimension,
        "category": category,
        "category_order": category_order(Dimension(dimension), category),
        "numerator": numerator,
        "numerator_low": numerator,
        "numerator_high": numerator,
        "denominator": denominator,
        "denominator_low": denominator,
        "denominator_high": denominator,
        "published_value": None,
        "published_lower_95": None,
        "published_upper_95": None,
        "published_rounding": None,
        "units": None,
        "between_variance": None,
        "status": "ok" if numerator is not None else "suppressed",
        "note": "" if numerator is not None else "hidden by the publisher",
        "unknown_share": 0.1,
        "coverage": None,
        "people_share": None,
        "imd_vintage": "2019" if dimension == "deprivation" else "",
        "ethnicity_scheme": "2001" if dimension == "ethnicity" else "",
        "source_releases": "talking_therapies:2023-24",
    }
    return facts | extra


def counts(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COUNTS)


def rounded(numerator: float, denominator: float) -> dict:
    return {
        "numerator_low": numerator - 2,
        "numerator_high": numerator + 2,
        "denominator_low": denominator - 4,
        "denominator_high": denominator + 4,
    }
