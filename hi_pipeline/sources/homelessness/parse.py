"""The detailed tables of homelessness to observations by authority, region and for England."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import validate_enclosed
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.observations import add_bounds, check_within, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, spreadsheet_column
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables, Token
from hi_pipeline.core.status import PeriodType
from hi_pipeline.core.text_tables import MEMBER, ROW, number_rows, read_numbers
from hi_pipeline.sources.homelessness import sheets
from hi_pipeline.sources.homelessness.sheets import SHEETS, Sheet

TOKENS: Mapping[str | None, Token] = {"..": Token.MISSING, "-": Token.SUPPRESSED}
MEASURES = tuple(sorted({measure for sheet in SHEETS for measure, _, _ in sheet.figures.values()}))
# Totals of England and regions are rounded to the nearest 10, in all columns but the number of households.
ROUNDED_TO = 10
_REST, _REST_CODE = "Rest of England", "-"
_LEVELS: Mapping[str, str] = {
    "england": r"^E92000001$",
    "region_ons": r"^E12\d{6}$",
    "local_authority": r"^E0[6-9]\d{6}$",
}
_REGIONS = 9
_NOTES: Mapping[str, str] = {
    "missing": "the authority gave no data",
    "suppressed": "hidden by the publisher: fewer than 5 households owed a duty",
    "ok": "",
}
_AREA = ["area_level", "area_code", "area_name"]
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return households assessed, owed a duty (by ethnic group too) and in temporary accommodation, by area.

    Raises:
        LayoutError: a title of another quarter, a header, code or token that is not declared, or a total that is not
            rounded.
        ValidationError: an area with two different rows, areas that differ between sheets, or parts above their whole.
    """
    where = f"homelessness {release.edition}"
    account = Account()
    last = _last_day(release)
    figures = pl.concat(
        _figures(tables[sheet.name][0], sheet, last, account, f"{where}, sheet {sheet.name}") for sheet in SHEETS
    )
    figures = figures.with_columns(pl.lit(label_of_date(last)).alias("financial_year"))
    observations = to_observations(figures)
    apart = (
        figures.group_by("area_level", "area_code")
        .agg(pl.col("measure").n_unique())
        .filter(pl.col("measure") != len(MEASURES))
    )
    if apart.height:
        codes = sorted(apart["area_code"])[:_MAX_SHOWN]
        raise ValidationError(f"{where}: areas that do not stand on every sheet: {codes}", failures=apart)
    check_within(observations, part=sheets.OWED, whole=sheets.ASSESSED, where=where)
    check_within(observations, part=sheets.IN_TA_CHILDREN, whole=sheets.IN_TA, where=where)
    _check_households(figures, where)
    _check_parts(observations, where)
    assessed = figures.filter((pl.col("measure") == sheets.ASSESSED) & (pl.col("area_level") == "local_authority"))
    silent = assessed.filter(status="missing").height
    account.note(
        f"{silent} of {assessed.height} authorities gave no data; England and regions hold the publisher's estimates "
        "for them"
    )
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _last_day(release: Release) -> date:
    """Return the last day of the quarter that the edition is named by ("2025-03")."""
    year, month = (int(part) for part in release.edition.split("-"))
    return date(year, month, monthrange(year, month)[1])


def _figures(raw: RawTable, sheet: Sheet, last: date, account: Account, where: str) -> pl.DataFrame:
    _check_words(raw.frame, {(0, 0): sheet.title_of(last), **sheet.words}, where)
    areas = _areas(number_rows(raw).slice(sheet.first_row), account, where)
    blocks = [_column(areas, number, sheet, where) for number in sheet.figures]
    # The number of households is a stock too: quarters of it are not added up.
    stock = pl.lit(sheet.snapshot) | (pl.col("measure") == sheets.HOUSEHOLDS)
    return pl.concat(blocks).with_columns(
        pl.when(stock).then(last).otherwise(date(last.year, last.month - 2, 1)).alias("period_start"),
        pl.lit(last).alias("period_end"),
        pl.when(stock)
        .then(pl.lit(PeriodType.SNAPSHOT.value))
        .otherwise(pl.lit(PeriodType.QUARTER.value))
        .alias("period_type"),
    )


def _check_words(matrix: pl.DataFrame, words: Mapping[tuple[int, int], str], where: str) -> None:
    for (row, column), expected in words.items():
        inside = row < matrix.height and column < matrix.width
        found = matrix.item(row, column) if inside else None
        if found != expected:
            raise LayoutError(
                f"{where}: row {row + 1}, column {column + 1} holds {found!r}; expected {expected!r}. If this is "
                "the file of another quarter, fetch it again; if it is another layout, declare it in sheets.py."
            )


