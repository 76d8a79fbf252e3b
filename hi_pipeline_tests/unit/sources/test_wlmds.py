"""Waiting list by group: bands, bounds, what the file leaves out, trusts that are missing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import CorrectionError, LayoutError, ValidationError
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.core.groups import DECILES
from hi_pipeline.core.series import Match
from hi_pipeline.sources.wlmds.labels import GAPS, NOT_READ, SUBMISSIONS_READ, Gap
from hi_pipeline.sources.wlmds.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels
from hi_pipeline_tests.unit.sources.flows import Next

FILE = FIXTURES / "wlmds" / "geography.csv"
MONTH = "2026-01"
_WRITTEN = ("QNC", "QF7")
NEXT = {
    "geography": Next(
        held="2026-04",
        edition="2026-05",
        part="2026-27",
    ),
}


def _file(folder: Path, *, old: str = "", new: str = "", without: str = "", more: Sequence[str] = ()) -> Path:
    """Write the fixture with one figure for every other board of the footprint."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    others = [b.ods for b in boards_of(Vintage.APRIL_2023) if b.ods not in (*_WRITTEN, without)]
    lines = [f"{ods},SOME ICB,NHS ACUTE,Sex,Male,Total,500" for ods in others]
    lines += [f"{ods},SOME ICB,NHS ACUTE,Sex,Male,01 To 18 Weeks,500" for ods in others]
    path = folder / "geography.csv"
    body = text.replace(old, new) if old else text
    path.write_text(body + "\n".join([*lines, *more]) + "\n", encoding="utf-8")
    return path


def _read(path: Path) -> pl.DataFrame:
    return parsed(SOURCE, MONTH, path).tables["observations"]


def test_levels_day_and_what_is_left_out(tmp_path: Path) -> None:
    found = parsed(SOURCE, MONTH, _file(tmp_path))
    observations = found.tables["observations"]
    assert set(observations["period_end"]) == set(observations["period_start"]) == {date(2026, 1, 25)}
    assert set(observations["period_type"]) == {"snapshot"} and set(observations["financial_year"]) == {"2025-26"}
    levels = {"icb": 42, "region": 2, "provider": 1, "england": 1}
    assert dict(observations.group_by("area_level").agg(pl.col("area_code").n_unique()).rows()) == levels
    assert found.left_out == {"rows of England that are of one sector only": 3 + 2 + 5}


def test_a_band_without_a_row_is_0_and_a_group_without_rows_is_absent(tmp_path: Path) -> None:
    board = _read(_file(tmp_path)).filter(area_code="QNC")
    none = figure(board, category="65 and over", measure="pathways_gt52")
    assert (none["value"], none["low"], none["high"], none["status"]) == (0, 0, 0, "ok")
    deciles = set(board.filter(dimension="deprivation")["category"])
    # Decile 10 has no one: it stays empty, and decile 9 does not take its place.
    assert deciles == {DECILES[0], DECILES[1], DECILES[8]}


def test_rounded_and_hidden_counts_carry_bounds(tmp_path: Path) -> None:
    board = _read(_file(tmp_path)).filter(area_code="QNC")
    row = figure(board, category="18 and under", measure="pathways_gt52")
    assert (row["value"], row["low"], row["high"]) == (15, 13, 17)
    hidden = figure(board, category="White: Irish", measure="pathways_gt52")
    assert (hidden["value"], hidden["low"], hidden["high"], hidden["status"]) == (None, 1, 7, "suppressed")


def test_decile_1_is_the_most_deprived(tmp_path: Path) -> None:
    board = _read(_file(tmp_path)).filter(area_code="QNC", dimension="deprivation", measure="pathways_total")
    assert dict(board.select("category", "value").rows()) == {DECILES[0]: 825, DECILES[1]: 670, DECILES[8]: 100}


def test_not_stated_and_not_known_are_one_group_with_the_bounds_of_both(tmp_path: Path) -> None:
    board = _read(_file(tmp_path)).filter(area_code="QNC", category="Unknown")
    total = figure(board, measure="pathways_total")
    assert (total["value"], total["low"], total["high"]) == (160 + 60, 158 + 58, 162 + 62)
    part = figure(board, measure="pathways_gt52")
    assert (part["value"], part["low"], part["high"], part["status"]) == (None, 8 + 1, 12 + 7, "suppressed")


def test_notes_say_whose_patients_and_who_is_missing(tmp_path: Path) -> None:
    observations = _read(_file(tmp_path)).filter(measure="pathways_total")
    board = figure(observations, area_code="QNC", dimension="age", category="18 and under")["note"]
    assert board == (
        "waiting at the end of the week to 25 January 2026; provider based: NHS acute trusts that lie in the area, "
        "without the independent sector"
    )
    sheffield = "without Sheffield Teaching Hospitals, which did not submit: understated"
    for where in ({"area_code": "QF7"}, {"area_code": "Y63"}, {"area_level": "england"}):
        assert sheffield in figure(observations, dimension="age", category="18 and under", **where)["note"]
    assert "Sheffield" not in figure(observations, area_code="Y60", dimension="deprivation")["note"]
    sussex = "University Hospitals Sussex, which gave no sex"
    assert sussex in figure(observations, area_level="england", dimension="sex")["note"]
    assert sussex not in figure(observations, area_level="england", dimension="age", category="18 and under")["note"]


