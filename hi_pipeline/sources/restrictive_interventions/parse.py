"""Restrictive interventions in mental health hospitals: people, uses and uses for 1,000 occupied bed days, a month."""

import re
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.groups import ALL, UNKNOWN, Dimension
from hi_pipeline.core.observations import add_bounds, add_month, check_within, to_observations, unverified
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.status import Status
from hi_pipeline.core.text_tables import map_exactly, map_labels, number_rows, read_numbers
from hi_pipeline.sources.restrictive_interventions.labels import (
    BREAKDOWNS,
    CATEGORIES,
    HIDDEN_HIGH,
    HIDDEN_LOW,
    METRIC_LABELS,
    NEEDED,
    NO_LEVEL,
    PEOPLE,
    RATE,
    RATE_ROUNDED_BY,
    ROUNDED_BY,
    STATUS_LABELS,
    TOKENS,
    UNKNOWN_ETHNICITY,
    USES,
)

_PROVIDER = r"^[A-Z0-9]{3,6}$"
_MAX_SHOWN = 8
_USES_ID = next(metric for metric, measure in METRIC_LABELS.items() if measure == USES)
UNKNOWN_LEFT_OUT = "people and rates of unknown ethnic groups, which do not add over the kinds of unknown"
NO_RATE = "no rate: the file prints several kinds of unknown group, whose rates do not add"


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the figures of England, in all and by age and ethnic group, and of providers, of one March.

    Raises:
        LayoutError: another month than the release's, figures of two states, a count that is no multiple of 5, no rows
            of England or of providers, a total that is split further, two breakdowns that do not agree how many uses
            are of no known ethnic group.
        ValidationError: more people than uses.
    """
    (year,) = release.financial_years
    raw = tables["interventions"][0]
    where = f"restrictive_interventions {release.edition}, {raw.member}"
    account = Account()
    last = _month(raw.frame, release, year, where)
    frame = _read_rows(number_rows(raw), account, where)
    frame = read_numbers(frame, "METRIC_VALUE", tokens=TOKENS, where=where)
    figures = _figures(frame)
    _check(figures, where)
    bounded = unverified(add_month(_with_one_unknown(_bound(figures), where), last))
    observations = to_observations(bounded)
    check_within(observations, part=PEOPLE, whole=USES, where=where)
    return {"observations": observations, ROW_INDEX: row_index_of(bounded, release), ACCOUNT: account.frame()}


def _month(frame: pl.DataFrame, release: Release, year: str, where: str) -> date:
    """Return the last day of the month that every row is of: the last one of the financial year."""
    last = period(year)[1]
    said = frame.select("REPORTING_PERIOD_START", "REPORTING_PERIOD_END").unique().rows()
    forms = ("%Y-%m-%d", "%d/%m/%Y")
    expected = [(f"{last.replace(day=1):{form}}", f"{last:{form}}") for form in forms]
    if len(said) != 1 or said[0] not in expected or release.edition != f"{last:%Y-%m}":
        raise LayoutError(
            f"{where}: the rows are of the periods {said[:_MAX_SHOWN]}, expected {expected[0]} of {year} alone"
        )
    return last


def _read_rows(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Keep the metrics and breakdowns that are read; the others are only counted, as nothing reads their labels."""
    state = frame["STATUS"].str.strip_chars().unique().to_list()
    if len(state) != 1:
        raise LayoutError(
            f"{where}: figures of several states {state[:_MAX_SHOWN]}; expected one, or rows would count twice"
        )
    frame = map_exactly(
        frame.with_columns(pl.col("STATUS", "BREAKDOWN").str.strip_chars()),
        "STATUS",
        labels=STATUS_LABELS,
        into="said",
        where=where,
    )
    known = pl.col("METRIC").is_in(list(METRIC_LABELS)).fill_null(False)
    account.left_out("rows of metrics that are not read", frame.filter(~known).height)
    frame = frame.filter(known)
    read = pl.col("BREAKDOWN").is_in(list(BREAKDOWNS)).fill_null(False)
    account.left_out("rows of breakdowns that are not read", frame.filter(~read).height)
    frame = frame.filter(read)
    pairs = set(frame.select("BREAKDOWN", "METRIC").unique().rows())
    lacking = [(name, metric) for name in BREAKDOWNS for metric in METRIC_LABELS if (name, metric) not in pairs]
    if [pair for pair in lacking if pair[0] in NEEDED]:
        raise LayoutError(f"{where}: no rows of {lacking}; expected each metric of {list(NEEDED)}")
    if lacking:
        account.note(f"no rows of {lacking}")
    return _grouped(frame, account, where)


