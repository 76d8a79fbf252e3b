"""Schemas of the clean lookups."""

import pandera.polars as pa
import polars as pl

_LSOA = r"^[EW]01\d{6}$"


def _code(pattern: str, *, nullable: bool = False, unique: bool = False) -> pa.Column:
    return pa.Column(pl.String, pa.Check.str_matches(pattern), nullable=nullable, unique=unique)


def _unchanged_keep_their_code(data: pa.PolarsData) -> pl.LazyFrame:
    same = pl.col("lsoa11_code") == pl.col("lsoa21_code")
    return data.lazyframe.select(same | (pl.col("change") != "U"))


LSOA_AREAS = pa.DataFrameSchema(
    {
        "lsoa_code": _code(r"^E01\d{6}$", unique=True),
        "lsoa_name": pa.Column(pl.String),
        "sub_icb_ons": _code(r"^E38\d{6}$"),
        "sub_icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "icb_ons": _code(r"^E54\d{6}$"),
        "icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "lad_code": _code(r"^E0[6-9]\d{6}$", nullable=True),
    },
    strict=True,
    ordered=True,
)

SUB_ICB_AREAS = pa.DataFrameSchema(
    {
        "sub_icb_ons": _code(r"^E38\d{6}$", unique=True),
        "sub_icb_ods": _code(r"^[0-9A-Z]{3,5}$", unique=True),
        "sub_icb_name": pa.Column(pl.String),
        "icb_ons": _code(r"^E54\d{6}$"),
        "icb_ods": _code(r"^[0-9A-Z]{3,5}$"),
        "icb_name": pa.Column(pl.String),
        "region_ons": _code(r"^E40\d{6}$"),
        "region_ods": _code(r"^Y\d{2}$"),
        "region_name": pa.Column(pl.String),
    },
    strict=True,
    ordered=True,
)

LSOA_2011_2021 = pa.DataFrameSchema(
    {
        "lsoa11_code": _code(_LSOA),
        "lsoa21_code": _code(_LSOA),
        "change": pa.Column(pl.String, pa.Check.isin(["U", "S", "M", "X"])),
        "lad22_code": _code(r"^(E0[6-9]|W06)\d{6}$"),
    },
    checks=[pa.Check(_unchanged_keep_their_code, name="an unchanged LSOA keeps its code")],
    unique=["lsoa11_code", "lsoa21_code"],
    strict=True,
    ordered=True,
)

CCG_AREAS = pa.DataFrameSchema(
    {
        "ccg_ons": _code(r"^E38\d{6}$", unique=True),
        "ccg_ods": _code(r"^[0-9A-Z]{3,5}$", unique=True),
        "ccg_name": pa.Column(pl.String),
        "stp_ons": _code(r"^E54\d{6}$", nullable=True),
        "stp_ods": _code(r"^Q[0-9A-Z]{2}$", nullable=True),
    },
    strict=True,
    ordered=True,
)

LSOA_CCGS = pa.DataFrameSchema(
    {"lsoa_code": _code(r"^E01\d{6}$", unique=True), "ccg_ons": _code(r"^E38\d{6}$")}, strict=True, ordered=True
)

SCHEMAS = {
    "lsoa_areas": LSOA_AREAS,
    "ccg_areas": CCG_AREAS,
    "lsoa_ccgs": LSOA_CCGS,
    "sub_icb_areas": SUB_ICB_AREAS,
    "lsoa_2011_2021": LSOA_2011_2021,
}
