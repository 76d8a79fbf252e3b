"""The tooth extraction workbook to observations by authority, region and for England."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, add_financial_year, check_within, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of, spreadsheet_column
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import Form, read_numbers
from hi_pipeline.sources.tooth_extractions.areas import read_areas, read_body
from hi_pipeline.sources.tooth_extractions.sheets import AGES, SHEETS, Sheet

TOKENS: Mapping[str | None, Token] = {"c": Token.SUPPRESSED}
# The publisher: "Counts of less than 8 are suppressed". 2026-11: that includes 0, of which no cell is printed: in
# Richmondshire in 2020-21 ages of 15, 15, c and c make a total of 25, so that at most one is behind the two of them.
HIDDEN_LOW, HIDDEN_HIGH = 0, 7
# Sub-national counts are rounded to the nearest 5; as 0 to 7 are hidden, the smallest printed is 10.
ROUNDED_BY, SMALLEST_PRINTED = 2, 10

# The tables that are read, by their place; the other five are rates and shares made from these and from each other.
EXTRACTIONS, POPULATION, CARIES = "extractions", "population", "caries_extractions"
TABLES: Mapping[int, str] = {0: EXTRACTIONS, 1: POPULATION, 3: CARIES}
# The bands of the statement's children, which stand as groups of age too.
BY_AGE: Mapping[str, str] = {"0_5": "0 to 5", "6_10": "6 to 10"}
OF_AGES = (CARIES, POPULATION)
MEASURES = (*(f"{table}_{age}" for table in TABLES.values() for age in AGES.values()), *OF_AGES)

# Behind the names of the authorities of East Sussex in 2018-19, whose every figure is hidden, large ones too.
WITHDRAWN_MARK = "^"
CAUTION_YEAR, CAUTION_REGION = "2018-19", "E12000008"
_WITHDRAWN = "hidden whatever its size: records of East Sussex Healthcare NHS Trust lost their codes that year"
_CAUTION = "to be treated with caution: records of East Sussex Healthcare NHS Trust lost their codes that year"
_HIDDEN = "hidden by the publisher: fewer than 8"

_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the observations of all years: extractions, those for caries, and populations, by age.

    Args:
        tables: by name of the sheet, its cells.
        release: the workbook; its years are those of ``SHEETS``.

    Raises:
        LayoutError: notes, titles, headers, codes, labels or tokens differ from the declared ones, a row names
            different areas in its tables, or England's row differs between two sheets of a year.
        ValidationError: areas do not add up to England within their bounds, or more caries than extractions.
    """
    where = f"tooth_extractions {release.edition}"
    account = Account()
    figures = pl.concat(
        _figures(tables[sheet.name][0].frame, sheet, f"{where}, sheet {sheet.name}") for sheet in SHEETS
    )
    figures = _one_england(figures, account, where)
    figures = pl.concat([figures, _by_age(figures)])
    account.note("rates and percentages (tables 3 and 5 to 8 of each sheet) follow from the counts and are not read")
    years = [add_financial_year(figures.filter(financial_year=year), year) for year in release.financial_years]
    whole = pl.concat(years)
    observations = to_observations(whole)
    _check_sums(observations, where)
    for age in AGES.values():
        check_within(observations, part=f"{CARIES}_{age}", whole=f"{EXTRACTIONS}_{age}", where=where)
    return {"observations": observations, ROW_INDEX: row_index_of(whole, release), ACCOUNT: account.frame()}


