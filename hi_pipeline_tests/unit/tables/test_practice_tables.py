"""Practices: their boards on a footprint, and how deprived their patients are."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.geography import Vintage, vintage_of
from hi_pipeline.core.validation import validate
from hi_pipeline.tables.placing.core20 import SAME_LIST, place_core20
from hi_pipeline.tables.placing.placed import Context
from hi_pipeline.tables.reference.core20 import build_core20_population
from hi_pipeline.tables.reference.editions import imd_vintage_of, months_apart, nearest
from hi_pipeline.tables.reference.heirs import lsoa_locations
from hi_pipeline.tables.reference.practice_areas import areas_on_footprints, build_practice_areas
from hi_pipeline.tables.reference.practice_deprivation import build_practice_deprivation
from hi_pipeline.tables.schemas import CORE20_POPULATION, PRACTICE_AREAS, PRACTICE_DEPRIVATION
from hi_pipeline_tests.unit.tables.fake_reader import BY_ID, FakeReader, practices

# Bassetlaw, whose partnership was another area than its board, and a practice of Walsall by its code of July 2022.
QOF_2021 = practices([("A1", "E38000008", "E54000009"), ("A2", "E38000259", "E54000016")], "stp")


def _areas(reader: FakeReader, year: str, vintage: str = "") -> dict[str, str | None]:
    built = build_practice_areas(reader, year)
    validate(built.frame, PRACTICE_AREAS, where="practice_areas")
    rows = built.frame.filter(geography_vintage=vintage or vintage_of(year).value)
    return dict(rows.select("practice_code", "icb_code").iter_rows())


def test_the_way_to_the_board_is_the_sub_icb_location_and_never_the_partnership() -> None:
    areas = _areas(FakeReader({("qof", "practices", "2020-21"): QOF_2021}), "2020-21")
    assert areas == {"A1": "E54000060", "A2": "E54000062"}  # Bassetlaw is QT1's although its partnership was QF7


def test_boards_that_changed_their_code_in_april_2023() -> None:
    rows = [("A1", "E38000246", "E54000052"), ("A2", "E38000248", "E54000053")]
    reader = FakeReader({("qof", "practices", "2022-23"): practices(rows, "icb")})
    assert _areas(reader, "2022-23") == {"A1": "E54000052", "A2": "E54000053"}
    assert _areas(reader, "2023-24") == {"A1": "E54000063", "A2": "E54000064"}
    assert _areas(reader, "2022-23", "2026-04") == {"A1": "E54000069", "A2": "E54000069"}


def test_another_years_map_is_said_and_further_maps_only_add() -> None:
    rows = [("A1", "E38000130", "E54000050"), ("A3", "E38000130", "E54000050")]
    reader = FakeReader(
        {
            ("qof", "practices", "2020-21"): QOF_2021,
            ("gp_registrations", "practices", "2022-01-map"): practices(rows, "stp"),
        }
    )
    built = build_practice_areas(reader, "2020-21")
    own = built.frame.filter(geography_vintage="2022-07")
    assert own["practice_code"].to_list() == ["A1", "A2", "A3"]
    assert own.filter(practice_code="A1")["icb_code"].item() == "E54000060"
    assert built.counted["practices found only in another year's map, 2022-07"] == 1
    later = build_practice_areas(reader, "2022-23")
    assert "nearest in hand" in later.notes[0]
    with pytest.raises(NothingToBuild):
        build_practice_areas(reader, "2025-26")


def test_a_map_that_names_another_board_is_refused() -> None:
    rows = [("A1", "E38000008", "E54000008")]
    reader = FakeReader({("qof", "practices", "2022-23"): practices(rows, "icb")})
    with pytest.raises(LinkageError, match="E38000008"):
        build_practice_areas(reader, "2022-23")


def _list_of(*people: tuple[str, int]) -> pl.DataFrame:
    return _patients([(code, "E01000001", "england", count) for code, count in people])


def _expected(maps: dict[str, str], lists: dict[str, tuple[tuple[str, int], ...]], year: str = "2022-23") -> list[str]:
    """Return who should report; ``maps`` names the practices of each map, P of QOF 2022-23 and the parts of others."""
    frames = {
        ("qof" if "-map" not in part else "gp_registrations", "practices", part): practices(
            [(code, "E38000130", "E54000050") for code in codes.split()], "icb"
        )
        for part, codes in maps.items()
    }
    frames |= {("gp_registrations", "practice_lsoa", part): _list_of(*people) for part, people in lists.items()}
    built = build_practice_areas(FakeReader(frames), year)
    validate(built.frame, PRACTICE_AREAS, where="practice_areas")
    return built.frame.filter(geography_vintage="2022-07", expected=True)["practice_code"].to_list()


BEFORE_AND_AFTER = {"2022-23": "A1", "2022-01-map": "A1 A2 A3 A4", "2024-10-map": "A1 A2 A4 A5"}


def test_a_practice_that_maps_and_lists_show_before_and_after_is_expected_though_the_years_map_lacks_it() -> None:
    """A3 closed and A5 opened; A4 is too small to be asked."""
    july = (("A1", 5_000), ("A2", 1_000), ("A3", 5_000), ("A4", 999))
    assert _expected(BEFORE_AND_AFTER, {"2022-07-lsoa": july}) == ["A1", "A2"]
    # The list nearest to March 2023 tells the size, and each list its side.
    april = (("A1", 5_000), ("A2", 900), ("A3", 5_000), ("A4", 1_100))
    assert _expected(BEFORE_AND_AFTER, {"2022-07-lsoa": july, "2023-04-lsoa": april}) == ["A1", "A3", "A4"]


def test_where_nothing_is_later_the_list_of_the_year_says_who_is_expected_and_without_a_list_the_map_alone() -> None:
    maps = {"2022-23": "A1", "2022-01-map": "A1 A2 A3"}
    july = (("A1", 5_000), ("A2", 1_000), ("Z9", 5_000))
    assert _expected(maps, {"2022-07-lsoa": july}) == ["A1", "A2"], "Z9 has no board"
    assert _expected(maps, {"2021-07-lsoa": july}) == ["A1"], "the list of another year"
    assert _expected(BEFORE_AND_AFTER, {}) == ["A1"]


def test_the_practices_that_the_map_lacks_are_named() -> None:
    frames = {
        ("qof", "practices", "2022-23"): practices([("A1", "E38000130", "E54000050")], "icb"),
        ("qof", "practices", "2021-22"): practices([("A2", "E38000130", "E54000050")], "stp"),
        ("gp_registrations", "practice_lsoa", "2022-07-lsoa"): _list_of(("A1", 5_000), ("A2", 4_000)),
    }
    built = build_practice_areas(FakeReader(frames), "2022-23")
    assert "practices expected that the year's map lacks (patients): A2 A practice (4,000)" in built.notes
    assert built.counted["practices expected that the year's map lacks, 2022-07"] == 1
    assert "gp_registrations:2022-07-lsoa" in built.releases
    # Who only asks where practices stand does not rest on the list.
    (areas,), _ = areas_on_footprints(FakeReader(frames), "2022-23", [Vintage.JULY_2022])
    assert areas.releases == {"qof:2021-22", "qof:2022-23"}


# CCGs of 2020-21 whose ODS codes, 15E and D2P2L, named other areas from July 2022 on: West Birmingham moved.
OLD = practices([(f"B{n}", "E38000250", "E54000016") for n in range(4)], "stp", pcn="U00009")
NEW = practices([("B0", "E38000258", "E54000055"), ("B1", "E38000258", "E54000055")], "icb", pcn="U00009")


def test_a_ccg_of_another_area_is_placed_by_a_map_of_the_footprint_and_closed_practices_by_their_network() -> None:
    old = pl.concat([OLD, practices([("C0", "E38000250", "E54000016")], "stp", pcn="U")])
    reader = FakeReader({("qof", "practices", "2020-21"): old, ("qof", "practices", "2022-23"): NEW})
    built = build_practice_areas(reader, "2020-21")
    own = built.frame.filter(geography_vintage="2022-07")
    assert own["icb_code"].to_list() == ["E54000055"] * 4 + [None]
    assert own["placed_by"].to_list() == ["map", "map", "network", "network", "nothing"]
    assert built.counted["practices placed by the others of their network, 2022-07"] == 2
    assert built.counted["practices in no board of the footprint 2022-07"] == 1


def test_a_network_in_two_boards_places_nobody() -> None:
    new = practices([("B0", "E38000258", "E54000055"), ("B1", "E38000259", "E54000062")], "icb", pcn="U00009")
    reader = FakeReader({("qof", "practices", "2020-21"): OLD, ("qof", "practices", "2022-23"): new})
    assert _areas(reader, "2020-21") == {"B0": "E54000055", "B1": "E54000062", "B2": None, "B3": None}


FRIMLEY, SLOUGH, HART = "E38000252", "E06000039", "E07000089"
FRIMLEY_PRACTICES = [(code, FRIMLEY, "E54000034") for code in ("F1", "F2", "F3")]


def _frimley(lad_of_second: str = HART) -> FakeReader:
    lsoas = pl.DataFrame(
        {
            "lsoa_code": ["E01000001", "E01000002"],
            "sub_icb_ons": [FRIMLEY] * 2,
            "lad_code": [SLOUGH, lad_of_second],
        }
    )
    patients = [("F1", "E01000001", "england", 90), ("F1", "E01000002", "england", 10)]
    patients += [("F2", "E01000001", "england", 45), ("F2", "E01000002", "england", 55)]
    return FakeReader(
        {
            ("qof", "practices", "2022-23"): practices(FRIMLEY_PRACTICES, "icb", pcn="U"),
            ("gp_registrations", "practice_lsoa", "2022-07-lsoa"): _patients(patients),
            ("ons_geography", "lsoa_areas", "2022-lsoa"): lsoas,
        }
    )


def test_a_practice_of_frimley_goes_whole_to_the_heir_of_most_of_its_patients() -> None:
    built = build_practice_areas(_frimley(), "2022-23")
    validate(built.frame, PRACTICE_AREAS, where="practice_areas")
    rows = built.frame.filter(geography_vintage="2026-04")
    assert rows["icb_code"].to_list() == ["E54000070", "E54000067", None]  # Thames Valley, Hampshire
    assert rows["share"].to_list() == [0.9, 0.55, None]
    assert any("F2 (55%)" in note and "F1" not in note for note in built.notes)
    assert built.frame.filter(geography_vintage="2022-07")["icb_code"].to_list() == ["E54000034"] * 3


def test_an_undeclared_district_of_frimley_is_fatal() -> None:
    with pytest.raises(LinkageError, match="E07000001"):
        build_practice_areas(_frimley("E07000001"), "2022-23")


def test_without_a_list_of_patients_frimley_is_not_placed_and_the_footprint_in_force_is_left_out() -> None:
    reader = FakeReader({("qof", "practices", "2022-23"): practices(FRIMLEY_PRACTICES, "icb")})
    built = build_practice_areas(reader, "2022-23")
    assert built.frame["geography_vintage"].unique().to_list() == ["2022-07"]
    assert any("not on the footprint 2026-04" in note for note in built.notes)


def test_the_lookup_of_2026_replaces_the_districts() -> None:
    reader = _frimley()
    after = pl.DataFrame({"lsoa_code": ["E01000001", "E01000002"], "sub_icb_ons": ["E38000267", "E38000268"]})
    reader = FakeReader(
        {
            **reader.frames,
            ("ons_geography", "lsoa_areas", "2026-lsoa"): after,
            ("ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"): pl.DataFrame(
                {"lsoa11_code": after["lsoa_code"], "lsoa21_code": after["lsoa_code"]}
            ),
            ("census_ethnicity", "residents", "2021"): pl.DataFrame(
                {"lsoa21_code": after["lsoa_code"], "total": [1_000, 1_000]}
            ),
        }
    )
    located, releases, said = lsoa_locations(reader, Vintage.APRIL_2026)
    assert located["icb_code"].to_list() == ["E54000069", "E54000070"]
    assert "ons_geography:2026-lsoa" in releases and said == ""


def test_editions_within_a_year_are_no_months_away() -> None:
    assert [months_apart(f"{m}-lsoa", "2022-23") for m in ("2022-03", "2022-04", "2023-03", "2023-05")] == [1, 0, 0, 2]
    assert nearest(("2022-07-lsoa", "2024-01-lsoa"), "2023-24", what="list") == ("2024-01-lsoa", 0)
    assert [imd_vintage_of(year) for year in ("2018-19", "2024-25", "2025-26")] == ["2019", "2019", "2025"]


def _patients(rows: list[tuple[str, str, str, int]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["practice_code", "lsoa_code", "lsoa_kind", "patients"], orient="row")
    return frame.with_columns(lsoa_vintage=pl.lit("2011"), extract_date=pl.lit(date(2022, 7, 1)))


def _imd(rows: list[tuple[str, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["lsoa_code", "imd_rank", "imd_decile"], orient="row")


LIST = _patients(
    [
        ("A1", "E01000001", "england", 30),
        ("A1", "E01000002", "england", 10),
        ("A1", "W01000001", "wales", 5),
        ("A2", "E01000002", "england", 100),
        ("A3", "NO2011", "none", 7),
        *[(f"B{n}", "E01000003", "england", 10) for n in range(3)],
    ]
)
CLEAN = {
    ("gp_registrations", "practice_lsoa", "2022-07-lsoa"): LIST,
    ("iod2019", "lsoa_imd", "2019"): _imd([("E01000001", 100, 1), ("E01000002", 20_000, 7), ("E01000003", 9_000, 3)]),
    # E01000001 was split in two, E01000002 is unchanged.
    ("iod2025", "lsoa_imd", "2025"): _imd(
        [("E01000002", 10_000, 3), ("E01040001", 1_000, 1), ("E01040002", 33_000, 10), ("E01000003", 5_000, 2)]
    ),
    ("ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"): pl.DataFrame(
        {
            "lsoa11_code": ["E01000001", "E01000001", "E01000002", "E01000003"],
            "lsoa21_code": ["E01040001", "E01040002", "E01000002", "E01000003"],
            "change": ["S", "S", "U", "U"],
        }
    ),
    ("census_ethnicity", "residents", "2021"): pl.DataFrame(
        {"lsoa21_code": ["E01040001", "E01040002", "E01000002", "E01000003"], "total": [1_000, 500, 1_500, 1_500]}
    ),
}


def _deprivation(vintage: str) -> dict[str, dict]:
    built = build_practice_deprivation(FakeReader(CLEAN), "2022-23")
    validate(built.frame, PRACTICE_DEPRIVATION, where="practice_deprivation")
    return {row["practice_code"]: row for row in built.frame.filter(imd_vintage=vintage).to_dicts()}


def test_mean_rank_is_weighted_by_patients_of_english_lsoas() -> None:
    found = _deprivation("2019")
    assert found["A1"]["mean_rank"] == pytest.approx((30 * 100 + 10 * 20_000) / 40)
    assert (found["A1"]["patients"], found["A1"]["patients_wales"]) == (45, 5)
    assert (found["A1"]["patients_fifth_1"], found["A1"]["patients_fifth_4"]) == (30, 10)
    assert found["A2"]["mean_rank"] == 20_000


def test_split_lsoas_are_shared_by_census_residents() -> None:
    found = _deprivation("2025")
    assert found["A1"]["mean_rank"] == pytest.approx((20 * 1_000 + 10 * 33_000 + 10 * 10_000) / 40)
    assert found["A1"]["patients_fifth_1"] == pytest.approx(20)
    assert found["A1"]["patients_fifth_5"] == pytest.approx(10)


def test_a_practice_without_an_english_patient_is_kept_without_a_fifth() -> None:
    found = _deprivation("2019")
    assert (found["A3"]["mean_rank"], found["A3"]["quintile"], found["A3"]["patients_no_lsoa"]) == (None, None, 7)


def test_fifth_1_is_the_most_deprived() -> None:
    found = _deprivation("2019")
    assert found["A1"]["quintile"] == 1 and found["A2"]["quintile"] == 5


def test_a_list_of_another_year_is_said() -> None:
    built = build_practice_deprivation(FakeReader(CLEAN), "2020-21")
    assert "nearest in hand" in built.notes[0]
    assert built.counted["patients in Wales"] == 5
    assert built.counted["practices without a patient in an English LSOA"] == 1


def test_an_lsoa_without_a_rank_is_fatal() -> None:
    short = CLEAN | {("iod2019", "lsoa_imd", "2019"): _imd([("E01000001", 100, 1)])}
    with pytest.raises(LinkageError, match="E01000002"):
        build_practice_deprivation(FakeReader(short), "2022-23")


def test_core20_counts_deciles_1_and_2_and_keeps_practices_without_a_board() -> None:
    rows = [(code, "E38000153", "E54000010") for code in ("A1", "B0", "B1", "B2")]
    reader = FakeReader(CLEAN | {("qof", "practices", "2022-23"): practices(rows, "icb")})
    built = build_core20_population(reader, "2022-23")
    validate(built.frame, CORE20_POPULATION, where="core20_population")
    for vintage in ("2022-07", "2026-04"):
        key = {"icb_code": "E54000010", "imd_vintage": "2019", "geography_vintage": vintage}
        board = built.frame.filter(**key).row(0, named=True)
        assert (board["patients_all"], board["patients"], board["patients_core20"]) == (75, 70, 30)
        assert built.counted[f"patients of practices without a board, {vintage}"] == 107
    with pytest.raises(NothingToBuild):
        build_core20_population(reader, "2025-26")


def test_one_list_gives_an_unchanged_board_one_figure_in_every_year() -> None:
    """The map of the list's own year places its practices, whatever map another year has."""
    later = [("A1", "E38000006", "E54000061"), ("A2", "E38000153", "E54000010")]
    own = [("A1", "E38000153", "E54000010"), ("A2", "E38000006", "E54000061")]
    reader = FakeReader(
        CLEAN
        | {
            ("qof", "practices", "2022-23"): practices(own, "icb"),
            ("qof", "practices", "2023-24"): practices(later, "icb"),
        }
    )
    found = []
    for year in ("2021-22", "2022-23", "2023-24"):
        frame = build_core20_population(reader, year).frame
        rows = frame.filter(imd_vintage="2019", icb_code="E54000010", geography_vintage=vintage_of(year).value)
        found.append(rows["patients_all"].to_list())
    assert found == [[45.0]] * 3


