"""Mental Health Act statistics: England's comparator, hidden counts, and labels restored by position."""

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import CorrectionError, LayoutError, ValidationError
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.core.groups import DECILES
from hi_pipeline.sources.mental_health_act.corrections import WRONG_WORDS
from hi_pipeline.sources.mental_health_act.deciles import ORDER
from hi_pipeline.sources.mental_health_act.source import COLUMNS, SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels
from hi_pipeline_tests.unit.sources.flows import Next

HERE = FIXTURES / "mental_health_act" / "without_deciles.csv"
AREAS = ("All prov", *sorted(board.ods for board in boards_of(Vintage.APRIL_2023)), "UNKNOWN")
NAMES = {  # as in the other rows of the file
    "All prov": "All providers",
    "QNC": "NHS STAFFORDSHIRE AND STOKE-ON-TRENT INTEGRATED CARE BOARD",
    "UNKNOWN": "UNKNOWN",
}
ID = "mental_health_act_2023_24_decile_labels"
NEXT = {
    "data": Next(held="2023-24", edition="2024-25", part="2024-25", again=True),
}


def _decile_rows(*, second_wrong: int = 26) -> list[list[str]]:
    """Rows by label then area, as in the file: the first label of all areas and the second of some are wrong."""
    rows: list[list[str]] = []
    turn = 0
    for position, label in enumerate(ORDER):
        for place, area in enumerate(AREAS):
            england = area == "All prov"
            shown = label
            if position == 0 or (position == 1 and place < second_wrong):
                shown = WRONG_WORDS[turn % len(WRONG_WORDS)]
                turn += 1
            # QNC's tenths and its unknown ones are its 1,005, those of the unknown area its 95.
            of_unknown = {"QNC": 730, "UNKNOWN": 45}.get(area) if label == ORDER[-1] else None
            count = str(100 if england else of_unknown or (5 if area == "UNKNOWN" else 5 * (position + 1)))
            level = "All submissions" if england else "ICB"
            names = ["MHSDS", area, NAMES.get(area, f"NHS {area}")]
            rate = "" if label == ORDER[-1] and not england else "90.1"
            acute = "0" if england else ""
            rows.append(
                ["2023/24", "All detentions", "All", "IMD", shown, level, *names, count, acute, count, rate, "", ""]
            )
    rows.append([*rows[0][:4], "All", *rows[0][5:9], "1100", "0", "1100", "88", "", ""])
    return rows


def _file(tmp_path: Path, deciles: list[list[str]], *, old: str = "", new: str = "") -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(deciles)
    whole = HERE.read_text(encoding="utf-8") + text.getvalue()
    assert old in whole
    path = tmp_path / "mha.csv"
    path.write_text(whole.replace(old, new) if old else whole, encoding="utf-8")
    return path


def test_figures_of_england_and_areas(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows()))
    observations = found.tables["observations"]
    england = observations.filter(area_level="england", dimension="total")
    assert dict(england.select("measure", "value").rows()) == {
        "detentions": 1100,
        "detention_rate": 88.0,
        "detentions_all_submissions": 1150,
        "detention_rate_all_submissions": 91.5,
    }
    sub_icb = figure(observations, area_level="sub_icb", area_code="05G", measure="detentions")
    assert (sub_icb["value"], sub_icb["low"], sub_icb["high"]) == (1005, 1003, 1007)
    assert figure(observations, area_level="unknown", dimension="total", measure="detentions")["area_code"] == "UNKNOWN"
    white = observations.filter(area_level="england", category="White")
    assert dict(white.select("measure", "value").rows())["detention_rate_standardised_ci"] == 0.7
    assert found.left_out["rows of providers"] == 3
    assert found.left_out["rows of other measures than all detentions"] == 1


def test_a_blank_rate_is_hidden_or_has_no_population(tmp_path: Path) -> None:
    observations = parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows())).tables["observations"]
    icb = observations.filter(area_code="QNC", measure="detention_rate").filter(pl.col("area_level") == "icb")
    assert figure(icb, category="Non-binary")["status"] == "suppressed"
    assert figure(icb, dimension="ethnicity", category="Unknown")["status"] == "not_applicable"


def test_the_true_rate_of_an_area_moves_with_its_rounded_count(tmp_path: Path) -> None:
    observations = parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows())).tables["observations"]
    male = figure(observations, area_code="QNC", category="Male", measure="detention_rate")
    assert male["value"] == 81
    assert (male["low"], male["high"]) == pytest.approx((81 - 0.05 - 81 * 2 / 550, 81 + 0.05 + 81 * 2 / 550))
    england = figure(observations, area_level="england", category="Male", measure="detention_rate")
    assert (england["low"], england["high"]) == pytest.approx((79.95, 80.05))


def test_unknown_sex_is_the_sum_of_both_kinds_or_hidden(tmp_path: Path) -> None:
    observations = parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows())).tables["observations"]
    unknown = observations.filter(dimension="sex", category="Unknown")
    assert set(unknown["measure"]) == {"detentions"}
    assert figure(unknown, area_level="england")["value"] == 10
    board = figure(unknown, area_code="QNC")
    assert (board["value"], board["low"], board["high"], board["status"]) == (None, 3, 11, "suppressed")


def test_labels_are_restored_by_position(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows()))
    assert found.corrections == (ID,)
    deciles = found.tables["observations"].filter(dimension="deprivation", measure="detentions")
    assert deciles.height == 44 * 11
    board = dict(deciles.filter(area_code="QNC").select("category", "value").rows())
    assert [board[category] for category in reversed(DECILES)] == [5 * n for n in range(1, 11)]
    noted = deciles.filter(pl.col("note").str.contains("restored"))
    assert noted.height == 70 and set(noted["category"]) == {DECILES[8], DECILES[9]}


