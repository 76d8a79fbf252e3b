"""Fingertips: repeated rows of England, a suppressed practice, values that follow from rounded counts."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.row_index import ROW_INDEX
from hi_pipeline.sources.fingertips import sample_boards, sample_expectancy, sample_screening
from hi_pipeline.sources.fingertips.parse import SEXES_ALONE
from hi_pipeline.sources.fingertips.source import (
    AS_PRINTED,
    COMPARATOR_EXAMPLES,
    OF_AUTHORITIES,
    OF_THREE_YEARS,
    SOURCE,
)
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels
from hi_pipeline_tests.unit.sources.reading import changed

HERE = FIXTURES / "fingertips"
ATTENDANCES = HERE / "93930.csv"
SCREENING = HERE / "93560.csv"


def test_england_and_practices_once_each() -> None:
    found = parsed(SOURCE, "93930", ATTENDANCES)
    observations = found.tables["observations"]
    assert observations.filter(area_level="england").select("measure", "value", "low", "high").rows() == [
        ("count_93930", 2100, 2100, 2100),
        ("denominator_93930", 3000, 3000, 3000),
        ("value_93930", 700, 700, 700),
    ]
    assert found.left_out == {
        "rows of one area repeated for each of its parents": 1,
        "rows of primary care networks": 1,
        "rows of England by deprivation decile of areas": 1,
        "rows of single sexes beside persons": 2,
        "rows of years that the release does not declare": 1,
    }


def test_a_practices_value_is_bounded_by_its_rounded_count() -> None:
    practice = parsed(SOURCE, "93930", ATTENDANCES).tables["observations"].filter(area_code="A81001")
    count, value = figure(practice, measure="count_93930"), figure(practice, measure="value_93930")
    assert (count["value"], count["low"], count["high"]) == (160, 158, 162)
    assert (value["value"], value["low"], value["high"]) == (800, 790, 810)


def test_a_suppressed_practice_keeps_its_denominator() -> None:
    practice = parsed(SOURCE, "93930", ATTENDANCES).tables["observations"].filter(area_code="A82620")
    count, value = figure(practice, measure="count_93930"), figure(practice, measure="value_93930")
    assert (count["value"], count["low"], count["high"], count["status"]) == (None, 0, 7, "suppressed")
    assert (value["value"], value["low"], value["high"], value["status"]) == (None, 0, 350, "suppressed")
    assert figure(practice, measure="denominator_93930")["value"] == 20


def test_the_comparator_column_may_change_its_name(tmp_path: Path) -> None:
    old = COMPARATOR_EXAMPLES[1]
    for name in (COMPARATOR_EXAMPLES[0], "Compared to ICBs (v. 1/7/22) value or percentiles", "Column not used"):
        assert parsed(SOURCE, "93930", changed(ATTENDANCES, tmp_path, old=old, new=name)).tables
    with pytest.raises(LayoutError, match="Compared with nobody"):
        parsed(SOURCE, "93930", changed(ATTENDANCES, tmp_path, old=old, new="Compared with nobody"))


def test_any_indicator_can_be_declared(tmp_path: Path) -> None:
    release = replace(SOURCE.release("200"), edition="999", financial_years=("2022-23",))
    copy = changed(HERE / "200.csv", tmp_path, old="\n200,", new="\n999,")
    observations = parsed(SOURCE, release, copy).tables["observations"]
    row = figure(observations, area_code="A81001", measure="value_999")
    assert (row["value"], row["low"], row["high"], row["financial_year"]) == (0.6, 0.6, 0.6, "2022-23")


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("disclosure control reasons", "other reasons", "other reasons"),
        (",GPs,", ",Parishes,", "Parishes"),
        ("England,England,Persons", "England,England,People", "People"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, "93930", changed(ATTENDANCES, tmp_path, old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("\n93930,", "\n93931,", LayoutError, "93931"),
        (",0-4 yrs,,,2021/22,800,", ",5-9 yrs,,,2021/22,800,", LayoutError, "expected one age"),
        ("2021/22", "2021", LayoutError, "expected financial years"),
        ("2021/22", "2020/21", LayoutError, "no rows of"),
        (",160,200,", ",160,100,", ValidationError, "not 1000 times count over denominator"),
        (",160,200,", ",-160,200,", LayoutError, "negative"),
        (",160,200,", ",160*,200,", LayoutError, "neither numbers nor declared tokens"),
        ("Trend", "Tendency", LayoutError, r"New: \['Recent Tendency'\]"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "93930", changed(ATTENDANCES, tmp_path, old=old, new=new))


def test_repeats_that_differ_are_refused(tmp_path: Path) -> None:
    text = ATTENDANCES.read_text(encoding="utf-8")
    twice = next(line for line in text.splitlines() if line.startswith("93930,A&E attendances (0 to 4 years),E92"))
    copy = changed(ATTENDANCES, tmp_path, old=twice, new=twice.replace(",2100,", ",2101,"))
    with pytest.raises(ValidationError, match="different contents"):
        parsed(SOURCE, "93930", copy)


def test_a_register_above_its_list_is_refused(tmp_path: Path) -> None:
    copy = changed(HERE / "200.csv", tmp_path, old=",0.6,,,,,30,5000,", new=",120,,,,,6000,5000,")
    with pytest.raises(ValidationError, match="above their denominator"):
        parsed(SOURCE, "200", copy)


def test_a_screening_year_is_the_position_at_31_march() -> None:
    found = parsed(SOURCE, "93560", SCREENING)
    england = found.tables["observations"].filter(area_level="england", financial_year="2023-24")
    row = figure(england, measure="value_93560")
    assert (row["value"], row["lower_95"], row["upper_95"]) == (70, 69, 71)
    assert (str(row["period_start"]), str(row["period_end"]), row["period_type"]) == (
        "2024-03-31",
        "2024-03-31",
        "snapshot",
    )
    assert figure(england, measure="count_93560")["lower_95"] is None
    assert found.left_out == {
        "rows of one area repeated for each of its parents": 7,
        "rows of combined authorities": 7,
        "rows of former public health centres": 7,
        "rows of groups of alike authorities": 7,
        "rows of England by deprivation decile of areas": 7,
        "rows of years that the release does not declare": 7,
    }


def test_authorities_regions_and_counties_have_levels_of_their_own() -> None:
    found = parsed(SOURCE, "93560", SCREENING)
    year = found.tables["observations"].filter(financial_year="2022-23", measure="value_93560")
    assert dict(year.select("area_code", "area_level").rows()) == {
        "": "england",
        "E12000008": "region_ons",
        "E10000023": "county",
        "E07000163": "local_authority",
        "E07000053": "local_authority",
        "E06000065": "local_authority",
        "E06000001": "local_authority",
    }
    assert figure(year, area_code="E07000053")["status"] == "missing"
    assert figure(year, area_code="E06000065")["note"] == "value of the former county of the same area"
    assert found.notes[0] == (
        "2018-19: the denominators of unitary authorities and districts add up to 14,000, England has 10,000: "
        "authorities of several vintages stand side by side and are not to be added"
    )


def test_a_file_of_boards_is_read_for_boards_alone_and_those_without_figures_are_counted() -> None:
    found = parsed(SOURCE, "93560-221", HERE / "93560-221.csv")
    observations = found.tables["observations"]
    assert set(observations["area_level"]) == {"icb_ons"} and set(observations["measure"]) >= {"value_93560"}
    assert found.left_out["rows of areas for which another file is read"] == 3
    assert found.notes == (
        "2022-23: 1 of 42 boards have a figure; 1 rows are of boards of another footprint",
        "2023-24: 2 of 42 boards have a figure",
    )


def test_a_file_of_practices_keeps_hidden_ones_with_their_bounds() -> None:
    observations = parsed(SOURCE, "93560-7", HERE / "93560-7.csv").tables["observations"]
    hidden = figure(observations, area_code="A82620", measure="value_93560", financial_year="2022-23")
    assert (hidden["value"], hidden["low"], hidden["high"], hidden["status"]) == (None, 0, 35, "suppressed")
    assert set(observations["area_level"]) == {"practice"}


def test_an_area_type_that_is_unknown_is_left_out_and_counted(tmp_path: Path) -> None:
    copy = changed(HERE / "93560.csv", tmp_path, old=",UA,", new=",Borough,")
    assert "Borough" in unknown_labels(parsed(SOURCE, "93560", copy))


@pytest.mark.parametrize(
    ("edition", "old", "new", "message"),
    [
        ("93560", ",2024,", ",2024-03,", "expected financial years, as 2021/22 or 2022"),
        ("93560", "E06000001", "E54000040", "do not fit their area type"),
        ("93560-221", ",ICBs,", ",ICBs (v. 2023),", r"ICBs \(v. 2023\)"),
        ("93560-7", ",GPs,", ",PCNs (v. 27/10/23),", "for which the file is read"),
    ],
)
def test_areas_and_years_outside_the_vocabulary_are_refused(
    tmp_path: Path, edition: str, old: str, new: str, message: str
) -> None:
    copy = changed(HERE / f"{edition}.csv", tmp_path, old=old, new=new)
    with pytest.raises(LayoutError, match=message):
        parsed(SOURCE, edition, copy)


def test_england_and_boards_as_printed_of_a_season() -> None:
    found = parsed(SOURCE, "30314", HERE / "30314.csv")
    values = found.tables["observations"].filter(measure="value_30314")
    assert values.select("area_level", "area_code", "value", "lower_95", "upper_95", "status").rows() == [
        ("england", "", 77.8, 77.7, 77.9, "ok"),
        ("icb_ons", "E54000010", None, None, None, "missing"),
        ("icb_ons", "E54000057", 75, 74.8, 75.2, "ok"),
    ]
    season = figure(values, area_level="england")
    assert (str(season["period_start"]), str(season["period_end"])) == ("2023-09-01", "2024-02-29")
    assert (season["period_type"], season["financial_year"]) == ("season", "2023-24")
    assert found.left_out == {"rows of single sexes beside persons": 3}
    assert found.notes == ("2023-24: 1 of 42 boards have a figure",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2023/24", "2022/23", "no rows of"),
        ("2023/24", "2021 - 23", "expected financial years"),
        (
            "2023/24",
            "2023/25",
            r"30314.csv: row of the file \d+ has the time period '2023/25': .* is no financial year",
        ),
        ("Persons,65+ yrs", "Male,65+ yrs", "persons or one sex"),
        ("Female,65+ yrs", "Female,50+ yrs", "expected one age"),
    ],
)
def test_an_indicator_as_printed_has_one_age_and_persons(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        parsed(SOURCE, "30314", changed(HERE / "30314.csv", tmp_path, old=old, new=new))


def test_samples_of_indicators_as_printed_are_read(tmp_path: Path) -> None:
    sample_boards.write(tmp_path)
    for edition in AS_PRINTED:
        observations = parsed(SOURCE, edition, tmp_path / SOURCE.release(edition).mirror_file).tables["observations"]
        assert observations.filter(area_level="icb_ons")["area_code"].n_unique() == 42


def test_screening_samples_are_read(tmp_path: Path) -> None:
    sample_screening.write(tmp_path)
    for edition in ("93561", "93561-221", "94063-7"):
        found = parsed(SOURCE, edition, tmp_path / SOURCE.release(edition).mirror_file)
        assert found.tables["observations"].height > 200


def test_attendances_of_2021_22_are_as_published(real_mirror: Path) -> None:
    observations = real(SOURCE, "93930", real_mirror).tables["observations"]
    england = dict(observations.filter(area_level="england").select("measure", "value").rows())
    assert (england["count_93930"], england["denominator_93930"]) == (2332838, 3059096)
    assert round(england["value_93930"], 2) == 762.59 == round(1000 * 2332838 / 3059096, 2)
    practices = observations.filter(area_level="practice")
    counts = practices.filter(measure="count_93930")
    assert (counts["value"].sum(), practices.filter(measure="denominator_93930")["value"].sum()) == (2278160, 3036228)
    assert counts.filter(status="suppressed").height == 1


def test_learning_disability_repeats_the_framework(real_mirror: Path) -> None:
    observations = real(SOURCE, "200", real_mirror).tables["observations"].filter(area_level="england")
    for year, register, people in (("2020-21", 324291, 60716244), ("2022-23", 347840, 62378057)):
        found = dict(observations.filter(financial_year=year).select("measure", "value").rows())
        assert (found["count_200"], found["denominator_200"]) == (register, people)
        assert round(found["value_200"], 6) == round(100 * register / people, 6)


def test_three_years_by_sex_of_upper_tier_authorities() -> None:
    found = parsed(SOURCE, "90362", HERE / "90362.csv")
    observations = found.tables["observations"]
    kent = figure(observations, area_code="E10000016", category="Female", measure="value_90362")
    assert (kent["area_level"], kent["value"], kent["lower_95"], kent["upper_95"]) == ("upper_tier", 64, 62, 66)
    assert (str(kent["period_start"]), str(kent["period_end"]), kent["period_type"], kent["financial_year"]) == (
        "2021-01-01",
        "2023-12-31",
        "three_years",
        "2023-24",
    )
    assert set(observations["area_level"]) == {"england", "region_ons", "upper_tier"}
    assert found.left_out == {"rows of single years beside three years together": 2}


def test_a_total_of_single_sexes_says_so_and_has_no_cell() -> None:
    found = parsed(SOURCE, "90362", HERE / "90362.csv")
    total = figure(found.tables["observations"], area_code="E06000001", category="All", measure="value_90362")
    assert (total["value"], total["status"], total["note"]) == (None, "not_applicable", SEXES_ALONE)
    assert found.tables[ROW_INDEX].filter(dimension="total").is_empty()


def test_the_range_of_authorities_names_both_and_leads_to_their_cells() -> None:
    found = parsed(SOURCE, "90362", HERE / "90362.csv")
    men = figure(found.tables["observations"], measure="range_90362", category="Male")
    assert (men["area_level"], men["value"], men["lower_95"]) == ("england", 9, None)
    assert men["note"] == (
        "Kent less Hartlepool; 3 of 4 authorities have a figure; a range between extremes has no limits"
    )
    cells = found.tables[ROW_INDEX].filter(measure="range_90362", category="Male")
    assert sorted(cells["text"]) == ["54", "63"]


def test_persons_and_sexes_where_both_are_printed() -> None:
    observations = parsed(SOURCE, "108", HERE / "108.csv").tables["observations"].filter(measure="value_108")
    board = observations.filter(area_level="icb_ons").select("dimension", "category", "value").rows()
    assert sorted(board) == [("sex", "Female", 320), ("sex", "Male", 420), ("total", "All", 370)]
    assert observations.filter(status="not_applicable").is_empty()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2021 - 23", "2021/22", "expected three calendar years"),
        ("2021 - 23", "2021 - 22", "three calendar years in a row"),
        ("2021 - 23", "2020 - 22", "no rows of"),
        ("E10000016", "E07000016", "do not fit their area type"),
    ],
)
def test_periods_and_areas_of_three_years_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        parsed(SOURCE, "90362", changed(HERE / "90362.csv", tmp_path, old=old, new=new))


def test_samples_of_three_years_are_read(tmp_path: Path) -> None:
    sample_expectancy.write(tmp_path)
    for edition in OF_THREE_YEARS:
        observations = parsed(SOURCE, edition, tmp_path / SOURCE.release(edition).mirror_file).tables["observations"]
        areas = observations.filter(pl.col("area_level").is_in(["icb_ons", "upper_tier"]))["area_code"].n_unique()
        assert areas == 130 if edition == OF_AUTHORITIES else areas == 42
