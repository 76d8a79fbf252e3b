"""Figures of CCGs and sub-ICB locations make boards only where they are the same areas."""

from collections.abc import Iterable
from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.errors import LinkageError, ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.placing.placed import Placed, shaped
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.totals import validate_footprints
from hi_pipeline_tests.unit.tables.counts_built import build, own_rows, recovery, talking, total_row
from hi_pipeline_tests.unit.tables.fake_reader import observation


def _ccgs(codes: Iterable[str], year: str) -> list[dict]:
    rows = [row for code in codes for row in recovery("ccg", code, 50, 120, 20)]
    n = len(list(codes))
    rows += recovery("stp", "QF7", 50 * n, 120 * n, 20 * n)
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
    rows = [*_ccgs([*SAME, "13Q", "14R"], "2021-22"), *recovery("england", "", 50 * 108, 120 * 108, 20 * 108)]
    lookups = _lookups("2021-22", SAME, {"QF7": "E54000009"})
    built = build("talking_therapies", rows, year="2021-22", more=lookups)
    boards = own_rows(built).filter(indicator_id="tt_recovery_pct", area_type="icb", dimension="total")
    assert boards.height == 42
    assert boards["numerator"].sum() == 50 * 106
    found = total_row(built, "tt_recovery_pct", icb_code="E54000060")  # Nottingham with Bassetlaw
    assert (found["numerator"], found["numerator_low"], found["coverage"]) == (100, 96, 1.0)
    assert found["note"].startswith("sum of 2 CCGs")
    hubs = total_row(built, "tt_recovery_pct", area_type="remainder")
    assert (hubs["area_name"], hubs["numerator"]) == ("No board named (national commissioning)", 100)
    assert total_row(built, "tt_recovery_pct", icb_code="E54000013")["published_value"] == 50  # Lincolnshire, 71E alone
    assert found["published_value"] is None


def test_a_printed_england_is_no_sum_of_the_locations_that_have_a_figure() -> None:
    rows = [*_ccgs(SAME, "2021-22"), *recovery("england", "", 50 * 106, 120 * 106, 20 * 106)]
    for row in rows:
        if row["area_code"] == "02Q":
            row |= {"value": None, "status": "not_published"}
    built = build("talking_therapies", rows, year="2021-22", more=_lookups("2021-22", SAME))
    england = total_row(built, "tt_recovery_pct", area_type="england")
    words = "105 of 106 CCGs or sub-ICB locations have a figure of their own, and this one is printed"
    assert england["note"] == words


def test_a_ccg_with_the_ods_code_of_a_location_and_another_ons_code_is_another_area() -> None:
    rows = [*_ccgs(SAME, "2021-22"), *recovery("england", "", 50 * 106, 120 * 106, 20 * 106)]
    built = build("talking_therapies", rows, year="2021-22", more=_lookups("2021-22", SAME | OTHER_AREAS))
    boards = own_rows(built).filter(indicator_id="tt_recovery_pct", area_type="icb", dimension="total")
    silent = boards.filter(status="not_published")
    assert set(silent["icb_code"]) == {f"E540000{n}" for n in (55, 56, 57, 58, 59, 62)}  # QHL QUE QOP QJ2 QPM QUA
    assert silent["note"].str.contains("exactly the area of this board").all()
    assert boards.filter(status="ok").height == 36
    assert total_row(built, "tt_recovery_pct", area_type="england")["numerator"] == 50 * 106
    midlands = total_row(built, "tt_recovery_pct", icb_code="E40000011")
    assert midlands["status"] == "not_published", "a region without some of its boards has no sum"


def test_every_group_of_a_board_that_is_not_published_says_so() -> None:
    group = {"dimension": "deprivation", "category": "Decile 1 (most deprived)"}
    rows = [*_ccgs(SAME, "2021-22"), *recovery("england", "", 50 * 106, 120 * 106, 20 * 106)]
    rows += [r | {"financial_year": "2021-22"} for code in SAME for r in recovery("ccg", code, 5, 12, 2, **group)]
    built = build("talking_therapies", rows, year="2021-22", more=_lookups("2021-22", SAME | OTHER_AREAS))
    deciles = own_rows(built).filter(indicator_id="tt_recovery_pct", dimension="deprivation")
    assert deciles.filter(icb_code="E54000055")["status"].to_list() == ["not_published"]
    assert deciles.filter(icb_code="E40000011")["status"].to_list() == ["not_published"]


def test_a_partnership_with_the_ons_code_of_the_board_is_the_board() -> None:
    rows = [r for r in _ccgs(SAME, "2021-22") if r["area_level"] != "stp"]
    rows += recovery("stp", "QHG", 51, 121, 20)  # Bedfordshire, Luton and Milton Keynes, kept its ONS code
    rows += recovery("stp", "QHL", 50 * 105 - 1, 120 * 105 - 1, 20 * 105)  # Birmingham and Solihull did not
    rows += recovery("england", "", 50 * 106, 120 * 106, 20 * 106)
    partnerships = {"QHG": "E54000024", "QHL": "E54000017"}
    lookups = _lookups("2021-22", SAME | OTHER_AREAS, partnerships)
    built = build("talking_therapies", rows, year="2021-22", more=lookups)
    found = total_row(built, "tt_recovery_pct", icb_code="E54000024")
    assert (found["numerator"], found["numerator_low"], found["published_value"]) == (51, 49, 50)
    assert "the partnership's own row" in found["note"]
    assert found["source_releases"] == "ons_geography:2021-ccg;talking_therapies:2021-22"
    assert total_row(built, "tt_recovery_pct", area_type="england")["source_releases"] == "talking_therapies:2021-22"
    assert total_row(built, "tt_recovery_pct", icb_code="E54000055")["status"] == "not_published"


def test_a_code_that_no_lookup_of_the_year_has_is_fatal() -> None:
    rows = [*_ccgs([*SAME, "05F"], "2021-22"), *recovery("england", "", 50 * 107, 120 * 107, 20 * 107)]
    with pytest.raises(LinkageError, match="05F"):
        build("talking_therapies", rows, year="2021-22", more=_lookups("2021-22", SAME))


def _smi(codes: Iterable[str], year: str, level: str, more: dict | None = None) -> Built:
    rows = [
        observation(level, code, measure, value)
        for code in codes
        for measure, value in (("six_checks", 30.0), ("register", 50.0))
    ]
    return build("smi_health_checks", rows, year=year, more=more or {})


def test_a_year_without_a_lookup_of_its_ccgs_has_england_alone() -> None:
    built = _smi([*SAME, "05F"], "2018-19", "ccg")
    boards = own_rows(built).filter(indicator_id="smi_checks_pct", area_type="icb")
    assert boards.height == 42 and set(boards["status"]) == {"not_published"}
    assert boards["note"].str.contains("no ONS lookup of the CCGs of 2018-19").all()
    england = total_row(built, "smi_checks_pct", area_type="england")
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
    kirklees = total_row(built, "smi_checks_n", icb_code="E54000054")  # West Yorkshire: 4 CCGs that stayed, and 2
    assert (kirklees["numerator"], kirklees["status"]) == (30 * 6, "ok")
    for icb in ("E54000034", "E54000042"):
        assert total_row(built, "smi_checks_n", icb_code=icb)["status"] == "not_published"


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
    rows = _now(build("talking_therapies", talking()), "tt_recovery_pct")
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
    rows = [row for code in codes for row in recovery("icb", code, 50, 120, 20)]
    rows += recovery("england", "", 50 * 36, 120 * 36, 20 * 36)
    built = build("talking_therapies", rows, year="2026-27")
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
