"""England's episodes and admissions by block of primary diagnoses (chapter blocks such as I60-I69)."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, add_financial_year, melt_figures, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, row_index_of
from hi_pipeline.core.source import RawTable, Release
from hi_pipeline.sources.hes_admitted.layouts import ADMISSIONS, DIAGNOSIS_FIRST, DIAGNOSIS_HEADER, EPISODES, METHODS
from hi_pipeline.sources.hes_admitted.sheets import TOTAL, letters, read_body, validate_exact, validate_parts

EMERGENCY = METHODS[0]
# The blocks that hold heart attacks (I21, I22) and strokes (I60 to I64), with much else beside them.
BLOCKS: Mapping[str, str] = {"I20-I25": "ischaemic_heart", "I60-I69": "cerebrovascular"}
FIGURES = (EPISODES, ADMISSIONS, EMERGENCY)
MEASURES = tuple(f"{block}_{figure}" for block in BLOCKS.values() for figure in FIGURES)
# N99 is the one block of a single code (2026-11).
_CODE = r"^[A-Z]\d\d(-[A-Z]\d\d)?$"
_NOTE = "primary diagnoses of the whole block {}: more than heart attack or stroke as the statement counts them"


def read_diagnoses(raw: RawTable, release: Release, account: Account, where: str) -> dict[str, pl.DataFrame]:
    """Return ``observations`` of two blocks with the row index, and ``diagnoses``: every block with its figures.

    Raises:
        LayoutError: the header, a code or a token is not as declared, or a block that is read is absent.
        ValidationError: admissions that are not their four methods, episodes not their sexes, blocks above the total.
    """
    year = release.financial_years[0]
    read = read_body(raw, DIAGNOSIS_HEADER, first=DIAGNOSIS_FIRST, year=year, where=where)
    # 2026-11: the copy in hand lacks the row over all diagnoses, which public code names.
    over_all = pl.col("code").eq_missing(TOTAL)
    rows, total = read.filter(~over_all), read.filter(over_all)
    odd = rows.filter(~pl.col("code").str.contains(_CODE).fill_null(False) | pl.col("name").is_null())
    if odd.height:
        raise LayoutError(f"{where}: rows that begin with no block of diagnoses: {odd['code'].to_list()[:8]}")
    validate_exact(rows, where=where)
    if total.height:
        validate_parts(rows, total, where=where)
    absent = set(BLOCKS) - set(rows["code"])
    if absent:
        raise LayoutError(f"{where}: no rows of {sorted(absent)}; expected every block of the summary")
    account.note("ages are of episodes, not of admissions, and are not read; means and medians neither")
    figures = england_figures(rows, BLOCKS, year, note=_NOTE, first=DIAGNOSIS_FIRST)
    return {
        "observations": to_observations(figures),
        ROW_INDEX: row_index_of(figures, release),
        "diagnoses": table_of(rows, year),
    }


def table_of(rows: pl.DataFrame, year: str) -> pl.DataFrame:
    """Return every row that was read with its code, words and figures.

    Args:
        rows: of ``read_body``.
        year: the financial year.

    Returns:
        Columns financial_year, diagnoses, description, and a count each for episodes, admissions and ways of admission.
    """
    return rows.select(
        pl.lit(year).alias("financial_year"),
        pl.col("code").alias("diagnoses"),
        pl.col("name").alias("description"),
        *(pl.col(f"{name}_value").cast(pl.Int64).alias(name) for name in (EPISODES, ADMISSIONS, *METHODS)),
    ).sort("diagnoses")


def england_figures(rows: pl.DataFrame, named: Mapping[str, str], year: str, *, note: str, first: int) -> pl.DataFrame:
    """Return England's episodes, admissions and emergency admissions of some codes, with exact bounds.

    Args:
        rows: of ``read_body``.
        named: code, or block of codes, to what its measures begin with.
        year: the financial year.
        note: of each row; {} stands for its code.
        first: the column of the first figure.
    """
    england = rows.filter(pl.col("code").is_in(list(named))).with_columns(
        pl.lit("england").alias("area_level"),
        pl.lit("").alias("area_code"),
        pl.lit(ENGLAND_NAME).alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.col("code").replace_strict({code: note.format(code) for code in named}).alias("note"),
        pl.col("code").replace_strict(dict(named)).alias("block"),
    )
    keep = ("area_level", "area_code", "area_name", "dimension", "category", "note", "block")
    figures = melt_figures(england, measures={name: name for name in FIGURES}, keep=keep, printed_in=letters(first))
    measured = figures.with_columns(pl.concat_str("block", pl.lit("_"), "measure").alias("measure"))
    return add_financial_year(add_bounds(measured, half_width=pl.lit(0.0)), year)
