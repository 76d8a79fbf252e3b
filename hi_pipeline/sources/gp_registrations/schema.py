"""Schemas of the clean tables of registered patients."""

import polars as pl

from hi_pipeline.core.schema import Column, Schema

_PRACTICE = r"^[A-Z]\d{5}$"


def _code(pattern: str, *, unique: bool = False) -> Column:
    return Column(dtype=pl.String, pattern=pattern, unique=unique)


PRACTICE_LSOA = Schema(
    columns={
        "practice_code": _code(_PRACTICE),
        "lsoa_code": Column(dtype=pl.String),
        "lsoa_kind": Column(dtype=pl.String, words=("england", "wales", "none", "other")),
        "lsoa_vintage": Column(dtype=pl.String, words=("2011", "2021")),
        "patients": Column(dtype=pl.Int64, least=0),
        "extract_date": Column(dtype=pl.Date),
    },
    key=("practice_code", "lsoa_code"),
)

PRACTICES = Schema(
    columns={
        "practice_code": _code(_PRACTICE, unique=True),
        "practice_name": Column(dtype=pl.String),
        "pcn": Column(dtype=pl.String),
        "sub_icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "sub_icb_ons": _code(r"^E38\d{6}$"),
        "icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "icb_ons": _code(r"^E54\d{6}$"),
        "region_ods": _code(r"^Y\d{2}$"),
        "region_ons": _code(r"^E40\d{6}$"),
        "scheme": Column(dtype=pl.String, words=("stp", "icb")),
        "extract_date": Column(dtype=pl.Date),
    },
)

SCHEMAS = {"practice_lsoa": PRACTICE_LSOA, "practices": PRACTICES}
