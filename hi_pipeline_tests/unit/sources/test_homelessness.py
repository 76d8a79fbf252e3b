"""Homelessness: an OpenDocument spreadsheet, rounded totals, authorities without data, hidden groups."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sample.containers import ods_bytes
from hi_pipeline.sources.homelessness import sample
from hi_pipeline.sources.homelessness.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed
from hi_pipeline_tests.unit.sources.flows import Next
from hi_pipeline_tests.unit.sources.reading import sheet_rows

EDITION = "2025-03"
NEXT = {
    "detailed": Next(
        held="2025-03",
        edition="2025-06",
        part="2025-26",
        said={"January to March 2025": "April to June 2025", "31st March 2025": "30th June 2025"},
    ),
}


def _spreadsheet(tmp_path: Path, *, sheet: str = "", old: str = "", new: str = "", more: str = "MD1") -> Path:
    rows = {
        name: sheet_rows(
            FIXTURES / "homelessness" / f"{name}.csv",
            old=old if name == sheet else "",
            new=new if name == sheet else "",
        )
        for name in ("A1", "A8", "TA1")
    }
    path = tmp_path / "homelessness.ods"
    path.write_bytes(ods_bytes({"Contents": [[None, "SYNTHETIC"]], **rows, more: [["SYNTHETIC"]]}))
    return path


def test_authorities_are_exact_and_totals_rounded_to_ten(tmp_path: Path) -> None:
    found = parsed(SOURCE, EDITION, _spreadsheet(tmp_path))
    observations = found.tables["observations"].filter(dimension="total")
    england, place = (figure(observations, area_code=code, measure="owed_duty") for code in ("", "E08000031"))
    assert (england["value"], england["low"], england["high"], england["area_level"]) == (1000, 995, 1005, "england")
    assert (place["value"], place["low"], place["high"], place["area_level"]) == (500, 500, 500, "local_authority")
    assert figure(observations, area_code="E07000223", measure="households")["value"] == 30500
    assert found.left_out == {
        "rows of Rest of England": 3,
        "rows of London that repeat the one among the regions": 3,
    }
    assert found.notes == (
        "1 of 4 authorities gave no data; England and regions hold the publisher's estimates for them",
    )


def test_the_quarter_and_its_last_day(tmp_path: Path) -> None:
    observations = parsed(SOURCE, EDITION, _spreadsheet(tmp_path)).tables["observations"]
    for measure, first, kind in (
        ("assessments", "2025-01-01", "quarter"),
        ("children_in_ta", "2025-03-31", "snapshot"),
        # A stock: four quarters of it are not a year's households.
        ("households", "2025-03-31", "snapshot"),
    ):
        row = figure(observations, area_level="england", measure=measure)
        assert (str(row["period_start"]), str(row["period_end"]), row["period_type"]) == (first, "2025-03-31", kind)
        assert row["financial_year"] == "2024-25"


def test_no_data_and_hidden_are_two_things_and_neither_is_zero(tmp_path: Path) -> None:
    observations = parsed(SOURCE, EDITION, _spreadsheet(tmp_path)).tables["observations"]
    silent = figure(observations, area_code="E06000027", measure="owed_duty", dimension="total")
    assert (silent["value"], silent["status"], silent["low"]) == (None, "missing", None)
    hidden = figure(observations, area_code="E09000001", measure="owed_duty", category="White")
    assert (hidden["value"], hidden["status"], hidden["low"], hidden["high"]) == (None, "suppressed", 0, 4)
    assert figure(observations, area_code="E09000001", measure="owed_duty", dimension="total")["value"] == 4


def test_broad_ethnic_groups_add_up_to_all_owed_a_duty(tmp_path: Path) -> None:
    observations = parsed(SOURCE, EDITION, _spreadsheet(tmp_path)).tables["observations"]
    groups = observations.filter(area_code="E08000031", dimension="ethnicity", measure="owed_duty")
    assert (groups.height, groups["value"].sum()) == (6, 500)
    assert figure(observations, area_code="E08000031", measure="owed_duty_gypsy_or_irish_traveller")["value"] == 10


@pytest.mark.parametrize(
    ("sheet", "old", "new", "error", "message"),
    [
        ("A1", "January to March 2025", "April to June 2025", LayoutError, "April to June 2025"),
        ("A1", "Assessed as owed a duty", "Owed", LayoutError, "expected 'Assessed as owed a duty'"),
        ("A8", "Mixed / Multiple ethnic groups", "Mixed", LayoutError, "row 2, column 41"),
        ("A1", "E07000223", "W06000001", LayoutError, "no area by their code"),
        ("A1", "E07000223", "E08000031", ValidationError, "two different rows"),
        ("A1", "E12000009", "E07000200", ValidationError, "'region_ons': 8"),
        ("A1", "240.5", "250.5", ValidationError, "an authority is lost"),
        ("A1", ",1100,", ",1101,", LayoutError, "no multiples of 10"),
        ("A1", ",550,,500,", ",550,,600,", ValidationError, "above their denominator"),
        (
            "A1",
            "1000,500,,500",
            "1000,50,,500",
            ValidationError,
            "owed a duty, by prevention and relief and in all, do not",
        ),
        ("A8", "1000,,,500", "1000,,,50", ValidationError, "owed a duty, by ethnicity and in all, do not add up"),
        ("A8", "E07000223", "E07000224", ValidationError, "do not stand on every sheet"),
        ("A1", "..,..", "x,..", LayoutError, "neither numbers nor declared tokens"),
        ("A1", "Notes", "Remarks", LayoutError, "no row 'Notes'"),
    ],
)
def test_what_the_spreadsheet_never_holds_is_refused(
    tmp_path: Path, sheet: str, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, EDITION, _spreadsheet(tmp_path, sheet=sheet, old=old, new=new))


def test_an_unknown_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="B1"):
        parsed(SOURCE, EDITION, _spreadsheet(tmp_path, more="B1"))


def test_the_sample_is_read(tmp_path: Path) -> None:
    sample.write(tmp_path)
    observations = parsed(SOURCE, EDITION, tmp_path / SOURCE.release(EDITION).mirror_file).tables["observations"]
    assert set(observations["status"]) == {"ok", "missing", "suppressed"}
    assert observations.filter(area_level="local_authority")["area_code"].n_unique() == 309
