"""Referral to treatment waiting times: the full extract summed by commissioner's board."""

import re
from calendar import month_name, monthrange
from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import BOARDS
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import ONCE, check_within, to_observations
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.status import PeriodType, Status
from hi_pipeline.core.text_tables import map_labels, read_numbers

# 2026-11: Total and the unknown clock start are blank in the parts with pathways that are not completed.
BLANKS: Mapping[str | None, Token] = {None: Token.NOT_APPLICABLE}
NO_TOKENS: Mapping[str | None, Token] = {}

PART = "Part_2"  # incomplete pathways
LEFT_OUT_PARTS = ("Part_1A", "Part_1B", "Part_2A", "Part_3")
ALL_FUNCTIONS = "C_999"  # the sum of the other treatment functions
MEASURES: Mapping[str, int] = {  # measure to the weeks above which a pathway counts
    "pathways_total": 0,
    "pathways_gt18": 18,
    "pathways_gt52": 52,
    "pathways_gt65": 65,
}
BOARD_CODES = frozenset(board.ods for board in BOARDS)
_BAND = re.compile(r"Gt (\d+)(?: To \d+)? Weeks SUM 1")
_PERIOD = re.compile(r"RTT-([A-Z][a-z]+)-(\d{4})")
_AREA = ("area_level", "area_code", "area_name")
_ROW = ("Provider Org Code", "Commissioner Org Code")


def parse(tables: RawTables, release: Release) -> Tables:
    """Return pathways waiting at the month's end: by board, by national commissioner, and of all rows.

    Raises:
        LayoutError: another month, part, or code of a board than known, or text in a number's place.
        ValidationError: a row whose total is not the sum of its bands, or that stands there twice.
    """
    raw = tables["extract"][0]
    where = f"rtt {release.edition}, {raw.member}"
    account = Account()
    day = _month_end(raw.frame, release, where)
    frame = _incomplete(raw.frame, account, where)
    bands = {name: int(found[1]) for name in frame.columns if (found := _BAND.fullmatch(name))}
    for column in (*bands, "Total All"):
        frame = read_numbers(frame, column, tokens=NO_TOKENS, where=where, whole=True)
    for column in ("Total", "Patients with unknown clock start date"):
        frame = read_numbers(frame, column, tokens=BLANKS, where=where, whole=True)
    _check_unique(frame, where)
    _check_totals(frame, tuple(bands), where)
    observations = _observe(_count(frame, bands, where), day=day, last_band=max(bands.values()))
    for part in ("pathways_gt18", "pathways_gt52", "pathways_gt65"):
        check_within(observations, part=part, whole="pathways_total", where=where)
    return {"observations": observations, ACCOUNT: account.frame()}


def _month_end(frame: pl.DataFrame, release: Release, where: str) -> date:
    periods = frame["Period"].unique().sort().to_list()
    found = _PERIOD.fullmatch(periods[0] or "") if len(periods) == 1 else None
    names = list(month_name)
    if not found or found[1] not in names:
        raise LayoutError(f"{where}: Period reads {periods[:4]}; expected one month such as RTT-January-2026")
    year, month = int(found[2]), names.index(found[1])
    if f"{year}-{month:02d}" != release.edition:
        raise LayoutError(f"{where}: the file is of {periods[0]}; expected {release.edition}. Is the address right?")
    return date(year, month, monthrange(year, month)[1])


