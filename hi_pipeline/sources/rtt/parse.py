"""Referral to treatment waiting times: the full extract summed by commissioner and by its board."""

import re
from calendar import month_name, monthrange
from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import validate_codes, validate_determines, validate_names
from hi_pipeline.core.columns import OBSERVATION_KEY
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, board, vintage_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import ONCE, add_bounds, add_month, add_snapshot, check_within, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.status import Status
from hi_pipeline.core.text_tables import Form, map_exactly, map_labels, number_rows, read_numbers

# 2026-11: Total and the unknown clock start are blank in the parts with pathways that are not completed.
BLANKS: Mapping[str | None, Token] = {None: Token.NOT_APPLICABLE}
NO_TOKENS: Mapping[str | None, Token] = {}

PART = "Part_2"  # incomplete pathways
COMPLETED: Mapping[str, str] = {"Part_1A": "completed_admitted", "Part_1B": "completed_non_admitted"}
LEFT_OUT_PARTS = ("Part_2A", "Part_3")
ALL_FUNCTIONS = "C_999"  # the sum of the other treatment functions
# 2026-11: those of January 2026, and X01 ("Other"), recalled of months to March 2021, of which no file is in hand.
FUNCTIONS = (
    *("C_100", "C_101", "C_110", "C_120", "C_130", "C_140", "C_150", "C_160", "C_170", "C_300", "C_301", "C_320"),
    *("C_330", "C_340", "C_400", "C_410", "C_430", "C_502", "X01", "X02", "X03", "X04", "X05", "X06"),
)
MEASURES: Mapping[str, int] = {  # measure to the weeks above which a pathway counts
    "pathways_total": 0,
    "pathways_gt18": 18,
    "pathways_gt52": 52,
    "pathways_gt65": 65,
}
# Commissioners that belong to no board (2026-11: the 23 of January 2026, whose parent is blank): NHS England's hubs,
# those for health and justice ("H&J"), its regions, and NONC, pathways without a commissioner.
HUBS = ("13Q", "13R", "14A", "14E", "14F", "14G", "27T", "85J")
HUBS_OF_JUSTICE = ("14M", "14Q", "14R", "14T", "32T", "76A", "97T")
REGIONS_OF_NHS_ENGLAND = ("Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63")
NATIONAL = (*HUBS, *HUBS_OF_JUSTICE, *REGIONS_OF_NHS_ENGLAND, "NONC")
ALL_MEASURES = (*MEASURES, *COMPLETED.values())
_BAND = re.compile(r"Gt (\d+)(?: To \d+)? Weeks SUM 1")
_PERIOD = re.compile(r"RTT-([A-Z][a-z]+)-(\d{4})")
_AREA = ("area_level", "area_code", "area_name")
_CODES = tuple(f"{kind} Org Code" for kind in ("Provider Parent", "Provider", "Commissioner Parent", "Commissioner"))
_SUMMED = ", summed"
_ROW = ("RTT Part Type", "Provider Org Code", "Commissioner Org Code")


def parse(tables: RawTables, release: Release) -> Tables:
    """Return pathways waiting at the month's end and completed in it: by board, commissioner, of all rows.

    Raises:
        LayoutError: another month, part, treatment function, board or commissioner than known, or text in a number's
            place.
        ValidationError: a row whose total is not the sum of its bands or of its treatment functions, or that stands
            there twice; functions without their total; a code with two names.
    """
    raw = tables["extract"][0]
    where = f"rtt {release.edition}, {raw.member}"
    account = Account()
    day = _month_end(raw.frame, release, where)
    read = _read_parts(number_rows(raw), account, where)
    validate_codes(read, _CODES, where=where)
    frame = _all_functions(read, account, where)
    bands = {name: int(found[1]) for name in frame.columns if (found := _BAND.fullmatch(name))}
    for column in (*bands, "Total All"):
        frame = read_numbers(frame, column, tokens=NO_TOKENS, where=where, form=Form.DIGITS)
    for column in ("Total", "Patients with unknown clock start date"):
        frame = read_numbers(frame, column, tokens=BLANKS, where=where, form=Form.DIGITS)
    _check_unique(frame, where)
    _check_totals(frame, tuple(bands), where)
    _check_functions(frame, read, tuple(bands), account, where)
    _check_names(frame, where)
    placed = _with_areas(_with_parents(frame, account, where, vintage=vintage_of(label_of_date(day))))
    incomplete = placed.filter(pl.col("RTT Part Type") == PART)
    waiting = _snapshot(_count(incomplete, bands), day=day, last_band=max(bands.values()))
    waiting = waiting.join(_behind(incomplete, bands), on=[*_AREA, "measure"], how="left", validate="1:1")
    completed = _month(_completed(placed), day=day)
    observations = pl.concat([to_observations(waiting), to_observations(completed)]).sort(OBSERVATION_KEY)
    for part in ("pathways_gt18", "pathways_gt52", "pathways_gt65"):
        check_within(observations, part=part, whole="pathways_total", where=where)
    index = pl.concat([row_index_of(waiting, release), row_index_of(completed, release)])
    return {"observations": observations, ROW_INDEX: index, ACCOUNT: account.frame()}


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


