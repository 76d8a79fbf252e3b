"""The weekly workbook of April 2021 to observations: doses by partnership, age and ethnic group, and populations."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, spreadsheet_column, together
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables, Token
from hi_pipeline.core.status import PeriodType
from hi_pipeline.core.text_tables import MEMBER, ROW, map_exactly, number_rows, read_numbers
from hi_pipeline.sources.covid_vaccinations import sheets
from hi_pipeline.sources.covid_vaccinations.labels import ETHNICITY_LABELS, PARTNERSHIP_LABELS
from hi_pipeline.sources.covid_vaccinations.sheets import FIRST, POPULATION, SECOND, SHARE, Sheet

# "100%* signifies that the number who have received their first dose exceeds the latest official estimate".
ABOVE_ALL = "100%*"
TOKENS: Mapping[str | None, Token] = {ABOVE_ALL: Token.NOT_APPLICABLE}
MEASURES = (FIRST, SECOND, sheets.ALL_DOSES, SHARE, POPULATION, sheets.POPULATION_16)
# The campaign began on 8 December 2020; most of its days, to 25 April 2021, lie in the financial year 2020-21.
FIRST_DAY, LAST_DAY = date(2020, 12, 8), date(2021, 4, 25)
_TOTAL = "Total"
_NOTES: Mapping[str, str] = {
    SHARE: "the publisher's percentage, over the mid-2019 estimates of the ONS",
    POPULATION: "mid-2019 estimate of the ONS, as in the workbook",
    sheets.POPULATION_16: "mid-2019 estimate of the ONS, as in the workbook",
}
_ABOVE = "above 100: more people vaccinated than the estimate has"
_AREA = ["area_level", "area_code", "area_name"]
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return doses to 25 April 2021 and populations, for England and the 42 partnerships of residence.

    Raises:
        LayoutError: a header, partnership, token or period other than declared.
        ValidationError: doses that do not add up, or a percentage that its counts do not give.
    """
    where = f"covid_vaccinations {release.edition}"
    account = Account()
    figures = pl.concat(_figures(tables[s.table][0], s, f"{where}, table {s.table}") for s in sheets.SHEETS)
    england = _england(tables["ethnicity"][0], f"{where}, table ethnicity")
    figures = _with_totals(figures, england, account, where)
    _check_shares(figures, where)
    share = pl.col("measure") == SHARE
    note = pl.when(share & (pl.col("status") != "ok")).then(pl.lit(_ABOVE))
    noted = figures.with_columns(
        note.otherwise(pl.col("measure").replace_strict(_NOTES, default="", return_dtype=pl.String)).alias("note"),
        pl.lit(release.financial_years[0]).alias("financial_year"),
        pl.lit(FIRST_DAY).alias("period_start"),
        pl.lit(LAST_DAY).alias("period_end"),
        pl.lit(PeriodType.SEASON.value).alias("period_type"),
    )
    account.note("the workbook has no populations by ethnic group")
    bounded = add_bounds(noted, half_width=pl.lit(0.0))
    return {
        "observations": to_observations(bounded),
        ROW_INDEX: row_index_of(bounded, release),
        ACCOUNT: account.frame(),
    }


def _check_words(matrix: pl.DataFrame, words: Mapping[tuple[int, int], str], where: str) -> None:
    for (row, column), expected in words.items():
        inside = row < matrix.height and column < matrix.width
        found = (matrix.item(row, column) or "").strip() if inside else None
        if found != expected:
            raise LayoutError(
                f"{where}: row {row + 1}, column {column + 1} holds {found!r}; expected {expected!r}. Age bands change "
                "from week to week: declare the sheet of this week in sheets.py."
            )


def _figures(raw: RawTable, sheet: Sheet, where: str) -> pl.DataFrame:
    """Return the figures of England and of each partnership, one a row."""
    _check_words(raw.frame, {(sheets.PERIOD_ROW, 2): sheet.period, **sheet.words}, where)
    name, region = f"column_{sheet.name_column}", f"column_{sheet.name_column - 2}"
    body = number_rows(raw).slice(sheets.TOTAL_ROW).with_row_index("row")
    places = body.filter(pl.col(name).is_not_null())
    england = body.filter((pl.col("row") == 0) & (pl.col(region) == _TOTAL) & pl.col(name).is_null())
    if england.height != 1 or sorted(places[name]) != sorted(PARTNERSHIP_LABELS):
        odd = sorted(set(places[name]) ^ set(PARTNERSHIP_LABELS))
        raise LayoutError(
            f"{where}: expected a row {_TOTAL!r} and each of the {len(PARTNERSHIP_LABELS)} partnerships once; names "
            f"that are new or not there: {odd[:_MAX_SHOWN]}. Declare them in labels.py."
        )
    _refuse_nameless(body.filter(pl.col(name).is_null() & (pl.col("row") != 0)), sheet, where)
    places = map_exactly(places, name, labels=PARTNERSHIP_LABELS, into="area_code", where=where)
    rows = pl.concat(
        [
            england.with_columns(
                pl.lit("england").alias("area_level"),
                pl.lit("").alias("area_code"),
                pl.lit("England").alias("area_name"),
            ),
            places.with_columns(pl.lit("stp").alias("area_level"), pl.col(name).alias("area_name")),
        ],
        how="diagonal",
    )
    return pl.concat(_column(rows, number, figure, where) for number, figure in sheet.figures.items())


def _refuse_nameless(rows: pl.DataFrame, sheet: Sheet, where: str) -> None:
    """Refuse figures in a row that names no partnership; notes at the foot have none."""
    cells = [pl.col(f"column_{number}").is_not_null() for number in sheet.figures]
    odd = rows.filter(pl.any_horizontal(cells))
    if odd.height:
        raise LayoutError(
            f"{where}: {odd.height} rows below the row {_TOTAL!r} have figures and name no partnership: rows "
            f"{odd[ROW].to_list()[:_MAX_SHOWN]}. Declare what they are before they are read."
        )


