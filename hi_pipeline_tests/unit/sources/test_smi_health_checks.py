"""Severe mental illness health checks: quarter 4 of each year, from a workbook with a title row."""

import csv
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.smi_health_checks.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels

EDITION = "2018-19_to_2023-24"


def _workbook(tmp_path: Path, *, old: str = "", new: str = "", sheet: str = "Sheet 1 - Physical-Health-Check") -> Path:
    text = (FIXTURES / "smi_health_checks" / "answers.csv").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "smi.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet(sheet)
    page.write_string(0, 0, "Physical-Health-Checks-SMI Raw Data")
    for number, row in enumerate(csv.reader((text.replace(old, new) if old else text).splitlines()), start=1):
        for column, cell in enumerate(row):
            if column == 3 and cell.isdigit():
                page.write_number(number, column, int(cell))
            elif cell:
                page.write_string(number, column, cell)
    book.close()
    return path


def test_the_fourth_quarter_of_each_year(tmp_path: Path) -> None:
    found = parsed(SOURCE, EDITION, _workbook(tmp_path))
    observations = found.tables["observations"].filter(pl.col("area_level") != "england")
    assert found.left_out == {"rows of quarters 1 to 3": 64}
    assert dict(observations.select("financial_year", "area_level").unique().rows()) == {
        "2018-19": "ccg",
        "2019-20": "ccg",
        "2020-21": "ccg",
        "2021-22": "sub_icb",
        "2022-23": "sub_icb",
        "2023-24": "sub_icb",
    }
    row = figure(observations, financial_year="2022-23", area_code="D9Y0V", measure="six_checks")
    assert (row["value"], row["low"], row["high"], row["status"]) == (120, 120, 120, "ok")
    assert figure(observations, financial_year="2023-24", measure="register")["value"] == 300


def test_a_blank_answer_is_missing(tmp_path: Path) -> None:
    observations = parsed(SOURCE, EDITION, _workbook(tmp_path)).tables["observations"]
    row = figure(observations, financial_year="2018-19", area_code="15A", measure="register")
    assert (row["value"], row["low"], row["status"]) == (None, None, "missing")


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("All6PHC", "All7PHC", "All7PHC"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, EDITION, _workbook(tmp_path, old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("CCG Code", "Code", LayoutError, r"Missing: \['CCG Code'\]. New: \['Code'\]"),
        ("SMI-Q4-2023-2024", "SMI-Q4-2023-24", LayoutError, "SMI-Q4-2023-24"),
        ("SMI-Q4-2023-2024", "SMI-Q3-2023-2024", LayoutError, "declared to hold"),
        ("D9Y0V", "00C", LayoutError, "no sub-ICB locations"),
        ("SMI-Q4-2023-2024,05G,SMIRegister,300", "SMI-Q4-2023-2024,05G,SMIRegister,100", ValidationError, "above"),
        ("SMI-Q4-2023-2024,05G,Smoking", "SMI-Q4-2023-2024,05G,Alcohol", ValidationError, "twice"),
        ("SMI-Q4-2023-2024,05G,Smoking,157", "SMI-Q4-2023-2024,05G,Smoking,*", LayoutError, "neither numbers"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, EDITION, _workbook(tmp_path, old=old, new=new))


def test_another_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="Sheet 2"):
        parsed(SOURCE, EDITION, _workbook(tmp_path, sheet="Sheet 2"))


def test_quarter_4_of_2022_23_is_as_published(real_mirror: Path) -> None:
    found = real(SOURCE, EDITION, real_mirror)
    year = found.tables["observations"].filter(financial_year="2022-23", area_level="sub_icb")
    checks = year.filter(measure="six_checks")["value"].sum()
    register = year.filter(measure="register")["value"].sum()
    assert (checks, register, round(100 * checks / register, 1)) == (313022, 535204, 58.5)
    assert year["area_code"].n_unique() == 106
    missing = found.tables["observations"].filter(status="missing", measure="six_checks")
    assert dict(missing.group_by("financial_year").agg(pl.len()).rows()) == {
        "2018-19": 13,  # 10 of zeros, 09H and 09X without all six checks, 15A blank
        "2019-20": 30,
        "2020-21": 1,
        "2021-22": 1,
    }


@pytest.mark.parametrize(
    ("year", "checks", "register", "areas"),
    [
        ("2019-20", 159_312, 444_972, "161 of 191"),  # 35.80%
        ("2020-21", 121_030, 512_159, "134 of 135"),
        ("2021-22", 226_583 - 14, 529_093 - 4_363, "105 of 106"),
        ("2022-23", 313_022, 535_204, "106 of 106"),
    ],
)
def test_england_is_the_sum_of_the_areas_that_submitted(
    real_mirror: Path, year: str, checks: int, register: int, areas: str
) -> None:
    observations = real(SOURCE, EDITION, real_mirror).tables["observations"]
    england = observations.filter(financial_year=year, area_level="england")
    assert dict(england.select("measure", "value").rows()) == {"six_checks": checks, "register": register}
    assert england["note"].str.contains(areas).all()


def test_somerset_did_not_submit_in_two_years(real_mirror: Path) -> None:
    observations = real(SOURCE, EDITION, real_mirror).tables["observations"]
    for year, printed, register in (("2020-21", 0, 4_738), ("2021-22", 14, 4_363)):
        area = observations.filter(financial_year=year, area_code="11X")
        checks = figure(area, measure="six_checks")
        assert (checks["value"], checks["status"]) == (None, "missing")
        assert f"not submitted: printed as {printed}" in str(checks["note"])
        assert figure(area, measure="register")["value"] == register
        assert figure(area, measure="check_blood_glucose")["status"] == "ok"