def test_a_found_edition_says_that_nobody_has_read_which_trusts_are_missing(tmp_path: Path) -> None:
    (series,) = SOURCE.series
    place = "www.england.nhs.uk/2026/03/WLMDS-Demographics-Geography-to-22-February-2026-v1.csv"
    assert series.match(place) == Match(period="2026-02", revised=False)
    assert series.match(place.replace("-v1", "-v2")) == Match(period="2026-02", revised=True)
    found = SOURCE.edition(series, "2026-02", address=f"https://{place}", landing_page=SOURCE.landing_page)
    notes = parsed(SOURCE, found, _file(tmp_path)).tables["observations"]["note"]
    assert notes.str.contains(NOT_READ, literal=True).all()
    assert not _read(_file(tmp_path))["note"].str.contains(NOT_READ, literal=True).any()
    assert {edition for gap in GAPS for edition in gap.editions} <= set(SUBMISSIONS_READ)


@pytest.mark.parametrize("gap", [pytest.param(gap, id=gap.provider) for gap in GAPS])
def test_a_declared_gap_that_is_filled_stops(tmp_path: Path, gap: Gap) -> None:
    line = f"{gap.provider},A TRUST,NHS ACUTE,Sex,Male,Total,100"
    with pytest.raises(CorrectionError, match=f"{gap.provider} is declared as missing"):
        _read(_file(tmp_path, more=[line]))


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("Over 52 Weeks", "Over 65 Weeks", "Over 65 Weeks"),
        ("IMD,9,", "IMD,0,", "0"),
        ("B: Irish", "B: Ireland", "B: Ireland"),
        ("0-18 Years", "0-17 Years", "0-17 Years"),
        (",Total,", ",Sum,", "Sum"),
        (",IMD,", ",Deprivation,", "Deprivation"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, MONTH, _file(tmp_path, old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("INDEPENDENT SECTOR", "CHARITY", LayoutError, "CHARITY"),
        (",15\n", ",16\n", LayoutError, "no multiples of 5"),
        (",465\n", ",470\n", None, ""),
        (",465\n", ",565\n", ValidationError, "do not add up to their Total"),
        (",465\n", ",c\n", LayoutError, "neither numbers nor declared tokens"),
        ("QNC,STAFFORDSHIRE AND STOKE-ON-TRENT ICB", "QRL,HAMPSHIRE ICB", ValidationError, "twice"),
        ("RXX,SYNTHETIC TRUST ONE", "QXX,A NEW ICB", LayoutError, "QXX"),
        ("RXX,SYNTHETIC TRUST ONE,NHS ACUTE", "RXX,SYNTHETIC TRUST ONE,OTHER", LayoutError, "another sector"),
        ("QNC,STAFFORDSHIRE AND STOKE-ON-TRENT ICB,NHS ACUTE,IMD,9,Total,100\n", "", LayoutError, "no Total"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception] | None, message: str
) -> None:
    path = _file(tmp_path, old=old, new=new)
    if error is None:
        _read(path)  # within the rounding of total and bands
        return
    with pytest.raises(error, match=message):
        _read(path)


def test_a_board_without_rows_is_missed(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="QVV NHS Dorset"):
        _read(_file(tmp_path, without="QVV"))


def test_boards_are_those_of_the_footprint_of_the_files_year(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="no trusts and no boards or regions of the footprint"):
        parsed(SOURCE, "2026-04", _file(tmp_path))


@pytest.mark.parametrize(
    ("name", "message"),
    [("WLMDS-Demographics-Geography-to-25-January-2025-v1.csv", "expected a week that ends in 2026-01"),
     ("WLMDS-Demographics-Geography.csv", "names no week")],
)  # fmt: skip
def test_the_day_stands_in_the_files_name_only(tmp_path: Path, name: str, message: str) -> None:
    release = replace(SOURCE.release(MONTH), mirror_path=f"www.england.nhs.uk/{name}")
    with pytest.raises(LayoutError, match=message):
        parsed(SOURCE, release, _file(tmp_path))


def test_an_excerpt_of_an_original_has_the_layout_and_lacks_boards(real_mirror: Path) -> None:
    folder = (real_mirror / SOURCE.release(MONTH).mirror_file).parent
    excerpt = folder / "WLMDS-Demographics-Geography-to-22-February-2026-v1.excerpt.csv"
    release = replace(
        SOURCE.release(MONTH),
        edition="2026-02",
        mirror_path="x.org/WLMDS-Demographics-Geography-to-22-February-2026-v1.csv",
    )
    with pytest.raises(ValidationError, match="41 of the 42 boards"):
        parsed(SOURCE, release, excerpt)


def test_january_2026_is_as_published(real_mirror: Path) -> None:
    found = real(SOURCE, MONTH, real_mirror)
    observations = found.tables["observations"]

    def summed(measure: str, **where: str) -> dict[str, float]:
        rows = observations.filter(measure=measure, **where)
        return dict(rows.group_by("dimension").agg(pl.col("value").sum()).rows())

    total = summed("pathways_total", area_level="england")
    assert total == {"age": 7_082_510, "sex": 6_606_150, "deprivation": 6_960_740, "ethnicity": 7_186_180}
    long = summed("pathways_gt52", area_level="england")
    assert {d: long[d] for d in ("age", "sex", "deprivation")} == {
        "age": 146_075,
        "sex": 136_290,
        "deprivation": 143_310,
    }
    assert summed("pathways_total", area_level="icb")["age"] == 6_632_265
    manchester = observations.filter(area_code="QOP", measure="pathways_total", dimension="deprivation")
    assert figure(manchester, category=DECILES[0])["value"] == 114_190
    assert figure(manchester, category=DECILES[9])["value"] == 25_645
    assert "Sheffield" in observations.filter(area_code="QF7")["note"].unique().item(0)
    # No trust's empty end decile is filled by its neighbour: RHQ, with no deciles at all, has no row.
    assert observations.filter(area_code="RHQ").is_empty()
