"""NHS Talking Therapies: six layouts, bounds of rounded and hidden counts, and the publisher's own percentages."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.talking_therapies.parse import DECILE_LABELS
from hi_pipeline.sources.talking_therapies.source import MAIN_FILES, SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels, zipped
from hi_pipeline_tests.unit.sources.flows import Next

HERE = FIXTURES / "talking_therapies"
IN_HAND = ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24")
NEXT = {
    "annual": Next(
        held="2024-25",
        edition="2025-26",
        part="2025-26",
        said={"-2024-25-main2": "-2025-26-main"},
    ),
}


def _zip(tmp_path: Path, edition: str, *, old: str = "", new: str = "") -> Path:
    text = (HERE / f"{edition}.csv").read_text(encoding="utf-8")
    assert old in text
    return zipped(tmp_path / "tt.zip", {MAIN_FILES[edition]: text.replace(old, new) if old else text})


@pytest.mark.parametrize("edition", MAIN_FILES)
def test_every_layout_gives_the_same_figures_of_england(tmp_path: Path, edition: str) -> None:
    found = parsed(SOURCE, edition, _zip(tmp_path, edition))
    england = found.tables["observations"].filter(area_level="england", dimension="total")
    assert dict(england.select("measure", "value").rows()) == {
        "finished_course_treatment": 1013,
        "not_at_caseness": 61,
        "recovery": 476,
        "reliable_recovery": 456,
        "recovery_pct": 50.0,
        "reliable_recovery_pct": 47.9,
    }
    assert england["financial_year"].unique().to_list() == [edition]
    assert found.left_out["rows of OrgType 'Provider', which no indicator uses"] == 1
    assert found.left_out["rows of VariableType 'Waiting Time', which no indicator uses"] == 1


@pytest.mark.parametrize(
    ("edition", "levels", "unknown"),
    [
        ("2019-20", {"ccg": "04Y", "stp_ons": "E54000010", "region": "Y60"}, "ccg"),
        ("2020-21", {"ccg": "04Y", "stp": "QNC", "region": "Y60"}, "ccg"),
        ("2023-24", {"icb": "QNC", "region": "Y60"}, "icb"),
    ],
)
def test_areas_have_the_code_scheme_of_their_year(
    tmp_path: Path, edition: str, levels: dict[str, str], unknown: str
) -> None:
    totals = (
        parsed(SOURCE, edition, _zip(tmp_path, edition))
        .tables["observations"]
        .filter(dimension="total", measure="recovery")
    )
    named = dict(totals.filter(pl.col("area_code") != "UNKNOWN").select("area_level", "area_code").rows())
    assert named == levels | {"england": ""}
    rest = sorted(totals.filter(area_code="UNKNOWN")["area_level"])
    assert rest == sorted({"unknown", *levels} - {unknown}), "one unknown, of the level that boards are made from"


def test_deciles_are_turned_by_their_words(tmp_path: Path) -> None:
    deprivation = (
        parsed(SOURCE, "2023-24", _zip(tmp_path, "2023-24"))
        .tables["observations"]
        .filter(area_level="england", dimension="deprivation", measure="finished_course_treatment")
    )
    assert dict(deprivation.select("category", "value").rows()) == {
        "Decile 1 (most deprived)": 203,
        "Decile 6": 101,
        "Decile 10 (least deprived)": 101,
        "Unknown": 41,
    }


def test_rounded_and_hidden_counts_are_bounded(tmp_path: Path) -> None:
    observations = parsed(SOURCE, "2023-24", _zip(tmp_path, "2023-24")).tables["observations"]
    icb = observations.filter(area_level="icb", dimension="age", category="Under 18")
    finished, hidden = figure(icb, measure="finished_course_treatment"), figure(icb, measure="not_at_caseness")
    assert (finished["value"], finished["low"], finished["high"], finished["status"]) == (10, 8, 12, "ok")
    assert (hidden["value"], hidden["low"], hidden["high"], hidden["status"]) == (None, 0, 4, "suppressed")
    assert figure(icb, measure="recovery_pct")["status"] == "suppressed"
    percent = figure(observations, area_level="icb", dimension="total", measure="recovery_pct")
    assert (percent["value"], percent["low"], percent["high"]) == (50, 49.5, 50.5)
    exact = figure(observations, area_level="england", dimension="age", category="Under 18", measure="not_at_caseness")
    assert (exact["value"], exact["low"], exact["high"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("10 Most deprived", "10 Least deprived", "10 Least deprived"),
        ("01 Least deprived", "01 Most deprived", "01 Most deprived"),
        ("Religion", "Star sign", "Star sign"),
        ("ICB,QNC", "Cancer alliance,QNC", "Cancer alliance"),
        ("White,British", "White,Cornish", "White: Cornish"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, "2023-24", _zip(tmp_path, "2023-24", old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        (
            "Count_Recovery",
            "Count_Recovered",
            LayoutError,
            r"Missing: \['Count_Recovery'\]. New: \['Count_Recovered'\]",
        ),
        ("Sum_ContactDuration", "Sum_Duration", LayoutError, r"New: \['Sum_Duration'\]"),
        ("ICB,QNC", "ICB,E54000010", LayoutError, "not of its scheme"),
        (",*,", ",c,", LayoutError, "neither numbers nor declared tokens"),
        (",1013,", ",-1013,", LayoutError, "negative"),
        (",1013,", ",1.01E+03,", LayoutError, r"column 'Count_\w+' .*'1.01E\+03', \d+, "),
        (",1013,", ",1013.5,", LayoutError, "not whole"),
        (",476,", ",1476,", ValidationError, "above their denominator"),
        (",225,48,235,50\n", ",225,48,236,50\n", ValidationError, r"no multiples of 5.*'QNC', 'Total', 'NULL', '236'"),
        (
            ",225,48,235,50\n",
            ",225,48,220,50\n",
            ValidationError,
            r"Percentage_Recovery is not Count_Recovery of .*'QNC', 'Total', 'NULL', '50', '220', '500', '30'",
        ),
        (",225,48,235,50\n", ",225,24,235,50\n", ValidationError, "Percentage_ReliableRecovery is not"),
        (",456,47.9,476,50.0", ",456,47.9,478,50.0", ValidationError, r"'England', .* '50.0', '478', '1013', '61'"),
        ("Gender,Male", "Gender,Female", ValidationError, "stand there twice"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2023-24", _zip(tmp_path, "2023-24", old=old, new=new))


def test_files_beside_the_main_one_are_known_by_name(tmp_path: Path) -> None:
    main = {MAIN_FILES["2023-24"]: HERE / "2023-24.csv"}
    beside = zipped(tmp_path / "a.zip", {**main, "psych-ther-ann-rep-csv-2023-24-effect-size.csv": "A\n1\n"})
    assert parsed(SOURCE, "2023-24", beside).tables["observations"].height
    with pytest.raises(LayoutError, match="new-kind"):
        parsed(SOURCE, "2023-24", zipped(tmp_path / "b.zip", {**main, "psych-ther-2023-24-new-kind.csv": "A\n1\n"}))


def test_england_of_2023_24_is_as_published(real_mirror: Path) -> None:
    observations = real(SOURCE, "2023-24", real_mirror).tables["observations"]
    total = dict(observations.filter(area_level="england", dimension="total").select("measure", "value").rows())
    assert (total["recovery"], total["finished_course_treatment"], total["not_at_caseness"]) == (318013, 671648, 37164)
    assert total["recovery_pct"] == 50.1 == round(100 * 318013 / (671648 - 37164), 1)
    percent = observations.filter(area_level="england", dimension="deprivation", measure="recovery_pct")
    by_label = dict(percent.select("category", "value").rows())
    printed = [by_label[category] for category in DECILE_LABELS.values()]
    assert printed[:4] == [56.1, 55.1, 54.0, 53.3] and printed[6:] == [48.9, 47.9, 45.7, 42.3, 45.5]
    qnc = observations.filter(area_code="QNC", dimension="total")
    assert dict(qnc.select("measure", "value").rows()) == {
        "recovery": 7415,
        "finished_course_treatment": 13915,
        "not_at_caseness": 385,
        "recovery_pct": 55,
        "reliable_recovery": 7120,
        "reliable_recovery_pct": 53,
    }


@pytest.mark.parametrize("outcome", ["recovery", "reliable_recovery"])
def test_computed_percentages_lie_within_the_rounding_of_the_published(real_mirror: Path, outcome: str) -> None:
    checked = 0
    for edition in IN_HAND:
        wide = (
            real(SOURCE, edition, real_mirror)
            .tables["observations"]
            .filter(pl.col("area_level") != "england")
            .pivot(on="measure", index=["area_level", "area_code", "dimension", "category"], values="value")
            .with_columns((pl.col("finished_course_treatment") - pl.col("not_at_caseness")).alias("d"))
            .filter(pl.col("d") > 4, pl.col(outcome).is_not_null(), pl.col(f"{outcome}_pct").is_not_null())
        )
        low = 100 * (pl.col(outcome) - 2) / (pl.col("d") + 4) - 0.5
        high = 100 * (pl.col(outcome) + 2) / (pl.col("d") - 4) + 0.5
        outside = wide.filter((pl.col(f"{outcome}_pct") < low) | (pl.col(f"{outcome}_pct") > high))
        assert outside.is_empty(), f"{edition}: {outside.head(5).rows()}"
        checked += wide.height
    assert checked > 16_000


@pytest.mark.parametrize("edition", IN_HAND)
def test_groups_enclose_their_total_within_the_bounds(real_mirror: Path, edition: str) -> None:
    observations = (
        real(SOURCE, edition, real_mirror)
        .tables["observations"]
        .filter(
            pl.col("measure").is_in(["finished_course_treatment", "recovery", "not_at_caseness"]),
            ~pl.col("category").str.contains(": "),
        )
    )
    area = ["area_level", "area_code", "measure"]
    total = observations.filter(dimension="total").select(*area, total_low="low", total_high="high")
    summed = (
        observations.filter(pl.col("dimension") != "total")
        .group_by(*area, "dimension")
        .agg(pl.col("low").sum(), pl.col("high").sum())
        .join(total, on=area, how="left", validate="m:1")
    )
    open_ends = summed.filter((pl.col("low") > pl.col("total_high")) | (pl.col("high") < pl.col("total_low")))
    assert open_ends.is_empty(), open_ends
    assert summed["total_low"].null_count() == 0 and summed.height > 600
