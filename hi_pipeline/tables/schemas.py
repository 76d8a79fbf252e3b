"""Schemas of the linked tables."""

import pandera.polars as pa
import polars as pl

from hi_pipeline.core.columns import COUNTS, COUNTS_KEY
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.people_columns import ETHNIC_GROUPS, POCKET_KEY, POCKETS, SMALL_AREAS, on_footprint
from hi_pipeline.core.status import AreaType, PeriodType, Status

_BOARD = r"^E54\d{6}$"
_SHARE = pa.Check.in_range(0, 1)
_FOOTPRINT = pa.Check.isin([v.value for v in Vintage])
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


def _numerator_within_denominator(data: pa.PolarsData) -> pl.LazyFrame:
    """A count above its denominator beyond all rounding, of a share (rates may exceed their populations)."""
    share = pl.col("indicator_id").str.ends_with("_pct")
    above = pl.col("numerator_low") > pl.col("denominator_high")
    return data.lazyframe.select(~(share & above).fill_null(False))


def _bounds_hold(data: pa.PolarsData) -> pl.LazyFrame:
    held = [
        ((pl.col(f"{side}_low") <= pl.col(side)) & (pl.col(side) <= pl.col(f"{side}_high"))).fill_null(True)
        for side in ("numerator", "denominator")
    ]
    return data.lazyframe.select(pl.all_horizontal(held))


def _there_where_ok(data: pa.PolarsData) -> pl.LazyFrame:
    there = pl.col("numerator").is_not_null() | pl.col("published_value").is_not_null()
    return data.lazyframe.select((pl.col("status") != "ok") | there)


