"""Perinatal deaths: hidden is -1, England is a lower bound, and what is hidden cannot be had by subtraction."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.mbrrace import sample
from hi_pipeline.sources.mbrrace.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed
from hi_pipeline_tests.unit.sources.flows import Next
from hi_pipeline_tests.unit.sources.reading import changed

HERE = FIXTURES / "mbrrace" / "2023.csv"
TOGETHER = "extended_perinatal_deaths"
NEXT = {
    "trusts": Next(
        held="2023",
        edition="2024",
        part="2024-25",
        said={"2023": "2024"},
    ),
}


def test_other_nations_are_left_out_and_counted() -> None:
    found = parsed(SOURCE, "2023", HERE)
    assert found.left_out == {"rows of trusts and health boards of other nations": 2}
    providers = found.tables["observations"].filter(area_level="provider")
    assert providers["area_code"].unique().sort().to_list() == ["5", "7", "8"]
    assert providers["note"].str.contains("not the ODS code").all()


def test_minus_one_is_hidden_and_bounded_by_the_deaths_of_both_kinds() -> None:
    observations = parsed(SOURCE, "2023", HERE).tables["observations"]
    rows = {
        (code, measure): tuple(
            figure(observations, area_code=code, measure=measure)[k] for k in ("value", "low", "high")
        )
        for code, measure in (("7", "stillbirths"), ("7", TOGETHER), ("8", TOGETHER), ("8", "neonatal_deaths"))
    }
    assert rows == {
        ("7", "stillbirths"): (None, 0, 10),
        ("7", TOGETHER): (10, 10, 10),
        ("8", TOGETHER): (None, 0, 2),
        ("8", "neonatal_deaths"): (None, 0, 2),
    }
    assert figure(observations, area_code="8", measure=TOGETHER)["status"] == "suppressed"


def test_england_is_a_lower_bound_of_both_kinds_together() -> None:
    observations = parsed(SOURCE, "2023", HERE).tables["observations"].filter(area_level="england")
    births, deaths = figure(observations, measure="total_births"), figure(observations, measure=TOGETHER)
    assert (births["value"], births["status"], births["area_code"]) == (7400, "ok", "")
    assert (deaths["value"], deaths["low"], deaths["high"], deaths["status"]) == (None, 28, 30, "suppressed")
    assert deaths["note"] == (
        "added up over 3 trusts by hi_pipeline, as the file has no row of England; hidden in 1 of them"
    )
    assert observations.filter(pl.col("measure").str.contains("stabilised")).is_empty()


def test_the_stabilised_rate_has_the_printed_interval() -> None:
    observations = parsed(SOURCE, "2023", HERE).tables["observations"]
    row = figure(observations, area_code="8", measure="extended_perinatal_mortality_rate_stabilised")
    assert (row["value"], row["lower_95"], row["upper_95"], row["status"]) == (4.5, 3.5, 6.5, "ok")
    assert (str(row["period_start"]), str(row["period_end"])) == ("2023-01-01", "2023-12-31")
    assert (row["financial_year"], row["period_type"]) == ("2023-24", "calendar_year")


def test_live_births_are_not_given_as_they_would_tell_hidden_stillbirths() -> None:
    observations = parsed(SOURCE, "2023", HERE).tables["observations"]
    assert not observations["measure"].str.contains("live").any()
    assert observations.filter(area_code="7", measure="stillbirths")["value"].to_list() == [None]


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("\n2023,", "\n2022,", LayoutError, "report years"),
        (",England,", ",Narnia,", LayoutError, "Narnia"),
        (",2.00 to 5.00,", ",2 - 5,", LayoutError, "expected rates inside intervals"),
        (",2.00 to 5.00,", ",3.10 to 5.00,", LayoutError, "expected rates inside intervals"),
        (",4000,12,", ",4000,13,", ValidationError, "do not add up"),
        (",4000,12,", ",40000,12,", ValidationError, r"TotalBirths that are not TotalLiveBirths and stillbirths"),
        (",3000,-1,", ",2900,-1,", ValidationError, r"TotalLiveBirths above TotalBirths: \['Second Trust'\]"),
        (",3000,-1,", ",30000,-1,", ValidationError, r"CrudePerinatalDeathRate is not .*'Second Trust', '3.33', '10'"),
        (",6,1.50,4,", ",6,1.60,4,", ValidationError, r"CrudeNeonatalDeathRate is not .*'1.60', '6', '3988'"),
        (",12,3.00,4,", ",12,-1,4,", ValidationError, "one of CrudeStillbirthRate and TotalStillbirths is hidden"),
        (",3000,-1,-1,0,Suppressed due to small numbers", ",3000,-1,-1,4,Within 5%", ValidationError, "hidden without"),
        (",18,4.50,4,", ",-2,4.50,4,", LayoutError, "negative"),
        (",4000,12,", ",*,12,", LayoutError, "neither numbers nor declared tokens"),
        ("\n2023,7,", "\n2023,5,", ValidationError, "codes twice"),
        ("TotalBirths", "Births", LayoutError, r"New: \['Births'\]"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2023", changed(HERE, tmp_path, old=old, new=new))


def test_a_count_below_the_smallest_printed_one_is_refused(tmp_path: Path) -> None:
    copy = changed(HERE, tmp_path, old=",10,3.33,4,", new=",2,3.33,4,")
    with pytest.raises(ValidationError, match="printed below 3"):
        parsed(SOURCE, "2023", copy)


def test_the_sample_is_read_with_all_its_nations_and_hidden_counts(tmp_path: Path) -> None:
    sample.write(tmp_path)
    found = parsed(SOURCE, "2023", tmp_path / SOURCE.release("2023").mirror_file)
    observations = found.tables["observations"]
    assert found.left_out["rows of trusts and health boards of other nations"] == 4
    assert observations.filter(area_level="provider", measure=TOGETHER)["status"].unique().sort().to_list() == [
        "ok",
        "suppressed",
    ]
