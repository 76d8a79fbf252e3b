"""Published figures on the footprint of the year: boards, remainder, England, and nobody lost."""

from collections.abc import Iterable
from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.errors import LinkageError, NothingToBuild, ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of, vintage_of
from hi_pipeline.core.groups import QUINTILES
from hi_pipeline.core.status import AreaType
from hi_pipeline.core.validation import validate
from hi_pipeline.sources.tooth_extractions.parse import BY_AGE
from hi_pipeline.tables.counts import build_counts
from hi_pipeline.tables.placing.placed import Placed, shaped
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.schemas import COUNTS_SCHEMA
from hi_pipeline.tables.totals import validate_footprints
from hi_pipeline_tests.unit.tables.fake_reader import FakeReader, observation, observations, rounded

YEAR = "2023-24"
BOARDS = [board.ods for board in boards_of(Vintage.APRIL_2023)]


def _build(
    source: str, rows: Iterable[dict], *, year: str = YEAR, linked: dict | None = None, **clean: object
) -> Built:
    frames = {(source, "observations", year): observations([r | {"financial_year": year} for r in rows])}
    built = build_counts(FakeReader(frames | clean.get("more", {}), linked), year, source=source)  # type: ignore
    validate(built.frame, COUNTS_SCHEMA, where="counts")
    return built


def _own(built: Built) -> pl.DataFrame:
    """Rows on the footprint of the year."""
    year = built.frame["financial_year"][0]
    return built.frame.filter(geography_vintage=vintage_of(year).value)


def _total(built: Built, indicator: str, **area: object) -> dict:
    found = _own(built).filter(indicator_id=indicator, dimension="total", **area)
    assert found.height == 1, found
    return found.row(0, named=True)


def _recovery(level: str, code: str, recovered: float, finished: float, below: float, **extra: object) -> list[dict]:
    counts = {"finished_course_treatment": finished, "not_at_caseness": below, "recovery": recovered}
    counts["reliable_recovery"] = recovered
    bounds = {} if level == "england" else None
    rows = [
        observation(level, code, measure, value, **(rounded(value) if bounds is None else {}), **extra)
        for measure, value in counts.items()
    ]
    printed = 100 * recovered / (finished - below)
    return [*rows, observation(level, code, "recovery_pct", round(printed), **extra)]


def _talking(boards: Iterable[str] = BOARDS, england: float = 50 * 42 + 20) -> list[dict]:
    rows = [row for code in boards for row in _recovery("icb", code, 50, 120, 20)]
    rows += _recovery("unknown", "UNKNOWN", 20, 60, 5)
    return [*rows, *_recovery("england", "", england, 120 * 42 + 60, 20 * 42 + 5)]


def test_what_is_taken_away_moves_the_bounds_the_other_way() -> None:
    found = _total(_build("talking_therapies", _talking()), "tt_recovery_pct", icb_code="E54000010")
    assert (found["numerator"], found["numerator_low"], found["numerator_high"]) == (50, 48, 52)
    assert (found["denominator"], found["denominator_low"], found["denominator_high"]) == (100, 96, 104)
    assert (found["published_value"], found["imd_vintage"]) == (50, "")
    assert found["source_releases"] == "talking_therapies:2023-24"


def test_a_remainder_of_one_published_row_has_its_printed_figure() -> None:
    unknown = _total(_build("talking_therapies", _talking()), "tt_recovery_pct", area_type="remainder")
    assert unknown["published_value"] == 36  # 20 of 55


def test_the_publishers_england_and_unknown_area_are_shown() -> None:
    built = _build("talking_therapies", _talking())
    assert _total(built, "tt_recovery_pct", area_type="england")["numerator"] == 50 * 42 + 20
    unknown = _total(built, "tt_recovery_pct", area_type="remainder")
    assert (unknown["area_name"], unknown["numerator"], unknown["icb_code"]) == ("Area unknown", 20, None)


def test_regions_are_summed_from_boards_where_none_are_printed() -> None:
    built = _build("talking_therapies", _talking())
    regions = _own(built).filter(indicator_id="tt_recovery_pct", area_type="region", dimension="total")
    assert regions.height == 7
    assert regions["numerator"].sum() == 50 * 42
    assert regions["note"].str.contains("sum of the region's boards").all()


