"""Figures that publishers printed, from their files through parsing, linking and computing."""

import polars as pl
import pytest

from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline_tests.backtest.real_files import RealFiles


def _one(frame: pl.DataFrame, **key: object) -> dict:
    found = frame.filter(**key)
    assert found.height == 1, found
    return found.row(0, named=True)


def _total(real: RealFiles, indicator: str, year: str, **area: object) -> dict:
    return _one(real.own_results(indicator, year), dimension="total", measure="value", **area)


ENGLAND = {"area_type": "england"}
QNC = {"icb_ods_code": "QNC"}


@pytest.mark.parametrize(
    ("year", "register", "patients", "percent"),
    [("2020-21", 324_291, 60_716_244, 0.534109), ("2022-23", 347_840, 62_378_057, 0.557632)],
)
def test_qof_learning_disability(real: RealFiles, year: str, register: int, patients: int, percent: float) -> None:
    found = _total(real, "learning_disability_prevalence_pct", year, **ENGLAND)
    assert (found["numerator"], found["denominator"]) == (register, patients)
    assert round(found["value"], 6) == percent


def test_qof_learning_disability_is_what_fingertips_prints(real: RealFiles) -> None:
    printed = _one(real.clean("fingertips", "observations", "2020-21"), measure="value_200", area_level="england")
    assert _total(real, "learning_disability_prevalence_pct", "2020-21", **ENGLAND)["value"] == pytest.approx(
        printed["value"], abs=1e-6
    )


def test_qof_hypertension_and_every_practice_in_a_board(real: RealFiles) -> None:
    results = real.own_results("hypertension_prevalence_pct", "2022-23")
    assert round(_one(results, dimension="total", measure="value", **ENGLAND)["value"], 5) == 14.42256
    assert results.filter(area_type="remainder").is_empty()
    assert results.filter(area_type="icb", dimension="total").height == 42


@pytest.mark.parametrize(
    ("year", "register", "percent"), [("2020-21", 430_857, 0.709624), ("2022-23", 460_330, 0.737968)]
)
def test_qof_dementia(real: RealFiles, year: str, register: int, percent: float) -> None:
    """The sums of the files' own rows of DEM; the publisher prints 0.7% in both years."""
    found = _total(real, "dementia_prevalence_pct", year, **ENGLAND)
    assert found["numerator"] == register
    assert round(found["value"], 6) == percent


def test_qof_2020_21_keeps_its_129_practices_of_unknown_deprivation(real: RealFiles) -> None:
    built = real.built("qof_counts", "2020-21")
    assert built.counted["practices of unknown deprivation"] == 129
    results = real.own_results("hypertension_prevalence_pct", "2020-21")
    groups = results.filter(area_type="england", dimension="deprivation", measure="value")
    assert groups["numerator"].sum() == _total(real, "hypertension_prevalence_pct", "2020-21", **ENGLAND)["numerator"]
    assert _one(groups, category="Unknown")["numerator"] > 0
    assert results["note"].str.contains("gp_registrations:2022-07-lsoa").any()


@pytest.mark.parametrize(
    ("area", "figures"),
    [
        (ENGLAND, (7_187_677, 2_775_530, 137_320, 9_522)),
        ({"area_type": "remainder"}, (168_210, 68_986, 6_512, 2_290)),
        (QNC, (138_727, 51_614, 2_409, 90)),
    ],
)
def test_rtt_january_2026(real: RealFiles, area: dict, figures: tuple[int, ...]) -> None:
    total, *longer = figures
    assert _total(real, "wl_total", "2025-26", **area)["value"] == total
    for weeks, count in zip((18, 52, 65), longer, strict=True):
        found = _total(real, f"wl_gt{weeks}_pct", "2025-26", **area)
        assert (found["numerator"], found["denominator"]) == (count, total)