def _incomplete(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    parts = {part: part for part in (PART, *LEFT_OUT_PARTS)}
    frame = map_labels(frame, "RTT Part Type", labels=parts, into="part", account=account)
    part = frame.filter(pl.col("RTT Part Type") == PART)
    account.left_out("rows of parts other than incomplete pathways", frame.height - part.height)
    total = part.filter(pl.col("Treatment Function Code") == ALL_FUNCTIONS)
    account.left_out("rows of single treatment functions, which C_999 sums", part.height - total.height)
    if total.is_empty():
        raise LayoutError(f"{where}: no row of {PART} with treatment function {ALL_FUNCTIONS}, the sum of all")
    return total


def _check_unique(frame: pl.DataFrame, where: str) -> None:
    """Rows are summed, so that one said twice would count twice."""
    twice = frame.filter(pl.struct(_ROW).is_duplicated())
    if twice.height:
        shown = twice.select(*_ROW, "Total All").unique(maintain_order=True).head(5).rows()
        raise ValidationError(
            f"{where}: {twice.height} rows of {PART} are of one provider and commissioner more than once: {shown}. "
            f"{ONCE}",
            failures=twice.select(*_ROW, "Total All"),
        )


def _check_totals(frame: pl.DataFrame, bands: tuple[str, ...], where: str) -> None:
    """Row by row: all pathways are the bands and those with an unknown clock start; Total, where given, the bands."""
    summed = frame.with_columns(pl.sum_horizontal([f"{band}_value" for band in bands]).alias("bands"))
    unknown = pl.col("Patients with unknown clock start date_value").fill_null(0)
    wrong = summed.filter(
        (pl.col("Total All_value") != pl.col("bands") + unknown)
        | (pl.col("Total_value") != pl.col("bands")).fill_null(False)
    )
    if wrong.height:
        shown = wrong.select("Provider Org Code", "Commissioner Org Code", "Total All", "bands").head(5).rows()
        raise ValidationError(
            f"{where}: in {wrong.height} rows the total is not the sum of the weekly bands and the unknown clock "
            f"starts: (provider, commissioner, Total All, sum) {shown}",
            failures=wrong.select("Provider Org Code", "Commissioner Org Code", "Total All", "Total", "bands"),
        )


def _count(frame: pl.DataFrame, bands: Mapping[str, int], where: str) -> pl.DataFrame:
    """Return one row an area with a column a measure; a blank parent is commissioned nationally."""
    parent = pl.col("Commissioner Parent Org Code")
    frame = frame.with_columns(pl.when(parent.str.strip_chars() != "").then(parent).alias(parent.meta.output_name()))
    strange = frame.filter(~pl.col("Commissioner Parent Org Code").is_in(list(BOARD_CODES)))
    if strange.height:
        codes = strange["Commissioner Parent Org Code"].unique().to_list()[:8]
        raise LayoutError(
            f"{where}: commissioner parents {codes} are no ODS codes of boards; if boards changed, add them to "
            "core/icb_codes.py with their vintage"
        )
    national = pl.col("Commissioner Parent Org Code").is_null()
    no_name = pl.col("Commissioner Org Name").is_null() | (pl.col("Commissioner Org Name") == "#N/A")
    named = frame.with_columns(
        pl.when(national).then(pl.lit("national")).otherwise(pl.lit("icb")).alias("area_level"),
        pl.when(national)
        .then(pl.col("Commissioner Org Code"))
        .otherwise(pl.col("Commissioner Parent Org Code"))
        .alias("area_code"),
        # 2026-11: NONC, in no ODS list, carries the name "#N/A".
        pl.when(~national)
        .then(pl.col("Commissioner Parent Name"))
        .when(no_name)
        .then(pl.lit("commissioner without a name"))
        .otherwise(pl.col("Commissioner Org Name"))
        .alias("area_name"),
    )
    england = named.with_columns(
        pl.lit("england").alias("area_level"), pl.lit("").alias("area_code"), pl.lit("England").alias("area_name")
    )
    above = {
        measure: pl.sum_horizontal(pl.lit(0.0), *(f"{band}_value" for band, week in bands.items() if week >= weeks))
        for measure, weeks in MEASURES.items()
    }
    above["pathways_total"] = pl.col("Total All_value")
    return pl.concat([named, england]).group_by(_AREA).agg(**{name: value.sum() for name, value in above.items()})


def _observe(counted: pl.DataFrame, *, day: date, last_band: int) -> pl.DataFrame:
    """Put the counts into the contract; a measure finer than the last band is not applicable."""
    month = f"{month_name[day.month]} {day.year}"
    note = f"waiting at the end of {month}"
    if day.month != 3:
        note += ", which is not the end of the financial year"
    too_fine = [measure for measure, weeks in MEASURES.items() if weeks > last_band]
    known = ~pl.col("measure").is_in(too_fine)
    value = pl.when(known).then(pl.col("value"))
    return to_observations(
        counted.unpivot(index=list(_AREA), on=list(MEASURES), variable_name="measure").with_columns(
            pl.lit(label_of_date(day)).alias("financial_year"),
            pl.lit(day).alias("period_start"),
            pl.lit(day).alias("period_end"),
            pl.lit(PeriodType.SNAPSHOT.value).alias("period_type"),
            pl.lit(Dimension.TOTAL.value).alias("dimension"),
            pl.lit(ALL).alias("category"),
            value.alias("value"),
            value.alias("low"),
            value.alias("high"),
            pl.when(known).then(pl.lit(Status.OK.value)).otherwise(pl.lit(Status.NOT_APPLICABLE.value)).alias("status"),
            pl.when(pl.col("area_level") == "england")
            .then(pl.lit(f"{note}; the sum of all rows of the extract"))
            .otherwise(pl.lit(note))
            .alias("note"),
        )
    )
