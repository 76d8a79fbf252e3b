"""Small areas and pockets, on an England of a few LSOAs made up for the purpose."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of
from hi_pipeline.core.people_columns import SMALL_AREAS, on_footprint
from hi_pipeline.core.validation import validate
from hi_pipeline.tables.reference.pockets import build_pockets, pockets_on
from hi_pipeline.tables.reference.similar_boards import LISTED_IN
from hi_pipeline.tables.reference.small_areas import build_small_areas
from hi_pipeline.tables.schemas import POCKETS_SCHEMA, SMALL_AREAS_SCHEMA
from hi_pipeline_tests.unit.tables.fake_reader import FakeReader, observation, observations

BOARDS = [board.ons for board in boards_of(Vintage.APRIL_2023)][:5]
PER_BOARD = 10
# Ten LSOAs a board, two authorities of five in each; board 0 is the most deprived, board 4 the least.
PLANTED = "E01000047"


def _world() -> pl.DataFrame:
    """Return small areas whose rank rises from board to board; one deprived one is planted in the least deprived."""
    count = len(BOARDS) * PER_BOARD
    rows = []
    for number in range(count):
        board, authority = number // PER_BOARD, number // (PER_BOARD // 2)
        code = f"E01{number:06d}"
        rank = 500 * (number + 1) if code != PLANTED else 7
        row = dict.fromkeys(SMALL_AREAS) | {
            "lsoa_code": code,
            "lsoa_name": f"Place {authority} {number:03d}A",
            "authority_code": f"E0600{authority:04d}",
            "authority_name": f"Place {authority}",
            **{on_footprint("icb_code", vintage): BOARDS[board] for vintage in Vintage},
            "imd_vintage": "2025",
            "imd_rank": rank,
            "imd_decile": 1 + 10 * rank // 33_756,
            "national_fifth": 1 + 5 * rank // 33_756,
            "patients": 1_600.0,
            "residents": 1_500,
            "source_releases": "iod2025:x",
        }
        rows.append(row)
    return pl.DataFrame(rows, schema=SMALL_AREAS)


def test_a_planted_pocket_is_found_and_nothing_else_in_its_board() -> None:
    found = pockets_on(_world(), Vintage.APRIL_2023)
    here = found.filter(icb_code=BOARDS[4])
    assert here["lsoa_code"].to_list() == [PLANTED]
    assert here.select("place", "authority_fifth", "icb_fifth", "lies_in").rows() == [(1, 5, 5, "both")]
    # Its ten neighbours weigh alike: the mean rank of their ranks, the planted one's own included.
    ranks = [500 * n for n in range(41, 51) if n != 48] + [7]
    assert here["icb_average_rank"].item() == pytest.approx(sum(ranks) / PER_BOARD)


def test_deprived_areas_of_deprived_authorities_and_boards_are_no_pockets() -> None:
    found = pockets_on(_world(), Vintage.APRIL_2023)
    assert set(found["icb_code"]) == {BOARDS[4]}


def test_fewer_than_a_thousand_residents_are_no_pocket() -> None:
    residents = pl.when(pl.col("lsoa_code") == PLANTED).then(999).otherwise("residents")
    world = _world().with_columns(residents.alias("residents"))
    with pytest.raises(NothingToBuild, match="no small area is a pocket"):
        build_pockets(FakeReader(linked={("small_areas", LISTED_IN): world}), LISTED_IN)


def test_pockets_are_ranked_from_the_most_deprived_within_their_board() -> None:
    second = pl.col("lsoa_code") == "E01000049"
    world = _world().with_columns(
        imd_rank=pl.when(second).then(3).otherwise("imd_rank"),
        imd_decile=pl.when(second).then(1).otherwise("imd_decile"),
    )
    found = pockets_on(world, Vintage.APRIL_2023).filter(icb_code=BOARDS[4])
    assert found.select("place", "lsoa_code").rows() == [(1, "E01000049"), (2, PLANTED)]
    validate(found, POCKETS_SCHEMA, where="pockets")


def _reader(**changes: pl.DataFrame) -> FakeReader:
    """Return clean tables of five LSOAs of one location that all footprints have."""
    location = next(s for s in SUB_ICB_LOCATIONS if set(s.board) == set(Vintage) and len({*s.board.values()}) == 1)
    codes = [f"E0100000{n}" for n in range(5)]
    groups = ("asian", "black", "mixed", "white", "other", "white_british")
    census = pl.DataFrame({"lsoa21_code": codes, "total": [1_000] * 5, **{g: [200] * 5 for g in groups}})
    tables = {
        "lsoa_areas": pl.DataFrame(
            {
                "lsoa_code": codes,
                "lsoa_name": [f"King\u2019s Lynn and West Norfolk 00{n}A" for n in range(5)],
                "sub_icb_ons": [location.ons] * 5,
            }
        ),
        # An LSOA of 2021 that was two of 2011 stands there twice.
        "lookup": pl.DataFrame(
            {
                "lsoa11_code": [*codes, "E01000009"],
                "lsoa21_code": [*codes, codes[4]],
                "lad22_code": ["E07000146"] * 6,
            }
        ),
        "imd": pl.DataFrame({"lsoa_code": codes, "imd_rank": [5, 4, 3, 2, 1], "imd_decile": [10, 7, 5, 2, 1]}),
        "list": pl.DataFrame(
            {
                "practice_code": ["A81001", "A81002", "A81001", "A81001"],
                "lsoa_code": [codes[0], codes[0], codes[1], None],
                "lsoa_kind": ["england", "england", "england", "none"],
                "lsoa_vintage": ["2021"] * 4,
                "patients": [10, 5, 7, 3],
                "extract_date": [date(2026, 1, 1)] * 4,
            }
        ),
        "fuel": observations(
            [
                observation("lsoa", code, measure, value)
                for code in codes[:4]
                for measure, value in (("households", 400.0), ("fuel_poor", 40.0), ("fuel_poor_pct", 10.0))
            ]
        ),
    } | changes
    return FakeReader(
        {
            ("ons_geography", "lsoa_areas", "2024-lsoa"): tables["lsoa_areas"],
            ("ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"): tables["lookup"],
            ("census_ethnicity", "residents", "2021-csv"): census,
            ("iod2025", "lsoa_imd", "2025"): tables["imd"],
            ("gp_registrations", "practice_lsoa", "2026-01-lsoa"): tables["list"],
            ("fuel_poverty", "observations", "2023-24"): tables["fuel"],
        }
    )


def test_one_row_an_lsoa_with_all_that_is_known() -> None:
    built = build_small_areas(_reader(), LISTED_IN)
    frame = validate(built.frame, SMALL_AREAS_SCHEMA, where="small areas")
    assert frame["patients"].to_list() == [15.0, 7.0, 0.0, 0.0, 0.0]
    assert frame["authority_name"].unique().to_list() == ["King\u2019s Lynn and West Norfolk"]
    assert frame["national_fifth"].to_list() == [5, 4, 3, 1, 1]
    assert frame["local_fifth_2026_04"].to_list() == [5, 4, 3, 2, 1]
    assert frame["fuel_poor_pct"].to_list() == [10.0] * 4 + [None]
    assert built.counted == {
        "patients of the list who live in no English LSOA": 3,
        "LSOAs without an estimate of fuel poverty": 1,
    }
    assert "fuel_poverty:2023-24" in built.releases


def test_an_lsoa_in_two_authorities_or_without_a_rank_stops() -> None:
    twice = (
        _reader()
        .frames["ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"]
        .with_columns(lad22_code=pl.Series(["E07000146"] * 5 + ["E07000147"]))
    )
    with pytest.raises(LinkageError, match="not 1:1"):
        build_small_areas(_reader(lookup=twice), LISTED_IN)
    fewer = _reader().frames["iod2025", "lsoa_imd", "2025"].head(4)
    with pytest.raises(LinkageError, match="iod2025: 1 rows have no match"):
        build_small_areas(_reader(imd=fewer), LISTED_IN)


def test_patients_of_an_lsoa_that_the_lookup_does_not_know_stop() -> None:
    foreign = (
        _reader()
        .frames["gp_registrations", "practice_lsoa", "2026-01-lsoa"]
        .with_columns(lsoa_code=pl.Series(["E01000000", "E01099999", "E01000001", None]))
    )
    with pytest.raises(LinkageError, match="5 patients live in 1 English LSOAs"):
        build_small_areas(_reader(list=foreign), LISTED_IN)
