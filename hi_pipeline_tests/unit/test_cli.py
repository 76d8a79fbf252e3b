"""The command line, on the miniature pipeline: exit codes, what is printed, what is refused."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hi_pipeline.cli import session
from hi_pipeline.cli.app import app
from hi_pipeline.cli.selecting import select
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import boards_of, vintage_of
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import (
    WRONG_BOARD,
    make_catalogue,
    make_indicator,
    rows_of,
    with_too_many_helped,
    write_release,
)

CELL = ("--year", "2023-24", "--icb", "Staffordshire and Stoke-on-Trent", "--indicator", "tiny_1_pct")


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror with one year, named by the settings that every command reads."""

    def opened(settings: Settings) -> Pipeline:
        return open_pipeline(settings, make_catalogue())

    monkeypatch.setattr(session, "open_pipeline", opened)
    monkeypatch.setenv("HI_SOURCE", f"mirror:{tmp_path / 'mirror'}")
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    write_release(tmp_path / "mirror", "2023-24")
    return tmp_path / "mirror"


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
    assert re.search(r"tiny:2022-23 │ 2022-23 │ no address │ no │ overdue by \d+ days", status), status
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
    ["results.csv", "datapackage.json", "ATTRIBUTION.md", "results.parquet", "providers.parquet", "slopes.parquet"],
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
    others = len(boards_of(vintage_of("2023-24"))) - 1
    assert f"tiny_1_pct │ 2023-24 │ {others} │" in said, "the others are built, and only boards with a figure count"


def test_fetch_says_what_it_would_do_then_does_it_and_builds_nothing(mirror: Path, tmp_path: Path) -> None:
    told = hi("fetch", "--dry-run")
    assert "would fetch tiny:2023-24 (new), then build clean/tiny, 1 linked tables and 1 indicators" in told
    assert told.count("would fetch") == 1
    assert not list((tmp_path / "data").rglob("*.csv"))
    hi("fetch")
    assert "Nothing to do" in hi("fetch", "--dry-run")
    write_release(mirror, "2023-24", rows_of("2023-24")[:-1])
    assert "tiny:2023-24 (its place looks otherwise than what is kept)" in hi("fetch", "--dry-run")
    assert list((tmp_path / "data").rglob("*.csv"))
    assert not list((tmp_path / "data").rglob("*.parquet"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--year", "2023-25"), "no financial year"),
        (("--year", "1999-00"), "outside the years of the grid"),
        (("--icb", "Atlantis"), "no ONS code, ODS code or name"),
        (("--indicator", "tiny"), "do you mean tiny_1_pct?"),
        (("--year", "2022-23", "--icb", "E54000064"), "does not exist in 2022-23"),
    ],
)
def test_a_wrong_word_is_refused_with_a_hint(mirror: Path, words: tuple[str, ...], said: str) -> None:
    assert said in hi("run", *words, code=2)


def test_a_wrong_source_is_refused(mirror: Path) -> None:
    assert "expected sample, live, or mirror:" in hi("run", "--source", "elsewhere", code=2)


@pytest.mark.parametrize(
    "word", ["E54000010", "QNC", "qnc", "NHS Staffordshire and Stoke-on-Trent Integrated Care Board"]
)
def test_a_board_is_found_by_any_of_its_names(word: str) -> None:
    chosen = select(years=[], icbs=[word], indicators=[], catalogue=[make_indicator()])
    assert chosen.icbs == ("E54000010",)


def test_a_code_that_changed_means_both_boards() -> None:
    assert len(select(years=[], icbs=["QXU"], indicators=[], catalogue=[]).icbs or ()) > 1
    with pytest.raises(SelectionError):
        select(years=[], icbs=["QZZ"], indicators=[], catalogue=[])