@pytest.mark.parametrize(("weeks", "percent"), [(18, 38.62), (52, 1.91), (65, 0.13)])
def test_rtt_england_percentages_and_what_the_snapshot_says(real: RealFiles, weeks: int, percent: float) -> None:
    found = _total(real, f"wl_gt{weeks}_pct", "2025-26", **ENGLAND)
    assert round(found["value"], 2) == percent
    assert (str(found["period_end"]), found["period_type"]) == ("2026-01-31", "snapshot")
    assert "not the end of the financial year" in found["note"]


def test_rtt_loses_nobody(real: RealFiles) -> None:
    rows = real.own_results("wl_total", "2025-26").filter(dimension="total", measure="value")
    shown = rows.filter(pl.col("area_type").is_in(["icb", "remainder"]))["value"].sum()
    assert shown == _one(rows, **ENGLAND)["value"]


def test_mental_health_act_england(real: RealFiles) -> None:
    found = _total(real, "mha_detention_rate", "2023-24", **ENGLAND)
    assert found["numerator"] == 50_437
    assert round(found["value"], 1) == found["published_value"] == 88.3


def test_mental_health_act_england_by_decile(real: RealFiles) -> None:
    rows = real.own_results("mha_detention_rate", "2023-24").filter(
        pl.col("category_order").is_between(1, 10), area_type="england", dimension="deprivation", measure="value"
    )
    least_to_most = rows.sort("category_order", descending=True)["value"].round(1).to_list()
    assert least_to_most == [43.4, 49.9, 54.9, 60.0, 74.4, 84.0, 100.1, 124.2, 137.2, 151.3]


def test_mental_health_act_boards_divide_by_the_publishers_population(real: RealFiles) -> None:
    """Our rate is the printed one to its last decimal: total, age and sex of every board, where counts are exact
    to the rounding that the publisher itself divided."""
    rows = real.own_results("mha_detention_rate", "2023-24").filter(
        pl.col("dimension").is_in(["total", "age", "sex"]) & pl.col("published_value").is_not_null(),
        area_type="icb",
        measure="value",
        status="ok",
    )
    assert rows.height > 300
    assert (rows["value"] - rows["published_value"]).abs().max() <= 0.05 + 1e-9


def test_talking_therapies_england_2023_24(real: RealFiles) -> None:
    rows = real.own_results("tt_recovery_pct", "2023-24").filter(area_type="england", measure="value")
    total = _one(rows, dimension="total")
    assert (total["numerator"], total["denominator"]) == (318_013, 671_648 - 37_164)
    assert round(total["value"], 1) == 50.1
    deciles = rows.filter(dimension="deprivation").sort("category_order", descending=True)
    unknown, *least_to_most = deciles["value"].round(1).to_list()
    assert unknown == 45.5
    assert least_to_most[:4] == [56.1, 55.1, 54.0, 53.3]
    assert least_to_most[-4:] == [48.9, 47.9, 45.7, 42.3]


def test_talking_therapies_qnc_2023_24(real: RealFiles) -> None:
    found = _total(real, "tt_recovery_pct", "2023-24", **QNC)
    assert (found["numerator"], found["denominator"]) == (7_415, 13_915 - 385)
    assert found["published_value"] == 55
    assert (found["numerator_low"], found["numerator_high"]) == (7_413, 7_417)


def test_smi_checks_2022_23(real: RealFiles) -> None:
    found = _total(real, "smi_checks_pct", "2022-23", **ENGLAND)
    assert (found["numerator"], found["denominator"]) == (313_022, 535_204)
    assert round(found["value"], 1) == 58.5


def test_ae_attendances_2021_22(real: RealFiles) -> None:
    found = _total(real, "ae_attendance_0_4_rate", "2021-22", **ENGLAND)
    assert (found["numerator"], found["denominator"]) == (2_332_838, 3_059_096)
    assert round(found["value"], 2) == 762.59
    practices = real.clean("fingertips", "observations", "2021-22").filter(area_level="practice")
    assert practices.filter(measure="count_93930")["value"].sum() == 2_278_160
    assert practices.filter(measure="denominator_93930")["value"].sum() == 3_036_228
    hidden = practices.filter(measure="count_93930", status="suppressed")
    assert hidden.height == 1


