"""Learning disability and autism, mental health services data: hospital spells open at the end of a month."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.groups import ALL, UNKNOWN, Dimension
from hi_pipeline.core.observations import ONCE, add_bounds, add_snapshot, to_observations, unverified
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.status import Status
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers
from hi_pipeline.core.whole import validate_areas

# "-" is what a table does not count. The producer's code hides under 5, 0 among them, and rounds every other count to
# the nearest 5, England's too.
TOKENS: Mapping[str | None, Token] = {"*": Token.SUPPRESSED, "-": Token.NOT_APPLICABLE}
ROUNDED_BY, HIDDEN_LOW, HIDDEN_HIGH = 2, 0, 4
SPELLS = "LDA45_Hospital_spells_open_at_the_end_of_the_RP"
MEASURE = "hospital_spells_open"

ENGLAND_AREA = "Total data as submitted"
LEVEL_LABELS: Mapping[str, str] = {ENGLAND_AREA: "england", "ICB": "icb"}
# Spells by who pays, who treats and where a region lies: nobody reads them.
LEFT_OUT_LEVELS = ("Provider", "Commissioner", "Commissioner Groupings", "Commissioning Region")
# The code of the rows whose board is not known: they are in England and in no board.
UNKNOWN_AREAS = ("Invalid", "UNKNOWN", "Unknown")
NO_SPLIT = "NULL"

AGE_LABELS: Mapping[str, str] = {
    "Under 18": "Under 18",
    "18-24": "18 to 24",
    "25-34": "25 to 34",
    "35-44": "35 to 44",
    "45-54": "45 to 54",
    "55-64": "55 to 64",
    "65 and Over": "65 and over",
    "Unknown": UNKNOWN,
}
# Two kinds of unknown are one here: their counts are added.
SEX_LABELS: Mapping[str, str] = {"Male": "Male", "Female": "Female", "Not stated": UNKNOWN, "Unknown": UNKNOWN}
ETHNICITY_LABELS: Mapping[str, str] = {
    "White": "White",
    "Mixed": "Mixed",
    "Asian": "Asian or Asian British",
    "Black": "Black or Black British",
    "Other": "Other Ethnic Groups",
    "Not Stated": UNKNOWN,
    "Unknown": UNKNOWN,
}
SPLITS: Mapping[str, tuple[Dimension, Mapping[str, str]]] = {
    "Total": (Dimension.TOTAL, {"Total": ALL}),
    "Age": (Dimension.AGE, AGE_LABELS),
    "Gender": (Dimension.SEX, SEX_LABELS),
    "Ethnicity": (Dimension.ETHNICITY, ETHNICITY_LABELS),
}
LEFT_OUT_SPLITS = (
    "Distance from Home",
    "Ward security",
    "Planned Discharge Date Present",
    "Time to Planned Discharge",
    "Respite care",
    "Length of stay",
    "Discharge Destination Grouped",
    "Ward Type",
    "Mental Health Act",
    "Delayed Discharges",
    "Restraints",
)
NOTE = "hospital spells of all ages open at the end of the month, of people with a learning disability or autism"
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the spells open at the end of a March: of boards in all, of England by age, sex and ethnic group too.

    The file says no period: it is the release's.

    Raises:
        LayoutError: a board without a row, a code of no board's form, a row of a board that is split, a count that is
            no multiple of 5.
        ValidationError: a count that stands there twice, or groups that hold more than England.
    """
    (year,) = release.financial_years
    raw = tables["counts"][0]
    where = f"lda_inpatients {release.edition}, {raw.member}"
    day = _day(release, year)
    account = Account()
    frame = _rows(number_rows(raw), account, where)
    frame = read_numbers(frame, SPELLS, tokens=TOKENS, where=where, whole=True)
    figures = _figures(frame)
    _check(figures, account, where)
    codes = figures.filter(area_level="icb")["area_code"].to_list()
    validate_areas(codes, level="icb", financial_year=year, where=where)
    bounded = add_bounds(
        figures, half_width=pl.lit(ROUNDED_BY), hidden_low=pl.lit(HIDDEN_LOW), hidden_high=pl.lit(HIDDEN_HIGH)
    )
    whole = _add_unknown(bounded)
    _check_within(whole, where)
    dated = unverified(add_snapshot(whole, day))
    return {
        "observations": to_observations(dated),
        ROW_INDEX: row_index_of(dated, release),
        ACCOUNT: account.frame(),
    }


def _add_unknown(bounded: pl.DataFrame) -> pl.DataFrame:
    """Add the kinds of unknown of a dimension; where one is hidden their sum is, between the sums of the bounds."""
    unknown = pl.col("category") == UNKNOWN
    there = (pl.col("status") == Status.OK).all()
    key = ["area_level", "area_code", "area_name", "dimension", "category", "measure", "note"]
    added = (
        bounded.filter(unknown)
        .group_by(key)
        .agg(
            pl.when(there).then(pl.col("value").sum()).alias("value"),
            pl.when(there).then(pl.lit(Status.OK.value)).otherwise(pl.lit(Status.SUPPRESSED.value)).alias("status"),
            pl.col("low", "high").sum(),
            together(),
        )
    )
    columns = [name for name in bounded.columns if name != "label"]
    return pl.concat([bounded.filter(~unknown).select(columns), added.select(columns)])


