"""Cancer at stages 1 and 2: calendar years, the publisher's limits, hidden blanks, codes of several vintages."""

from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.sources.cancer_stage import sample
from hi_pipeline.sources.cancer_stage.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, unknown_labels
from hi_pipeline_tests.unit.sources.reading import changed

EDITION = "2023-05"
HERE = FIXTURES / "cancer_stage" / "authorities.csv"


def test_a_calendar_year_stands_in_the_financial_year_that_begins_in_it() -> None:
    found = parsed(SOURCE, EDITION, HERE)
    row = figure(found.tables["observations"], area_level="england", financial_year="2018-19")
    assert (row["value"], row["lower_95"], row["upper_95"], row["area_code"]) == (51.5, 51, 52, "")
    assert (str(row["period_start"]), str(row["period_end"]), row["period_type"]) == (
        "2018-01-01",
        "2018-12-31",
        "calendar_year",
    )
    assert found.left_out == {
        "rows of years that the release does not declare": 7,
        "rows of combined authorities and city regions": 3,
    }


def test_any_declared_year_is_read() -> None:
    release = replace(SOURCE.release(EDITION), financial_years=("2017-18",))
    row = figure(parsed(SOURCE, release, HERE).tables["observations"], area_level="england")
    assert (row["financial_year"], row["value"]) == ("2017-18", 50.5)


def test_a_blank_marked_u_is_hidden_and_a_value_marked_u_stands() -> None:
    observations = parsed(SOURCE, EDITION, HERE).tables["observations"].filter(area_code="E07000223")
    marked, hidden, plain = (figure(observations, financial_year=year) for year in ("2018-19", "2019-20", "2020-21"))
    assert (marked["value"], marked["note"]) == (56, "marked u by the publisher")
    assert (hidden["value"], hidden["lower_95"], hidden["status"]) == (None, None, "suppressed")
    assert (plain["value"], plain["note"]) == (58, "")


def test_levels_keep_counties_apart_and_say_what_stands_for_what() -> None:
    observations = parsed(SOURCE, EDITION, HERE).tables["observations"].filter(financial_year="2020-21")
    assert dict(observations.select("area_code", "area_level").rows()) == {
        "": "england",
        "E12000008": "region_ons",
        "E10000027": "county",
        "E06000066": "local_authority",
        "E67000002": "local_authority",
        "E07000223": "local_authority",
    }
    assert figure(observations, area_code="E10000027")["note"].startswith("Obsolete code since 2023 (replaced by")
    assert figure(observations, area_code="E06000066")["note"] == "value of the former county of the same area"
    assert figure(observations, area_code="E12000008")["area_name"] == "South East"


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        (",u,1,", ",v,1,", "v"),
        ("Local Authority District", "Parish", "Parish"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, EDITION, changed(HERE, tmp_path, old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",%,,,u,", ",%,,,,", "blanks with the status"),
        ("E07000223", "W06000001", "W06"),
        ("stages 1 and 2,Cancer", "stage 1,Cancer", "stage 1"),
        (",2018,", ",2018/19,", "are no years"),
        (",2018,", ",2016,", "not there"),
        ("E06000066", "E67000002", "stand twice"),
        (",51.5,Percentage", ",c,Percentage", "neither numbers nor declared tokens"),
        (",51.5,Percentage", ",151.5,Percentage", "expected percentages"),
    ],
)
def test_what_the_file_never_holds_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        parsed(SOURCE, EDITION, changed(HERE, tmp_path, old=old, new=new))


def test_the_sample_is_read(tmp_path: Path) -> None:
    sample.write(tmp_path)
    observations = parsed(SOURCE, EDITION, tmp_path / SOURCE.release(EDITION).mirror_file).tables["observations"]
    assert observations["financial_year"].unique().sort().to_list() == list(SOURCE.years)
    assert set(observations["status"]) == {"ok", "suppressed"}
