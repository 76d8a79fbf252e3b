"""Episodes and admissions by the sub-ICB location that is responsible for the patient."""

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import ENGLAND_NAME, SUB_ICB_LOCATIONS, vintage_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, add_financial_year, check_within, melt_figures, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, row_index_of
from hi_pipeline.core.source import RawTable, Release
from hi_pipeline.core.whole import validate_areas
from hi_pipeline.sources.hes_admitted.layouts import (
    ADMISSIONS,
    EPISODES,
    HIDDEN_HIGH,
    HIDDEN_LOW,
    ICB_FIRST,
    ICB_HEADER,
    METHODS,
    ROUNDED_BY,
    SMALLEST_PRINTED,
)
from hi_pipeline.sources.hes_admitted.sheets import TOTAL, letters, read_body, validate_exact

MEASURES = (EPISODES, ADMISSIONS, *METHODS)
# 2026-11: what stands beside the locations in the rows that were seen: hubs of NHS England, and boards of Wales.
_HUB = r"COMMISSIONING HUB( \d)?$"
_WALES = r"^7A\w$"
_KEEP = ("area_level", "area_code", "area_name", "dimension", "category")
_MAX_SHOWN = 8


def read_locations(raw: RawTable, release: Release, account: Account, where: str) -> dict[str, pl.DataFrame]:
    """Return observations and row index: England (the Total row), locations, NHS England's hubs, boards of Wales.

    Raises:
        LayoutError: the header, a code, a token or the rounding is not as declared.
        ValidationError: a location without a row, more admissions than England has, or parts above their whole.
    """
    year = release.financial_years[0]
    rows = read_body(raw, ICB_HEADER, first=ICB_FIRST, year=year, where=where)
    rows = rows.with_columns(_level(year).alias("area_level"))
    odd = rows.filter(pl.col("area_level") == "?")
    if odd.height:
        shown = odd.select("code", "name").head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: rows {shown} are no sub-ICB locations of {year}, hubs of NHS England or boards of Wales. Say in "
            "locations.py what they are; no row may pass unread."
        )
    england = rows.filter(area_level="england")
    if england.height != 1:
        raise LayoutError(f"{where}: {england.height} rows named {TOTAL}; expected one")
    validate_exact(england, where=where)
    measures = {name: name for name in MEASURES}
    figures = melt_figures(_described(rows), measures=measures, keep=_KEEP, printed_in=letters(ICB_FIRST))
    bounded = _bound(figures, where)
    _check_parts(bounded, where)
    account.note("patients are placed by the location that is responsible for them; ages are of episodes and not read")
    kept = add_financial_year(bounded, year)
    observations = to_observations(kept)
    locations = observations.filter(area_level="sub_icb")["area_code"].unique().to_list()
    validate_areas(locations, level="sub_icb", financial_year=year, where=where)
    for part in METHODS:
        check_within(observations, part=part, whole=ADMISSIONS, where=where)
    return {"observations": observations, ROW_INDEX: row_index_of(kept, release)}


def _level(year: str) -> pl.Expr:
    """A code is a location only within its footprint: 15E, D2P2L and 06H named other areas before July 2022."""
    own = [place.ods for place in SUB_ICB_LOCATIONS if vintage_of(year) in place.board]
    return (
        pl.when(pl.col("code") == TOTAL)
        .then(pl.lit("england"))
        .when(pl.col("code").is_in(own))
        .then(pl.lit("sub_icb"))
        .when(pl.col("name").str.contains(_HUB))
        .then(pl.lit("national"))
        .when(pl.col("code").str.contains(_WALES))
        .then(pl.lit("wales"))
        .otherwise(pl.lit("?"))
    )


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    england = pl.col("area_level") == "england"
    return rows.with_columns(
        pl.when(england).then(pl.lit("")).otherwise(pl.col("code")).alias("area_code"),
        pl.when(england).then(pl.lit(ENGLAND_NAME)).otherwise(pl.col("name")).alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
    )


def _bound(figures: pl.DataFrame, where: str) -> pl.DataFrame:
    england, value = pl.col("area_level") == "england", pl.col("value")
    odd = figures.filter(~england & (value != 0) & ((value % 5 != 0) | (value < SMALLEST_PRINTED)))
    if odd.height:
        shown = odd.select("area_code", "measure", "value").head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: {odd.height} figures below England are neither 0 nor multiples of 5 from {SMALLEST_PRINTED} on, "
            f"as the publisher rounds: {shown}"
        )
    return add_bounds(
        figures,
        half_width=pl.when(england | (value == 0)).then(0).otherwise(ROUNDED_BY),
        hidden_low=pl.lit(HIDDEN_LOW),
        hidden_high=pl.lit(HIDDEN_HIGH),
    )


def _check_parts(figures: pl.DataFrame, where: str) -> None:
    """All rows beside the Total are parts of it: their lower bounds may not add to more."""
    england = pl.col("area_level") == "england"
    sums = figures.group_by("measure", maintain_order=True).agg(
        pl.col("low").filter(~england).sum().alias("parts"), pl.col("value").filter(england).first().alias("total")
    )
    wrong = sums.filter(pl.col("parts") > pl.col("total"))
    if wrong.height:
        raise ValidationError(
            f"{where}: areas add to more than {TOTAL}: (measure, at least, {TOTAL}) {wrong.rows()}", failures=wrong
        )
