"""The weekly workbook of April 2021: names to codes, columns by their header, sums that must hold."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ETHNIC_DETAIL_2001, UNKNOWN
from hi_pipeline.sample.containers import xlsx_bytes
from hi_pipeline.sources.covid_vaccinations import sample
from hi_pipeline.sources.covid_vaccinations.labels import ETHNICITY_LABELS, PARTNERSHIP_LABELS
from hi_pipeline.sources.covid_vaccinations.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed
from hi_pipeline_tests.unit.sources.reading import sheet_rows

EDITION = "2021-04-25"
SHEETS = {
    "ages": "ICS STP",
    "ethnicity": "Ethnicity",
    "ethnicity_partnerships": "Ethnicity & ICS STP",
    "population": "Population estimates (ONS)",
}


def _workbook(tmp_path: Path, *, sheet: str = "", old: str = "", new: str = "") -> Path:
    rows = {
        name: sheet_rows(
            FIXTURES / "covid_vaccinations" / f"{table}.csv",
            old=old if table == sheet else "",
            new=new if table == sheet else "",
        )
        for table, name in SHEETS.items()
    }
    path = tmp_path / "covid.xlsx"
    path.write_bytes(xlsx_bytes({**rows, "CCG": [["SYNTHETIC"]]}))
    return path


def test_each_partnership_has_its_own_code() -> None:
    assert len(set(PARTNERSHIP_LABELS.values())) == len(PARTNERSHIP_LABELS) == 42
    assert set(ETHNICITY_LABELS.values()) == {*ETHNIC_DETAIL_2001, UNKNOWN}


def test_doses_and_populations_by_partnership_age_and_group(tmp_path: Path) -> None:
    found = parsed(SOURCE, EDITION, _workbook(tmp_path))
    observations = found.tables["observations"]
    place = observations.filter(area_code="QNQ")
    assert set(place["area_level"]) == {"stp"} and set(place["area_name"]) == {"Frimley Health and Care ICS"}
    assert figure(place, measure="first_doses", category="80 and over")["value"] == 90
    assert figure(place, measure="second_doses", category="80 and over")["value"] == 80
    assert figure(place, measure="population", category="16 to 44")["value"] == 60
    assert figure(place, measure="population_16_and_over")["value"] == 860
    assert figure(place, measure="first_doses", dimension="total")["value"] == 730
    assert figure(place, measure="first_doses", category="Other Ethnic Groups: Chinese")["value"] == 5
    assert place.filter(measure="second_doses", dimension="ethnicity").is_empty()
    row = figure(place, measure="first_doses", dimension="total")
    assert (row["financial_year"], str(row["period_start"]), str(row["period_end"]), row["period_type"]) == (
        "2020-21",
        "2020-12-08",
        "2021-04-25",
        "season",
    )


def test_england_holds_what_belongs_to_no_partnership(tmp_path: Path) -> None:
    found = parsed(SOURCE, EDITION, _workbook(tmp_path))
    observations = found.tables["observations"]
    england = figure(observations, area_level="england", measure="all_doses", dimension="total")["value"]
    assert england == 42 * 1046 + 100
    assert found.notes[0].startswith("100 of 44,032 doses were given to people with an address outside England")
    groups = observations.filter(area_level="england", measure="second_doses", dimension="ethnicity")
    assert (groups.height, groups["value"].sum()) == (17, 42 * 316)


def test_a_percentage_above_100_is_no_figure(tmp_path: Path) -> None:
    observations = parsed(SOURCE, EDITION, _workbook(tmp_path)).tables["observations"]
    row = figure(observations, area_code="QNQ", measure="first_dose_pct", category="75 to 79")
    assert (row["value"], row["status"]) == (None, "not_applicable")
    assert row["note"] == "above 100: more people vaccinated than the estimate has"
    assert figure(observations, area_code="QNQ", measure="first_dose_pct", category="45 to 49")["value"] == 70


@pytest.mark.parametrize(
    ("sheet", "old", "new", "error", "message"),
    [
        ("ages", "Frimley Health and Care ICS", "Frimley ICS", LayoutError, "Frimley ICS"),
        ("ages", "Under 45", "Under 40", LayoutError, "Age bands change"),
        ("ages", "25th April 2021", "2nd May 2021", LayoutError, "2nd May 2021"),
        ("population", "Mid-year 2019", "Mid-year 2020", LayoutError, "Mid-year 2020"),
        ("population", "16-44", "18-44", LayoutError, "18-44"),
        ("ethnicity_partnerships", "Not stated/Unknown", "Unknown", LayoutError, "Not stated/Unknown"),
        ("ages", "Total,,", "Sum,,", LayoutError, "expected a row 'Total'"),
        ("ages", ",Data quality notes:", ",Region unknown,,,5,5,5", LayoutError, "1 rows below the row 'Total'"),
        ("ages", ",100%*,", ",>100%,", LayoutError, "neither numbers nor declared tokens"),
        ("ages", ",100%*,", ",0.99,", ValidationError, "percentages are not first doses over the population"),
        ("ages", ",1046,", ",1047,", ValidationError, "first and second doses are not all doses"),
        ("ethnicity", ",13272,", ",13273,", ValidationError, "England differs between two sheets"),
    ],
)
def test_what_the_workbook_never_holds_is_refused(
    tmp_path: Path, sheet: str, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, EDITION, _workbook(tmp_path, sheet=sheet, old=old, new=new))


def test_the_sample_is_read(tmp_path: Path) -> None:
    sample.write(tmp_path)
    found = parsed(SOURCE, EDITION, tmp_path / SOURCE.release(EDITION).mirror_file)
    assert found.tables["observations"].filter(area_level="stp")["area_code"].n_unique() == 42
    assert found.notes[0].startswith("2,345 of ")