def _grouped(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    split = frame.filter(pl.col("BREAKDOWN").is_in(NEEDED) & ~pl.col("LEVEL_TWO").is_in(NO_LEVEL).fill_null(True))
    if split.height:
        shown = split.select("BREAKDOWN", "LEVEL_ONE", "LEVEL_TWO").head(_MAX_SHOWN).rows()
        raise LayoutError(f"{where}: {split.height} rows of totals are split by a second level: {shown}")
    total = pl.col("BREAKDOWN").is_in(NEEDED)
    parts = [frame.filter(total).with_columns(pl.lit(ALL).alias("category"))]
    for name, labels in CATEGORIES.items():
        own = frame.filter(pl.col("BREAKDOWN") == name)
        if BREAKDOWNS[name][1] is Dimension.ETHNICITY:
            unknown = pl.col("LEVEL_TWO_DESCRIPTION").is_in(UNKNOWN_ETHNICITY).fill_null(False)
            uses = pl.col("METRIC") == _USES_ID
            account.left_out(UNKNOWN_LEFT_OUT, own.filter(unknown & ~uses).height)
            parts.append(own.filter(unknown & uses).with_columns(pl.lit(UNKNOWN).alias("category")))
            own = own.filter(~unknown)
        parts.append(map_labels(own, "LEVEL_TWO_DESCRIPTION", labels=labels, into="category", account=account))
    return pl.concat(parts)


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    level = {name: level for name, (level, _) in BREAKDOWNS.items()}
    dimension = {name: dimension.value for name, (_, dimension) in BREAKDOWNS.items()}
    england = pl.col("BREAKDOWN") != "Provider"
    return frame.select(
        "BREAKDOWN",
        pl.col("BREAKDOWN").replace_strict(level).alias("area_level"),
        pl.when(england).then(pl.lit("")).otherwise(pl.col("LEVEL_ONE")).alias("area_code"),
        pl.when(england).then(pl.lit(ENGLAND_NAME)).otherwise(pl.col("LEVEL_ONE_DESCRIPTION")).alias("area_name"),
        pl.col("BREAKDOWN").replace_strict(dimension).alias("dimension"),
        "category",
        pl.col("METRIC").replace_strict(dict(METRIC_LABELS)).alias("measure"),
        pl.col("METRIC_VALUE_value").alias("value"),
        pl.col("METRIC_VALUE_status").alias("status"),
        pl.concat_str(pl.lit("of one month"), pl.col("said")).alias("note"),
        cells(frame, "METRIC_VALUE"),
    )


def _check(figures: pl.DataFrame, where: str) -> None:
    odd = figures.filter((pl.col("measure") != RATE) & (pl.col("value") % 5 != 0))
    if odd.height:
        shown = odd.select("area_code", "category", "measure", "value").head(_MAX_SHOWN).rows()
        raise LayoutError(f"{where}: {odd.height} counts are no multiples of 5: {shown}")
    codes = figures.filter(area_level="provider")["area_code"].unique().to_list()
    wrong = [code for code in codes if not re.fullmatch(_PROVIDER, code or "")]
    if wrong:
        raise LayoutError(f"{where}: codes {wrong[:_MAX_SHOWN]} are those of no provider")


def _bound(figures: pl.DataFrame) -> pl.DataFrame:
    rate = pl.col("measure") == RATE
    return add_bounds(
        figures,
        half_width=pl.when(rate).then(RATE_ROUNDED_BY).otherwise(ROUNDED_BY),
        hidden_low=pl.when(~rate).then(pl.lit(HIDDEN_LOW)),
        hidden_high=pl.when(~rate).then(pl.lit(HIDDEN_HIGH)),
    )


def _with_one_unknown(bounded: pl.DataFrame, where: str) -> pl.DataFrame:
    """Add up the uses of all kinds of unknown ethnic group, and say why there is no rate of them.

    Both breakdowns print them; the first one's are taken, as the other's are the same uses again.
    """
    unknown = (pl.col("dimension") == Dimension.ETHNICITY.value) & (pl.col("category") == UNKNOWN)
    parts = bounded.filter(unknown)
    first = [name for name in parts.columns if name not in ("BREAKDOWN", "value", "low", "high", "status", CELLS)]
    shown = pl.col("value").null_count() == 0
    sums = parts.group_by("BREAKDOWN", maintain_order=True).agg(
        *(pl.col(name).first() for name in first),
        pl.when(shown).then(pl.col("value").sum()).alias("value"),
        pl.col("low").sum(),
        pl.col("high").sum(),
        pl.when(shown).then(pl.lit(Status.OK.value)).otherwise(pl.lit(Status.SUPPRESSED.value)).alias("status"),
        together(),
    )
    if sums.filter(pl.col("low") > pl.col("high").min()).height:
        raise LayoutError(
            f"{where}: the breakdowns do not agree how many uses are of no known ethnic group: "
            f"{sums.select('BREAKDOWN', 'low', 'high').rows()}"
        )
    one = sums.head(1)
    rate = one.with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", "low", "high")),
        measure=pl.lit(RATE),
        status=pl.lit(Status.MISSING.value),
        note=pl.lit(NO_RATE),
    ).with_columns(pl.col(CELLS).list.head(0))
    return pl.concat([bounded.filter(~unknown), *(rows.select(bounded.columns) for rows in (one, rate))])
