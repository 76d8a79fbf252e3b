"""Further figures that are known of the real files (sources.md, November 2026), through parsing, linking, computing."""

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES, ETHNIC_BROAD, UNKNOWN
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.tables.reference.succession import AUTHORITY_FROM_2023
from hi_pipeline_tests.backtest.real_files import RealFiles

ENGLAND = {"area_type": "england"}


def _one(frame: pl.DataFrame, **key: object) -> dict:
    found = frame.filter(**key)
    assert found.height == 1, found
    return found.row(0, named=True)


def _value(real: RealFiles, indicator: str, year: str, **key: object) -> dict:
    return _one(real.own_results(indicator, year), **({"dimension": "total", "measure": "value"} | key))


@pytest.mark.parametrize(
    ("year", "checked", "percent"), [("2019-20", 159_312, 35.8), ("2022-23", 313_022, 58.5), ("2023-24", 361_210, 68.5)]
)
def test_health_checks_for_severe_mental_illness(real: RealFiles, year: str, checked: int, percent: float) -> None:
    assert _value(real, "smi_checks_n", year, **ENGLAND)["value"] == checked
    assert round(_value(real, "smi_checks_pct", year, **ENGLAND)["value"], 1) == percent


def test_detentions_by_broad_ethnic_group_are_all_with_a_group(real: RealFiles) -> None:
    rows = real.clean("mental_health_act", "observations", "2023-24").filter(
        area_level="england", dimension="ethnicity", measure="detentions"
    )
    assert rows.filter(pl.col("category").is_in(list(ETHNIC_BROAD)))["value"].sum() == 45_525
    assert _one(rows, category=UNKNOWN)["value"] == 3_726
    total = real.clean("mental_health_act", "observations", "2023-24").filter(
        area_level="england", dimension="total", measure="detentions"
    )
    assert total["value"].item() - 45_525 - 3_726 == 1_186  # in neither


def test_apgar_scores_of_2019_20_stand_in_the_file_that_is_read(real: RealFiles) -> None:
    source = SOURCES["maternity_annual"]
    release = source.release("2019-20")
    tables = read_tables(real.mirror / release.mirror_file, source.layouts[release.layout])
    england = tables["data"][0].frame.filter(dimension="APGARSCORE5TERMGROUP7", org_level="ALL SUBMITTERS")
    assert sorted(england["value"].cast(pl.Int64)) == [1_450, 102_830, 252_455]


def test_ccgs_that_closed_and_came_in_2021(real: RealFiles) -> None:
    old, new = (
        set(real.clean("ons_geography", "ccg_areas", edition)["ccg_ods"]) for edition in ("2020-ccg", "2021-ccg")
    )
    assert (len(old), len(new), len(old - new)) == (135, 106, 38)
    assert new - old == {"A3A8R", "B2M3M", "D2P2L", "D4U1Y", "D9Y0V", "M1J4Y", "M2L0M", "W2U3Z", "X2C4Y"}


def test_long_waits_of_the_most_deprived(real: RealFiles) -> None:
    """By hand from the deciles' own counts, which add up to the printed 143,310 within their rounding."""
    rows = real.own_results("wl_gt52_pct", "2025-26").filter(dimension="deprivation", **ENGLAND)
    deciles = rows.filter(measure="value").sort("category_order")
    assert deciles["category"].to_list() == list(DECILES)
    assert abs(deciles["numerator"].sum() - 143_310) <= 10
    first = deciles.head(2)
    shares = [first[side].sum() / deciles[side].sum() for side in ("numerator", "denominator")]
    found = _one(rows, measure="disproportionality")
    assert found["value"] == pytest.approx(shares[0] / shares[1]) == pytest.approx(1.003868, abs=1e-6)
    assert found["lower_95"] < 1 < found["upper_95"]


def test_a_board_with_an_empty_or_hidden_decile_has_no_disproportionality(real: RealFiles) -> None:
    boards = real.own_results("wl_gt52_pct", "2025-26").filter(area_type="icb", measure="disproportionality")
    silent = boards.filter(pl.col("status") != "ok")
    assert (boards.height, silent.height) == (42, 4)
    assert silent["note"].str.contains("a count is not known of decile").all()


