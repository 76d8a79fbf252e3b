"""What the publications leave open, on the real files: limits between practices, fair comparators, hidden counts."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline_tests.backtest.real_files import RealFiles

ATTENDANCE, DETENTION = "ae_attendance_0_4_rate", "mha_detention_rate"
TEETH, RECOVERY = "tooth_extraction_decay_0_10_rate", "tt_recovery_pct"


def _one(frame: pl.DataFrame, **key: object) -> dict:
    found = frame.filter(**key)
    assert found.height == 1, found
    return found.row(0, named=True)


def test_the_gap_of_staffordshire_between_practice_fifths(real: RealFiles) -> None:
    results = real.own_results(ATTENDANCE, "2021-22")
    gap = _one(results, icb_ods_code="QNC", measure="gap")
    assert (round(gap["value"], 1), round(gap["lower_95"]), round(gap["upper_95"])) == (208.3, 95, 322)
    assert (gap["comparison"], gap["comparator"]) == ("similar", "all boards of England")


def test_fourteen_boards_have_no_gap_of_attendances(real: RealFiles) -> None:
    results = real.own_results(ATTENDANCE, "2021-22").filter(area_type="icb")
    assert results.filter(pl.col("status") != "ok", measure="gap").height == 14
    ends = results.filter(pl.col("units") < 5, measure="value").select("icb_ods_code", "category", "units")
    small = {(code, category[:10]): units for code, category, units in ends.rows()}
    assert (small["QT6", "Quintile 1"], small["QT6", "Quintile 5"]) == (3, 1)
    assert (small["QVV", "Quintile 1"], small["QUA", "Quintile 5"]) == (1, 2)


def test_boards_are_compared_with_what_boards_make(real: RealFiles) -> None:
    for indicator, year, value in ((ATTENDANCE, "2021-22", 750.3), (DETENTION, "2023-24", 86.8)):
        results = real.own_results(indicator, year).filter(dimension="total", measure="value")
        assert round(_one(results, area_type="boards")["value"], 1) == value
        boards = results.filter(area_type="icb")
        assert set(boards["comparator"]) == {"all boards of England"}
        assert boards["comparator_value"].round(1).unique().to_list() == [value]


def test_hypertension_has_no_word_for_its_gap(real: RealFiles) -> None:
    results = real.own_results("hypertension_prevalence_pct", "2022-23")
    assert round(_one(results, area_type="england", measure="gap")["value"], 2) == -1.78
    gaps = results.filter(pl.col("measure").is_in(["gap", "ratio"]), area_type="icb")
    assert set(gaps["comparison"]) == {"not_compared"}
    assert results.filter(status="ok")["note"].str.contains("not adjusted for age").all()


def test_coverage_of_the_health_checks(real: RealFiles) -> None:
    results = real.own_results("smi_checks_pct", "2019-20")
    england = _one(results, area_type="england")
    assert (england["numerator"], england["denominator"]) == (159_312, 444_972)
    assert round(england["value"], 2) == 35.80 and england["coverage"] == pytest.approx(161 / 191)
    somerset = _one(real.own_results("smi_checks_pct", "2021-22"), icb_ods_code="QSL")
    assert (somerset["status"], somerset["coverage"], somerset["comparison"]) == ("missing", 0.0, "not_compared")


def test_england_is_the_areas_that_submitted(real: RealFiles) -> None:
    """Without Somerset in 2020-21 and 2021-22: the publisher's own sums are 23.41 and 42.83."""
    for year, value, lacks in (("2020-21", 23.63, "QSL"), ("2021-22", 43.18, "QSL"), ("2018-19", 30.45, None)):
        results = real.own_results("smi_checks_pct", year).filter(dimension="total", measure="value")
        england = _one(results, area_type="england")
        assert round(england["value"], 2) == value and england["coverage"] < 1
        if lacks:
            assert _one(results, icb_ods_code=lacks)["status"] == "missing"


