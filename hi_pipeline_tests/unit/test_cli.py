"""The command line, on the miniature pipeline: exit codes, what is printed, what is refused."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.cli.complaining import complaints
from hi_pipeline.cli.listed import Listed
from hi_pipeline.cli.selecting import select
from hi_pipeline.core.errors import FetchError, Forbidden, SelectionError
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.indicator import Level, Levels
from hi_pipeline.engine.grid import ICBS
from hi_pipeline.engine.outcome import Outcome, State, failed, failed_together
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.orchestration.runs import FailedCheck, Report
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.commands import commands_on
from hi_pipeline_tests.flow.tiny import (
    WRONG_BOARD,
    make_catalogue,
    make_indicator,
    rows_of,
    with_too_many_helped,
    write_release,
)

REPOSITORY = Path(__file__).parents[2]
CHANGELOG = REPOSITORY / "docs" / "changelog.md"
CELL = ("--year", "2023-24", "--icb", "Staffordshire and Stoke-on-Trent", "--indicator", "tiny_1_pct")


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror with one year, named by the settings that every command reads."""
    commands_on(tmp_path, make_catalogue(), monkeypatch, columns=200)
    write_release(tmp_path / "mirror", "2023-24")
    return tmp_path / "mirror"


def raw(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def raw_data(*words: str) -> str:
    """Return standard output alone."""
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def _covered(*areas: str) -> dict[str, dict[str, str]]:
    """Return the one entry of coverage by the code of each area."""
    asked = [word for area in areas for word in ("--icb", area)]
    rows = json.loads(raw_data("coverage", *asked, "--format", "json"))["coverage"]
    found = {row["icb_code"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def hi(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return re.sub(r"\s+", " ", result.output)


def test_run_shows_what_it_read_and_made_and_then_has_nothing_to_do(mirror: Path, tmp_path: Path) -> None:
    said = hi("run", *CELL)
    assert "tiny │ 2023-24 │ 86" in said
    assert re.search(r"tiny_1_pct │ 2023-24 │ 1 │ 4 │ 0 │ 0", said), said
    assert "Partitions: 5 written" in said
    assert str(tmp_path / "data" / "mirror" / "published" / "results.parquet") in said.replace(" ", "")
    assert "SYNTHETIC" not in said
    files = sorted(p.name for p in (tmp_path / "data").rglob("*.parquet") if "indicator" in p.parts)
    assert files == ["2023-24.parquet"]
    assert "Nothing to do" in hi("run", *CELL)
    assert "Nothing to do" in hi("run", "--stale")

    explained = hi("explain", "tiny_1_pct", "--year", "2023-24", "--icb", "QNC")
    assert "Wilson" in explained
    assert "from snapshots/tiny/2023-24" in explained
    assert "tiny:2023-24" in explained

    status = hi("status")
    assert re.search(r"tiny:2023-24 │ 2023-24 │ no address │ \d{4}-\d\d-\d\d │ on time", status), status
    assert re.search(r"tiny:2022-23 │ 2022-23 │ no address │ no │ not in this mirror", status), status
    assert "tiny:(not declared) │ 2024-25 │ │ no │ overdue by" in status
    assert "indicator/tiny_1_pct │ 1 │ 0 │ 48 │ not built (48)" in status
    assert "1/42" in hi("coverage")
    assert "0 files disagree" in hi("verify")
    next((tmp_path / "data").rglob("indicator/*/2023-24.parquet")).write_bytes(b"other")
    assert "1 files disagree" in hi("verify", code=1)
    said = hi("run", *CELL)
    assert "Repairing 1 files that are not as they were written" in said
    assert "0 files disagree" in hi("verify")


@pytest.mark.parametrize(
    "name",
    [
        "results.csv",
        "datapackage.json",
        "ATTRIBUTION.md",
        "results.parquet",
        "providers.parquet",
        "slopes.parquet",
        "targets.parquet",
    ],
)
def test_one_changed_line_of_a_published_file_is_seen_and_mended(mirror: Path, tmp_path: Path, name: str) -> None:
    hi("run", *CELL)
    path = next((tmp_path / "data").rglob(f"published/{name}"))
    before = path.read_bytes()
    path.write_bytes(before.replace(b"2023", b"2022", 1) + b"\n")
    said = hi("verify", code=1)
    assert "1 files disagree" in said
    assert name in said
    said = hi("run", *CELL)
    assert "Repairing 1 files that are not as they were written" in said
    assert path.read_bytes() == before
    assert "0 files disagree" in hi("verify")


def test_a_failure_is_told_and_ends_non_zero(mirror: Path) -> None:
    write_release(mirror, "2023-24", with_too_many_helped(rows_of("2023-24"), WRONG_BOARD))
    said = hi("run", code=1)
    assert f"failed indicator/tiny_1_pct 2023-24|{WRONG_BOARD}: ValidationError" in said
    assert re.search(r"tiny_1_pct │ 2023-24 │ 41 │", said), f"the others are built: {said}"


def test_fetch_says_what_it_would_do_then_does_it_and_builds_nothing(mirror: Path, tmp_path: Path) -> None:
    told = hi("fetch", "--dry-run")
    assert "would fetch tiny:2023-24 (new), then build clean/tiny, 1 linked tables and 1 indicators" in told
    assert told.count("would fetch") == 1
    assert not list((tmp_path / "data").rglob("*.csv"))
    hi("fetch")
    assert "Nothing to do" in hi("fetch", "--dry-run")
    write_release(mirror, "2023-24", rows_of("2023-24")[:-1])
    assert "tiny:2023-24 (what stands there differs from what is kept)" in hi("fetch", "--dry-run")
    assert list((tmp_path / "data").rglob("*.csv"))
    assert not list((tmp_path / "data").rglob("*.parquet"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--year", "2023-25"), "no financial year"),
        (("--year", "1999-00"), "outside the years of the grid"),
        (("--icb", "Atlantis"), "no ONS code, ODS code or name of a board; hi list boards shows all"),
        (("--icb", "Stafordshire and Stoke on Trent"), "do you mean NHS Staffordshire and Stoke-on-Trent"),
        (("--year", "2026-27", "--icb", "QNQ"), "exists to 2025-26, then NHS Hampshire and Isle of Wight"),
        (("--indicator", "tiny"), "do you mean tiny_1_pct?"),
        (
            ("--year", "2022-23", "--icb", "E54000064"),
            "exists from 2023-24 (before: NHS Sussex Integrated Care Board (E54000053))",
        ),
    ],
)
def test_a_wrong_word_is_refused_with_a_hint(mirror: Path, words: tuple[str, ...], said: str) -> None:
    assert said in hi("run", *words, code=2)


def test_a_wrong_source_is_refused(mirror: Path) -> None:
    assert "expected sample, live, or mirror:" in hi("run", "--source", "elsewhere", code=2)


@pytest.mark.parametrize(
    "word",
    [
        "E54000010",
        "QNC",
        "qnc",
        "NHS Staffordshire and Stoke-on-Trent Integrated Care Board",
        "Staffordshire & Stoke on Trent",
        "staffordshire, and stoke-on-trent ICB",
        "05Q",
        "E38000153",
    ],
)
def test_a_board_is_found_by_any_of_its_names(word: str) -> None:
    chosen = select(years=[], icbs=[word], indicators=[], catalogue=[make_indicator()])
    assert chosen.icbs == ("E54000010",)


def test_a_code_that_changed_means_both_boards() -> None:
    assert len(select(years=[], icbs=["QXU"], indicators=[], catalogue=[]).icbs or ()) > 1
    with pytest.raises(SelectionError):
        select(years=[], icbs=["QZZ"], indicators=[], catalogue=[])


def test_a_figure_that_is_not_there_says_why_beside_those_that_are(mirror: Path) -> None:
    hi("run", "--year", "2023-24")
    asked = ("explain", "tiny_1_pct", "--icb", "QNC", "--year", "2022-23")
    said = hi(*asked, "--year", "2023-24")
    assert "Wilson" in said and "NHS Staffordshire" in said
    why = re.search(r"tiny_1_pct of [^:]* for 2022-23: (.*?)( How it is read|$)", said)
    assert why and "in hand" in why[1], said
    alone = hi(*asked, code=2)
    assert "for 2022-23" in alone and "Formula" not in alone


def test_figures_as_data_of_england_and_several_boards(mirror: Path) -> None:
    hi("run", "--year", "2023-24")
    asked = ("explain", "tiny_1_pct", "--year", "2023-24", "--icb", "England", "--icb", "05Q",
             "--icb", "QRL")  # fmt: skip
    found = json.loads(raw_data(*asked, "--format", "json"))
    assert found["synthetic"] is False
    codes = {row["icb_code"]: row for row in found["figures"] if row["measure"] == "value"}
    assert set(codes) == {"E92000001", "E54000010", "E54000042", "E54000067"}
    qnc = codes["E54000010"]
    assert (qnc["numerator"], qnc["denominator"]) == tuple(
        float(n) for n in next((r[4], r[3]) for r in rows_of("2023-24") if r[1] == "E54000010")
    )
    assert len([row for row in found["figures"] if row["icb_code"] == "E92000001"]) == 1, "once, not per footprint"
    table = list(csv.DictReader(io.StringIO(raw_data(*asked, "--format", "csv"))))
    assert [row["icb_code"] for row in table] == [row["icb_code"] for row in found["figures"]]
    assert float(next(row["value"] for row in table if row["icb_code"] == "E54000010")) == qnc["value"]
    pasted = raw_data(*asked, "--format", "md")
    assert pasted.count("\n| total All value |") == len(codes)
    assert "Integrated Care Board (E54000010), 2023-24\n\n| Figure | Value |" in pasted
    twice = raw_data(*asked[:4], "--format", "csv", "--icb", "QNC", "--icb", "05Q")
    alone = list(csv.DictReader(io.StringIO(twice)))
    assert len(alone) == len([row for row in table if row["icb_code"] == "E54000010"]), "asked for twice, there once"
    assert (alone[0]["period_end"], alone[0]["comparator"]) == ("2024-03-31", "England")
    said = hi(*asked)
    assert "05Q is a sub-ICB location of NHS Staffordshire and Stoke-on-Trent" in said
    assert said.count("Formula: ") == 1
    status = json.loads(raw("status", "--format", "json"))
    assert [row for row in status["releases"] if row["release"] == "tiny:2023-24"][0]["standing"] == "on time"
    assert [row for row in status["assets"] if row["asset"] == "indicator/tiny_1_pct"][0]["built"] == 49
    table = list(csv.DictReader(io.StringIO(raw("status", "--format", "csv"))))
    assert {row["table"] for row in table} == {"releases", "assets"}
    covered = json.loads(raw("coverage", "--format", "json"))
    (row,) = covered["coverage"]
    assert row["2023-24"] == "42/42"
    assert {(why["state"], why["indicators"]) for why in covered["reasons"]} == {("not in hand", "tiny_1_pct")}
    assert "no file in hand of Tiny statistics, 2022-23" in {why["reason"] for why in covered["reasons"]}
    areas = _covered("England", "05Q", "QNC", "Midlands")
    assert {code: row["2023-24"] for code, row in areas.items()} == {
        "E92000001": "shown", "E54000010": "shown", "E40000011": "not published that year"
    }  # fmt: skip
    assert areas["E54000010"]["2022-23"] == "not in hand"
    assert areas["E54000010"]["icb_name"] == "NHS Staffordshire and Stoke-on-Trent Integrated Care Board"
    assert "05Q is a sub-ICB location of" in hi("coverage", "--icb", "05Q")
    new = _covered("E54000065", "E54000044")
    begun, ended = new["E54000065"], new["E54000044"]
    assert begun["2023-24"] == "not published that year", "a new board's years stand on the footprint in force"
    assert (ended["2023-24"], ended["2026-27"]) == ("shown", "")
    assert "exists to 2025-26, then NHS Thames Valley" in hi("coverage", "--icb", "E54000044")
    assert set(_covered("Sussex")) == {"E54000053", "E54000064"}, "two boards of one name"
    narrow = subprocess.run(
        [sys.executable, "-m", "hi_pipeline_tests.flow.tiny_hi", "coverage"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert all(f" {year} " in narrow.stdout for year in ALL_YEARS)


def test_coverage_of_an_entry_without_a_total_is_that_of_its_breakdown(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and without any figure of the breakdown, too."""
    ethnic = replace(make_indicator(), levels=Levels(ethnicity=Level.BOARD))
    commands_on(tmp_path, replace(make_catalogue(), indicators=(ethnic,)), monkeypatch, columns=200)
    assert _covered("QNC")["E54000010"]["2022-23"] == "not in hand"


def test_data_are_alone_on_standard_output_and_what_is_missing_or_stale_beside_it(mirror: Path, tmp_path: Path) -> None:
    hi("run", "--year", "2023-24")
    asked = ("explain", "tiny_1_pct", "--icb", "05Q", "--year", "2022-23", "--year", "2023-24", "--format", "csv")
    result = CliRunner().invoke(app, list(asked), catch_exceptions=False)
    assert (result.exit_code, {row["financial_year"] for row in csv.DictReader(io.StringIO(result.stdout))}) == (
        0, {"2023-24"}
    )  # fmt: skip
    assert re.search(r"Not there: tiny_1_pct of .* for 2022-23: no file in hand", result.stderr.replace("\n", " "))
    assert "Note: 05Q is a sub-ICB location" in result.stderr
    sidecar = next((tmp_path / "data").rglob("clean/tiny/2023-24/observations.parquet.json"))
    known = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps(known | {"sha256": "0" * 64}))
    for form in ("csv", "json", "md"):
        stale = CliRunner().invoke(app, [*asked[:-1], form], catch_exceptions=False)
        assert stale.exit_code == 1, form
        assert "CHANGED since: the figure is stale" in stale.stderr.replace("\n", " ")
        assert "CHANGED" not in stale.stdout
    refused = CliRunner().invoke(app, ["explain", "tiny_2", *asked[2:]], catch_exceptions=False)
    assert (refused.exit_code, refused.stdout) == (2, "") and "do you mean tiny_1_pct" in refused.stderr


def test_a_year_that_is_typed_otherwise_is_asked_back(mirror: Path) -> None:
    hi("run", "--year", "2023-24")
    asked = ("explain", "tiny_1_pct", "--icb", "QNC", "--year")
    for typed in ("23-24", "2023/24", "2023-2024", "FY2023"):
        assert 'as "2023-24"; is that the year you mean?' in hi(*asked, typed, code=2), typed
    assert "is that the year" not in hi(*asked, "2023-25", code=2)
    said = hi(*asked, "2018-19", code=2)
    assert "nothing is declared for 2018-19; the first year of its publication here is" in said


def test_lists(mirror: Path) -> None:
    boards = json.loads(raw("list", "boards", "--format", "json"))["boards"]
    assert len(boards) == 51
    by_code = {row["ons"]: row for row in boards}
    assert by_code["E54000010"]["exists"] == "throughout"
    assert by_code["E54000044"]["exists"] == "to 2025-26, then NHS Thames Valley Integrated Care Board (E54000070)"
    assert "tiny_1_pct" in hi("list", "indicators")
    assert "tiny:2023-24" in hi("list", "releases")


@pytest.mark.parametrize("what", list(Listed))
def test_all_that_is_declared_is_listed(what: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path))
    rows = json.loads(raw("list", what.value, "--source", "sample", "--format", "json"))[what.value]
    declared = open_pipeline(Settings(source="sample", data_dir=tmp_path)).catalogue
    expected = {
        Listed.BOARDS: len(ICBS),
        Listed.INDICATORS: len(declared.indicators),
        Listed.RELEASES: sum(len(source.releases) for source in declared.sources.values()),
    }
    assert len(rows) == expected[what]
    if what is Listed.INDICATORS:
        said = {row["id"]: row["direction"] for row in rows}
        assert said["mha_detention_rate"] == "contested"
        assert said["tt_recovery_pct"] == "higher is better"


def test_a_file_of_six_years_that_is_bad_is_one_failure() -> None:
    years = [f"{y}-{y - 1999:02}" for y in range(2015, 2021)]
    report = Report()
    for year in years:
        failed = Outcome(partition=year, state=State.FAILED, reason=f"LayoutError: six.csv, {year}: no column AGE")
        report.outcomes[(("snapshot", "six"), year)] = failed
    schema = FailedCheck(key=("snapshot", "six"), check="schema", said="[2015-16] LayoutError", warning=False)
    late = FailedCheck(key=("snapshot", "six"), check="freshness", said="overdue by 2248 days", warning=True)
    report.failed_checks += [schema, late, late]
    assert complaints(report, in_mirror=True) == [
        ("failed", "snapshot/six 2015-16 to 2020-21 (6 partitions): LayoutError: six.csv, 2015-16: no column AGE")
    ]
    assert complaints(report, in_mirror=False)[1:] == [("warning", "snapshot/six freshness: overdue by 2248 days")]


def test_what_one_host_forbids_is_said_once_and_hides_nothing_else() -> None:
    refused = Forbidden("one:2021-22: not to be fetched", robots="https://a.uk/robots.txt")
    broken = failed("b", FetchError("two:b: it answered 503"))
    report = Report()
    report.outcomes |= {
        (("snapshot", "one"), "2021-22"): failed("2021-22", refused),
        (("snapshot", "two"), "2022-23"): failed("2022-23", refused),
        (("snapshot", "two"), "2023-24"): failed_together("2023-24", [failed("a", refused), broken]),
    }
    (_, first), (_, second) = complaints(report, in_mirror=False)
    assert first.startswith("2 partitions of snapshot/one, snapshot/two: https://a.uk/robots.txt asks programs not")
    assert "HI_ROBOTS=ignore" in first
    assert second.startswith("snapshot/two 2023-24: ") and "503" in second


def test_exit_codes_are_documented() -> None:
    assert "Exit codes: 0" in hi("--help")
    assert "| 130 |" in (REPOSITORY / "docs" / "operators.md").read_text()


def _documented() -> list[tuple[str, str]]:
    """Return each command of README and docs, with the page: in a line of text or in a block of code.

    The changelog tells of options apart from whole commands.
    """
    pages = [REPOSITORY / "README.md", *sorted(set((REPOSITORY / "docs").glob("*.md")) - {CHANGELOG})]
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found += [(page.name, command) for command in re.findall(r"`(hi [a-z][^`]*)`", text)]
        blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        found += [(page.name, line) for block in blocks for line in block.splitlines() if line.startswith("hi ")]
    return found


@pytest.mark.parametrize(("page", "command"), _documented())
def test_every_documented_command_is_one_that_is_taken(page: str, command: str) -> None:
    # What stands after ">" is the shell's.
    _, name, *words = shlex.split(command.partition(" > ")[0], comments=True)
    known = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    if words:  # else the text speaks of the command by its name
        known.make_context(name, words)


def test_the_ten_questions_have_a_command_each() -> None:
    commands = [command for page, command in _documented() if page == "analysts.md"]
    assert len(commands) >= 10
    assert {shlex.split(command)[1] for command in commands} >= {"list", "explain", "export", "coverage", "pack"}