def test_a_missing_board_is_fatal() -> None:
    with pytest.raises(ValidationError, match="1 boards of the footprint"):
        _build("talking_therapies", _talking(BOARDS[1:]))


def test_a_code_of_no_board_is_fatal() -> None:
    with pytest.raises(ValidationError, match="QZZ"):
        _build("talking_therapies", [*_talking(), *_recovery("icb", "QZZ", 50, 120, 20)])


def test_england_must_be_the_sum_within_rounding() -> None:
    _build("talking_therapies", _talking(england=50 * 42 + 20 + 80))
    with pytest.raises(ValidationError, match="do not explain it"):
        _build("talking_therapies", _talking(england=50 * 42 + 20 + 100))


def test_unknown_share_is_of_the_areas_own_records() -> None:
    rows = [*_talking(), *_recovery("icb", "QNC", 5, 15, 5, dimension="deprivation", category="Unknown")]
    frame = _own(_build("talking_therapies", rows))
    found = frame.filter(indicator_id="tt_recovery_pct", icb_code="E54000010", dimension="deprivation")
    assert found["unknown_share"].to_list() == [0.1]
    # Nobody states the Indices behind these deciles: null, and said.
    assert found["imd_vintage"].to_list() == [None]
    assert found["note"].str.contains("does not state the Indices").all()


def test_unknown_share_is_of_one_definition_where_a_count_of_the_unknown_is_hidden() -> None:
    group = {"dimension": "sex", "category": "Unknown"}
    rows = [*_talking(), *_recovery("icb", "QNC", 15, 35, 5, **group), *_recovery("icb", "QOC", 5, 10, 5, **group)]
    hidden = {"value": None, "low": 0.0, "high": 4.0, "status": "suppressed"}
    for row in rows:
        if row["category"] == "Unknown" and (row["measure"] == "not_at_caseness" or row["area_code"] == "QOC"):
            row.update(hidden)
    frame = _own(_build("talking_therapies", rows)).filter(indicator_id="tt_recovery_pct", dimension="sex")
    shares = dict(frame.select("icb_code", "unknown_share").iter_rows())
    assert shares["E54000010"] == (29 + 37) / 2 / 100  # courses between 33 - 4 and 37 - 0, of 100: not recoveries
    assert shares["E54000011"] is None  # nothing of it is printed


def _ccgs(codes: Iterable[str], year: str) -> list[dict]:
    rows = [row for code in codes for row in _recovery("ccg", code, 50, 120, 20)]
    n = len(list(codes))
    rows += _recovery("stp", "QF7", 50 * n, 120 * n, 20 * n)
    return [r | {"financial_year": year} for r in rows]


def _lookups(year: str, ccgs: dict[str, str], partnerships: dict[str, str] | None = None) -> dict:
    """The ONS lookup of a year's CCGs (ODS code to ONS code) with the partnerships of its map."""
    stps = (partnerships or {}).items()
    frame = pl.DataFrame({"ccg_ods": list(ccgs), "ccg_ons": list(ccgs.values())})
    empty = pl.Series([None] * frame.height, dtype=pl.String)
    frame = frame.with_columns(stp_ods=empty, stp_ons=empty)
    extra = pl.DataFrame([(None, None, o, n) for o, n in stps], schema=frame.schema, orient="row")
    edition = {"2019-20": "2019-ccg", "2020-21": "2020-ccg", "2021-22": "2021-ccg"}[year]
    return {("ons_geography", "ccg_areas", edition): pl.concat([frame, extra])}


SAME = {s.ods: s.ons for s in SUB_ICB_LOCATIONS if Vintage.JULY_2022 in s.board}
# 2026-11: the six CCGs of April 2021 whose ODS code went to another area.
OTHER_AREAS = {
    "15E": "E38000220",
    "D2P2L": "E38000250",
    "15M": "E38000229",
    "01Y": "E38000182",
    "06H": "E38000026",
    "78H": "E38000242",
}