def test_core20_says_where_its_list_is_not_of_the_year() -> None:
    row = {"icb_code": "E54000010", "imd_vintage": "2019", "patients_all": 75.0, "patients": 70.0}
    row |= {"patients_core20": 30.0, "snapshot": date(2022, 7, 1), "releases": "gp_registrations:2022-07-lsoa"}
    for year, elsewhere in (("2022-23", False), ("2021-22", True), ("2023-24", True)):
        table = pl.DataFrame([row | {"geography_vintage": vintage_of(year).value}])
        reader = FakeReader({}, {("core20_population", year): table})
        context = Context(reader=reader, financial_year=year, vintage=vintage_of(year))
        placed = place_core20(pl.DataFrame(), BY_ID["core20_share_pct"], context)
        (note,) = placed.frame["note"].to_list()
        assert "list of 2022-07-01" in note
        assert (f"the nearest in hand to {year}" in note) is elsewhere
        # Three years on one list are one figure, and say so.
        assert (SAME_LIST in note) is elsewhere
        assert placed.frame["period_end"].to_list() == [date(2022, 7, 1)]
        assert placed.imd_vintage == "2019"
        with pytest.raises(NothingToBuild):
            other = Context(reader=reader, financial_year=year, vintage=Vintage.APRIL_2026)
            place_core20(pl.DataFrame(), BY_ID["core20_share_pct"], other)