def test_outpatients_of_england_by_age_sex_and_group(real: RealFiles) -> None:
    standardised = _value(real, "act_outpatient_attended_dsr", "2023-24", **ENGLAND)
    assert standardised["numerator"] == 104_634_817
    # Without the 1% of unknown sex; England is younger than the European standard, so the rate is close to the crude.
    assert 180_000 < standardised["value"] < 185_000
    crude = real.own_results("act_outpatient_crude_rate", "2023-24").filter(measure="value", **ENGLAND)
    assert _one(crude, category=DECILES[0])["numerator"] == 10_115_623
    assert set(crude.filter(category=UNKNOWN)["status"]) == {"not_applicable"}
    assert crude.filter(dimension="ethnicity", status="ok").height == 16
    census = crude.filter(dimension="ethnicity", status="ok")["denominator"].sum()
    assert census == 56_490_108  # everybody of Census 2021 in England
    assert (
        _value(real, "act_outpatient_virtual_crude_rate", "2023-24", **ENGLAND)["numerator"] == 4_473_686 + 14_080_684
    )
    assert _value(real, "act_outpatient_first_crude_rate", "2023-24", **ENGLAND)["numerator"] == 33_994_906


def test_ethnic_minorities_of_the_census(real: RealFiles) -> None:
    """The sums of the file's own rows, which the census perturbs a little."""
    england = _value(real, "ethnic_minority_share_pct", "2020-21", **ENGLAND)
    assert england["denominator"] == 56_490_108
    assert round(england["value"], 1) == 26.5
    now = real.results("ethnic_minority_share_pct", "2020-21").filter(geography_vintage="2026-04", area_type="icb")
    assert now.height == 36 and now["denominator"].sum() == england["denominator"]


def test_homelessness_of_boards_in_the_quarter_and_the_four_authorities_of_2023(real: RealFiles) -> None:
    rows = real.own_results("homelessness_owed_duty_rate", "2024-25").filter(measure="value")
    quarter = rows.filter(dimension="period")
    assert _one(quarter, **ENGLAND)["numerator"] == 83_450
    boards = quarter.filter(area_type="icb")
    # Torbay and Kingston upon Thames gave no data.
    assert set(boards.filter(status="missing")["icb_ods_code"]) == {"QJK", "QWE"}
    assert rows.filter(dimension="total", area_type="icb")["note"].str.contains("1 of 4 quarters").all()
    somerset = _one(boards, icb_ods_code="QSL")
    own = _one(quarter, area_type="authority", icb_code="E06000066")
    assert somerset["numerator"] == own["numerator"] > 0
    assert set(AUTHORITY_FROM_2023.successors.values()) <= set(quarter.filter(area_type="authority")["icb_code"])
    shared = boards.filter(pl.col("note").str.contains("authorities span boards and are shared out by residents"))
    assert shared.height > 5


def test_districts_of_2022_go_to_the_unitary_authorities_by_their_names(real: RealFiles) -> None:
    lsoas = real.clean("ons_geography", "lsoa_areas", "2022-lsoa")
    there = set(lsoas["lad_code"])
    file = set(
        real.clean("homelessness", "observations", "2024-25").filter(area_level="local_authority")["area_code"].unique()
    )
    assert there - file == set(AUTHORITY_FROM_2023.successors)
    assert file - there == set(AUTHORITY_FROM_2023.successors.values())
    names = lsoas.with_columns(pl.col("lsoa_name").str.replace(r" \d{3}[A-Z]$", "").alias("district"))
    wanted = {
        "E06000063": {"Allerdale", "Carlisle", "Copeland"},
        "E06000064": {"Barrow-in-Furness", "Eden", "South Lakeland"},
        "E06000065": {"Craven", "Hambleton", "Harrogate", "Richmondshire", "Ryedale", "Scarborough", "Selby"},
        # LSOAs keep the names of before 2019, when two districts became Somerset West and Taunton.
        "E06000066": {"Mendip", "Sedgemoor", "South Somerset", "Taunton Deane", "West Somerset"},
    }
    for authority, districts in wanted.items():
        codes = [old for old, new in AUTHORITY_FROM_2023.successors.items() if new == authority]
        assert set(names.filter(pl.col("lad_code").is_in(codes))["district"]) == districts