def test_ccgs_that_are_sub_icb_locations_make_boards() -> None:
    rows = [*_ccgs([*SAME, "13Q", "14R"], "2021-22"), *_recovery("england", "", 50 * 108, 120 * 108, 20 * 108)]
    lookups = _lookups("2021-22", SAME, {"QF7": "E54000009"})
    built = _build("talking_therapies", rows, year="2021-22", more=lookups)
    boards = _own(built).filter(indicator_id="tt_recovery_pct", area_type="icb", dimension="total")
    assert boards.height == 42
    assert boards["numerator"].sum() == 50 * 106
    found = _total(built, "tt_recovery_pct", icb_code="E54000060")  # Nottingham with Bassetlaw
    assert (found["numerator"], found["numerator_low"], found["coverage"]) == (100, 96, 1.0)
    assert found["note"].startswith("sum of 2 CCGs")
    hubs = _total(built, "tt_recovery_pct", area_type="remainder")
    assert (hubs["area_name"], hubs["numerator"]) == ("No board named (national commissioning)", 100)
    assert _total(built, "tt_recovery_pct", icb_code="E54000013")["published_value"] == 50  # Lincolnshire, 71E alone
    assert found["published_value"] is None


def test_a_ccg_with_the_ods_code_of_a_location_and_another_ons_code_is_another_area() -> None:
    rows = [*_ccgs(SAME, "2021-22"), *_recovery("england", "", 50 * 106, 120 * 106, 20 * 106)]
    built = _build("talking_therapies", rows, year="2021-22", more=_lookups("2021-22", SAME | OTHER_AREAS))
    boards = _own(built).filter(indicator_id="tt_recovery_pct", area_type="icb", dimension="total")
    silent = boards.filter(status="not_published")
    assert set(silent["icb_code"]) == {f"E540000{n}" for n in (55, 56, 57, 58, 59, 62)}  # QHL QUE QOP QJ2 QPM QUA
    assert silent["note"].str.contains("exactly the area of this board").all()
    assert boards.filter(status="ok").height == 36
    assert _total(built, "tt_recovery_pct", area_type="england")["numerator"] == 50 * 106
    midlands = _total(built, "tt_recovery_pct", icb_code="E40000011")
    assert midlands["status"] == "not_published", "a region without some of its boards has no sum"


def test_every_group_of_a_board_that_is_not_published_says_so() -> None:
    group = {"dimension": "deprivation", "category": "Decile 1 (most deprived)"}
    rows = [*_ccgs(SAME, "2021-22"), *_recovery("england", "", 50 * 106, 120 * 106, 20 * 106)]
    rows += [r | {"financial_year": "2021-22"} for code in SAME for r in _recovery("ccg", code, 5, 12, 2, **group)]
    built = _build("talking_therapies", rows, year="2021-22", more=_lookups("2021-22", SAME | OTHER_AREAS))
    deciles = _own(built).filter(indicator_id="tt_recovery_pct", dimension="deprivation")
    assert deciles.filter(icb_code="E54000055")["status"].to_list() == ["not_published"]
    assert deciles.filter(icb_code="E40000011")["status"].to_list() == ["not_published"]


def test_a_partnership_with_the_ons_code_of_the_board_is_the_board() -> None:
    rows = [r for r in _ccgs(SAME, "2021-22") if r["area_level"] != "stp"]
    rows += _recovery("stp", "QHG", 51, 121, 20)  # Bedfordshire, Luton and Milton Keynes, kept its ONS code
    rows += _recovery("stp", "QHL", 50 * 105 - 1, 120 * 105 - 1, 20 * 105)  # Birmingham and Solihull did not
    rows += _recovery("england", "", 50 * 106, 120 * 106, 20 * 106)
    partnerships = {"QHG": "E54000024", "QHL": "E54000017"}
    lookups = _lookups("2021-22", SAME | OTHER_AREAS, partnerships)
    built = _build("talking_therapies", rows, year="2021-22", more=lookups)
    found = _total(built, "tt_recovery_pct", icb_code="E54000024")
    assert (found["numerator"], found["numerator_low"], found["published_value"]) == (51, 49, 50)
    assert "the partnership's own row" in found["note"]
    assert found["source_releases"] == "ons_geography:2021-ccg;talking_therapies:2021-22"
    assert _total(built, "tt_recovery_pct", area_type="england")["source_releases"] == "talking_therapies:2021-22"
    assert _total(built, "tt_recovery_pct", icb_code="E54000055")["status"] == "not_published"


def test_a_code_that_no_lookup_of_the_year_has_is_fatal() -> None:
    rows = [*_ccgs([*SAME, "05F"], "2021-22"), *_recovery("england", "", 50 * 107, 120 * 107, 20 * 107)]
    with pytest.raises(LinkageError, match="05F"):
        _build("talking_therapies", rows, year="2021-22", more=_lookups("2021-22", SAME))