def _read_parts(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Return the rows of the parts that are read, of known treatment functions alone."""
    parts = (PART, *COMPLETED)
    known = {part: part for part in (*parts, *LEFT_OUT_PARTS)}
    frame = map_labels(frame, "RTT Part Type", labels=known, into="part", account=account)
    read = frame.filter(pl.col("RTT Part Type").is_in(list(parts)))
    account.left_out("rows of parts that no indicator uses", frame.height - read.height)
    functions = {code: code for code in (*FUNCTIONS, ALL_FUNCTIONS)}
    return map_exactly(read, "Treatment Function Code", labels=functions, into="function", where=where)


def _all_functions(read: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    total = read.filter(pl.col("function") == ALL_FUNCTIONS)
    account.left_out("rows of single treatment functions, which C_999 sums", read.height - total.height)
    absent = sorted({PART, *COMPLETED} - set(total["RTT Part Type"]))
    if absent:
        raise LayoutError(f"{where}: no row of {absent} with treatment function {ALL_FUNCTIONS}, the sum of all")
    return total


def _check_unique(frame: pl.DataFrame, where: str) -> None:
    """Rows are summed, so that one said twice would count twice."""
    twice = frame.filter(pl.struct(_ROW).is_duplicated())
    if twice.height:
        shown = twice.select(*_ROW, "Total All").unique(maintain_order=True).head(5).rows()
        raise ValidationError(
            f"{where}: {twice.height} rows are of one part, provider and commissioner more than once: {shown}. {ONCE}",
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


def _check_functions(
    total: pl.DataFrame, read: pl.DataFrame, bands: tuple[str, ...], account: Account, where: str
) -> None:
    """Part by part, provider and commissioner: C_999 is the sum of its treatment functions, in every band.

    2026-11: so are all 24,966 of January 2026 that are read, each beside its functions. An extract may leave the
    functions of a total out; then the total is taken as it is, and the account says how many there are.
    """
    columns = [*bands, "Total All"]
    # A blank band is one without a pathway. A function's cell that is no number is none, and the sum then shows it.
    summed = (
        read.filter(pl.col("function") != ALL_FUNCTIONS)
        .group_by(_ROW, maintain_order=True)
        .agg(pl.col(columns).cast(pl.Float64, strict=False).sum())
    )
    alone = summed.join(total, on=_ROW, how="anti")
    if alone.height:
        shown = alone.select(*_ROW, "Total All").head(5).rows()
        raise ValidationError(
            f"{where}: {alone.height} groups of treatment functions have no row {ALL_FUNCTIONS}, their sum, which is "
            f"what is read: (part, provider, commissioner, sum of Total All) {shown}. Fetch the file again.",
            failures=alone.select(*_ROW, "Total All"),
        )
    both = total.join(summed, on=_ROW, how="inner", validate="1:1", suffix=_SUMMED)
    if both.height < total.height:
        account.note(f"{total.height - both.height} rows of {ALL_FUNCTIONS} stand without their treatment functions")
    for column in columns:
        apart = both.filter(pl.col(f"{column}_value") != pl.col(f"{column}{_SUMMED}"))
        if apart.height:
            shown = apart.select(*_ROW, column, f"{column}{_SUMMED}").head(5).rows()
            raise ValidationError(
                f"{where}: in {apart.height} rows {ALL_FUNCTIONS} is not the sum of its treatment functions in column "
                f"{column!r}: (part, provider, commissioner, {ALL_FUNCTIONS}, sum) {shown}. A row is missing or a cell "
                "was changed: fetch the file again.",
                failures=apart.select(*_ROW, column, f"{column}{_SUMMED}"),
            )


def _with_parents(frame: pl.DataFrame, account: Account, where: str, *, vintage: Vintage) -> pl.DataFrame:
    """Give each row its board by the commissioner's code: null for what is commissioned nationally.

    A blank parent alone proves nothing. A sub-ICB location belongs to its board, whatever the row leaves out; only the
    declared national commissioners have none.
    """
    boards = {s.ods: board(s.board[vintage]).ods for s in SUB_ICB_LOCATIONS if vintage in s.board}
    parent, commissioner = pl.col("Commissioner Parent Org Code"), pl.col("Commissioner Org Code")
    printed = pl.when(parent.str.strip_chars() != "").then(parent)
    looked_up = commissioner.replace_strict(boards, default=None, return_dtype=pl.String)
    frame = frame.with_columns(printed.alias("printed"), looked_up.alias("board"))
    national = commissioner.is_in(list(NATIONAL))
    strange = frame.filter(pl.when(national).then(pl.col("printed").is_not_null()).otherwise(pl.col("board").is_null()))
    apart = frame.filter(pl.col("printed").is_not_null() & pl.col("board").ne_missing(pl.col("printed")))
    for wrong, what in (
        (apart, "have another parent than core.geography"),
        (strange, "are no sub-ICB locations and not known to be commissioned nationally"),
    ):
        if wrong.height:
            codes = wrong.select("Commissioner Org Code", "printed").unique(maintain_order=True).rows()[:8]
            raise LayoutError(
                f"{where}: commissioners, with the parent printed beside them, {what} on the footprint {vintage}: "
                f"{codes}. If boards changed, add them to core/icb_codes.py with their vintage; a new national "
                "commissioner belongs in NATIONAL of parse.py."
            )
    filled = frame.filter(pl.col("printed").is_null() & pl.col("board").is_not_null())
    if filled.height:
        codes = filled["Commissioner Org Code"].unique().sort().to_list()
        account.note(f"{filled.height} rows of {codes} have no parent: put to the board of their sub-ICB location")
    return frame


def _with_areas(frame: pl.DataFrame) -> pl.DataFrame:
    """Name the area of each row by codes alone; names are joined last.

    Rows stand again for England, and those of a board again for its sub-ICB location: boards that were divided are
    made of locations on another footprint.
    """
    national = pl.col("board").is_null()
    placed = frame.with_columns(
        pl.when(national).then(pl.lit("national")).otherwise(pl.lit("icb")).alias("area_level"),
        pl.coalesce("board", "Commissioner Org Code").alias("area_code"),
    )
    locations = placed.filter(~national).with_columns(
        pl.lit("sub_icb").alias("area_level"), pl.col("Commissioner Org Code").alias("area_code")
    )
    england = placed.with_columns(pl.lit("england").alias("area_level"), pl.lit("").alias("area_code"))
    placed = pl.concat([placed, locations])
    names = _names(placed)
    return pl.concat([placed, england]).join(names, on=["area_level", "area_code"], how="left", validate="m:1")


def _count(frame: pl.DataFrame, bands: Mapping[str, int]) -> pl.DataFrame:
    """Return one row an area with a column for each number of weeks."""
    above = {
        measure: pl.sum_horizontal(pl.lit(0.0), *(f"{band}_value" for band, week in bands.items() if week >= weeks))
        for measure, weeks in MEASURES.items()
    }
    above["pathways_total"] = pl.col("Total All_value")
    return frame.group_by(_AREA).agg(**{name: value.sum() for name, value in above.items()})


def _behind(frame: pl.DataFrame, bands: Mapping[str, int]) -> pl.DataFrame:
    """Return the cells of each area and measure: of every row those of its weekly bands that are not 0, as a sum."""
    blocks = [frame.select(*_AREA, pl.lit("pathways_total").alias("measure"), cells(frame, "Total All"))]
    for measure, weeks in MEASURES.items():
        columns = [band for band, week in bands.items() if week >= weeks]
        if measure == "pathways_total" or not columns:
            continue
        filled = [pl.when(pl.col(f"{band}_value") > 0).then(pl.col(band)) for band in columns]
        text = pl.concat_str(filled, separator=" + ", ignore_nulls=True)
        sums = cells(frame, columns[0], text=text.replace("", "0"), name=f"{columns[0]} and all above")
        blocks.append(frame.select(*_AREA, pl.lit(measure).alias("measure"), sums))
    return pl.concat(blocks).group_by(*_AREA, "measure").agg(together())


def _names(placed: pl.DataFrame) -> pl.DataFrame:
    """Return one name an area: the board's as printed beside it, a commissioner's own."""
    own = pl.col("Commissioner Org Name")
    # 2026-11: NONC, in no ODS list, carries the name "#N/A".
    own = pl.when(own.is_null() | (own == "#N/A")).then(pl.lit("commissioner without a name")).otherwise(own)
    of_board = pl.col("Commissioner Parent Name").filter(pl.col("printed").is_not_null())
    named = placed.group_by("area_level", "area_code").agg(
        own=own.str.strip_chars().min(), of_board=of_board.str.strip_chars().min()
    )
    name = pl.when(pl.col("area_level") != "icb").then("own").otherwise(pl.coalesce("of_board", "area_code"))
    areas = named.select("area_level", "area_code", name.alias("area_name"))
    england = pl.DataFrame({"area_level": ["england"], "area_code": [""], "area_name": ["England"]})
    return pl.concat([areas, england])


def _check_names(frame: pl.DataFrame, where: str) -> None:
    """Each code has one name: provider, commissioner, and the parents of both, and a provider one parent."""
    kinds = ("Provider", "Commissioner")
    pairs = [(f"{kind} Org Code", f"{kind} Org Name") for kind in kinds]
    pairs += [(f"{kind} Parent Org Code", f"{kind} Parent Name") for kind in kinds]
    for code, name in pairs:
        validate_names(frame.filter(pl.col(code).str.strip_chars() != ""), [(code, name)], where=where)
    known = frame.filter(pl.col("Provider Parent Org Code").str.strip_chars() != "")
    validate_determines(known, ["Provider Org Code"], ["Provider Parent Org Code"], where=where)


def _completed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row an area and way of completion.

    The extract has no row where nobody completed a pathway, and hides nothing: an area of the file without a row has 0
    (2026-11: the region Y63 completed none without admission in January 2026).
    """
    areas = frame.select(_AREA).unique()
    every = areas.join(pl.DataFrame({"measure": list(COMPLETED.values())}), how="cross")
    completed = frame.filter(pl.col("RTT Part Type").is_in(list(COMPLETED)))
    completed = completed.with_columns(cells(completed, "Total All"))
    measure = pl.col("RTT Part Type").replace_strict(dict(COMPLETED)).alias("measure")
    counted = completed.group_by(*_AREA, measure).agg(pl.col("Total All_value").sum().alias("value"), together())
    return every.join(counted, on=[*_AREA, "measure"], how="left", validate="1:1").with_columns(
        pl.col("value").fill_null(0.0), pl.col(CELLS).fill_null([])
    )


def _snapshot(counted: pl.DataFrame, *, day: date, last_band: int) -> pl.DataFrame:
    """Give the counts of the month's end period, bounds and status; too fine a measure is not applicable."""
    note = f"waiting at the end of {month_name[day.month]} {day.year}"
    if day.month != 3:
        note += ", which is not the end of the financial year"
    too_fine = [measure for measure, weeks in MEASURES.items() if weeks > last_band]
    known = ~pl.col("measure").is_in(too_fine)
    figures = counted.unpivot(index=list(_AREA), on=list(MEASURES), variable_name="measure").with_columns(
        pl.when(known).then(pl.col("value")).alias("value"),
        pl.when(known).then(pl.lit(Status.OK.value)).otherwise(pl.lit(Status.NOT_APPLICABLE.value)).alias("status"),
    )
    return add_snapshot(_exact(figures, note), day)


def _month(counted: pl.DataFrame, *, day: date) -> pl.DataFrame:
    """Give the month's completed pathways period, bounds and status: a flow, of which a year needs twelve."""
    note = f"completed in {month_name[day.month]} {day.year}"
    figures = counted.with_columns(pl.lit(Status.OK.value).alias("status"))
    return add_month(_exact(figures, note), day)


def _exact(figures: pl.DataFrame, note: str) -> pl.DataFrame:
    england = pl.lit(f"{note}; the sum of all rows of the extract")
    return add_bounds(figures, half_width=pl.lit(0.0)).with_columns(
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.when(pl.col("area_level") == "england").then(england).otherwise(pl.lit(note)).alias("note"),
    )
