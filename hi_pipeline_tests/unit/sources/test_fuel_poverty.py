"""Fuel poverty: two tables of a workbook, of England, authorities and small areas."""

import csv
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.fuel_poverty.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real
from hi_pipeline_tests.unit.sources.flows import Next

NEXT = {
    "tables": Next(
        held="2023",
        edition="2024",
        part="2024-25",
        said={", 2021": ", 2022"},
    ),
}


def _workbook(tmp_path: Path, *, old: str = "", new: str = "") -> Path:
    path = tmp_path / "fuel.xlsx"
    found = False
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": True}) as book:
        for name in ("Title", "Contents", "Metadata", "Notes", "Table 1", "Table 2", "Table 3", "Table 4"):
            sheet = book.add_worksheet(name)
            fixture = FIXTURES / "fuel_poverty" / f"{name.lower().replace(' ', '_')}.csv"
            text = fixture.read_text(encoding="utf-8") if fixture.is_file() else name
            found |= bool(old) and old in text
            for at, row in enumerate(csv.reader((text.replace(old, new) if old else text).splitlines())):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write(at, column, cell)
    assert found or not old
    return path


def test_england_authorities_and_small_areas(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2023", _workbook(tmp_path))
    observations = found.tables["observations"]
    assert found.left_out == {"counties, regions and parts of London": 3}
    levels = dict(observations.filter(measure="fuel_poor").group_by("area_level").len().rows())
    assert levels == {"england": 1, "local_authority": 3, "lsoa": 3}
    stroud = figure(observations, area_code="E07000082", measure="fuel_poor")
    assert (stroud["area_name"], stroud["value"], stroud["low"], stroud["high"]) == ("Stroud", 50, 50, 50)
    assert figure(observations, area_level="england", measure="fuel_poor_pct")["value"] == 14.0


def test_the_period_is_that_of_the_households_and_the_note_says_so(tmp_path: Path) -> None:
    row = figure(parsed(SOURCE, "2023", _workbook(tmp_path)).tables["observations"], area_code="E01022372",
                 measure="households")  # fmt: skip
    assert (row["financial_year"], row["period_type"]) == ("2023-24", "calendar_year")
    assert (row["period_start"], row["period_end"]) == (date(2021, 1, 1), date(2021, 12, 31))
    assert "households of 2021, in the edition of 2023" in str(row["note"])


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("Table 2: Fuel poor households by administrative area [Notes 3 and 4], 2021", "Table 2, 2022",
         LayoutError, "expected the year 2021"),
        ("Area names ", "Names", LayoutError, "the header"),
        ("E07000082,,,", "E99000082,,,", LayoutError, "E99000082"),
        ("E01034557", "W01034557", LayoutError, "W01034557"),
        ("LA Code", "Authority", LayoutError, "Authority"),
        ("Stroud,South West,400,50", "Stroud,South West,400,*", LayoutError, "neither numbers"),
        ("Stroud,South West,400,50", "Stroud,South West,400,401", ValidationError, "above"),
        ("Stroud,South West,400,50,12.5", "Stroud,South West,400,5,12.5",
         ValidationError, r"proportion is not .*'E01022372', 12.5, 5.0, 400.0"),
        ("E01034557", "E01022372", ValidationError, "several values of 'area_name'"),
        ("E01034557,Wiltshire 066D", "E01022372,Stroud 001A", ValidationError, "twice"),
    ],
)  # fmt: skip
def test_what_the_workbook_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2023", _workbook(tmp_path, old=old, new=new))


def test_the_real_workbook(real_mirror: Path) -> None:
    found = real(SOURCE, "2023", real_mirror)
    observations = found.tables["observations"]
    lsoas = observations.filter(area_level="lsoa")
    england = {row["measure"]: row["value"] for row in observations.filter(area_level="england").iter_rows(named=True)}
    assert lsoas["area_code"].n_unique() == 33_755
    for measure, total in (("households", 24_070_861), ("fuel_poor", 3_162_752)):
        assert lsoas.filter(measure=measure)["value"].sum() == england[measure] == total
    assert round(england["fuel_poor_pct"], 2) == 13.14
    authorities = observations.filter(area_level="local_authority", measure="households")
    assert authorities["value"].sum() == 24_070_861