def _smi(codes: Iterable[str], year: str, level: str, more: dict | None = None) -> Built:
    rows = [
        observation(level, code, measure, value)
        for code in codes
        for measure, value in (("six_checks", 30.0), ("register", 50.0))
    ]
    return _build("smi_health_checks", rows, year=year, more=more or {})


def test_a_year_without_a_lookup_of_its_ccgs_has_england_alone() -> None:
    built = _smi([*SAME, "05F"], "2018-19", "ccg")
    boards = _own(built).filter(indicator_id="smi_checks_pct", area_type="icb")
    assert boards.height == 42 and set(boards["status"]) == {"not_published"}
    assert boards["note"].str.contains("no ONS lookup of the CCGs of 2018-19").all()
    england = _total(built, "smi_checks_pct", area_type="england")
    assert (england["numerator"], england["denominator"], england["status"]) == (30 * 107, 50 * 107, "ok")


def test_ccgs_that_fill_a_location_together_are_its_successors_parts() -> None:
    """X2C4Y (Kirklees) was made of 03A and 03J; 99M lies in two locations and fills none."""
    codes = {ods: ons for ods, ons in SAME.items() if ods not in ("X2C4Y", "D4U1Y", "D9Y0V")}
    codes |= {"03A": "E38000064", "03J": "E38000121", "99M": "E38000118"}
    lsoas = {"E01000001": ("03A", "X2C4Y"), "E01000002": ("03J", "X2C4Y")}
    lsoas |= {"E01000003": ("99M", "D4U1Y"), "E01000004": ("99M", "D9Y0V")}
    more = _lookups("2020-21", codes) | {
        ("ons_geography", "lsoa_ccgs", "2019-ccg"): pl.DataFrame(
            {"lsoa_code": list(lsoas), "ccg_ons": [codes[ccg] for ccg, _ in lsoas.values()]}
        ),
        ("ons_geography", "lsoa_areas", "2022-lsoa"): pl.DataFrame(
            {"lsoa_code": list(lsoas), "sub_icb_ons": [SAME[location] for _, location in lsoas.values()]}
        ),
    }
    built = _smi(codes, "2020-21", "ccg", more)
    kirklees = _total(built, "smi_checks_n", icb_code="E54000054")  # West Yorkshire: 4 CCGs that stayed, and 2
    assert (kirklees["numerator"], kirklees["status"]) == (30 * 6, "ok")
    for icb in ("E54000034", "E54000042"):
        assert _total(built, "smi_checks_n", icb_code=icb)["status"] == "not_published"


def _now(built: Built, indicator: str) -> pl.DataFrame:
    return built.frame.filter(geography_vintage="2026-04", indicator_id=indicator, dimension="total")


def test_sub_icb_locations_make_the_boards_of_2026_but_for_the_heirs_of_frimley() -> None:
    codes = footprint.sub_icbs(Vintage.APRIL_2023)["sub_icb_ods"].to_list()
    rows = _now(_smi(codes, "2023-24", "sub_icb"), "smi_checks_n")
    boards = rows.filter(area_type="icb")
    assert boards.height == 36
    silent = boards.filter(status="not_published")
    assert set(silent["icb_code"]) == {"E54000067", "E54000069", "E54000070"}
    assert silent["note"].str.contains("part of Frimley").all()
    essex = boards.filter(icb_code="E54000066").row(0, named=True)
    assert (essex["numerator"], essex["published_value"]) == (30 * 7, None)
    assert "made from part of Suffolk and North East Essex" in essex["note"]
    assert rows.filter(area_type="england")["numerator"].item() == 30 * 106


def test_whole_boards_make_a_board_of_2026_and_parts_do_not() -> None:
    rows = _now(_build("talking_therapies", _talking()), "tt_recovery_pct")
    boards = rows.filter(area_type="icb")
    made = boards.filter(icb_code="E54000071").row(0, named=True)  # West and North London
    assert (made["numerator"], made["denominator"], made["numerator_low"]) == (100, 200, 96)
    assert made["published_value"] is None
    assert boards.filter(icb_code="E54000010")["published_value"].to_list() == [50]
    assert boards["status"].value_counts().sort("status").rows() == [("not_published", 6), ("ok", 30)]
    assert rows.filter(area_type="england")["numerator"].to_list() == [50 * 42 + 20]
    assert rows.filter(area_type="remainder")["numerator"].to_list() == [20]
    regions = set(rows.filter(area_type="region")["icb_code"])
    assert {"E40000013", "E40000014"} <= regions and not {"E40000007", "E40000010"} & regions


