"""Referral to treatment: pathways by board, the national remainder, and the band that is not in the old layout."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.rtt import sample
from hi_pipeline.sources.rtt.source import SOURCE, WEEKS_52
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels, zipped
from hi_pipeline_tests.unit.sources.flows import Next

HERE = FIXTURES / "rtt"
STAFFORDSHIRE = "NHS STAFFORDSHIRE AND STOKE-ON-TRENT INTEGRATED CARE BOARD"
MEMBER = "20260131-RTT-January-2026-full-extract.csv"
NEXT = {
    "full_extract": Next(
        held="2026-06",
        edition="2026-07",
        part="2026-27",
        said={"June-2026": "July-2026", "20260630": "20260731"},
    ),
}


def _zip(tmp_path: Path, *, old: str = "", new: str = "") -> Path:
    text = (HERE / "weeks_104.csv").read_text(encoding="utf-8")
    assert old in text
    return zipped(tmp_path / "rtt.zip", {MEMBER: text.replace(old, new) if old else text})


def test_pathways_are_summed_by_board_and_none_is_lost(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2026-01", _zip(tmp_path))
    observations = found.tables["observations"]
    board = dict(observations.filter(area_level="icb").select("measure", "value").rows())
    waiting = {"pathways_total": 206, "pathways_gt18": 46, "pathways_gt52": 7, "pathways_gt65": 2}
    assert board == waiting | {"completed_admitted": 9, "completed_non_admitted": 9}
    england = dict(observations.filter(area_level="england").select("measure", "value").rows())
    waiting = {"pathways_total": 234, "pathways_gt18": 54, "pathways_gt52": 12, "pathways_gt65": 2}
    assert england == waiting | {"completed_admitted": 9, "completed_non_admitted": 9}
    locations = observations.filter(area_level="sub_icb", measure="pathways_total")
    assert dict(locations.select("area_code", "value").rows()) == {"05G": 191, "05W": 15}
    national = observations.filter(area_level="national", measure="pathways_total")
    assert national.select("area_code", "area_name", "value").rows() == [
        ("13Q", "NATIONAL COMMISSIONING HUB 1", 25),
        ("NONC", "commissioner without a name", 3),
    ]
    assert found.notes == ("5 rows of C_999 stand without their treatment functions",)
    assert found.left_out == {
        "rows of parts that no indicator uses": 2,
        "rows of single treatment functions, which C_999 sums": 1,
    }


def test_a_blank_behind_a_name_parts_no_board(tmp_path: Path) -> None:
    whole = parsed(SOURCE, "2026-01", _zip(tmp_path)).tables["observations"]
    spaced = _zip(tmp_path, old=f"{STAFFORDSHIRE},05W", new=f"{STAFFORDSHIRE} ,05W")
    assert parsed(SOURCE, "2026-01", spaced).tables["observations"].equals(whole)


def test_a_location_without_a_parent_belongs_to_its_board(tmp_path: Path) -> None:
    whole = parsed(SOURCE, "2026-01", _zip(tmp_path)).tables["observations"]
    found = parsed(SOURCE, "2026-01", _zip(tmp_path, old=f",QNC,{STAFFORDSHIRE},05W", new=",,,05W"))
    assert found.tables["observations"].equals(whole), "05W stays in QNC and moves nobody to national commissioning"
    assert "1 rows of ['05W'] have no parent: put to the board of their sub-ICB location" in found.notes


def test_the_snapshot_says_its_day_and_that_it_is_not_the_years_end(tmp_path: Path) -> None:
    row = figure(
        parsed(SOURCE, "2026-01", _zip(tmp_path)).tables["observations"], area_level="icb", measure="pathways_total"
    )
    assert (row["financial_year"], row["period_type"], row["period_end"]) == ("2025-26", "snapshot", date(2026, 1, 31))
    assert row["note"] == "waiting at the end of January 2026, which is not the end of the financial year"


def test_completed_pathways_are_of_the_month(tmp_path: Path) -> None:
    observations = parsed(SOURCE, "2026-01", _zip(tmp_path)).tables["observations"]
    row = figure(observations, area_level="icb", measure="completed_admitted")
    assert (row["period_type"], row["period_start"], row["period_end"]) == (
        "month",
        date(2026, 1, 1),
        date(2026, 1, 31),
    )
    assert (row["financial_year"], row["note"]) == ("2025-26", "completed in January 2026")


def test_the_old_layout_has_no_65_weeks(tmp_path: Path) -> None:
    release = replace(SOURCE.release("2026-01"), edition="2021-03", financial_years=("2020-21",))
    path = zipped(tmp_path / "a.zip", {"20210331-RTT-March-2021-full-extract.csv": HERE / "weeks_52.csv"})
    observations = parsed(SOURCE, release, path, layout=WEEKS_52).tables["observations"]
    board = observations.filter(area_level="icb")
    assert figure(board, measure="pathways_gt52")["value"] == 3
    fine = figure(board, measure="pathways_gt65")
    assert (fine["value"], fine["status"], fine["financial_year"]) == (None, "not_applicable", "2020-21")
    assert fine["note"] == "waiting at the end of March 2021"


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("Part_2A", "Part_2B", "Part_2B"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, "2026-01", _zip(tmp_path, old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("Gt 104 Weeks SUM 1", "Gt 104 Weeks", LayoutError, r"New: \['Gt 104 Weeks'\]"),
        ("RTT-January-2026", "RTT-February-2026", LayoutError, "expected 2026-01"),
        ("C_999", "C_998", LayoutError, r"'Treatment Function Code'.*\['C_998'\]"),
        ("C_999,Total,100", "C_999 ,Total,100", LayoutError, r"'Treatment Function Code'.*\['C_999 '\]"),
        ("C_999,Total,100", "C_120,Total,100", ValidationError, r"no row C_999.*\('Part_2', 'RXX', '05G', 382.0\)"),
        (
            "C_110,Other,100,0",
            "C_110,Other,99,1",
            ValidationError,
            r"C_999 is not the sum .* column 'Gt 00 To 01 Weeks SUM 1'.*\('Part_2', 'RXX', '05G', '100', 99.0\)",
        ),
        (",QNC,NHS STAFF", ",XYZ,NHS STAFF", LayoutError, "XYZ"),
        (",QNC,NHS STAFF", ",QHM,NHS STAFF", LayoutError, r"another parent than core.geography.*\('05G', 'QHM'\)"),
        ("RXX,SOME", "RXX ,SOME", ValidationError, r"codes \['RXX '\] of 'Provider Org Code' have blanks"),
        (",,,13Q,", ",,,99Z,", LayoutError, r"not known to be commissioned nationally.*\('99Z', None\)"),
        (",,,13Q,", f",QNC,{STAFFORDSHIRE},13Q,", LayoutError, "another parent"),
        (
            "05G,NHS STAFFS ICB - 05G,Part_3",
            "05G,NHS OTHER - 05G,Part_2",
            ValidationError,
            "several values|more than once",
        ),
        (",,,25\n", ",,,2.5E+01\n", LayoutError, "neither numbers nor declared tokens"),
        (",,,25\n", ",,,25.0\n", LayoutError, "not whole numbers"),
        (",0,,,3\n", ",0,,1,3\n", ValidationError, "not the sum"),
        (",,,25\n", ",,,26\n", ValidationError, "not the sum"),
        (",,,25\n", ",,,-25\n", LayoutError, "negative"),
        (",,,25\n", ",,,*\n", LayoutError, "neither numbers nor declared tokens"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2026-01", _zip(tmp_path, old=old, new=new))


def test_january_2026_is_as_published(real_mirror: Path) -> None:
    found = real(SOURCE, "2026-01", real_mirror)
    assert not found.notes, "every C_999 of the month stands beside its treatment functions"
    observations = found.tables["observations"]
    measures = ("pathways_total", "pathways_gt18", "pathways_gt52", "pathways_gt65")

    def summed(**where: str) -> tuple[float, ...]:
        rows = observations.filter(**where)
        return tuple(rows.filter(measure=measure)["value"].sum() for measure in measures)

    assert summed(area_level="england") == (7187677, 2775530, 137320, 9522)
    assert summed(area_level="national") == (168210, 68986, 6512, 2290)
    assert summed(area_code="QNC") == (138727, 51614, 2409, 90)
    measures = ("completed_admitted", "completed_non_admitted")
    # Sums of the file's own Total All (2026-11), not printed by the publisher in it.
    assert summed(area_level="england") == (302826, 1251335)
    assert summed(area_level="national") == (9405, 37011)
    assert summed(area_code="QNC") == (5023, 26050)
    # The region Y63 completed none without admission, and has no row of it: 0 and not missing.
    none = figure(observations, area_code="Y63", measure="completed_non_admitted")
    assert (none["value"], none["status"]) == (0, "ok")
    kinds = observations.filter(pl.col("measure").is_in(measures)).group_by("area_level", "area_code").len()
    assert set(kinds["len"]) == {2}
    assert observations.filter(area_level="icb")["area_code"].n_unique() == 42


def test_the_sample_adds_up_and_is_read(tmp_path: Path) -> None:
    sample.write(tmp_path)
    for release in SOURCE.releases:
        assert not parsed(SOURCE, release, tmp_path / release.mirror_file).notes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("RXX,SOME TRUST,,,13Q", "RXX,OTHER TRUST,,,13Q", "'Provider Org Name'.*'RXX'"),
        ("QNC,PARENT,RXX,SOME TRUST,,,13Q", "QNC,OTHER,RXX,SOME TRUST,,,13Q", "'Provider Parent Name'.*'QNC'"),
        ("QNC,PARENT,RXX,SOME TRUST,,,13Q", "QF7,OTHER,RXX,SOME TRUST,,,13Q", "'Provider Parent Org Code'.*'RXX'"),
        (f"{STAFFORDSHIRE},05W", "NHS OTHER BOARD,05W", "'Commissioner Parent Name'.*'QNC'"),
        ("05G,NHS STAFFS ICB - 05G,Part_1A", "05G,NHS OTHER - 05G,Part_1A", "'Commissioner Org Name'.*'05G'"),
    ],
)
def test_a_code_with_two_names_or_parents_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ValidationError, match=f"stand beside several values of {said}"):
        parsed(SOURCE, "2026-01", _zip(tmp_path, old=old, new=new))
