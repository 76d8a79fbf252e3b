"""Monthly maternity statistics to observations: babies by gestation, women placed with one team of midwives."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import ENGLAND_NAME, boards_of, vintage_of
from hi_pipeline.core.groups import ALL, DECILES, Dimension
from hi_pipeline.core.observations import ONCE, add_month, check_within, to_observations, unverified
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.status import Status
from hi_pipeline.core.text_tables import Form, map_labels, number_rows, read_numbers
from hi_pipeline.sources.maternity_monthly import labels

_NO_TOKENS: Mapping[str | None, Token] = {}
_GROUP = ["area_level", "area_code", "dimension", "category", "measure"]
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the counts of one month for England, regions and local maternity systems, with what rounding hides.

    The file of data gives babies born before 37 weeks and babies of known gestation; the file of measures gives women
    at 29 weeks and those who were placed on a pathway of continuity of carer by 28 weeks, in all and by decile.

    Raises:
        LayoutError: another month than the edition's, a code that does not fit its level, local maternity systems that
            are not the boards of the year, a count that is no multiple of 5, deciles without their ends.
        ValidationError: a count that stands there twice, more women placed than women, or more babies by gestation
            than babies.
    """
    (year,) = release.financial_years
    ((table, (raw,)),) = tables.items()
    where = f"maternity_monthly {release.edition}, {raw.member}"
    account = Account()
    last = _month(raw.frame, release, where)
    found = (_gestation if table == "data" else _continuity)(number_rows(raw), account, where)
    _check(found, year, account, where)
    figures = unverified(add_month(_shaped(found), last))
    observations = to_observations(figures)
    check_within(observations, part=labels.PLACED, whole=labels.WOMEN, where=where)
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _month(frame: pl.DataFrame, release: Release, where: str) -> date:
    """Return the last day of the month that all rows are of: the one by which the edition is named."""
    columns = [name for name in frame.columns if name.endswith(("StartDate", "EndDate"))]
    said = frame.select(columns).unique().rows()
    last = max((date.fromisoformat(end) for _, end in said), default=None) if len(said) == 1 else None
    if last is None or said[0][0] != f"{last:%Y-%m}-01" or not release.edition.startswith(f"{last:%Y-%m}-"):
        raise LayoutError(f"{where}: rows of the periods {said[:_MAX_SHOWN]}; expected the month {release.edition[:7]}")
    return last