def _figures(matrix: pl.DataFrame, sheet: Sheet, where: str) -> pl.DataFrame:
    body = read_body(matrix, sheet, where)
    areas = read_areas(body, sheet, where)
    blocks = []
    for place, table in TABLES.items():
        first = place * sheet.width + len(sheet.labels[place])
        for number, age in enumerate(AGES.values()):
            column = f"column_{first + number}"
            texts = areas.with_columns(body[column])
            read = read_numbers(texts, column, tokens=TOKENS, where=f"{where}, {table}_{age}", form=Form.SHEET_COUNT)
            read = read.with_columns(cells(read, column, name=spreadsheet_column(column), member=sheet.name))
            read = read.rename({column: "cell", f"{column}_value": "value", f"{column}_status": "status"})
            blocks.append(read.with_columns(pl.lit(table).alias("table"), pl.lit(f"{table}_{age}").alias("measure")))
    figures = pl.concat(blocks)
    return _with_bounds(_with_notes(figures, sheet.financial_year), where).with_columns(
        pl.lit(sheet.financial_year).alias("financial_year"),
        pl.lit(sheet.name).alias("sheet"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
    )


def _with_notes(figures: pl.DataFrame, year: str) -> pl.DataFrame:
    marked = pl.col("area_name").str.ends_with(WITHDRAWN_MARK)
    suppressed = pl.col("status") == Token.SUPPRESSED
    caution = (pl.col("area_code") == CAUTION_REGION) & pl.lit(year == CAUTION_YEAR) & (pl.col("table") != POPULATION)
    return figures.with_columns(
        (marked & suppressed).alias("withdrawn"),
        pl.col("area_name").str.strip_chars_end(WITHDRAWN_MARK),
        pl.when(marked & suppressed)
        .then(pl.lit(_WITHDRAWN))
        .when(suppressed)
        .then(pl.lit(_HIDDEN))
        .when(caution)
        .then(pl.lit(_CAUTION))
        .otherwise(pl.lit(""))
        .alias("note"),
    )


def _with_bounds(figures: pl.DataFrame, where: str) -> pl.DataFrame:
    exact = (pl.col("area_level") == "england") | (pl.col("table") == POPULATION)
    ok = pl.col("status") == "ok"
    unrounded = ~exact & ok & ((pl.col("value") % 5 != 0) | (pl.col("value") < SMALLEST_PRINTED))
    # A count is hidden for being small; a total for England or a population is not.
    odd = figures.filter(unrounded | (exact & ~ok & ~pl.col("withdrawn")))
    if odd.height:
        shown = odd.select("area_code", "measure", "cell").rows()[:_MAX_SHOWN]
        raise LayoutError(
            f"{where}: {odd.height} figures break the publisher's own rule (counts of areas are multiples of 5 from "
            f"{SMALLEST_PRINTED} on, or hidden; populations and England are exact): {shown}"
        )
    return add_bounds(
        figures,
        half_width=pl.when(exact).then(0).otherwise(ROUNDED_BY),
        hidden_low=pl.lit(HIDDEN_LOW),
        hidden_high=pl.when(~pl.col("withdrawn")).then(HIDDEN_HIGH),
    )


def _one_england(figures: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    england = figures.filter(area_level="england")
    apart = england.group_by("financial_year", "measure").agg(pl.col("value").unique(), pl.col("sheet"))
    apart = apart.filter(pl.col("value").list.len() > 1).sort("financial_year", "measure")
    if apart.height:
        raise LayoutError(f"{where}: England differs between two sheets of one year: {apart.rows()[:_MAX_SHOWN]}")
    once = england.unique(["financial_year", "measure"], keep="first", maintain_order=True)
    account.left_out("figures of England that stand on two sheets, equal on both", england.height - once.height)
    return pl.concat([figures.filter(pl.col("area_level") != "england"), once])


def _by_age(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the extractions for caries and the populations of the statement's bands again, as groups of age."""
    named = {f"{table}_{age}": (table, words) for table in OF_AGES for age, words in BY_AGE.items()}
    return figures.filter(pl.col("measure").is_in(list(named))).with_columns(
        pl.lit(Dimension.AGE.value).alias("dimension"),
        pl.col("measure").replace_strict({name: words for name, (_, words) in named.items()}).alias("category"),
        pl.col("measure").replace_strict({name: table for name, (table, _) in named.items()}),
    )


def _check_sums(observations: pl.DataFrame, where: str) -> None:
    """Hold the counts of each level against England's: it must lie within the sums of their bounds."""
    key = ["financial_year", "dimension", "category", "measure"]
    counts = observations.filter(~pl.col("measure").str.starts_with(POPULATION))
    england = counts.filter(area_level="england").select(*key, pl.col("value").alias("england"))
    sums = (
        counts.filter(pl.col("area_level") != "england")
        .group_by(*key, "area_level")
        .agg(pl.col("low").sum(), pl.when(pl.col("high").null_count() == 0).then(pl.col("high").sum()).alias("high"))
        .join(england, on=key, how="left", validate="m:1")
    )
    outside = (pl.col("england") < pl.col("low")) | (pl.col("england") > pl.col("high"))
    wrong = sums.filter(outside.fill_null(False)).sort(*key, "area_level")
    if wrong.height:
        raise ValidationError(
            f"{where}: areas do not add up to England: (year, dimension, group, measure, level, sum of lower "
            f"bounds, of upper bounds, England) {wrong.rows()[:_MAX_SHOWN]}",
            failures=wrong,
        )