def _areas(body: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Return the rows of areas, each once; below them stand notes, whose first cell is no code."""
    code = pl.col("column_0")
    ends = body.with_row_index().filter(pl.coalesce("column_0", "column_1").str.contains("^Notes"))["index"]
    if ends.is_empty():
        raise LayoutError(f"{where}: no row 'Notes' below the figures; the sheet is not whole")
    rows = body.head(ends[0]).filter(~pl.all_horizontal(pl.exclude(ROW, MEMBER).is_null()))
    rest = (code == _REST_CODE) & (pl.col("column_1") == _REST)
    account.left_out(f"rows of {_REST}", rows.filter(rest).height)
    rows = rows.filter(~rest.fill_null(False))
    level = pl.coalesce(pl.when(code.str.contains(rule)).then(pl.lit(name)) for name, rule in _LEVELS.items())
    rows = rows.with_columns(level.alias("area_level"))
    odd = rows.filter(pl.col("area_level").is_null())
    if odd.height:
        shown = odd.select("column_0", "column_1").rows()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: rows that are no area by their code: {shown}")
    once = rows.unique([name for name in rows.columns if name != ROW], keep="first", maintain_order=True)
    account.left_out("rows of London that repeat the one among the regions", rows.height - once.height)
    twice = once.filter(code.is_duplicated())
    tops = {name: once.filter(area_level=name).height for name in ("england", "region_ons")}
    if twice.height or tops != {"england": 1, "region_ons": _REGIONS}:
        raise ValidationError(
            f"{where}: expected England once and {_REGIONS} regions, found {tops}; areas with two different rows: "
            f"{twice['column_0'].to_list()[:_MAX_SHOWN]}",
            failures=twice,
        )
    england = pl.col("area_level") == "england"
    return once.with_columns(
        pl.when(england).then(pl.lit("")).otherwise(code).alias("area_code"),
        pl.when(england).then(pl.lit("England")).otherwise(pl.col("column_1").str.strip_chars()).alias("area_name"),
    )


def _check_households(figures: pl.DataFrame, where: str) -> None:
    """Hold the households of authorities, which no authority lacks, against England's: none may have been lost."""
    rows = figures.filter(pl.col("measure") == sheets.HOUSEHOLDS)
    authorities = rows.filter(area_level="local_authority")
    england = float(rows.filter(area_level="england")["value"].sum())
    together = float(authorities["value"].sum())
    if abs(together - england) > authorities.height:
        raise ValidationError(
            f"{where}: households of the {authorities.height} authorities add up to {together:,.0f}, "
            f"England has {england:,.0f}; an authority is lost or stands twice. Fetch the file again."
        )


def _check_parts(observations: pl.DataFrame, where: str) -> None:
    """Those owed a duty are those owed either of two, and those of all ethnic groups; 2026-11: so in all 306 areas."""
    owed = observations.filter(measure=sheets.OWED)
    total = owed.filter(dimension=Dimension.TOTAL.value)
    for parts, what in (
        (observations.filter(pl.col("measure").is_in([sheets.PREVENTION, sheets.RELIEF])), "prevention and relief"),
        (owed.filter(dimension=Dimension.ETHNICITY.value), "ethnicity"),
    ):
        of = f"households owed a duty, by {what} and in all,"
        validate_enclosed(total, parts, ("area_level", "area_code"), of=of, where=where)


def _column(areas: pl.DataFrame, number: int, sheet: Sheet, where: str) -> pl.DataFrame:
    measure, dimension, category = sheet.figures[number]
    in_thousands = number in sheet.thousands
    place = f"{where}, column {number + 1}"
    frame = areas.select(*_AREA, ROW, MEMBER, f"column_{number}", *([f"column_{sheet.all_of}"] if sheet.all_of else []))
    frame = read_numbers(frame, f"column_{number}", tokens=TOKENS, where=place, whole=not in_thousands)
    hidden_high = None
    if sheet.all_of:
        frame = read_numbers(frame, f"column_{sheet.all_of}", tokens=TOKENS, where=place, whole=True)
        hidden_high = pl.col(f"column_{sheet.all_of}_value")
    value = pl.col(f"column_{number}_value")
    frame = frame.with_columns(
        (value * 1000).round(0).alias("value") if in_thousands else value.alias("value"),
        pl.col(f"column_{number}_status").alias("status"),
        cells(frame, f"column_{number}", name=spreadsheet_column(f"column_{number}")),
        (pl.lit(not in_thousands) & (pl.col("area_level") != "local_authority")).alias("rounded"),
    )
    odd = frame.filter(pl.col("rounded") & (pl.col("value") % ROUNDED_TO != 0))
    if odd.height:
        shown = odd.select("area_name", "value").rows()[:_MAX_SHOWN]
        raise LayoutError(f"{place}: totals that are no multiples of {ROUNDED_TO}: {shown}")
    half_width = pl.when("rounded").then(ROUNDED_TO / 2).otherwise(0.0)
    bounded = add_bounds(frame, half_width=half_width, hidden_low=pl.lit(0.0), hidden_high=hidden_high)
    return bounded.select(
        *_AREA,
        pl.lit(dimension.value).alias("dimension"),
        pl.lit(category).alias("category"),
        pl.lit(measure).alias("measure"),
        "value",
        "low",
        "high",
        "status",
        pl.col("status").replace_strict(_NOTES, return_dtype=pl.String).alias("note"),
        CELLS,
    )
