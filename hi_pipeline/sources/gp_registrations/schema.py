"""Schemas of the clean tables of registered patients."""

import pandera.polars as pa
import polars as pl

_PRACTICE = r"^[A-Z]\d{5}$"


def _code(pattern: str, *, unique: bool = False) -> pa.Column:
    return pa.Column(pl.String, pa.Check.str_matches(pattern), unique=unique)


PRACTICE_LSOA = pa.DataFrameSchema(
    {
        "practice_code": _code(_PRACTICE),
        "lsoa_code": pa.Column(pl.String),
        "lsoa_kind": pa.Column(pl.String, pa.Check.isin(["england", "wales", "none", "other"])),
        "lsoa_vintage": pa.Column(pl.String, pa.Check.isin(["2011", "2021"])),
        "patients": pa.Column(pl.Int64, pa.Check.ge(0)),
        "extract_date": pa.Column(pl.Date),
    },
    unique=["practice_code", "lsoa_code"],
    strict=True,
    ordered=True,
)

PRACTICES = pa.DataFrameSchema(
    {
        "practice_code": _code(_PRACTICE, unique=True),
        "practice_name": pa.Column(pl.String),
        "pcn": pa.Column(pl.String),
        "sub_icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "sub_icb_ons": _code(r"^E38\d{6}$"),
        "icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "icb_ons": _code(r"^E54\d{6}$"),
        "region_ods": _code(r"^Y\d{2}$"),
        "region_ons": _code(r"^E40\d{6}$"),
        "scheme": pa.Column(pl.String, pa.Check.isin(["stp", "icb"])),
        "extract_date": pa.Column(pl.Date),
    },
    strict=True,
    ordered=True,
)

SCHEMAS = {"practice_lsoa": PRACTICE_LSOA, "practices": PRACTICES}
