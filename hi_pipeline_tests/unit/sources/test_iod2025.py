"""Indices of Deprivation 2025: File 7, whole and cut to the index, synthetic and real."""

from pathlib import Path

import pytest

from hi_pipeline.core.deprivation import RANKED_AREAS
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.iod2025.source import SOURCE
from hi_pipeline_tests.unit.sources.reading import changed, clean

FIXTURES = Path(__file__).parents[2] / "fixtures" / "iod2025"
WHOLE = FIXTURES / "file_7.csv"
EDITION = "2025-file-7"


def test_the_whole_file_gives_score_rank_decile_and_population() -> None:
    assert clean(SOURCE, EDITION, WHOLE)["lsoa_imd"].rows() == [
        ("E01000001", 30380, 10, 8.5, 1234),
        ("E01000003", 3375, 1, 40.0, 1600),
        ("E01035762", 1, 1, 90.5, 1500),
    ]


def test_a_copy_with_the_index_only_has_no_population() -> None:
    table = clean(SOURCE, EDITION, FIXTURES / "file_7_index_only.csv")["lsoa_imd"]
    assert table.rows() == [("E01000001", 30380, 10, 8.5, None), ("E01000003", 3376, 2, 40.0, None)]


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("LSOA code (2021)", "LSOA code (2011)", LayoutError, r"Missing: \['LSOA code \(2021\)'\]"),
        ("90.5,1,1", "90.5,,1", LayoutError, "neither numbers nor declared tokens"),
        ("90.5,1,1", "90.5,3375,1", ValidationError, "share a rank"),
        ("90.5,1,1", "90.5,1,10", ValidationError, "tenth of England"),
        (",1500", ",1500.5", LayoutError, "not whole"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, EDITION, changed(WHOLE, tmp_path, old=old, new=new))


def test_only_version_2_is_declared() -> None:
    (release,) = SOURCE.releases
    assert "691ded56d140bbbaa59a2a7d" in str(release.address)


def test_the_file_of_the_mirror(real_mirror: Path) -> None:
    table = clean(SOURCE, EDITION, real_mirror / SOURCE.release(EDITION).mirror_file)["lsoa_imd"]
    assert table.height == RANKED_AREAS["2025"] == 33_755
    assert sorted(table["imd_rank"]) == list(range(1, 33_756))
    assert table.group_by("imd_decile").len()["len"].is_between(3_375, 3_376).all()
    assert table.sort("imd_rank")["imd_score"].is_sorted(descending=True)