def test_first_doses_by_age_where_the_estimate_holds_them(real: RealFiles) -> None:
    ages = real.own_results("covid_first_dose_pct", "2020-21").filter(dimension="age", measure="value", **ENGLAND)
    above = _one(ages, category="75 to 79")
    assert (above["status"], above["value"], above["numerator"]) == ("missing", None, None)
    assert "more people vaccinated than the estimate" in above["note"]
    eighty = _one(ages, category="80 and over")
    assert (eighty["numerator"], eighty["denominator"]) == (2_698_440, 2_836_964)
    assert eighty["value"] == pytest.approx(eighty["published_value"], abs=1e-4)


@pytest.mark.parametrize(("month", "attendances"), [("January 2025", 1_326_670), ("March 2025", 1_418_235)])
def test_months_of_emergency_departments_stand_by_themselves(real: RealFiles, month: str, attendances: int) -> None:
    rows = real.own_results("ed_type1_conversion_crude", "2024-25").filter(measure="value")
    assert _one(rows, dimension="period", category=month, **ENGLAND)["denominator"] == attendances
    year = _one(rows, dimension="total", **ENGLAND)
    assert (year["status"], "2 of 12 months" in year["note"]) == ("missing", True)


def test_completed_pathways_of_the_month_lose_nobody(real: RealFiles) -> None:
    rows = real.own_results("act_by_pod_n", "2025-26").filter(measure="value", dimension="period")
    england = _one(rows, **ENGLAND)["value"]
    assert england == 302_826 + 1_251_335
    assert rows.filter(pl.col("area_type").is_in(["icb", "remainder"]))["value"].sum() == england


@pytest.mark.parametrize(
    ("year", "screened", "eligible"),
    [("2019-20", 7_281_502, 10_367_918), ("2022-23", 7_113_333, 10_806_796), ("2023-24", 7_306_325, 11_055_782)],
)
def test_cervical_screening_of_england_comes_from_the_file_of_authorities(
    real: RealFiles, year: str, screened: int, eligible: int
) -> None:
    england = _value(real, "screening_cervical_25_49", year, **ENGLAND)
    assert (england["status"], england["numerator"], england["denominator"]) == ("ok", screened, eligible)
    rows = real.own_results("screening_cervical_25_49", year).filter(area_type="authority", status="ok")
    assert rows["icb_code"].n_unique() > 250


def test_a_child_in_contact_in_two_partnerships_counts_in_no_sum_of_a_region(real: RealFiles) -> None:
    """London 2021-22: 90,365 added up, 89,845 printed."""
    rows = real.results("cyp_mh_access_rate", "2021-22").filter(area_type="region", measure="value")
    assert rows.height and set(rows["status"]) == {"not_published"} and rows["numerator"].null_count() == rows.height


@pytest.mark.parametrize(("board", "share"), [("E54000052", 23.785), ("E54000053", 16.161)])
def test_four_small_areas_of_chichester_were_in_surrey_heartlands_until_2023(
    real: RealFiles, board: str, share: float
) -> None:
    row = _value(real, "ethnic_minority_share_pct", "2020-21", icb_code=board)
    assert row["value"] == pytest.approx(share, abs=5e-4)


def test_a_region_has_on_the_footprint_in_force_what_it_has_on_its_own(real: RealFiles) -> None:
    """East of England holds the same places; three of its boards of 2026 have no figure of their own."""
    rows = real.results("mha_detention_rate", "2023-24").filter(area_type="region", measure="value", dimension="total")
    by_vintage = {
        v: sorted(f["numerator"].to_list()) for (v,), f in rows.partition_by("geography_vintage", as_dict=True).items()
    }
    assert len(by_vintage) == 2 and by_vintage["2023-04"] == by_vintage["2026-04"]
    assert rows["numerator"].null_count() == 0


def test_attendances_of_no_practice_are_of_no_known_fifth_in_england(real: RealFiles) -> None:
    row = _one(real.own_results("ae_attendance_0_4_rate", "2021-22"), dimension="deprivation", measure="gap", **ENGLAND)
    assert row["unknown_share"] == pytest.approx(1 - 2_278_167 / 2_332_838, abs=1e-6)
