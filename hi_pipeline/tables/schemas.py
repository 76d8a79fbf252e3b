"""Schemas of the linked tables."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

import polars as pl

from hi_pipeline.core.columns import COUNTS, COUNTS_KEY
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.people_columns import (
    ETHNIC_GROUPS,
    POCKET_KEY,
    POCKETS,
    SIMILAR_BOARD_KEY,
    SMALL_AREAS,
    on_footprint,
)
from hi_pipeline.core.schema import Column, Rule, Schema, words_of
from hi_pipeline.core.status import AreaType, PeriodType, Status

_BOARD = r"^E54\d{6}$"
_FOOTPRINT = words_of(Vintage)
_WORDS: Mapping[str, type[StrEnum]] = {
    "dimension": Dimension,
    "status": Status,
    "area_type": AreaType,
    "period_type": PeriodType,
    "geography_vintage": Vintage,
}
_NULLABLE_COUNTS = {
    "icb_code",
    "numerator",
    "numerator_low",
    "numerator_high",
    "denominator",
    "denominator_low",
    "denominator_high",
    "published_value",
    "published_lower_95",
    "published_upper_95",
    "published_rounding",
    "units",
    "between_variance",
    "imd_vintage",
    "unknown_share",
    "coverage",
    "people_share",
}


def _numerator_within_denominator() -> pl.Expr:
    """A count above its denominator beyond all rounding, of a share (rates may exceed their populations)."""
    share = pl.col("indicator_id").str.ends_with("_pct")
    above = pl.col("numerator_low") > pl.col("denominator_high")
    return ~(share & above).fill_null(False)


def _bounds_hold() -> pl.Expr:
    held = [
        ((pl.col(f"{side}_low") <= pl.col(side)) & (pl.col(side) <= pl.col(f"{side}_high"))).fill_null(True)
        for side in ("numerator", "denominator")
    ]
    return pl.all_horizontal(held)


def _there_where_ok() -> pl.Expr:
    there = pl.col("numerator").is_not_null() | pl.col("published_value").is_not_null()
    return (pl.col("status") != "ok") | there


def _code_unless_remainder() -> pl.Expr:
    return (pl.col("area_type") == "remainder") == pl.col("icb_code").is_null()


def _board_of_footprint(boards: pl.Expr | None = None) -> pl.Expr:
    """A code is an area only within its footprint.

    Args:
        boards: true for rows of boards; all rows when not given.
    """
    known = [b.ons + v.value for v in Vintage for b in boards_of(v)]
    there = pl.concat_str("icb_code", "geography_vintage").is_in(known)
    return (there if boards is None else pl.when(boards).then(there).otherwise(True)).fill_null(True)


def _fifths_hold_the_list() -> pl.Expr:
    fifths = pl.sum_horizontal([f"patients_fifth_{n}" for n in range(1, 6)])
    apart = pl.col("patients_wales") + pl.col("patients_no_lsoa")
    return (fifths.fill_null(0) + apart - pl.col("patients")).abs() < 1e-6 * pl.col("patients") + 1e-6


def _counts_column(name: str) -> Column:
    share = name in ("unknown_share", "coverage", "people_share")
    return Column(
        dtype=COUNTS[name],
        words=words_of(_WORDS[name]) if name in _WORDS else None,
        least=0 if share or name.startswith(("numerator", "denominator")) else None,
        most=1 if share else None,
        nullable=name in _NULLABLE_COUNTS,
    )


COUNTS_SCHEMA = Schema(
    columns={name: _counts_column(name) for name in COUNTS},
    rules=(
        Rule(name="no count above its denominator", holds=_numerator_within_denominator()),
        Rule(name="low <= count <= high", holds=_bounds_hold()),
        Rule(name="the numerator, or the publisher's figure, is there where status is ok", holds=_there_where_ok()),
        Rule(name="every area but a remainder has a code", holds=_code_unless_remainder()),
        Rule(name="a board that the footprint has", holds=_board_of_footprint(pl.col("area_type") == "icb")),
    ),
    key=COUNTS_KEY,
)

PRACTICE_AREAS = Schema(
    columns={
        "geography_vintage": Column(dtype=pl.String, words=_FOOTPRINT),
        "practice_code": Column(dtype=pl.String),
        "practice_name": Column(dtype=pl.String, nullable=True),
        "sub_icb_ons": Column(dtype=pl.String, nullable=True),
        "icb_code": Column(dtype=pl.String, pattern=_BOARD, nullable=True),
        "region_code": Column(dtype=pl.String, nullable=True),
        "map_release": Column(dtype=pl.String),
        "own_year": Column(dtype=pl.Boolean),
        "first_map": Column(dtype=pl.Boolean),
        "expected": Column(dtype=pl.Boolean),
        "placed_by": Column(dtype=pl.String, words=("map", "patients", "network", "nothing")),
        "share": Column(dtype=pl.Float64, least=0, most=1, nullable=True),
        "releases": Column(dtype=pl.String),
    },
    rules=(Rule(name="a board that the footprint has", holds=_board_of_footprint()),),
    key=("geography_vintage", "practice_code"),
)

PRACTICE_DEPRIVATION = Schema(
    columns={
        "practice_code": Column(dtype=pl.String),
        "imd_vintage": Column(dtype=pl.String, words=("2019", "2025")),
        "patients": Column(dtype=pl.Int64, least=0),
        "patients_wales": Column(dtype=pl.Int64, least=0),
        "patients_no_lsoa": Column(dtype=pl.Int64, least=0),
        **{f"patients_fifth_{n}": Column(dtype=pl.Float64, least=0, nullable=True) for n in range(1, 6)},
        "mean_rank": Column(dtype=pl.Float64, least=1, nullable=True),
        "quintile": Column(dtype=pl.Int32, least=1, most=5, nullable=True),
        "releases": Column(dtype=pl.String),
        "list_release": Column(dtype=pl.String),
    },
    rules=(Rule(name="the fifths, Wales and no LSOA are the whole list", holds=_fifths_hold_the_list()),),
    key=("practice_code", "imd_vintage"),
)

POPULATION = Schema(
    columns={
        "geography_vintage": Column(dtype=pl.String, words=_FOOTPRINT),
        "icb_code": Column(dtype=pl.String, pattern=_BOARD, nullable=True),
        "mid_year": Column(dtype=pl.Int32),
        "of_year": Column(dtype=pl.Boolean),
        "sex": Column(dtype=pl.String, words=("Female", "Male")),
        "age": Column(dtype=pl.Int32, least=0, most=90),
        "age_band": Column(dtype=pl.String),
        "population": Column(dtype=pl.Int64, least=0),
    },
    rules=(Rule(name="a board that the footprint has", holds=_board_of_footprint()),),
    key=("geography_vintage", "icb_code", "mid_year", "sex", "age"),
)

SIMILAR_BOARDS = Schema(
    columns={
        "geography_vintage": Column(dtype=pl.String, words=_FOOTPRINT),
        "icb_code": Column(dtype=pl.String, pattern=_BOARD),
        "icb_name": Column(dtype=pl.String),
        "place": Column(dtype=pl.Int32, least=1),
        "similar_code": Column(dtype=pl.String, pattern=_BOARD),
        "similar_name": Column(dtype=pl.String),
        "distance": Column(dtype=pl.Float64, least=0),
        "deprived_share": Column(dtype=pl.Float64, least=0, most=1),
        "ethnic_minority_share": Column(dtype=pl.Float64, least=0, most=1),
        "aged_65_share": Column(dtype=pl.Float64, least=0, most=1),
        "source_releases": Column(dtype=pl.String),
    },
    rules=(Rule(name="a board that the footprint has", holds=_board_of_footprint()),),
    key=SIMILAR_BOARD_KEY,
)

LINEAGE = Schema(
    columns={
        "geography_vintage": Column(dtype=pl.String, words=_FOOTPRINT),
        "icb_code": Column(dtype=pl.String, pattern=_BOARD),
        "icb_name": Column(dtype=pl.String),
        "successor_vintage": Column(dtype=pl.String, words=_FOOTPRINT),
        "successor_code": Column(dtype=pl.String, pattern=_BOARD),
        "successor_name": Column(dtype=pl.String),
        "residents": Column(dtype=pl.Int64, least=1),
        "share": Column(dtype=pl.Float64, least=0, most=1),
        "share_of_successor": Column(dtype=pl.Float64, least=0, most=1),
    },
    rules=(Rule(name="a board that the footprint has", holds=_board_of_footprint()),),
    key=("geography_vintage", "icb_code", "successor_code"),
)

CORE20_POPULATION = Schema(
    columns={
        "geography_vintage": Column(dtype=pl.String, words=_FOOTPRINT),
        "icb_code": Column(dtype=pl.String, pattern=_BOARD, nullable=True),
        "imd_vintage": Column(dtype=pl.String, words=("2019", "2025")),
        "patients_all": Column(dtype=pl.Float64, least=0),
        "patients": Column(dtype=pl.Float64, least=0),
        "patients_core20": Column(dtype=pl.Float64, least=0),
        "snapshot": Column(dtype=pl.Date),
        "releases": Column(dtype=pl.String),
    },
    rules=(Rule(name="a board that the footprint has", holds=_board_of_footprint()),),
    key=("geography_vintage", "icb_code", "imd_vintage"),
)

_LSOA = r"^E01\d{6}$"
_FUEL = {"households", "fuel_poor", "fuel_poor_pct"}


def _ethnic_groups_hold_everybody() -> pl.Expr:
    groups = pl.sum_horizontal([f"residents_{group}" for group in ETHNIC_GROUPS])
    return (groups == pl.col("residents")) & (pl.col("residents_white_british") <= pl.col("residents_white"))


def _boards_of_their_footprint() -> pl.Expr:
    known = [
        pl.col(on_footprint("icb_code", vintage)).is_in([b.ons for b in boards_of(vintage)]) for vintage in Vintage
    ]
    return pl.all_horizontal(known)


def _fuel_poor_within_households() -> pl.Expr:
    return (pl.col("fuel_poor") <= pl.col("households")).fill_null(True)


def _small_area_column(name: str) -> Column:
    local = name.startswith("local_fifth")
    # A board of fewer than five LSOAs has no fifths (the sample of a few boards).
    plain = Column(dtype=(SMALL_AREAS | POCKETS)[name], nullable=name in _FUEL or local)
    if local or name.endswith("_fifth"):
        return replace(plain, least=1, most=5)
    if name.startswith(("residents", "patients")):
        return replace(plain, least=0)
    return {
        "lsoa_code": replace(plain, pattern=_LSOA),
        "authority_code": replace(plain, pattern=r"^E0[6-9]\d{6}$"),
        "imd_vintage": replace(plain, words=("2019", "2025")),
        "imd_rank": replace(plain, least=1),
        "imd_decile": replace(plain, least=1, most=10),
        "fuel_poor_pct": replace(plain, least=0, most=100),
    }.get(name, plain)


SMALL_AREAS_SCHEMA = Schema(
    columns={name: _small_area_column(name) for name in SMALL_AREAS},
    rules=(
        Rule(name="ethnic groups add up to the residents", holds=_ethnic_groups_hold_everybody()),
        Rule(name="boards that their footprints have", holds=_boards_of_their_footprint()),
        Rule(name="no more households in fuel poverty than there are", holds=_fuel_poor_within_households()),
    ),
    key=("lsoa_code",),
)

POCKETS_SCHEMA = Schema(
    columns={
        **{name: _small_area_column(name) for name in POCKETS},
        "geography_vintage": Column(dtype=pl.String, words=_FOOTPRINT),
        "icb_code": Column(dtype=pl.String, pattern=_BOARD),
        "place": Column(dtype=pl.Int32, least=1),
        "imd_decile": Column(dtype=pl.Int64, least=1, most=2),
        "lies_in": Column(dtype=pl.String, words=("authority", "board", "both")),
    },
    rules=(Rule(name="a board that the footprint has", holds=_board_of_footprint()),),
    key=POCKET_KEY,
)