def test_ae_attendances_add_up_to_the_practices_and_the_hidden_one_is_not_zero(real: RealFiles) -> None:
    boards = real.own_results("ae_attendance_0_4_rate", "2021-22").filter(
        area_type="icb", dimension="total", measure="value"
    )
    assert boards["numerator_low"].sum() < 2_278_160 < boards["numerator"].sum()
    assert boards.filter(pl.col("note").str.contains("1 of .* counts hidden")).height == 1


def test_every_year_has_its_boards(real: RealFiles) -> None:
    for indicator, year, vintage in (
        ("tt_recovery_pct", "2021-22", Vintage.JULY_2022),
        ("tt_recovery_pct", "2023-24", Vintage.APRIL_2023),
        ("tooth_extraction_decay_0_10_rate", "2018-19", Vintage.JULY_2022),
        ("core20_share_pct", "2022-23", Vintage.JULY_2022),
    ):
        rows = real.own_results(indicator, year).filter(area_type="icb", dimension="total", measure="value")
        assert set(rows["icb_code"]) == {b.ons for b in boards_of(vintage)}, (indicator, year)


def test_tooth_extractions_england_and_what_hiding_leaves_open(real: RealFiles) -> None:
    found = _total(real, "tooth_extraction_decay_0_10_rate", "2020-21", **ENGLAND)
    assert (found["numerator"], found["denominator"]) == (4_441 + 7_630, 3_928_637 + 3_553_355)
    own = real.own_results("tooth_extraction_decay_0_10_rate", "2020-21").filter(measure="value")
    boards = own.filter(area_type="icb", dimension="total")
    # England also counts 1,436 children whom no authority of the file has.
    assert boards["denominator"].sum() == pytest.approx(3_928_637 + 3_553_355 - 1_436)
    assert boards["numerator_low"].sum() < found["numerator"] < boards["numerator_high"].sum()
    assert set(boards["status"]) == {"ok", "suppressed"}
    ages = own.filter(dimension="age")
    england = ages.filter(area_type="england").sort("category").select("category", "numerator", "denominator").rows()
    assert england == [("0 to 5", 4_441, 3_928_637), ("6 to 10", 7_630, 3_553_355)]
    assert ages.filter(area_type="icb").height == 2 * boards.height
    open_ended = ages.filter(area_type="icb", status="suppressed")
    assert (open_ended["numerator_low"] < open_ended["numerator_high"]).all()


def test_core20_is_a_fifth_of_england(real: RealFiles) -> None:
    found = _total(real, "core20_share_pct", "2022-23", **ENGLAND)
    assert 20.0 < found["value"] < 21.5
    assert found["imd_vintage"] == "2019"


def test_fuel_poverty_by_board_and_fifth_of_lsoa(real: RealFiles) -> None:
    own = real.results("fuel_poverty_pct", "2023-24").filter(geography_vintage="2023-04", measure="value")
    england = _one(own, dimension="total", **ENGLAND)
    assert (england["numerator"], england["denominator"]) == (3_162_752, 24_070_861)
    assert round(england["value"], 2) == round(england["published_value"], 2) == 13.14
    boards = own.filter(area_type="icb", dimension="total")
    assert boards.height == 42 and boards["numerator"].sum() == 3_162_752
    fifths = own.filter(area_type="england", dimension="deprivation")
    assert fifths["numerator"].sum() == 3_162_752
    assert fifths["imd_vintage"].unique().to_list() == ["2025"]
    assert fifths["value"].is_sorted(descending=True), "the most deprived fifth first"
    assert set(own["period_type"]) == {"calendar_year"}
