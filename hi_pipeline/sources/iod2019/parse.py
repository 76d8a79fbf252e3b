"""Files 1 and 7 of the Indices of Deprivation 2019 to the table ``lsoa_imd``."""

import polars as pl

from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.text_tables import Form, number_rows, read_numbers

FILE_1 = "file_1"
FILE_7 = "file_7"

# Our column for each of the publisher's, by layout. File 1 has neither score nor population.
COLUMNS = {
    FILE_1: {
        "lsoa_code": "LSOA code (2011)",
        "imd_rank": "Index of Multiple Deprivation (IMD) Rank",
        "imd_decile": "Index of Multiple Deprivation (IMD) Decile",
    },
    FILE_7: {
        "lsoa_code": "LSOA code (2011)",
        "imd_rank": "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
        "imd_decile": "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",
        "imd_score": "Index of Multiple Deprivation (IMD) Score",
        "population": "Total population: mid 2015 (excluding prisoners)",
    },
}


def parse(tables: RawTables, release: Release) -> Tables:
    """Return ``lsoa_imd``: one LSOA of 2011 a row, with its national rank and decile (1 = most deprived).

    Args:
        tables: "lsoa", the sheet or file.
        release: File 1 or File 7.

    Raises:
        LayoutError: a cell is no number; there are no tokens in these files.
    """
    raw = tables["lsoa"][0]
    where = f"iod2019 {release.edition}, {raw.member}"
    frame = number_rows(raw).rename({"LSOA Code (2011)": "LSOA code (2011)"}, strict=False)
    for name, column in COLUMNS[release.layout].items():
        if name == "lsoa_code":
            frame = frame.with_columns(pl.col(column).str.strip_chars().alias(name))
            continue
        form = Form.DECIMAL if name == "imd_score" else Form.SHEET_COUNT  # File 1 is a workbook
        frame = read_numbers(frame, column, tokens={}, where=where, form=form)
        frame = frame.with_columns(pl.col(f"{column}_value").alias(name))
    for name in ("imd_score", "population"):
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None).alias(name))
    return {
        "lsoa_imd": frame.select(
            "lsoa_code",
            pl.col("imd_rank").cast(pl.Int32),
            pl.col("imd_decile").cast(pl.Int32),
            pl.col("imd_score").cast(pl.Float64),
            pl.col("population").cast(pl.Int64),
        ).sort("lsoa_code")
    }
