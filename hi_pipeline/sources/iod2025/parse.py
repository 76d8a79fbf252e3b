"""File 7 of the Indices of Deprivation 2025 to the table ``lsoa_imd``."""

import polars as pl

from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.text_tables import number_rows, read_numbers

# Our column for each of the publisher's.
COLUMNS = {
    "lsoa_code": "LSOA code (2021)",
    "imd_rank": "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
    "imd_decile": "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",
    "imd_score": "Index of Multiple Deprivation (IMD) Score",
}
# Read where the file has it: the publisher's own file does, copies cut to the index itself do not.
POPULATION_COLUMN = "Total population: mid 2022"


def parse(tables: RawTables, release: Release) -> Tables:
    """Return ``lsoa_imd``: one LSOA of 2021 a row, with its score, national rank and decile (1 = most deprived).

    Args:
        tables: "lsoa", the file.
        release: File 7, version 2.

    Raises:
        LayoutError: a cell is no number; there are no tokens in this file.
    """
    raw = tables["lsoa"][0]
    where = f"iod2025 {release.edition}, {raw.member}"
    frame = number_rows(raw).rename({"LSOA Code (2021)": "LSOA code (2021)"}, strict=False)
    numbers = {name: column for name, column in COLUMNS.items() if name != "lsoa_code"}
    if POPULATION_COLUMN in frame.columns:
        numbers["population"] = POPULATION_COLUMN
    else:
        frame = frame.with_columns(pl.lit(None).alias("population"))
    for name, column in numbers.items():
        frame = read_numbers(frame, column, tokens={}, where=where, whole=name != "imd_score")
        frame = frame.with_columns(pl.col(f"{column}_value").alias(name))
    return {
        "lsoa_imd": frame.select(
            pl.col(COLUMNS["lsoa_code"]).str.strip_chars().alias("lsoa_code"),
            pl.col("imd_rank").cast(pl.Int32),
            pl.col("imd_decile").cast(pl.Int32),
            pl.col("imd_score").cast(pl.Float64),
            pl.col("population").cast(pl.Int64),
        ).sort("lsoa_code")
    }
