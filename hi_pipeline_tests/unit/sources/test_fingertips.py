"""Fingertips: repeated rows of England, a suppressed practice, values that follow from rounded counts."""

from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.fingertips.source import COMPARATOR_EXAMPLES, SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels
from hi_pipeline_tests.unit.sources.reading import changed

HERE = FIXTURES / "fingertips"
ATTENDANCES = HERE / "93930.csv"


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