def test_from_2026_27_on_there_is_one_footprint() -> None:
    codes = [board.ods for board in boards_of(Vintage.APRIL_2026)]
    rows = [row for code in codes for row in _recovery("icb", code, 50, 120, 20)]
    rows += _recovery("england", "", 50 * 36, 120 * 36, 20 * 36)
    built = _build("talking_therapies", rows, year="2026-27")
    assert built.frame["geography_vintage"].unique().to_list() == ["2026-04"]


def test_a_footprint_that_loses_or_doubles_someone_is_fatal() -> None:
    own = _placed({"E54000010": 10.0, "E54000027": 20.0, "E54000028": 5.0})
    validate_footprints(own, _placed({"E54000010": 10.0, "E54000071": 25.0}), where="here")
    with pytest.raises(ValidationError, match="sums over boards differ"):
        validate_footprints(own, _placed({"E54000010": 10.0, "E54000071": 24.9}), where="here")
    with pytest.raises(ValidationError, match="have other figures"):
        validate_footprints(own, _placed({"E54000010": 11.0, "E54000071": 24.0}), where="here")


def _placed(counts: dict[str, float]) -> Placed:
    day = date(2024, 3, 31)
    rows = [
        {"icb_code": code, "dimension": "total", "category": "All", "period_start": day, "period_end": day}
        | {"period_type": "snapshot", "status": "ok", "note": ""}
        | {f"{side}{end}": value for side in ("numerator", "denominator") for end in ("", "_low", "_high")}
        for code, value in counts.items()
    ]
    frame = pl.DataFrame(rows)
    return Placed(frame=shaped(frame, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_code")))


# One practice without any patient of interest for each board that a test says nothing about.
OTHERS = {f"O{b.ons}": b.ons for b in boards_of(Vintage.APRIL_2023) if b.ons not in ("E54000010", "E54000011")}
AREAS = pl.DataFrame(
    {"practice_code": ["A1", "A2", "A3", *OTHERS], "icb_code": ["E54000010"] * 2 + ["E54000011", *OTHERS.values()]}
).with_columns(
    geography_vintage=pl.lit("2023-04"),
    map_release=pl.lit("qof:2023-24"),
    own_year=pl.lit(True),
    first_map=pl.lit(True),
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
    return _build("qof", rows, linked=LINKED | {("practice_areas", YEAR): areas})


def test_a_practice_in_no_map_goes_to_the_remainder() -> None:
    built = _qof()
    found = _total(built, "hypertension_prevalence_pct", area_type="remainder")
    assert (found["area_name"], found["numerator"]) == ("Practices without a board", 1)
    assert _total(built, "hypertension_prevalence_pct", area_type="england")["numerator"] == 61
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
    board = _total(built, "hypertension_prevalence_pct", icb_code="E54000010")
    assert (board["coverage"], board["people_share"]) == (0.5, share)
    assert said in board["note"]
    whole = _total(built, "hypertension_prevalence_pct", icb_code="E54000011")
    assert whole["coverage"] == 1 and "are in this figure" not in whole["note"]
    region = _total(built, "hypertension_prevalence_pct", icb_code="E40000011")
    assert "practices" in region["note"] and region["coverage"] < 1
    england = _total(built, "hypertension_prevalence_pct", area_type="england")
    assert "are in this figure" in england["note"]


def _named(built: Built, **where: object) -> set[str]:
    return set(_own(built).filter(**where)["source_releases"].to_list())  # type: ignore[arg-type]


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
    frame = _own(_qof()).filter(indicator_id="hypertension_prevalence_pct", dimension="deprivation")
    board = frame.filter(icb_code="E54000010").sort("category_order")
    shown = dict(board.filter(status="ok").select("category", "numerator").iter_rows())
    assert shown == {QUINTILES[0]: 10, "Unknown": 20}
    assert board["unknown_share"].to_list() == [0.5] * board.height
    assert board.filter(status="not_applicable")["category"].to_list() == list(QUINTILES[1:])
    assert frame.filter(area_type="england")["numerator"].sum() == 61
    assert frame.filter(icb_code="E54000011")["unknown_share"].unique().to_list() == [0.0]
    assert board["note"].str.contains("not of the patient|no practice").all()


def test_a_board_without_a_practice_in_a_fifth_does_not_empty_its_regions_fifth() -> None:
    frame = _own(_qof()).filter(indicator_id="hypertension_prevalence_pct", dimension="deprivation")
    midlands = frame.filter(icb_code="E40000011").sort("category_order")
    found = {row["category"]: (row["numerator"], row["status"]) for row in midlands.iter_rows(named=True)}
    assert found[QUINTILES[0]] == (10, "ok")
    assert found[QUINTILES[4]] == (30, "ok")
    assert found[QUINTILES[2]] == (None, "not_applicable")  # no board of the region has a practice there
    assert not midlands.filter(status="ok")["note"].str.contains("no practice").any()


def _authority(icb: str, number: int) -> str:
    """Bracknell Forest for Frimley, which is parted by district; else a code of nowhere."""
    return "E06000036" if icb == "E54000034" else f"E06{900000 + number:06}"


def _teeth(rows: list[tuple[str, float | None, float | None]], england: float) -> Built:
    figures = []
    others = {
        _authority(b.ons, number): next(s.ons for s in SUB_ICB_LOCATIONS if s.board.get(Vintage.JULY_2022) == b.ons)
        for number, b in enumerate(boards_of(Vintage.JULY_2022))
        if b.ons not in ("E54000010", "E54000011")
    }
    for code, young, old in (*rows, *((code, 0.0, 0.0) for code in others)):
        for age, value in (("0_5", young), ("6_10", old)):
            bounds = {"low": 1.0, "high": 7.0} if value is None else rounded(value) if value else {}
            figures.append(observation("local_authority", code, f"caries_extractions_{age}", value, **bounds))
            figures.append(observation("local_authority", code, f"population_{age}", 1_000.0))
            group = {"dimension": "age", "category": BY_AGE[age]}
            figures.append(observation("local_authority", code, "caries_extractions", value, **bounds, **group))
            figures.append(observation("local_authority", code, "population", 1_000.0, **group))
    for age in ("0_5", "6_10"):
        figures.append(observation("england", "", f"caries_extractions_{age}", england / 2))
        figures.append(observation("england", "", f"population_{age}", 2_000.0))
        group = {"dimension": "age", "category": BY_AGE[age]}
        figures.append(observation("england", "", "caries_extractions", england / 2, **group))
        figures.append(observation("england", "", "population", 2_000.0, **group))
    lsoas = pl.DataFrame(
        {
            "lsoa_code": ["E01000001", "E01000002", "E01000003", *(f"E01{code[3:]}" for code in others)],
            "sub_icb_ons": ["E38000053", "E38000053", "E38000257", *others.values()],  # Staffordshire and Shropshire
            "lad_code": ["E07000192", "E07000193", "E07000193", *others],
        }
    )
    more = {
        ("ons_geography", "lsoa_areas", "2022-lsoa"): lsoas,
        ("ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"): pl.DataFrame(
            {"lsoa11_code": lsoas["lsoa_code"], "lsoa21_code": lsoas["lsoa_code"]}
        ),
        ("census_ethnicity", "residents", "2021"): pl.DataFrame(
            {"lsoa21_code": lsoas["lsoa_code"], "total": [1_000, 1_500, 500, *(1_000 for _ in others)]}
        ),
    }
    return _build("tooth_extractions", figures, year="2020-21", more=more)


def test_an_authority_that_spans_boards_is_shared_by_residents() -> None:
    built = _teeth([("E07000192", 10, 20), ("E07000193", 40, 40)], england=110)
    whole = _total(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000010")
    part = _total(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000011")
    assert (whole["numerator"], whole["denominator"]) == (30 + 60, 2_000 + 1_500)
    assert (part["numerator"], part["numerator_low"], part["numerator_high"]) == (20, 19, 21)
    assert "1 of 1 authorities span boards and are shared out by residents (100.0%" in part["note"]
    # Each group counts its own authorities: by age they are no more than in the total.
    notes = _own(built).filter(pl.col("icb_code") == "E54000010", pl.col("numerator") > 0)
    assert set(notes["dimension"]) == {"total", "age"}
    assert notes["note"].str.contains(r"\b1 of 2 authorities span boards").all()
    assert built.counted["authorities that span boards of 2022-07, shared out"] == 1


def test_a_hidden_authority_is_an_interval_and_never_zero() -> None:
    built = _teeth([("E07000192", None, 20), ("E07000193", 40, 40)], england=104)
    found = _total(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000010")
    assert (found["numerator_low"], found["numerator_high"]) == (1 + 18 + 57, 7 + 22 + 63)
    assert (found["status"], found["numerator"]) == (
        "ok",
        89,
    )  # the rate of the others gives more than 7: it stands at the end of its bounds; 6 open by hiding, 10 by rounding
    assert "hidden" in found["note"]
    built = _teeth([("E07000192", None, None), ("E07000193", 40, 40)], england=90)
    found = _total(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000010")
    assert (found["status"], found["numerator"]) == ("suppressed", None)


def test_an_authority_of_no_lookup_is_fatal() -> None:
    with pytest.raises(LinkageError, match="E07999999"):
        _teeth([("E07999999", 10, 20)], england=30)


def test_an_abolished_district_goes_with_its_successor() -> None:
    with pytest.raises(LinkageError, match="E07000150"):
        _teeth([("E07000150", 10, 20)], england=30)  # North Northamptonshire is not in this lookup


def _detentions() -> Built:
    rows = []
    for ods in BOARDS:
        rows.append(observation("icb", ods, "detentions", 100.0, **rounded(100)))
        rows.append(observation("icb", ods, "detention_rate", 50.0))
    key = {"dimension": "deprivation", "category": "Decile 1 (most deprived)"}
    rows.append(observation("icb", "QNC", "detentions", 40.0, **rounded(40), **key))
    rows.append(observation("icb", "QNC", "detention_rate", 200.0, **key))
    rows += [
        observation("england", "", "detentions", 4_200.0),
        observation("england", "", "detention_rate", 90.0),
        observation("england", "", "detentions", 420.0, dimension="deprivation", category="Unknown"),
        observation("england", "", "detention_rate", 60.0, dimension="deprivation", category="Unknown"),
    ]
    codes = [b.ons for b in boards_of(Vintage.APRIL_2023)]
    population = pl.DataFrame(
        {
            "geography_vintage": ["2023-04"] * 84,
            "icb_code": codes * 2,
            "mid_year": [2022] * 42 + [2023] * 42,
            "of_year": [False] * 42 + [True] * 42,
            "sex": ["Female"] * 84,
            "age": [30] * 84,
            "population": [200_000] * 42 + [999_999] * 42,
        }
    )
    return _build("mental_health_act", rows, linked={("population", YEAR): population})


def test_detentions_divide_by_the_mid_year_before_and_by_what_the_rate_implies() -> None:
    built = _detentions()
    found = _total(built, "mha_detention_rate", icb_code="E54000010")
    assert (found["denominator"], found["denominator_low"]) == (200_000, 200_000)
    assert "residents of mid-2022" in found["note"] and "another population" not in found["note"]
    assert "another population" in _total(built, "mha_detention_rate", area_type="england")["note"]
    decile = _own(built).filter(icb_code="E54000010", dimension="deprivation").row(0, named=True)
    assert decile["denominator"] == pytest.approx(20_000)
    assert found["source_releases"] == "mental_health_act:2023-24;population:2023-24"
    assert decile["source_releases"] == "mental_health_act:2023-24", "its population is implied by the printed rate"
    assert decile["denominator_low"] < 20_000 < decile["denominator_high"]
    assert (decile["numerator_low"], decile["numerator_high"]) == (38, 42)
    unknown = _own(built).filter(area_type="england", category="Unknown").row(0, named=True)
    assert unknown["unknown_share"] == 0.1  # of detentions, not of the people that a rate implies


def test_a_source_without_any_of_the_measures_builds_nothing() -> None:
    with pytest.raises(NothingToBuild):
        _build("fingertips", [observation("england", "", "count_200", 5.0)])


def test_a_renamed_measure_is_an_error() -> None:
    rows = [r | {"measure": r["measure"].replace("recovery", "recoveries")} for r in _talking()]
    with pytest.raises(ValidationError, match="hold no measure"):
        _build("talking_therapies", rows)


def test_order_of_observations_does_not_matter() -> None:
    one, two = _build("talking_therapies", _talking()), _build("talking_therapies", _talking()[::-1])
    assert one.frame.equals(two.frame)


def _waiting(day: date, total: float) -> list[dict]:
    when = {"period_start": day, "period_end": day, "period_type": "snapshot"}
    return [
        observation(level, code, measure, value, **when)
        for level, codes, value in (
            ("icb", BOARDS, total),
            ("national", ["X24"], 7.0),
            ("england", [""], 42 * total + 7),
        )
        for code in codes
        for measure in ("pathways_total", "pathways_gt18", "pathways_gt52", "pathways_gt65")
    ]


def test_the_latest_snapshot_stands_for_the_year_and_national_commissioning_is_shown() -> None:
    built = _build("rtt", [*_waiting(date(2023, 12, 31), 500.0), *_waiting(date(2024, 2, 29), 100.0)])
    found = _total(built, "wl_total", icb_code="E54000010")
    assert (found["numerator"], found["period_end"]) == (100, date(2024, 2, 29))
    assert _total(built, "wl_total", area_type="remainder")["numerator"] == 7
    assert _total(built, "wl_total", area_type="england")["numerator"] == 4_207


def test_a_note_is_said_once() -> None:
    notes = _own(_qof()).filter(area_type="england", dimension="deprivation")["note"].to_list()
    assert all(len(pieces) == len(set(pieces)) for pieces in (note.split("; ") for note in notes))


def test_a_hidden_deduction_is_no_wider_than_rounding_and_stands_at_its_middle() -> None:
    """2026-11: finished courses are rounded to 5, and 0 to 4 of them that began below caseness are hidden."""
    rows = [r for r in _talking() if not (r["area_code"] == "QNC" and r["measure"] == "not_at_caseness")]
    hidden = {"value": None, "low": 0.0, "high": 4.0, "status": "suppressed"}
    rows.append(observation("icb", "QNC", "not_at_caseness", None, **{k: v for k, v in hidden.items() if k != "value"}))
    found = _total(_build("talking_therapies", rows), "tt_recovery_pct", icb_code="E54000010")
    finished = [r for r in rows if r["area_code"] == "QNC" and r["measure"] == "finished_course_treatment"][0]
    assert found["status"] == "ok"
    assert found["denominator"] == finished["value"] - 2
    assert found["denominator_low"] == finished["low"] - 4 and found["denominator_high"] == finished["high"]
    assert "a hidden deduction of 0 to 4 is taken at the middle" in found["note"]


def test_all_boards_stand_beside_england_and_without_one_there_is_no_such_row() -> None:
    frame = _own(_build("talking_therapies", _talking())).filter(indicator_id="tt_recovery_pct", dimension="total")
    boards = frame.filter(area_type="boards").row(0, named=True)
    assert boards["numerator"] == frame.filter(area_type="icb")["numerator"].sum()
    assert boards["denominator"] == frame.filter(area_type="icb")["denominator"].sum()
    assert boards["units"] is None
    assert (boards["icb_code"], boards["area_name"]) == ("E92000001", "All boards")
    rows = [
        r | {"value": None, "low": None, "high": None, "status": "missing"} if r["area_code"] == "QNC" else r
        for r in _talking()
    ]
    frame = _own(_build("talking_therapies", rows)).filter(dimension="total")
    assert frame.filter(area_type="boards").is_empty()


def _checks() -> Built:
    ages = {"14 to 17": (3.0, 5.0), "18 and over": (7.0, 10.0)}
    groups = [("total", "All", 10.0, 15.0), *(("age", age, *counts) for age, counts in ages.items())]
    rows = [
        observation("practice", code, measure, value, dimension=dimension, category=category, note="layout unverified")
        for code in ("A1", "A3", *OTHERS)
        for dimension, category, checks, register in groups
        for measure, value in (("health_checks", checks), ("register", register))
    ]
    return _build("ld_health_checks", rows, linked=LINKED)


def test_ages_that_practices_print_stand_beside_the_total_and_never_in_it() -> None:
    frame = _own(_checks()).filter(indicator_id="ld_checks_pct", icb_code="E54000010")
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
    board = _own(built).filter(indicator_id="ld_checks_n", icb_code="E54000010")
    by_group = dict(board.filter(pl.col("dimension") != "deprivation").select("category", "coverage").iter_rows())
    # A2 is on the map and has no row.
    assert by_group == {"All": 0.5, "14 to 17": 0.5, "18 and over": 0.5}
