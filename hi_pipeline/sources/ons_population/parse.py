"""ONS workbook of health geographies to ``population``: one area, year, sex and single year of age a row."""

import re

import polars as pl

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables
from hi_pipeline.core.text_tables import ROW, Form, number_rows, read_numbers

# F90 and M90 are people of 90 and over.
LAST_AGE = 90
SEXES = {"F": "Female", "M": "Male"}
AGE_COLUMNS = tuple(f"{letter}{age}" for letter in SEXES for age in range(LAST_AGE + 1))
TOTAL_COLUMN = "Total"

SHEET = re.compile(r"Mid-(20\d\d) ((?:CCG|ICB) 20\d\d)")

# By geography, the publisher's columns for the area and its parent. For the CCGs of 2021 the parent is the STP.
AREA_COLUMNS = {
    "CCG 2021": ("CCG 2021 Code", "STP 2021 Code"),
    "ICB 2023": ("SICBL 2023 Code", "ICB 2023 Code"),
    "ICB 2024": ("SICBL 2024 Code", "ICB 2024 Code"),
}
# The footprint in which the codes must exist; the codes of 2021 are those of no footprint of boards.
FOOTPRINTS = {"ICB 2023": Vintage.APRIL_2023, "ICB 2024": Vintage.APRIL_2023}

_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return ``population``, from every sheet of England that the workbook holds.

    Args:
        tables: by geography, its sheets, one a mid-year.
        release: a workbook of one or more mid-years.

    Raises:
        LayoutError: a cell is no number, ages do not add up to the total of their row, an area is unknown or missing.
    """
    sheets = [_population(raw, f"ons_population {release.edition}, {raw.member}") for t in tables.values() for raw in t]
    return {"population": pl.concat(sheets).sort("geography", "year", "sub_icb_ons", "sex", "age")}


def _population(raw: RawTable, where: str) -> pl.DataFrame:
    found = SHEET.fullmatch(raw.member)
    if not found:
        raise LayoutError(f"{where}: the sheet's name tells no mid-year and geography, as 'Mid-2022 ICB 2023' does")
    year, geography = int(found[1]), found[2]
    area, parent = AREA_COLUMNS[geography]
    numbers = (TOTAL_COLUMN, *AGE_COLUMNS)
    frame = number_rows(raw).select(ROW, pl.col(area).alias("sub_icb_ons"), pl.col(parent).alias("icb_ons"), *numbers)
    for name in numbers:
        frame = read_numbers(frame, name, tokens={}, where=where, form=Form.SHEET_COUNT)
        frame = frame.with_columns(pl.col(f"{name}_value").cast(pl.Int64).alias(name))
    _check_totals(frame, where)
    if geography in FOOTPRINTS:
        _check_areas(frame, FOOTPRINTS[geography], where)
    long = frame.unpivot(on=AGE_COLUMNS, index=["sub_icb_ons", "icb_ons"], variable_name="group")
    return long.select(
        "sub_icb_ons",
        "icb_ons",
        pl.lit(year, dtype=pl.Int32).alias("year"),
        pl.lit(geography).alias("geography"),
        pl.col("group").str.head(1).replace_strict(SEXES, return_dtype=pl.String).alias("sex"),
        pl.col("group").str.slice(1).cast(pl.Int32).alias("age"),
        pl.col("value").alias("population"),
    )


def _check_totals(frame: pl.DataFrame, where: str) -> None:
    wrong = frame.with_columns(pl.sum_horizontal(AGE_COLUMNS).alias("sum")).filter(
        pl.col("sum") != pl.col(TOTAL_COLUMN)
    )
    if wrong.height:
        shown = wrong.select("sub_icb_ons", TOTAL_COLUMN, "sum").head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: in {wrong.height} rows the ages do not add up to Total: (area, Total, sum) {shown}"
        )


def _check_areas(frame: pl.DataFrame, vintage: Vintage, where: str) -> None:
    known = {(s.ons, s.board[vintage]) for s in SUB_ICB_LOCATIONS if vintage in s.board}
    found = set(frame.select("sub_icb_ons", "icb_ons").rows())
    if found != known:
        raise LayoutError(
            f"{where}: areas and boards differ from core.geography in {vintage}. "
            f"Unknown: {sorted(found - known)[:_MAX_SHOWN] or 'none'}. "
            f"Missing: {sorted(known - found)[:_MAX_SHOWN] or 'none'}. If the footprint changed, declare the geography."
        )
