"""A&E monthly: providers, regions that sum them, the TOTAL row, and columns without a name."""

from datetime import date
from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.ae_monthly.parse import MEASURES
from hi_pipeline.sources.ae_monthly.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed
from hi_pipeline_tests.unit.sources.flows import Next
from hi_pipeline_tests.unit.sources.reading import changed, clean

FILE = FIXTURES / "ae_monthly" / "providers.csv"
MONTH = "2025-03"
NEXT = {
    "providers": Next(
        held="2025-03",
        edition="2025-04",
        part="2025-26",
        said={"MARCH-2025": "APRIL-2025"},
    ),
}


def test_a_month_of_providers_regions_and_england() -> None:
    observations = clean(SOURCE, MONTH, FILE)["observations"]
    assert set(observations["measure"]) == set(MEASURES)
    assert set(observations["area_level"]) == {"england", "region", "provider"}
    type1 = observations.filter(measure="attendances_type1")
    assert {(level, code): value for level, code, value in type1.select("area_level", "area_code", "value").rows()} == {
        ("england", ""): 1_000 + 500 + 800,
        ("region", "Y56"): 1_000 + 500,
        ("region", "Y60"): 800,
        ("provider", "RXX"): 1_000,
        ("provider", "RYY"): 500,
        ("provider", "RZZ"): 800,
        ("provider", "Y00001"): 0,
    }
    assert set(type1["financial_year"]) == {"2024-25"} and set(type1["period_type"]) == {"month"}
    assert set(type1["period_start"]) == {date(2025, 3, 1)} and set(type1["period_end"]) == {date(2025, 3, 31)}


def test_figures_are_exact_and_booked_appointments_stand_apart() -> None:
    observations = clean(SOURCE, MONTH, FILE)["observations"]
    row = figure(observations, area_code="RXX", measure="admissions_type1")
    assert (row["value"], row["low"], row["high"], row["status"]) == (300, 300, 300, "ok")
    assert figure(observations, area_level="england", measure="booked_other")["value"] == 9 + 40
    assert figure(observations, area_level="england", measure="attendances_other")["value"] == 200 + 100 + 700


def test_empty_columns_without_a_name_are_dropped(tmp_path: Path) -> None:
    stray = tmp_path / "stray.csv"
    lines = FILE.read_bytes().decode().split("\r\n")
    stray.write_bytes("\r\n".join(line + "," * 6 if line else line for line in lines).encode())
    assert clean(SOURCE, MONTH, stray)["observations"].equals(clean(SOURCE, MONTH, FILE)["observations"])


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("MSitAE-MARCH-2025", "MSitAE-APRIL-2025", LayoutError, "expected 2025-03"),
        ("NHS ENGLAND LONDON", "NHS ENGLAND WALES", LayoutError, "NHS ENGLAND WALES"),
        ("TOTAL,TOTAL,TOTAL,TOTAL,2300", "TOTAL,TOTAL,TOTAL,TOTAL,2301", ValidationError, "do not add up"),
        ("RYY,", "RXX,", ValidationError, "stand there twice"),
        ("RYY,", "RYY ,", ValidationError, r"codes \['RYY '\] of 'Org Code' have blanks, small letters"),
        ("RYY,", "ryy,", ValidationError, r"codes \['ryy'\] of 'Org Code'"),
        (",1000,50,", ",-,50,", LayoutError, "neither numbers nor declared tokens"),
        ("Attendances over 4hrs Type 1", "Attendances over 4 hours Type 1", LayoutError, "Attendances over 4 hours"),
        ("TOTAL,TOTAL,TOTAL,TOTAL", "Total,TOTAL,TOTAL,TOTAL", LayoutError, "0 rows of TOTAL"),
        ("9,400,2,20,6", "9,410,2,20,6", ValidationError, "do not add up"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, MONTH, changed(FILE, tmp_path, old=old, new=new))


def test_more_waits_than_attendances_are_refused(tmp_path: Path) -> None:
    path = changed(FILE, tmp_path, old="9,400,2,20,6", new="9,1400,2,20,6")
    path = changed(path, tmp_path, old="30,1,49,850,", new="30,1,49,1850,")
    with pytest.raises(ValidationError, match="above their denominator 'attendances_type1'"):
        clean(SOURCE, MONTH, path)


def test_a_file_of_another_month_in_a_mirror_is_an_edition_and_is_read(tmp_path: Path) -> None:
    (series,) = SOURCE.series
    place = "www.england.nhs.uk/statistics/wp-content/uploads/sites/2/2025/05/Monthly-AE-April-2025-Ab3xYz.csv"
    found = series.match(place)
    assert found is not None and (found.period, found.revised) == ("2025-04", False)
    assert series.match(place.replace("Monthly-AE", "Quarterly-AE")) is None
    release = SOURCE.edition(series, found.period, address=f"https://{place}", landing_page=SOURCE.landing_page)
    april = tmp_path / "april.csv"
    april.write_text(FILE.read_text(encoding="utf-8").replace("MARCH-2025", "APRIL-2025"), encoding="utf-8")
    observations = parsed(SOURCE, release, april).tables["observations"]
    assert set(observations["financial_year"]) == {"2025-26"}
    assert set(observations["period_start"]) == {date(2025, 4, 1)}
