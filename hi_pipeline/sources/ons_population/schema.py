"""Schema of the clean table of mid-year populations."""

import pandera.polars as pa
import polars as pl

POPULATION = pa.DataFrameSchema(
    {
        "sub_icb_ons": pa.Column(pl.String, pa.Check.str_matches(r"^E38\d{6}$")),
        "icb_ons": pa.Column(pl.String, pa.Check.str_matches(r"^E54\d{6}$")),
        "year": pa.Column(pl.Int32, pa.Check.in_range(2011, 2040)),
        "geography": pa.Column(pl.String, pa.Check.isin(["CCG 2021", "ICB 2023", "ICB 2024"])),
        "sex": pa.Column(pl.String, pa.Check.isin(["Female", "Male"])),
        "age": pa.Column(pl.Int32, pa.Check.in_range(0, 90)),
        "population": pa.Column(pl.Int64, pa.Check.ge(0)),
    },
    unique=["sub_icb_ons", "year", "geography", "sex", "age"],
    strict=True,
    ordered=True,
)

SCHEMAS = {"population": POPULATION}