def _code_unless_remainder(data: pa.PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select((pl.col("area_type") == "remainder") == pl.col("icb_code").is_null())


def _board_of_footprint(data: pa.PolarsData) -> pl.LazyFrame:
    """A code is an area only within its footprint."""
    known = [b.ons + v.value for v in Vintage for b in boards_of(v)]
    there = pl.concat_str("icb_code", "geography_vintage").is_in(known)
    boards = pl.col("area_type") == "icb" if "area_type" in data.lazyframe.collect_schema() else pl.lit(True)
    return data.lazyframe.select(pl.when(boards).then(there).otherwise(True).fill_null(True))


def _fifths_hold_the_list(data: pa.PolarsData) -> pl.LazyFrame:
    fifths = pl.sum_horizontal([f"patients_fifth_{n}" for n in range(1, 6)])
    apart = pl.col("patients_wales") + pl.col("patients_no_lsoa")
    return data.lazyframe.select(
        (fifths.fill_null(0) + apart - pl.col("patients")).abs() < 1e-6 * pl.col("patients") + 1e-6
    )


def _counts_column(name: str) -> pa.Column:
    words = {
        "dimension": [d.value for d in Dimension],
        "status": [s.value for s in Status],
        "area_type": [a.value for a in AreaType],
        "period_type": [p.value for p in PeriodType],
        "geography_vintage": [v.value for v in Vintage],
    }
    checks = [pa.Check.isin(words[name])] if name in words else []
    if name in ("unknown_share", "coverage", "people_share"):
        checks.append(_SHARE)
    if name.startswith(("numerator", "denominator")):
        checks.append(pa.Check.ge(0))
    return pa.Column(COUNTS[name], nullable=name in _NULLABLE_COUNTS, checks=checks)


COUNTS_SCHEMA = pa.DataFrameSchema(
    {name: _counts_column(name) for name in COUNTS},
    checks=[
        pa.Check(_numerator_within_denominator, name="no count above its denominator"),
        pa.Check(_bounds_hold, name="low <= count <= high"),
        pa.Check(_there_where_ok, name="the numerator, or the publisher's figure, is there where status is ok"),
        pa.Check(_code_unless_remainder, name="every area but a remainder has a code"),
        pa.Check(_board_of_footprint, name="a board that the footprint has"),
    ],
    unique=list(COUNTS_KEY),
    strict=True,
    ordered=True,
)

PRACTICE_AREAS = pa.DataFrameSchema(
    {
        "geography_vintage": pa.Column(pl.String, _FOOTPRINT),
        "practice_code": pa.Column(pl.String),
        "practice_name": pa.Column(pl.String, nullable=True),
        "sub_icb_ons": pa.Column(pl.String, nullable=True),
        "icb_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD), nullable=True),
        "region_code": pa.Column(pl.String, nullable=True),
        "map_release": pa.Column(pl.String),
        "own_year": pa.Column(pl.Boolean),
        "first_map": pa.Column(pl.Boolean),
        "placed_by": pa.Column(pl.String, pa.Check.isin(["map", "patients", "network", "nothing"])),
        "share": pa.Column(pl.Float64, _SHARE, nullable=True),
        "releases": pa.Column(pl.String),
    },
    checks=[pa.Check(_board_of_footprint, name="a board that the footprint has")],
    unique=["geography_vintage", "practice_code"],
    strict=True,
    ordered=True,
)

PRACTICE_DEPRIVATION = pa.DataFrameSchema(
    {
        "practice_code": pa.Column(pl.String),
        "imd_vintage": pa.Column(pl.String, pa.Check.isin(["2019", "2025"])),
        "patients": pa.Column(pl.Int64, pa.Check.ge(0)),
        "patients_wales": pa.Column(pl.Int64, pa.Check.ge(0)),
        "patients_no_lsoa": pa.Column(pl.Int64, pa.Check.ge(0)),
        **{f"patients_fifth_{n}": pa.Column(pl.Float64, pa.Check.ge(0), nullable=True) for n in range(1, 6)},
        "mean_rank": pa.Column(pl.Float64, pa.Check.ge(1), nullable=True),
        "quintile": pa.Column(pl.Int32, pa.Check.in_range(1, 5), nullable=True),
        "releases": pa.Column(pl.String),
        "list_release": pa.Column(pl.String),
    },
    checks=[pa.Check(_fifths_hold_the_list, name="the fifths, Wales and no LSOA are the whole list")],
    unique=["practice_code", "imd_vintage"],
    strict=True,
    ordered=True,
)

POPULATION = pa.DataFrameSchema(
    {
        "geography_vintage": pa.Column(pl.String, _FOOTPRINT),
        "icb_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD), nullable=True),
        "mid_year": pa.Column(pl.Int32),
        "of_year": pa.Column(pl.Boolean),
        "sex": pa.Column(pl.String, pa.Check.isin(["Female", "Male"])),
        "age": pa.Column(pl.Int32, pa.Check.in_range(0, 90)),
        "age_band": pa.Column(pl.String),
        "population": pa.Column(pl.Int64, pa.Check.ge(0)),
    },
    checks=[pa.Check(_board_of_footprint, name="a board that the footprint has")],
    unique=["geography_vintage", "icb_code", "mid_year", "sex", "age"],
    strict=True,
    ordered=True,
)

SIMILAR_BOARDS = pa.DataFrameSchema(
    {
        "geography_vintage": pa.Column(pl.String, _FOOTPRINT),
        "icb_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD)),
        "place": pa.Column(pl.Int32, pa.Check.ge(1)),
        "similar_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD)),
        "distance": pa.Column(pl.Float64, pa.Check.ge(0)),
        "deprived_share": pa.Column(pl.Float64, _SHARE),
        "ethnic_minority_share": pa.Column(pl.Float64, _SHARE),
        "aged_65_share": pa.Column(pl.Float64, _SHARE),
    },
    checks=[pa.Check(_board_of_footprint, name="a board that the footprint has")],
    unique=["geography_vintage", "icb_code", "place"],
    strict=True,
    ordered=True,
)

LINEAGE = pa.DataFrameSchema(
    {
        "geography_vintage": pa.Column(pl.String, _FOOTPRINT),
        "icb_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD)),
        "icb_name": pa.Column(pl.String),
        "successor_vintage": pa.Column(pl.String, _FOOTPRINT),
        "successor_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD)),
        "successor_name": pa.Column(pl.String),
        "residents": pa.Column(pl.Int64, pa.Check.ge(1)),
        "share": pa.Column(pl.Float64, _SHARE),
        "share_of_successor": pa.Column(pl.Float64, _SHARE),
    },
    checks=[pa.Check(_board_of_footprint, name="a board that the footprint has")],
    unique=["geography_vintage", "icb_code", "successor_code"],
    strict=True,
    ordered=True,
)

CORE20_POPULATION = pa.DataFrameSchema(
    {
        "geography_vintage": pa.Column(pl.String, _FOOTPRINT),
        "icb_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD), nullable=True),
        "imd_vintage": pa.Column(pl.String, pa.Check.isin(["2019", "2025"])),
        "patients_all": pa.Column(pl.Float64, pa.Check.ge(0)),
        "patients": pa.Column(pl.Float64, pa.Check.ge(0)),
        "patients_core20": pa.Column(pl.Float64, pa.Check.ge(0)),
        "snapshot": pa.Column(pl.Date),
        "releases": pa.Column(pl.String),
    },
    checks=[pa.Check(_board_of_footprint, name="a board that the footprint has")],
    unique=["geography_vintage", "icb_code", "imd_vintage"],
    strict=True,
    ordered=True,
)

_LSOA = r"^E01\d{6}$"
_TENTH, _FIFTH = pa.Check.in_range(1, 10), pa.Check.in_range(1, 5)
_FUEL = {"households", "fuel_poor", "fuel_poor_pct"}


def _ethnic_groups_hold_everybody(data: pa.PolarsData) -> pl.LazyFrame:
    groups = pl.sum_horizontal([f"residents_{group}" for group in ETHNIC_GROUPS])
    return data.lazyframe.select(
        (groups == pl.col("residents")) & (pl.col("residents_white_british") <= pl.col("residents_white"))
    )


def _boards_of_their_footprint(data: pa.PolarsData) -> pl.LazyFrame:
    known = [
        pl.col(on_footprint("icb_code", vintage)).is_in([b.ons for b in boards_of(vintage)]) for vintage in Vintage
    ]
    return data.lazyframe.select(pl.all_horizontal(known))


def _fuel_poor_within_households(data: pa.PolarsData) -> pl.LazyFrame:
    return data.lazyframe.select((pl.col("fuel_poor") <= pl.col("households")).fill_null(True))


def _small_area_column(name: str) -> pa.Column:
    local = name.startswith("local_fifth")
    checks = {
        "lsoa_code": [pa.Check.str_matches(_LSOA)],
        "authority_code": [pa.Check.str_matches(r"^E0[6-9]\d{6}$")],
        "imd_vintage": [pa.Check.isin(["2019", "2025"])],
        "imd_rank": [pa.Check.ge(1)],
        "imd_decile": [_TENTH],
        "fuel_poor_pct": [pa.Check.in_range(0, 100)],
    }.get(name, [_FIFTH] if local or name.endswith("_fifth") else [])
    if name.startswith(("residents", "patients")):
        checks = [pa.Check.ge(0)]
    # A board of fewer than five LSOAs has no fifths (the sample of a few boards).
    return pa.Column((SMALL_AREAS | POCKETS)[name], nullable=name in _FUEL or local, checks=checks)


SMALL_AREAS_SCHEMA = pa.DataFrameSchema(
    {name: _small_area_column(name) for name in SMALL_AREAS},
    checks=[
        pa.Check(_ethnic_groups_hold_everybody, name="ethnic groups add up to the residents"),
        pa.Check(_boards_of_their_footprint, name="boards that their footprints have"),
        pa.Check(_fuel_poor_within_households, name="no more households in fuel poverty than there are"),
    ],
    unique=["lsoa_code"],
    strict=True,
    ordered=True,
)

POCKETS_SCHEMA = pa.DataFrameSchema(
    {
        **{name: _small_area_column(name) for name in POCKETS},
        "geography_vintage": pa.Column(pl.String, _FOOTPRINT),
        "icb_code": pa.Column(pl.String, pa.Check.str_matches(_BOARD)),
        "place": pa.Column(pl.Int32, pa.Check.ge(1)),
        "imd_decile": pa.Column(pl.Int64, pa.Check.isin([1, 2])),
        "lies_in": pa.Column(pl.String, pa.Check.isin(["authority", "board", "both"])),
    },
    checks=[pa.Check(_board_of_footprint, name="a board that the footprint has")],
    unique=list(POCKET_KEY),
    strict=True,
    ordered=True,
)
