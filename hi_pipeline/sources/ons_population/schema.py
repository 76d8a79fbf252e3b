"""Schema of the clean table of mid-year populations."""

import polars as pl

from hi_pipeline.core.schema import Column, Schema

POPULATION = Schema(
    columns={
        "sub_icb_ons": Column(dtype=pl.String, pattern=r"^E38\d{6}$"),
        "icb_ons": Column(dtype=pl.String, pattern=r"^E54\d{6}$"),
        "year": Column(dtype=pl.Int32, least=2011, most=2040),
        "geography": Column(dtype=pl.String, words=("CCG 2021", "ICB 2023", "ICB 2024")),
        "sex": Column(dtype=pl.String, words=("Female", "Male")),
        "age": Column(dtype=pl.Int32, least=0, most=90),
        "population": Column(dtype=pl.Int64, least=0),
    },
    key=("sub_icb_ons", "year", "geography", "sex", "age"),
)

SCHEMAS = {"population": POPULATION}
