"""Figures of practices on the map of their year: boards, fifths of deprivation, and practices of no board."""

from collections.abc import Iterable

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.core.groups import QUINTILES
from hi_pipeline_tests.unit.tables.counts_built import YEAR, build, own_rows, total_row
from hi_pipeline_tests.unit.tables.fake_reader import observation

# One practice without any patient of interest for each board that a test says nothing about.
OTHERS = {f"O{b.ons}": b.ons for b in boards_of(Vintage.APRIL_2023) if b.ons not in ("E54000010", "E54000011")}
AREAS = pl.DataFrame(
    {"practice_code": ["A1", "A2", "A3", *OTHERS], "icb_code": ["E54000010"] * 2 + ["E54000011", *OTHERS.values()]}
).with_columns(
    geography_vintage=pl.lit("2023-04"),
    map_release=pl.lit("qof:2023-24"),
    own_year=pl.lit(True),
    first_map=pl.lit(True),
    expected=pl.lit(True),
    placed_by=pl.lit("map"),
    releases=pl.lit("qof:2023-24"),
)

FIFTHS = pl.DataFrame(
    {
        "practice_code": ["A1", "A3"],
        "imd_vintage": ["2019"] * 2,
        "quintile": pl.Series([1, 5], dtype=pl.Int32),
        "patients": [100, 100],
        "releases": ["gp_registrations:2022-07-lsoa;iod2019:2019"] * 2,
        "list_release": ["gp_registrations:2022-07-lsoa"] * 2,
    }
)

LINKED = {("practice_areas", YEAR): AREAS, ("practice_deprivation", YEAR): FIFTHS}


def _qof(others: Iterable[str] = OTHERS, areas: pl.DataFrame = AREAS, *, without: str = "") -> Built:
    groups = ("hyp", "af", "chd", "stia", "dm", "mh", "ld", "copd", "dep")
    own = (("A1", 10.0, 100.0), ("A2", 20.0, 100.0), ("A3", 30.0, 100.0), ("Z9", 1.0, 100.0))
    rows = [
        observation("practice", code, f"{kind}_{group}", value)
        for code, register, size in (*own, *((code, 0.0, 100.0) for code in others))
        if code != without
        for group in groups
        for kind, value in (("register", register), ("list", size))
    ]
    return build("qof", rows, linked=LINKED | {("practice_areas", YEAR): areas})


def test_a_practice_in_no_map_goes_to_the_remainder() -> None:
    built = _qof()
    found = total_row(built, "hypertension_prevalence_pct", area_type="remainder")
    assert (found["area_name"], found["numerator"]) == ("Practices without a board", 1)
    assert total_row(built, "hypertension_prevalence_pct", area_type="england")["numerator"] == 61
    assert built.counted["practices in no board of 2023-04, shown as a remainder"] == 1


@pytest.mark.parametrize(
    ("without", "said", "share"),
    [
        # A2 is on no list of patients; A1 has all patients that are known.
        ("A2", "1 of 2 practices, 100.0% of patients are in this figure", 1.0),
        ("A1", "1 of 2 practices, 0.0% of patients are in this figure", 0.0),
    ],
)
def test_a_board_without_one_of_its_practices_says_so(without: str, said: str, share: float) -> None:
    built = _qof(without=without)
    board = total_row(built, "hypertension_prevalence_pct", icb_code="E54000010")
    assert (board["coverage"], board["people_share"]) == (0.5, share)
    assert said in board["note"]
    whole = total_row(built, "hypertension_prevalence_pct", icb_code="E54000011")
    assert whole["coverage"] == 1 and "are in this figure" not in whole["note"]
    region = total_row(built, "hypertension_prevalence_pct", icb_code="E40000011")
    assert "practices" in region["note"] and region["coverage"] < 1
    england = total_row(built, "hypertension_prevalence_pct", area_type="england")
    assert "are in this figure" in england["note"]


def test_a_practice_that_is_in_neither_the_file_nor_its_map_lacks_where_others_show_it_open() -> None:
    """A file without A1 has no A1 in its own map: another map places it, and it is expected."""
    elsewhere = AREAS.with_columns(first_map=pl.col("practice_code") != "A1")
    board = total_row(_qof(without="A1", areas=elsewhere), "hypertension_prevalence_pct", icb_code="E54000010")
    assert "1 of 2 practices, 0.0% of patients are in this figure" in board["note"]
    closed = elsewhere.with_columns(expected=pl.col("practice_code") != "A1")
    board = total_row(_qof(without="A1", areas=closed), "hypertension_prevalence_pct", icb_code="E54000010")
    assert board["coverage"] == 1 and "practices" not in board["note"]


def _named(built: Built, **where: object) -> set[str]:
    return set(own_rows(built).filter(**where)["source_releases"].to_list())  # type: ignore[arg-type]


