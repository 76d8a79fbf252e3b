"""Schemas of the clean lookups."""

import polars as pl

from hi_pipeline.core.schema import Column, Rule, Schema

_LSOA = r"^[EW]01\d{6}$"


def _code(pattern: str, *, nullable: bool = False, unique: bool = False) -> Column:
    return Column(dtype=pl.String, pattern=pattern, nullable=nullable, unique=unique)


def _unchanged_keep_their_code() -> pl.Expr:
    same = pl.col("lsoa11_code") == pl.col("lsoa21_code")
    return same | (pl.col("change") != "U")


LSOA_AREAS = Schema(
    columns={
        "lsoa_code": _code(r"^E01\d{6}$", unique=True),
        "lsoa_name": Column(dtype=pl.String),
        "sub_icb_ons": _code(r"^E38\d{6}$"),
        "sub_icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "icb_ons": _code(r"^E54\d{6}$"),
        "icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "lad_code": _code(r"^E0[6-9]\d{6}$", nullable=True),
    },
)

SUB_ICB_AREAS = Schema(
    columns={
        "sub_icb_ons": _code(r"^E38\d{6}$", unique=True),
        "sub_icb_ods": _code(r"^[0-9A-Z]{3,5}$", unique=True),
        "sub_icb_name": Column(dtype=pl.String),
        "icb_ons": _code(r"^E54\d{6}$"),
        "icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "icb_name": Column(dtype=pl.String),
        "region_ons": _code(r"^E40\d{6}$"),
        "region_ods": _code(r"^Y\d{2}$"),
        "region_name": Column(dtype=pl.String),
    },
)

LSOA_2011_2021 = Schema(
    columns={
        "lsoa11_code": _code(_LSOA),
        "lsoa21_code": _code(_LSOA),
        "change": Column(dtype=pl.String, words=("U", "S", "M", "X")),
        "lad22_code": _code(r"^(E0[6-9]|W06)\d{6}$"),
    },
    rules=(Rule(name="an unchanged LSOA keeps its code", holds=_unchanged_keep_their_code()),),
    key=("lsoa11_code", "lsoa21_code"),
)

CCG_AREAS = Schema(
    columns={
        "ccg_ons": _code(r"^E38\d{6}$", unique=True),
        "ccg_ods": _code(r"^[0-9A-Z]{3,5}$", unique=True),
        "ccg_name": Column(dtype=pl.String),
        "stp_ons": _code(r"^E54\d{6}$", nullable=True),
        "stp_ods": _code(r"^Q[0-9A-Z]{2}$", nullable=True),
    },
)

LSOA_CCGS = Schema(
    columns={"lsoa_code": _code(r"^E01\d{6}$", unique=True), "ccg_ons": _code(r"^E38\d{6}$")},
)

SCHEMAS = {
    "lsoa_areas": LSOA_AREAS,
    "ccg_areas": CCG_AREAS,
    "lsoa_ccgs": LSOA_CCGS,
    "sub_icb_areas": SUB_ICB_AREAS,
    "lsoa_2011_2021": LSOA_2011_2021,
}
