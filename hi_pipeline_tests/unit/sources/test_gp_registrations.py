"""Registered patients: practice by LSOA and both layouts of the practice map."""

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage
from hi_pipeline.sources.gp_registrations.source import LSOA_MEMBER, SOURCE
from hi_pipeline_tests.unit.sources.flows import Next
from hi_pipeline_tests.unit.sources.reading import changed, clean

FIXTURES = Path(__file__).parents[2] / "fixtures" / "gp_registrations"
LSOA = FIXTURES / LSOA_MEMBER
DAY = date(2022, 7, 1)
NEXT = {
    "lsoa": Next(
        held="2026-01-lsoa",
        edition="2026-07-lsoa",
        part="2026-07-lsoa",
        said={"01Jan2026": "01Jul2026"},
    ),
}


def _zip(path: Path, member: Path, *more: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(member, LSOA_MEMBER)
        for name in more:
            archive.writestr(name, "A,B\n1,2\n")
    return path


def test_patients_are_told_apart_by_where_they_live(tmp_path: Path) -> None:
    by_sex = ("gp-reg-pat-prac-lsoa-male.csv", "gp-reg-pat-prac-lsoa-female.csv")
    table = clean(SOURCE, "2022-07-lsoa", _zip(tmp_path / "a.zip", LSOA, *by_sex))["practice_lsoa"]
    assert table.rows() == [
        ("A81001", "E01011959", "england", "2011", 70, DAY),
        ("A81001", "NO2011", "none", "2011", 2, DAY),
        ("A81001", "W01000001", "wales", "2011", 3, DAY),
        ("A81002", "", "none", "2011", 4, DAY),
        ("A81002", "E01011959", "england", "2011", 1, DAY),
        ("A81002", "S01006506", "other", "2011", 5, DAY),
    ]


def test_lsoas_of_2021_are_recognised(tmp_path: Path) -> None:
    copy = changed(LSOA, tmp_path, old="E01011959,ALL,70", new="E01033769,ALL,70")
    table = clean(SOURCE, "2022-07-lsoa", _zip(tmp_path / "a.zip", copy))["practice_lsoa"]
    assert table["lsoa_vintage"].unique().to_list() == ["2021"]


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("W01000001", "X01000001", LayoutError, r"no known kind, such as \['X01000001'\]"),
        ("ALL,70", "FEMALE,70", LayoutError, r"SEX holds \['FEMALE'\]"),
        ("ALL,70", "ALL,-70", LayoutError, "negative"),
        ("ALL,70", "ALL,*", LayoutError, r"\*"),
        ("01JUL2022", "01JUL2021", LayoutError, "expected a day of 2022-07"),
        ("01JUL2022", "2022/07/01", LayoutError, "expected a day of 2022-07"),
        ("GP_PRAC_PAT_LIST", "OTHER", LayoutError, "PUBLICATION"),
        ("LSOA_CODE", "LSOA11_CODE", LayoutError, r"Missing: \['LSOA_CODE'\]. New: \['LSOA11_CODE'\]"),
        ("NO2011", "E01011959", ValidationError, "multiple_fields_uniqueness"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    copy = changed(LSOA, tmp_path, old=old, new=new)
    with pytest.raises(error, match=message):
        clean(SOURCE, "2022-07-lsoa", _zip(tmp_path / "a.zip", copy))


def test_an_unknown_member_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="extra.csv"):
        clean(SOURCE, "2022-07-lsoa", _zip(tmp_path / "a.zip", LSOA, "extra.csv"))


def test_both_layouts_of_the_map_give_one_table() -> None:
    before = clean(SOURCE, "2022-01-map", FIXTURES / "map_stp.csv")["practices"]
    after = clean(SOURCE, "2024-10-map", FIXTURES / "map_icb.csv")["practices"]
    assert before.columns == after.columns
    names = "THE DENSHAM SURGERY", "U89141", "16C", "E38000247", "QHM", "E54000050", "Y63"
    assert before.row(0) == ("A81001", *names, "E40000009", "stp", date(2022, 1, 1))
    assert after.row(0) == ("A81001", *names, "E40000012", "icb", date(2024, 10, 1))


def test_the_map_of_another_layout_is_refused() -> None:
    with pytest.raises(LayoutError, match="ONS_CCG_CODE"):
        clean(SOURCE, "2022-01-map", FIXTURES / "map_icb.csv")


def test_the_list_of_july_2022(real_mirror: Path) -> None:
    table = clean(SOURCE, "2022-07-lsoa", real_mirror / SOURCE.release("2022-07-lsoa").mirror_file)["practice_lsoa"]
    assert table.height == 865_965
    assert table["practice_code"].n_unique() == 6_484
    found = table.group_by("lsoa_kind").agg(pl.len(), pl.col("patients").sum()).sort("lsoa_kind").rows()
    assert found == [("england", 861_269, 61_727_641), ("none", 4_448, 27_415), ("wales", 248, 13_886)]
    assert table["lsoa_vintage"].unique().to_list() == ["2011"]


def _map(real_mirror: Path, edition: str) -> pl.DataFrame:
    return clean(SOURCE, edition, real_mirror / SOURCE.release(edition).mirror_file)["practices"]


def test_the_map_of_october_2024_has_the_areas_of_its_footprint(real_mirror: Path) -> None:
    table = _map(real_mirror, "2024-10-map")
    assert (table.height, table["icb_ons"].n_unique()) == (6_267, 42)
    known = {(s.ons, s.ods) for s in SUB_ICB_LOCATIONS if Vintage.APRIL_2023 in s.board}
    assert set(table.select("sub_icb_ons", "sub_icb_ods").unique().rows()) == known


def test_the_ccgs_of_january_2022_carry_the_ods_codes_of_the_sub_icb_locations(real_mirror: Path) -> None:
    table = _map(real_mirror, "2022-01-map")
    assert (table.height, table["icb_ons"].n_unique()) == (6_527, 42)
    known = {s.ods: s.ons for s in SUB_ICB_LOCATIONS if Vintage.JULY_2022 in s.board}
    found = dict(table.select("sub_icb_ods", "sub_icb_ons").unique().rows())
    assert set(found) == set(known)
    assert sorted(ods for ods in found if found[ods] != known[ods]) == ["01Y", "06H", "15E", "15M", "78H", "D2P2L"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("E38000264,92A", "E38000264,16C", "'ONS_SUB_ICB_LOCATION_CODE'.*'16C'"),
        ("E38000264", "E38000247", "'SUB_ICB_LOCATION_CODE'.*'E38000247'"),
        ("E54000063,QXU", "E54000063,QHM", "'ONS_ICB_CODE'.*'QHM'"),
        ("E54000063", "E54000050", "'ICB_CODE'.*'E54000050'"),
        ("E40000005,Y59", "E40000005,Y63", "'ONS_COMM_REGION_CODE'.*'Y63'"),
        ("E40000005", "E40000012", "'COMM_REGION_CODE'.*'E40000012'"),
        (
            "E38000264,92A,NHS Surrey Heartlands ICB - 92A,E54000063,QXU",
            "E38000247,16C,NHS North East and North Cumbria ICB - 16C,E54000063,QXU",
            "'ICB_CODE'.*'16C'",
        ),
        (",U,UNALLOCATED", ",U89141,UNALLOCATED", "'PCN_NAME'.*'U89141'"),
    ],
)
def test_practices_that_give_one_area_two_codes_names_or_parents_are_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    copy = changed(FIXTURES / "map_icb.csv", tmp_path, old=old, new=new)
    with pytest.raises(ValidationError, match=f"stand beside several values of {said}"):
        clean(SOURCE, "2024-10-map", copy)