def test_every_figure_of_practices_has_its_coverage(real: RealFiles) -> None:
    for indicator, year in ((ATTENDANCE, "2021-22"), ("hypertension_prevalence_pct", "2022-23")):
        rows = real.own_results(indicator, year).filter(
            pl.col("area_type").is_in(["icb", "region", "england"]) & (pl.col("category") != "Unknown"), status="ok"
        )
        assert rows["coverage"].null_count() == 0


class HalfOfStaffordshire(RealFiles):
    """The real files without 72 of the 143 practices of a board in QOF; what it makes is shared with nobody.

    Args:
        real: the real files.
        folder: an empty one.
        map_too: take them from QOF's own map too, as a file that was cut short does.
    """

    def __init__(self, real: RealFiles, folder: Path, *, map_too: bool) -> None:
        def alone(name: str, make: Callable[[Path], object]) -> Path:
            own = folder / name
            own.mkdir()
            make(own)
            return own

        super().__init__(real.mirror, alone)
        self._real, self._map_too = real, map_too

    def _parsed(self, source: str, edition: str) -> dict[str, pl.DataFrame]:
        found = self._real.parsed(source, edition)
        if (source, edition) != ("qof", "2022-23"):
            return found
        own = found["practices"].filter(icb_ods="QNC")["practice_code"].unique().sort()
        lost = own.gather_every(2).implode()
        kept = {
            "observations": ~(pl.col("area_code").is_in(lost) & (pl.col("area_level") == "practice")),
            **({"practices": ~pl.col("practice_code").is_in(lost)} if self._map_too else {}),
        }
        return found | {name: found[name].filter(rows) for name, rows in kept.items()}


@pytest.mark.parametrize(("map_too", "expected"), [(False, 143), (True, 142)])
def test_a_board_without_half_of_its_practices_says_so_and_is_not_compared(
    real: RealFiles, tmp_path: Path, map_too: bool, expected: int
) -> None:
    indicator, year = "hypertension_prevalence_pct", "2022-23"
    found = HalfOfStaffordshire(real, tmp_path, map_too=map_too).own_results(indicator, year)
    whole = _one(real.own_results(indicator, year), icb_ods_code="QNC", dimension="total", measure="value")
    half = _one(found, icb_ods_code="QNC", dimension="total", measure="value")
    assert (round(whole["value"], 2), whole["comparison"]) == (16.76, "higher")
    assert half["value"] != whole["value"]
    assert half["coverage"] == pytest.approx(71 / expected)
    assert f"71 of {expected} practices" in half["note"] and "% of patients are in this figure" in half["note"]
    assert 0.4 < half["people_share"] < 0.6
    assert half["comparison"] == "not_compared"


def test_few_practices_are_expected_that_qof_lacks(real: RealFiles) -> None:
    """Willesden, Rainbow and The Health Xchange in 2020-21; Parker Drive, The Firs, Higham Hill and Rainbow after."""
    for year, short in (("2020-21", {"QRV", "QWE", "QHL"}), ("2022-23", {"QK1", "QMF", "QWE"})):
        results = real.own_results("hypertension_prevalence_pct", year)
        boards = results.filter(area_type="icb", dimension="total", measure="value")
        lacking = boards.filter(pl.col("coverage") < 1)
        assert set(lacking["icb_ods_code"]) == short
        assert lacking["people_share"].min() > 0.98 and "not_compared" not in set(boards["comparison"])


def test_hidden_extractions_are_below_england_for_certain(real: RealFiles) -> None:
    years = [real.own_results(TEETH, year) for year in ("2018-19", "2019-20", "2020-21")]
    hidden = pl.concat(years).filter(area_type="icb", dimension="total", measure="value", status="suppressed")
    assert hidden.height == 49
    assert hidden.filter(pl.col("figure_high") < pl.col("comparator_value")).height == 48
    assert hidden["comparison"].value_counts().sort("count").rows() == [("not_compared", 1), ("better", 48)]