def test_a_row_names_the_releases_that_its_own_figure_used() -> None:
    built, list_and_indices = _qof(), "gp_registrations:2022-07-lsoa;iod2019:2019;qof:2023-24"
    of = {"indicator_id": "hypertension_prevalence_pct"}
    assert _named(built, **of, dimension="total") == {"qof:2023-24"}
    assert _named(built, **of, dimension="deprivation") == {list_and_indices}
    elsewhere = AREAS.with_columns(releases=pl.when(practice_code="A3").then(pl.lit("other:map")).otherwise("releases"))
    built = _qof(areas=elsewhere)
    assert _named(built, **of, dimension="total", icb_code="E54000010") == {"qof:2023-24"}
    assert _named(built, **of, dimension="total", icb_code="E54000011") == {"other:map;qof:2023-24"}
    assert _named(built, **of, dimension="total", area_type="england") == {"other:map;qof:2023-24"}, "it is their sum"
    assert set(built.releases) == {"other:map", *list_and_indices.split(";")}


def test_a_board_without_a_practice_is_fatal_although_england_is_the_sum() -> None:
    with pytest.raises(LinkageError, match=r"qof_counts 2023-24, .*: 1 boards .* have no row: \['NHS Norfolk"):
        _qof([code for code, icb in OTHERS.items() if icb != "E54000022"])


def test_a_practice_of_unknown_deprivation_is_a_group_and_not_dropped() -> None:
    frame = own_rows(_qof()).filter(indicator_id="hypertension_prevalence_pct", dimension="deprivation")
    board = frame.filter(icb_code="E54000010").sort("category_order")
    shown = dict(board.filter(status="ok").select("category", "numerator").iter_rows())
    assert shown == {QUINTILES[0]: 10, "Unknown": 20}
    assert board["unknown_share"].to_list() == [0.5] * board.height
    assert board.filter(status="not_applicable")["category"].to_list() == list(QUINTILES[1:])
    assert frame.filter(area_type="england")["numerator"].sum() == 61
    assert frame.filter(icb_code="E54000011")["unknown_share"].unique().to_list() == [0.0]
    assert board["note"].str.contains("not of the patient|no practice").all()


def test_a_board_without_a_practice_in_a_fifth_does_not_empty_its_regions_fifth() -> None:
    frame = own_rows(_qof()).filter(indicator_id="hypertension_prevalence_pct", dimension="deprivation")
    midlands = frame.filter(icb_code="E40000011").sort("category_order")
    found = {row["category"]: (row["numerator"], row["status"]) for row in midlands.iter_rows(named=True)}
    assert found[QUINTILES[0]] == (10, "ok")
    assert found[QUINTILES[4]] == (30, "ok")
    assert found[QUINTILES[2]] == (None, "not_applicable")  # no board of the region has a practice there
    assert not midlands.filter(status="ok")["note"].str.contains("no practice").any()


def test_a_note_is_said_once() -> None:
    notes = own_rows(_qof()).filter(area_type="england", dimension="deprivation")["note"].to_list()
    assert all(len(pieces) == len(set(pieces)) for pieces in (note.split("; ") for note in notes))


def _checks() -> Built:
    ages = {"14 to 17": (3.0, 5.0), "18 and over": (7.0, 10.0)}
    groups = [("total", "All", 10.0, 15.0), *(("age", age, *counts) for age, counts in ages.items())]
    rows = [
        observation("practice", code, measure, value, dimension=dimension, category=category, note="layout unverified")
        for code in ("A1", "A3", *OTHERS)
        for dimension, category, checks, register in groups
        for measure, value in (("health_checks", checks), ("register", register))
    ]
    return build("ld_health_checks", rows, linked=LINKED)


def test_ages_that_practices_print_stand_beside_the_total_and_never_in_it() -> None:
    frame = own_rows(_checks()).filter(indicator_id="ld_checks_pct", icb_code="E54000010")
    facts = ["dimension", "category", "numerator", "denominator"]
    assert frame.filter(pl.col("dimension") != "deprivation").select(facts).rows() == [
        ("age", "14 to 17", 3, 5),
        ("age", "18 and over", 7, 10),
        ("total", "All", 10, 15),
    ]
    fifth = frame.filter(dimension="deprivation", status="ok")
    assert fifth.select(facts[1:]).rows() == [(QUINTILES[0], 10, 15)]
    assert frame.filter(status="ok")["note"].str.contains("layout unverified").all()


def test_the_reporters_of_an_age_are_the_practices_of_the_map() -> None:
    built = _checks()
    board = own_rows(built).filter(indicator_id="ld_checks_n", icb_code="E54000010")
    by_group = dict(board.filter(pl.col("dimension") != "deprivation").select("category", "coverage").iter_rows())
    # A2 is on the map and has no row.
    assert by_group == {"All": 0.5, "14 to 17": 0.5, "18 and over": 0.5}


def test_fifths_keep_their_indices_on_the_other_footprint() -> None:
    """Where a board cannot be made anew there, the figures of its own footprint stand, with what they rest on."""
    frame = _qof().frame.filter(dimension="deprivation", indicator_id="hypertension_prevalence_pct", status="ok")
    boards = frame.filter(area_type="icb")
    assert boards["geography_vintage"].n_unique() == 2
    assert set(boards["imd_vintage"]) == {"2019"}
    assert not boards["note"].str.contains("does not state the Indices").any()