def _check_within(bounded: pl.DataFrame, where: str) -> None:
    """The groups of a split of England hold no more spells than England has, even at the edge of their bounds."""
    england = bounded.filter(area_level="england")
    total = pl.col("dimension") == Dimension.TOTAL.value
    most = england.filter(total).select(pl.col("high").max()).item()
    split = england.filter(~total).group_by("dimension", maintain_order=True).agg(pl.col("low").sum())
    above = split.filter(pl.col("low") > pl.lit(most, dtype=pl.Float64))
    if above.height:
        raise ValidationError(
            f"{where}: the groups of {above['dimension'].to_list()} hold more spells than England, which has at most "
            f"{most}: (split, at least) {above.rows()}",
            failures=above,
        )


def _day(release: Release, year: str) -> date:
    """Return the last day of the month that the edition is named by: that of the financial year."""
    day = period(year)[1]
    if release.edition != f"{day:%Y-%m}":
        raise LayoutError(
            f"lda_inpatients {release.edition}: expected the edition {day:%Y-%m}, the last month of {year}"
        )
    return day


def _rows(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Keep the rows of England and its boards that are split by one of this project's dimensions or not at all."""
    levels = dict.fromkeys(LEFT_OUT_LEVELS, "") | dict(LEVEL_LABELS)
    frame = map_labels(frame, "Geography", labels=levels, into="area_level", account=account)
    account.left_out("rows of other levels of area", frame.filter(pl.col("area_level") == "").height)
    frame = frame.filter(pl.col("area_level") != "")
    unknown = (pl.col("area_level") == "icb") & pl.col("OrgCode").is_in(UNKNOWN_AREAS).fill_null(False)
    frame = frame.with_columns(area_level=pl.when(unknown).then(pl.lit("unknown")).otherwise("area_level"))
    second = frame["SecondaryMeasure"] != NO_SPLIT
    account.left_out("rows that are split twice", int(second.sum()))
    frame = frame.filter(~second)
    splits = dict.fromkeys(LEFT_OUT_SPLITS, "") | {name: dimension.value for name, (dimension, _) in SPLITS.items()}
    frame = map_labels(frame, "PrimaryMeasure", labels=splits, into="dimension", account=account)
    account.left_out("rows of splits that are no dimension here", frame.filter(pl.col("dimension") == "").height)
    odd = frame.filter((pl.col("area_level") != "england") & (pl.col("PrimaryMeasure") != "Total"))
    if odd.height:
        shown = odd.select("OrgCode", "PrimaryMeasure", "PrimarySplit").head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: {odd.height} rows of boards are split, as none were: {shown}. Declare what they mean."
        )
    return _categories(frame.filter(pl.col("dimension") != ""), account)


def _categories(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    parts = []
    for split, (_, labels) in SPLITS.items():
        own = frame.filter(pl.col("PrimaryMeasure") == split)
        parts.append(map_labels(own, "PrimarySplit", labels=labels, into="category", account=account))
    return pl.concat(parts)


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    england = pl.col("area_level") == "england"
    return frame.select(
        "area_level",
        pl.when(england).then(pl.lit("")).otherwise(pl.col("OrgCode")).alias("area_code"),
        pl.when(england).then(pl.lit(ENGLAND_NAME)).otherwise(pl.col("OrgName")).alias("area_name"),
        "dimension",
        "category",
        pl.lit(MEASURE).alias("measure"),
        pl.col(f"{SPELLS}_value").alias("value"),
        pl.col(f"{SPELLS}_status").alias("status"),
        pl.lit(NOTE).alias("note"),
        pl.col("PrimarySplit").alias("label"),
        cells(frame, SPELLS),
    )


def _check(figures: pl.DataFrame, account: Account, where: str) -> None:
    key = ["area_level", "area_code", "dimension", "label"]
    twice = figures.filter(pl.struct(key).is_duplicated())
    if twice.height:
        shown = twice.select(key).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{where}: {twice.height} counts stand there twice: {shown}. {ONCE}", failures=twice)
    odd = figures.filter((pl.col("area_level") == "icb") & ~pl.col("area_code").str.contains(r"^Q\w\w$"))
    if odd.height:
        raise LayoutError(f"{where}: codes {odd['area_code'].to_list()[:_MAX_SHOWN]} are those of no board")
    odd = figures.filter((pl.col("value") % 5 != 0) | (pl.col("status") == Status.NOT_APPLICABLE))
    if odd.height:
        shown = odd.select(*key, "value", "status").head(_MAX_SHOWN).rows()
        raise LayoutError(f"{where}: {odd.height} counts are no multiples of 5, or are not counted at all: {shown}")
    total = figures.filter(area_level="england", dimension=Dimension.TOTAL.value)
    if total.height != 1 and not account.has_unknown_labels:
        raise LayoutError(f"{where}: {total.height} rows of {ENGLAND_AREA!r} in all; expected one")
