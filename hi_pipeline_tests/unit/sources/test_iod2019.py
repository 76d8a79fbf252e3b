"""Indices of Deprivation 2019: both files, on synthetic copies and on the publisher's own."""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hi_pipeline.core.deprivation import RANKED_AREAS
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.iod2019.source import FILE_1_COLUMNS, SOURCE
from hi_pipeline_tests.unit.sources.reading import changed, clean

FILE_7 = Path(__file__).parents[2] / "fixtures" / "iod2019" / "file_7.csv"
ROWS = [
    ["E01000001", "City of London 001A", "E09000001", "City of London", "29,199", 9],
    ["E01000002", "City of London 001B", "E09000001", "City of London", 1, 1],
]


def _file_1(path: Path, rows: list[list[object]], header: tuple[str, ...] = FILE_1_COLUMNS) -> Path:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes")
        sheet = book.add_worksheet("IMD2019")
        for number, row in enumerate([header, *rows]):
            sheet.write_row(number, 0, row)
    return path


def test_file_1_gives_rank_and_decile_only(tmp_path: Path) -> None:
    table = clean(SOURCE, "2019-file-1", _file_1(tmp_path / "f.xlsx", ROWS))["lsoa_imd"]
    assert table.rows() == [("E01000001", 29199, 9, None, None), ("E01000002", 1, 1, None, None)]


def test_file_7_gives_score_and_population_too() -> None:
    table = clean(SOURCE, "2019-file-7", FILE_7)["lsoa_imd"]
    assert table.rows() == [
        ("E01000001", 30001, 10, 5.5, 1234),
        ("E01000002", 1, 1, 80.25, 1500),
        ("E01033768", 3285, 2, 40.0, 1600),
    ]


def test_the_other_spelling_of_the_code_column_is_read(tmp_path: Path) -> None:
    copy = changed(FILE_7, tmp_path, old="LSOA code (2011)", new="LSOA Code (2011)")
    assert clean(SOURCE, "2019-file-7", copy)["lsoa_imd"].equals(clean(SOURCE, "2019-file-7", FILE_7)["lsoa_imd"])


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("(IMD) Score", "(IMD) score", LayoutError, r"Missing: \['Index of Multiple Deprivation \(IMD\) Score'\]"),
        (",80.25,1,1,", ",80.25,first,1,", LayoutError, "first"),
        (",80.25,1,1,", ",-80.25,1,1,", LayoutError, "negative"),
        (",80.25,1,1,", ",80.25,1,2,", ValidationError, "tenth of England"),
        (",80.25,1,1,", ",80.25,32845,10,", ValidationError, "less_than_or_equal_to"),
        ("E01000002", "E01000001", ValidationError, "lsoa_code"),
        ("E01000002", "W01000002", ValidationError, "lsoa_code"),
    ],
)
def test_what_the_files_never_hold_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, "2019-file-7", changed(FILE_7, tmp_path, old=old, new=new))


def test_three_areas_never_share_a_rank(tmp_path: Path) -> None:
    tied = [[f"E0100000{n}", "", "", "", 7, 1] for n in range(3)]
    assert clean(SOURCE, "2019-file-1", _file_1(tmp_path / "two.xlsx", tied[:2]))["lsoa_imd"].height == 2
    with pytest.raises(ValidationError, match="share a rank"):
        clean(SOURCE, "2019-file-1", _file_1(tmp_path / "three.xlsx", tied))


def test_the_publishers_file_1(real_mirror: Path) -> None:
    path = real_mirror / SOURCE.release("2019-file-1").mirror_file
    table = clean(SOURCE, "2019-file-1", path)["lsoa_imd"]
    assert table.height == RANKED_AREAS["2019"] == 32_844
    sizes = table.group_by("imd_decile").len()["len"]
    assert sizes.len() == 10
    assert sizes.is_between(3_284, 3_285).all()
    assert table.height - table["imd_rank"].n_unique() == 26
    assert (table["imd_rank"].rank("min") == table["imd_rank"]).all()
    assert table.filter(pl.col("lsoa_code") == "E01000001").rows() == [("E01000001", 29_199, 9, None, None)]