def test_a_mended_file_or_another_number_of_wrong_labels_stops(tmp_path: Path) -> None:
    for wrong in (25, 27):
        with pytest.raises(CorrectionError, match=rf"expects 70 rows.*found {44 + wrong}"):
            parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows(second_wrong=wrong)))


def test_rows_in_another_order_stop(tmp_path: Path) -> None:
    rows = _decile_rows()
    rows[3 * 44 + 5], rows[4 * 44 + 5] = rows[4 * 44 + 5], rows[3 * 44 + 5]
    with pytest.raises(LayoutError, match="Positions no longer say the decile"):
        parsed(SOURCE, "2023-24", _file(tmp_path, rows))


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("15 and under", "14 and under", "14 and under"),
        ("Uses of CTOs", "Uses of section 9", "Uses of section 9"),
        ("Sub ICB", "CCG", "CCG"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows(), old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("10 Most deprived", "11 Most deprived", LayoutError, "11 Most deprived"),
        ("CrudeRate", "Rate", LayoutError, r"Missing: \['CrudeRate'\]. New: \['Rate'\]"),
        ("2023/24", "2022/23", LayoutError, "2022/23"),
        (",545,", ",-545,", LayoutError, "negative"),
        (",545,", ",545x,", LayoutError, "neither numbers nor declared tokens"),
        (
            "Sub ICB,MHSDS,All prov,All providers,1100",
            "Sub ICB,MHSDS,All prov,All providers,1101",
            ValidationError,
            "one number",
        ),
        (",1005,,1005,80.4", ",1010,,1005,80.4", ValidationError, r"Total_Count is not MHSDS_Count and .*'QNC', 'All'"),
        (
            ",450,,450,50.1",
            ",4500,,4500,50.1",
            ValidationError,
            r"detentions by age and in all .*'QNC', 1003.0, 1007.0",
        ),
        (",550,,550,81", ",500,,500,81", ValidationError, "detentions by sex and in all"),
        (",640,,640,70", ",6400,,6400,70", ValidationError, "detentions by ethnicity and in all"),
        ("- 05G,1005,,1005", "- 05G,100,,100", ValidationError, "detentions of sub-ICB locations and of their board"),
        ("- 05G,1005,,1005,80.4", "- 05G,1005,,1005,8.4", ValidationError, "people behind the rates of sub-ICB loc"),
        (",550,,550,81", ",550,,550,8.1", ValidationError, "people behind the rates by sex and in all"),
        ("1100,0,1100,88.0", "1100,0,1100,8.8", ValidationError, "people behind the rates of boards and of England"),
        ("Age,18 to 34", "Age,65 and over", ValidationError, "stand there twice"),
        ("QNC,", "X54,", LayoutError, "no ODS codes of ICBs"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows(), old=old, new=new))


def test_a_star_hides_as_a_blank_does(tmp_path: Path) -> None:
    old = ",Non-binary,ICB,MHSDS,QNC,NHS STAFFORDSHIRE AND STOKE-ON-TRENT INTEGRATED CARE BOARD,,,"
    new = old.removesuffix(",,,") + ",*,,*"
    row = figure(
        parsed(SOURCE, "2023-24", _file(tmp_path, _decile_rows(), old=old, new=new)).tables["observations"],
        area_code="QNC",
        category="Non-binary",
        measure="detentions",
    )
    assert (row["status"], row["low"], row["high"]) == ("suppressed", 0, 4)
    assert len(COLUMNS) == 15


def test_2023_24_is_as_published(real_mirror: Path) -> None:
    found = real(SOURCE, "2023-24", real_mirror)
    england = found.tables["observations"].filter(area_level="england")
    total = dict(england.filter(dimension="total").select("measure", "value").rows())
    assert total == {
        "detentions": 50437,
        "detention_rate": 88.3,
        "detentions_all_submissions": 52458,
        "detention_rate_all_submissions": 90.9,
    }
    rates = dict(england.filter(dimension="deprivation", measure="detention_rate").select("category", "value").rows())
    printed = [43.4, 49.9, 54.9, 60.0, 74.4, 84.0, 100.1, 124.2, 137.2, 151.3]
    assert [rates[category] for category in reversed(DECILES)] == printed
    assert found.corrections == (ID,)
    ethnic = england.filter(dimension="ethnicity", measure="detentions").filter(~pl.col("category").str.contains(": "))
    unknown = figure(ethnic, category="Unknown")["value"]
    assert (ethnic["value"].sum() - unknown, unknown) == (45525, 3726)


def test_groups_of_2023_24_enclose_their_total_within_the_bounds(real_mirror: Path) -> None:
    observations = (
        real(SOURCE, "2023-24", real_mirror)
        .tables["observations"]
        .filter(measure="detentions")
        .filter(pl.col("area_level").is_in(["icb", "unknown"]))
    )
    total = observations.filter(dimension="total").select("area_code", total_low="low", total_high="high")
    summed = (
        observations.filter(pl.col("dimension") != "total")
        .group_by("area_code", "dimension")
        .agg(pl.col("low").sum(), pl.col("high").sum())
        .join(total, on="area_code", how="left", validate="m:1")
    )
    assert summed.height == 43 * 4
    assert summed.filter((pl.col("low") > pl.col("total_high")) | (pl.col("high") < pl.col("total_low"))).is_empty()
