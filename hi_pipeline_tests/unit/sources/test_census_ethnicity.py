"""Census 2021 TS021: residents of England by ethnic group, Wales counted apart."""

import zipfile
from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.census_ethnicity.parse import BROAD, COLUMNS, DETAIL
from hi_pipeline.sources.census_ethnicity.source import LSOA_MEMBER, SOURCE
from hi_pipeline_tests.unit.sources.editions import parsed, real
from hi_pipeline_tests.unit.sources.reading import changed, clean

LSOA = Path(__file__).parents[2] / "fixtures" / "census_ethnicity" / LSOA_MEMBER


def test_england_is_kept_and_wales_is_counted() -> None:
    made = parsed(SOURCE, "2021-csv", LSOA)
    first = made.tables["residents"].row(0, named=True)
    assert made.tables["residents"]["lsoa21_code"].to_list() == ["E01000001", "E01011949"]
    assert (first["total"], first["asian"], first["asian_pakistani"], first["white_british"]) == (981, 15, 4, 900)
    assert made.left_out == {"LSOAs of Wales": 1}
    assert made.notes == ("1,211 residents of Wales are left out",)


def test_there_are_nineteen_groups_in_five() -> None:
    assert len(BROAD) == 5
    assert sum(map(len, DETAIL.values())) == 19
    assert len(COLUMNS) == 1 + 5 + 19


def test_the_zip_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(LSOA, LSOA_MEMBER)
        archive.writestr("census2021-ts021-msoa.csv", "a,b\n1,2\n")
        archive.writestr("metadata/census2021-ts021.txt", "about")
    assert clean(SOURCE, "2021-zip", path)["residents"].equals(clean(SOURCE, "2021-csv", LSOA)["residents"])


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("Other White", "White other", LayoutError, "Other White"),
        ("2021,City", "2011,City", LayoutError, "expected 2021"),
        ("W01000001", "S01000001", LayoutError, "no LSOA of England or Wales"),
        (",900,", ",..,", LayoutError, r"\.\."),
        (",900,", ",901,", ValidationError, "add up"),
        (",981,", ",982,", ValidationError, "add up"),
        ("E01011949", "E01000001", ValidationError, "lsoa21_code"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, "2021-csv", changed(LSOA, tmp_path, old=old, new=new))


def test_the_file_of_the_mirror(real_mirror: Path) -> None:
    made = real(SOURCE, "2021-csv", real_mirror)
    residents = made.tables["residents"]
    assert (residents.height, residents["total"].sum()) == (33_755, 56_490_108)
    assert (residents["white_british"].sum(), residents["white"].sum()) == (41_540_932, 45_783_622)
    assert made.left_out == {"LSOAs of Wales": 1_917}
    assert made.notes == ("3,107,468 residents of Wales are left out",)