def _areas(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Keep England, regions and local maternity systems."""
    levels = dict.fromkeys(labels.LEFT_OUT_LEVELS, "") | dict(labels.LEVEL_LABELS)
    frame = map_labels(frame, "Org_Level", labels=levels, into="area_level", account=account)
    account.left_out("rows of other levels of area", frame.filter(pl.col("area_level") == "").height)
    frame = frame.filter(pl.col("area_level") != "")
    level = pl.col("area_level")
    fits = pl.any_horizontal(
        (level == name) & pl.col("Org_Code").str.contains(rule) for name, rule in labels.CODES.items()
    )
    odd = frame.filter(~fits.fill_null(False))
    if odd.height:
        shown = odd.select("Org_Level", "Org_Code").unique(maintain_order=True).rows()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: codes that do not fit their level: {shown}")
    england = level == "england"
    return frame.with_columns(
        area_code=pl.when(england).then(pl.lit("")).otherwise("Org_Code"),
        area_name=pl.when(england).then(pl.lit(ENGLAND_NAME)).otherwise(pl.col("Org_Name").fill_null("")),
    )


def _gestation(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Return babies born before 37 weeks and, beside them, all of known gestation."""
    own = frame.filter(Dimension=labels.GESTATION)
    account.left_out("rows of dimensions that no indicator reads", frame.height - own.height)
    babies = _areas(frame.filter(Dimension=labels.ALL_BABIES), Account(), where)
    own = _areas(own, account, where)
    own = map_labels(own, "Measure", labels=labels.GESTATION_LABELS, into="measure", account=account)
    own = own.with_columns(dimension=pl.lit(Dimension.TOTAL.value), category=pl.lit(ALL))
    counted = _bounded(own, "Final_value", where)
    _check_babies(counted, babies, where)
    known = counted.filter(pl.col("measure") != labels.NOT_KNOWN)
    account.left_out("rows of babies whose gestation is not known", counted.height - known.height)
    both = known.group_by(*_GROUP[:-1], "area_name", maintain_order=True).agg(
        pl.col("value", "low", "high").sum(), together(), measure=pl.lit(labels.KNOWN)
    )
    columns = [*_GROUP, "area_name", "value", "low", "high", CELLS]
    return pl.concat([known.filter(measure=labels.PRETERM).select(columns), both.select(columns)])


def _check_babies(counted: pl.DataFrame, babies: pl.DataFrame, where: str) -> None:
    """No area has more babies by gestation than babies, where the file gives all of them beside."""
    every = babies.with_columns(
        dimension=pl.lit(Dimension.TOTAL.value), category=pl.lit(ALL), measure=pl.lit(labels.ALL_BABIES)
    )
    area = ["area_level", "area_code"]
    whole = _bounded(every, "Final_value", where).select(*area, most="high")
    parts = counted.group_by(area, maintain_order=True).agg(pl.col("low").sum())
    above = parts.join(whole, on=area, how="inner", validate="1:1").filter(pl.col("low") > pl.col("most"))
    if above.height:
        raise ValidationError(
            f"{where}: more babies by gestation than babies in {above.height} areas: (level, code, at least, at most) "
            f"{above.rows()[:_MAX_SHOWN]}",
            failures=above,
        )


def _continuity(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Return women at 29 weeks and those placed on a pathway, in all and by decile of where they live."""
    known = [*labels.CONTINUITY_LABELS, *labels.LEFT_OUT_CONTINUITY]
    own = frame.filter(pl.col("Indicator").str.starts_with(labels.CONTINUITY).fill_null(False))
    account.left_out("rows of indicators that nobody reads", frame.height - own.height)
    own = _areas(own, account, where)
    own = map_labels(own, "Indicator", labels={name: name for name in known}, into="known", account=account)
    own = map_labels(own, "Currency", labels=labels.CURRENCY_LABELS, into="measure", account=account)
    kept = own.filter(pl.col("Indicator").is_in(list(labels.CONTINUITY_LABELS)) & (pl.col("measure") != ""))
    account.left_out("rates, results and ethnic groups that are none of this project's", own.height - kept.height)
    dimension, category = ({name: pair[i] for name, pair in labels.CONTINUITY_LABELS.items()} for i in (0, 1))
    named = kept.with_columns(
        dimension=pl.col("Indicator").replace_strict(dimension, return_dtype=pl.String),
        category=pl.col("Indicator").replace_strict(category, return_dtype=pl.String),
    )
    ends = {DECILES[0], DECILES[-1]} - set(named["category"])
    if ends and not account.has_unknown_labels:
        raise LayoutError(f"{where}: no rows of {sorted(ends)}, by which the ends of the deciles are told")
    return _bounded(named, "Value", where)


def _bounded(frame: pl.DataFrame, column: str, where: str) -> pl.DataFrame:
    """Read counts: 0 is exact, 5 stands for 1 to 7, the others are rounded to the nearest 5 (8 becomes 10)."""
    read = read_numbers(frame, column, tokens=_NO_TOKENS, where=where, form=Form.COUNT)
    value = pl.col(f"{column}_value")
    odd = read.filter(value % 5 != 0)
    if odd.height:
        shown = odd.select(*_GROUP, column).rows()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: {odd.height} counts are no multiples of 5, as the publisher rounds them: {shown}")
    twice = read.filter(pl.struct(_GROUP).is_duplicated())
    if twice.height:
        shown = twice.select(_GROUP).unique(maintain_order=True).rows()[:_MAX_SHOWN]
        raise ValidationError(f"{where}: {twice.height} counts stand there twice: {shown}. {ONCE}", failures=twice)
    return read.with_columns(
        cells(read, column),
        value=value,
        low=pl.when(value == 0).then(0.0).when(value == 5).then(1.0).otherwise(value - 2),
        high=pl.when(value == 0).then(0.0).when(value == 5).then(7.0).otherwise(value + 2),
    )


def _check(found: pl.DataFrame, year: str, account: Account, where: str) -> None:
    """England is there, and local maternity systems are the boards of the year, each with its total.

    Most of them are a board; that all are is recalled. Where they are not the file stops: a part of a board is none.
    """
    totals = found.filter(dimension=Dimension.TOTAL.value)
    boards = {board.ons for board in boards_of(vintage_of(year))}
    for measure in sorted(found["measure"].unique()):
        own = totals.filter(measure=measure)
        codes = set(own.filter(area_level="icb_ons")["area_code"])
        if codes != boards and not account.has_unknown_labels:
            raise LayoutError(
                f"{where}: the local maternity systems of {measure} are not the boards of {year}. Absent: "
                f"{sorted(boards - codes)[:_MAX_SHOWN]}, other: {sorted(codes - boards)[:_MAX_SHOWN]}"
            )
        if "england" not in own["area_level"] and not account.has_unknown_labels:
            raise LayoutError(f"{where}: no row of England of {measure}")


def _shaped(found: pl.DataFrame) -> pl.DataFrame:
    columns = [*_GROUP, "area_name", "value", "low", "high", CELLS]
    return found.select(*columns, status=pl.lit(Status.OK.value), note=pl.lit(""))