def _column(rows: pl.DataFrame, number: int, figure: sheets.Figure, where: str) -> pl.DataFrame:
    measure, dimension, category = figure
    texts = rows.select(*_AREA, ROW, MEMBER, pl.col(f"column_{number}").alias("cell"))
    share = measure == SHARE
    place = f"{where}, column {number + 1}"
    read = read_numbers(texts, "cell", tokens=TOKENS if share else {}, where=place, whole=not share)
    return read.select(
        *_AREA,
        pl.lit(dimension.value).alias("dimension"),
        pl.lit(category).alias("category"),
        pl.lit(measure).alias("measure"),
        (pl.col("cell_value") * (100.0 if share else 1.0)).alias("value"),
        pl.col("cell_status").alias("status"),
        cells(read, "cell", name=spreadsheet_column(f"column_{number}")),
    )


def _england(raw: RawTable, where: str) -> pl.DataFrame:
    """Return England's doses by ethnic group and in total, from the sheet that has no partnerships."""
    _check_words(raw.frame, {(sheets.PERIOD_ROW, 2): sheets.TO_APRIL, **sheets.ENGLAND_WORDS}, where)
    matrix = number_rows(raw)
    rows = pl.concat([matrix.slice(12, 1), matrix.slice(14, len(ETHNICITY_LABELS))]).with_columns(
        pl.lit("england").alias("area_level"), pl.lit("").alias("area_code"), pl.lit("England").alias("area_name")
    )
    words = {_TOTAL: ALL, **ETHNICITY_LABELS}
    rows = map_exactly(rows, "column_1", labels=words, into="category", where=where)
    blocks = []
    for number, measure in ((3, FIRST), (4, SECOND), (6, sheets.ALL_DOSES)):
        read = read_numbers(rows, f"column_{number}", tokens={}, where=where, whole=True)
        total = pl.col("category") == ALL
        blocks.append(
            read.select(
                *_AREA,
                pl.when(total).then(pl.lit("total")).otherwise(pl.lit("ethnicity")).alias("dimension"),
                "category",
                pl.lit(measure).alias("measure"),
                pl.col(f"column_{number}_value").alias("value"),
                pl.col(f"column_{number}_status").alias("status"),
                cells(read, f"column_{number}", name=spreadsheet_column(f"column_{number}")),
            )
        )
    return pl.concat(blocks)


def _with_totals(figures: pl.DataFrame, england: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Add first doses in total, the sum of all ethnic groups, and England's second doses by group.

    What two sheets print alike must be alike, and first and second doses must add up to all doses.
    """
    key = [*_AREA, "dimension", "category", "measure"]
    first = figures.filter((pl.col("measure") == FIRST) & (pl.col("dimension") == Dimension.ETHNICITY.value))
    totals = (
        first.group_by(_AREA, maintain_order=True)
        .agg(pl.col("value").sum(), together())
        .select(
            *_AREA,
            pl.lit("total").alias("dimension"),
            pl.lit(ALL).alias("category"),
            pl.lit(FIRST).alias("measure"),
            "value",
            pl.lit("ok").alias("status"),
            CELLS,
        )
    )
    whole = pl.concat([figures, totals])
    both = whole.join(england.select(*key, other="value"), on=key, how="inner", validate="1:1")
    apart = both.filter(pl.col("value") != pl.col("other"))
    doses = whole.filter(dimension="total").pivot("measure", index="area_code", values="value")
    unequal = doses.filter(pl.col(FIRST) + pl.col(SECOND) != pl.col(sheets.ALL_DOSES))
    if apart.height or unequal.height or both.is_empty():
        raise ValidationError(
            f"{where}: England differs between two sheets: {apart.select(*key, 'value', 'other').rows()[:_MAX_SHOWN]}; "
            f"first and second doses are not all doses: {unequal.rows()[:_MAX_SHOWN]}",
            failures=apart if apart.height else unequal,
        )
    elsewhere = {
        level: float(doses.filter((pl.col("area_code") == "") == flag)[sheets.ALL_DOSES].sum())
        for level, flag in (("england", True), ("partnerships", False))
    }
    account.note(
        f"{elsewhere['england'] - elsewhere['partnerships']:,.0f} of {elsewhere['england']:,.0f} doses were given to "
        "people with an address outside England or unknown: they are in no partnership"
    )
    more = england.join(whole, on=key, how="anti").filter(pl.col("measure") != sheets.ALL_DOSES)
    return pl.concat([whole, more])


def _check_shares(figures: pl.DataFrame, where: str) -> None:
    """Hold each printed percentage against first doses over the population, 100%* against more than all."""
    by_age = figures.filter(dimension=Dimension.AGE.value).pivot(
        "measure", index=["area_code", "category"], values="value"
    )
    rows = by_age.filter(pl.col(FIRST).is_not_null() & pl.col(POPULATION).is_not_null())
    made = 100 * pl.col(FIRST) / pl.col(POPULATION)
    wrong = pl.when(pl.col(SHARE).is_null()).then(made <= 100).otherwise((made - pl.col(SHARE)).abs() > 1e-4)
    odd = rows.filter(wrong)
    if odd.height or rows.is_empty():
        raise ValidationError(
            f"{where}: {odd.height} percentages are not first doses over the population: "
            f"{odd.select('area_code', 'category', FIRST, POPULATION, SHARE).rows()[:_MAX_SHOWN]}",
            failures=odd,
        )