def test_a_hidden_deduction_leaves_limits(real: RealFiles) -> None:
    rows = real.own_results(RECOVERY, "2023-24").filter(area_type="icb", measure="value")
    assert rows.filter(method="published").is_empty()
    coventry = _one(rows, icb_ods_code="QWU", category="Decile 1 (most deprived)")
    assert coventry["numerator"] == 255 and coventry["lower_95"] < coventry["value"] < coventry["upper_95"]


@pytest.mark.parametrize("indicator", [RECOVERY, "tt_reliable_recovery_pct"])
def test_no_figure_of_a_board_is_the_printed_one_alone_and_slopes_stand(real: RealFiles, indicator: str) -> None:
    """With every hidden deduction taken as missing, over a thousand rows of boards had no limits."""
    slopes = {}
    for year in ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24"):
        boards = real.own_results(indicator, year).filter(area_type="icb")
        assert boards.filter(measure="value", method="published").is_empty(), year
        middle = boards.filter(pl.col("note").str.contains("hidden deduction"), measure="value", status="ok")
        assert middle.height > 300 and middle["lower_95"].null_count() == 0, year
        slopes[year] = boards.filter(measure="sii", dimension="deprivation", status="ok").height
    assert slopes == {"2019-20": 32, "2020-21": 32, "2021-22": 32, "2022-23": 39, "2023-24": 39}


def test_no_headline_lies_outside_the_publishers_rounding(real: RealFiles) -> None:
    for year in ("2021-22", "2023-24"):
        rows = real.own_results(RECOVERY, year).filter(
            pl.col("published_value").is_not_null(), area_type="icb", measure="value", status="ok"
        )
        assert rows.height > 900
        assert (rows["value"] - rows["published_value"]).abs().max() <= 0.5 + 1e-9
    old = _one(rows, icb_ods_code="QU9", category="90 and over")
    assert (old["computed_value"], old["value"], old["method"]) == (40.0, 57.0, "published, Wilson")
    north_essex = real.own_results(RECOVERY, "2021-22").filter(icb_ods_code="QJG", measure="value")
    other = _one(north_essex, category="Mixed: Any other Mixed background")
    assert (round(other["computed_value"], 1), other["value"]) == (38.5, 42.0)


def test_hidden_is_not_nought_in_the_totals_of_2021_22(real: RealFiles) -> None:
    """2026-11: the file prints no 0; an asterisk stands for 0 to 4, and no total has one."""
    clean = real.clean("talking_therapies", "observations", "2021-22")
    assert clean.filter(pl.col("value") == 0).is_empty()
    assert clean.filter(pl.col("status") != "ok", dimension="total").is_empty()
    hidden = clean.filter(status="suppressed", measure="recovery")
    assert (hidden["low"].unique().to_list(), hidden["high"].unique().to_list()) == ([0.0], [4.0])


def test_residents_without_a_decile_have_no_detention_rate(real: RealFiles) -> None:
    results = real.own_results(DETENTION, "2023-24")
    unknown = _one(results, area_type="england", dimension="deprivation", category="Unknown")
    assert (unknown["status"], unknown["value"], unknown["published_value"]) == ("not_applicable", None, 86.7)
    assert set(results.filter(area_type="icb", measure="value")["comparison"]) <= {
        "lower",
        "similar",
        "higher",
        "not_compared",
    }


def test_the_vintage_of_deciles_is_what_the_publication_states(real: RealFiles) -> None:
    by = {"dimension": "deprivation", "measure": "value"}
    assert set(real.own_results(DETENTION, "2023-24").filter(**by)["imd_vintage"]) == {"2019"}
    therapies = real.own_results(RECOVERY, "2023-24").filter(**by)
    assert therapies["imd_vintage"].null_count() == therapies.height
    assert therapies["note"].str.contains("does not state the Indices").all()
    assert set(real.own_results(ATTENDANCE, "2021-22").filter(**by)["imd_vintage"]) == {"2019"}
