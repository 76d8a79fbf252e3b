"""The rows of a sheet below its header, and the areas that they stand for."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.agreement import validate_names
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.text_tables import ROW, map_exactly
from hi_pipeline.sources.tooth_extractions.sheets import Sheet

REGIONS: Mapping[str, str] = {
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
}
ENGLAND_CODE = "E92000001"
ENGLAND_LABELS = ("ENGLAND (unrounded)", "ENGLAND")
# 2026-11: rows that stand for two authorities are called by both, or by the one that their population is of.
COMBINED = ("E06000052", "E09000012")  # Cornwall and Isles of Scilly; Hackney and City of London
_AREA_CODES = {"local_authority": r"^E0[6-9]\d{6}$", "region": r"^E12\d{6}$"}

_MAX_SHOWN = 8


def read_body(matrix: pl.DataFrame, sheet: Sheet, where: str) -> pl.DataFrame:
    """Return the rows below the header, once all that stands above them is as declared.

    Raises:
        LayoutError: naming the row that differs.
    """
    if matrix.width != len(sheet.header):
        raise LayoutError(f"{where}: {matrix.width} columns; expected eight tables in {len(sheet.header)}")
    blank = (None,) * (len(sheet.header) - 1)
    expected = [*((note, *blank) for note in sheet.notes), sheet.title_row, sheet.header]
    for number, row in enumerate(expected):
        found = matrix.row(number) if number < matrix.height else ()
        if found != row:
            differ = [(f, e) for f, e in zip(found, row, strict=False) if f != e][:3]
            raise LayoutError(
                f"{where}: row {number + 1} differs from the declared layout: (found, expected) "
                f"{differ or 'nothing there'}. If the publisher changed the sheet, declare it in sheets.py."
            )
    body = matrix.with_row_index(ROW, offset=1).slice(len(expected))
    return body.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))


def read_areas(body: pl.DataFrame, sheet: Sheet, where: str) -> pl.DataFrame:
    """Return row, level, code and name of each row; code and name must be the same in all eight tables.

    Raises:
        LayoutError: tables of a row name different areas, or an area stands there twice, is strange, or is missing.
    """
    codes = [f"column_{place * sheet.width + 1}" for place in range(len(sheet.titles))]
    apart = body.filter(pl.any_horizontal(pl.col(code).ne_missing(pl.col(codes[0])) for code in codes[1:]))
    if apart.height:
        raise LayoutError(f"{where}: rows whose tables name different areas: {apart.select(codes).rows()[:3]}")
    _check_names(body, sheet, where)
    named = body.select(
        ROW,
        pl.col("column_0").alias("label"),
        pl.col("column_1").alias("code"),
        (pl.col("column_2") if sheet.level == "local_authority" else pl.col("column_0")).alias("name"),
    )
    labels = {**{name: name for name in REGIONS.values()}, **dict.fromkeys(ENGLAND_LABELS, "England")}
    named = map_exactly(named, "label", labels=labels, into="region", where=where)
    england = (pl.col("code") == ENGLAND_CODE).fill_null(False)
    expected = pl.col("code").str.contains(_AREA_CODES[sheet.level]).fill_null(False)
    strange = named.filter((england != (pl.col("region") == "England")) | ~(england | expected))
    if strange.height or named.filter(england).height != 1 or named["code"].is_duplicated().any():
        raise LayoutError(
            f"{where}: expected one row for England ({ENGLAND_CODE}) and one for each {sheet.level}; "
            f"other labels and codes: {strange.select('label', 'code').rows()[:_MAX_SHOWN]}; "
            f"codes twice: {named.filter(pl.col('code').is_duplicated())['code'].unique().to_list()[:_MAX_SHOWN]}"
        )
    if sheet.level == "region":
        _check_regions(named.filter(~england), where)
    return named.select(
        ROW,
        pl.when(england).then(pl.lit("england")).otherwise(pl.lit(sheet.level)).alias("area_level"),
        pl.when(england).then(pl.lit("")).otherwise(pl.col("code")).alias("area_code"),
        pl.when(england).then(pl.lit("England")).otherwise(pl.col("name")).alias("area_name"),
    )


def _check_names(body: pl.DataFrame, sheet: Sheet, where: str) -> None:
    """The name beside the code is the same in all eight tables, but for spelling and the rows of two authorities."""
    last = len(sheet.labels[0]) - 1  # the last label is the area's name, but for regions, whose name comes first
    place = last if sheet.level == "local_authority" else 0
    columns = [f"column_{table * sheet.width + place}" for table in range(len(sheet.titles))]
    names = pl.concat([body.select(pl.col("column_1").alias("code"), pl.col(c).alias("name")) for c in columns])
    known = names.filter(~pl.col("code").is_in([ENGLAND_CODE, *COMBINED]))
    validate_names(known, [("code", "name")], where=where)


def _check_regions(named: pl.DataFrame, where: str) -> None:
    found = dict(named.select("code", "region").rows())
    if found != dict(REGIONS):
        raise LayoutError(f"{where}: regions are {found}; expected the nine of England: {dict(REGIONS)}")
