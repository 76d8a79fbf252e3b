"""Percentage of cancers diagnosed at stages 1 and 2, not adjusted for case mix, with the publisher's limits."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.observations import add_bounds, add_calendar_year, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import map_exactly, map_labels, number_rows, read_numbers

TOKENS: Mapping[str | None, Token] = {None: Token.SUPPRESSED}
EARLY_STAGE = "early_stage_unadjusted_pct"
UNRELIABLE = "u"
# Status of an observation to what the figure's note says; 2026-11: "u" stands beside every blank, and beside one value.
STATUS_LABELS: Mapping[str, str] = {
    "": "",
    UNRELIABLE: "marked u by the publisher",
    "Value for Cornwall and Isles of Scilly combined": "Cornwall and Isles of Scilly together",
    "Value for North Yorkshire Cty applied to North Yorkshire UA": "value of the former county of the same area",
    "Value for Somerset Cty applied to Somerset UA": "value of the former county of the same area",
}
COMBINED = "Combined Authority or City Region"
GEOGRAPHY_LABELS: Mapping[str, str] = {
    "Nation": "England",
    "Region": "region",
    "County or Unitary Authority": "authority",
    "Local Authority District": "authority",
    COMBINED: COMBINED,
}
# Prefix of the area's code to its level. E67000002 is Cornwall with the Isles of Scilly.
LEVELS: Mapping[str, str] = {
    "E92": "england",
    "E12": "region_ons",
    "E10": "county",
    "E06": "local_authority",
    "E07": "local_authority",
    "E08": "local_authority",
    "E09": "local_authority",
    "E67": "local_authority",
}
_SAME_EVERYWHERE: Mapping[str, str] = {
    "Variable Name": "Proportion of cancers diagnosed at stages 1 and 2",
    "Measure": "Percentage",
    "Unit": "%",
}
_LIMITS = {"lower_95": "Lower Confidence Interval (95%)", "upper_95": "Upper Confidence Interval (95%)"}
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the percentage by area and calendar year, of the years that the release declares.

    Authorities that were abolished and those that took their place stand side by side in one year: they are never
    added, and a percentage could not be.

    Raises:
        LayoutError: another indicator, a code or year outside the vocabulary, or a blank without "u".
    """
    raw = tables["authorities"][0]
    where = f"cancer_stage {release.edition}, {raw.member}"
    account = Account()
    frame = number_rows(raw).with_columns(
        pl.col("AREANM").str.strip_chars(), pl.col("Observation Status").fill_null("")
    )
    for column, expected in _SAME_EVERYWHERE.items():
        frame = map_exactly(frame, column, labels={expected: expected}, into=column, where=where)
    frame = _areas(_years(frame, release, account, where), account, where)
    frame = map_labels(frame, "Observation Status", labels=STATUS_LABELS, into="status_note", account=account)
    for column in ("Value", *_LIMITS.values()):
        frame = read_numbers(frame, column, tokens=TOKENS, where=where)
    _check_blanks(frame, where)
    figures = frame.select(
        "financial_year",
        "area_level",
        pl.when(pl.col("area_level") == "england").then(pl.lit("")).otherwise("AREACD").alias("area_code"),
        pl.col("AREANM").alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.lit(EARLY_STAGE).alias("measure"),
        pl.col("Value_value").alias("value"),
        pl.col("Value_status").alias("status"),
        *(pl.col(f"{column}_value").alias(name) for name, column in _LIMITS.items()),
        _note().alias("note"),
        cells(frame, "Value"),
    )
    bounded = add_bounds(figures, half_width=pl.lit(0.0))
    whole = pl.concat(
        [add_calendar_year(bounded.filter(financial_year=year), year) for year in release.financial_years]
    )
    account.note(
        "codes of abolished authorities and of their successors stand side by side in one year; counties stand beside "
        "their districts: none of them are added"
    )
    return {
        "observations": to_observations(whole),
        ROW_INDEX: row_index_of(whole, release),
        ACCOUNT: account.frame(),
    }


def _years(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    wanted = {str(start_year(year)): year for year in release.financial_years}
    odd = frame.filter(~pl.col("Period").str.contains(r"^20\d\d$"))
    absent = sorted(set(wanted) - set(frame["Period"].unique()))
    if odd.height or absent:
        found = odd["Period"].unique().to_list()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: periods {found} are no years; years that are not there: {absent}")
    kept = frame.filter(pl.col("Period").is_in(list(wanted)))
    account.left_out("rows of years that the release does not declare", frame.height - kept.height)
    return kept.with_columns(pl.col("Period").replace_strict(wanted, return_dtype=pl.String).alias("financial_year"))


def _areas(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    frame = map_labels(frame, "Geography", labels=GEOGRAPHY_LABELS, into="geography", account=account)
    kept = frame.filter(pl.col("geography") != COMBINED)
    account.left_out("rows of combined authorities and city regions", frame.height - kept.height)
    kept = kept.with_columns(pl.col("AREACD").str.slice(0, 3).alias("prefix"))
    kept = map_exactly(kept, "prefix", labels=LEVELS, into="area_level", where=where)
    odd = kept.filter(~pl.col("AREACD").str.contains(r"^E\d{8}$") | pl.struct("AREACD", "Period").is_duplicated())
    if odd.height:
        raise LayoutError(
            f"{where}: area codes that are none, or stand twice: {odd['AREACD'].unique().to_list()[:_MAX_SHOWN]}"
        )
    return kept


def _check_blanks(frame: pl.DataFrame, where: str) -> None:
    blank = pl.col("Value_value").is_null()
    apart = blank & (pl.col("Observation Status") != UNRELIABLE)
    limits = pl.any_horizontal(pl.col(f"{column}_value").is_null() != blank for column in _LIMITS.values())
    odd = frame.filter(apart | limits | (pl.col("Value_value") > 100))
    if odd.height:
        shown = odd.select("AREACD", "Period", "Value", *_LIMITS.values(), "Observation Status").rows()[:_MAX_SHOWN]
        raise LayoutError(
            f"{where}: expected percentages with both limits, or blanks with the status {UNRELIABLE!r}; found {shown}"
        )


def _note() -> pl.Expr:
    """Join what the status means and the publisher's own note, which names an abolished authority's successor."""
    return join_notes("status_note", "Notes")
