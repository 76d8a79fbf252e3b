"""Rectangles of years and boards from both command lines, and hi run stopped by Ctrl-C and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from hi_pipeline.core.geography import boards_of_year
from hi_pipeline_tests.flow.broken import hashes_of
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, YEARS, rows_of, with_too_many_helped, write_release

ASSET = "indicator/tiny_1_pct"
OUTSIDE = "E54000071"
BEFORE = {f"{year}|{OUTSIDE}" for year in YEARS}
RECTANGLE = {f"{year}|{icb}" for year in ("2021-22", "2022-23") for icb in ("E54000010", "E54000011")}
DAGSTER = ["dagster", "asset", "materialize", "-m", "hi_pipeline_tests.flow.tiny_definitions"]


def environment(bench: Bench) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "HI_SOURCE": bench.settings.source,
        "HI_DATA_DIR": str(bench.settings.data_dir),
        "DAGSTER_HOME": str(bench.settings.dagster_home),
    }


def typed(bench: Bench, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], env=environment(bench), capture_output=True, text=True, check=False
    )


def hi(bench: Bench, *words: str) -> subprocess.CompletedProcess[str]:
    return typed(bench, "hi_pipeline_tests.flow.tiny_hi", *words)


def on_disk(bench: Bench) -> set[str]:
    return bench.on_disk()


def figures(bench: Bench) -> dict[str, str]:
    return hashes_of(bench.settings.root, "indicator")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Bench]:
    """A second data root, whose mirror holds all releases as they should be."""
    made = open_bench(tmp_path / "other")
    for year in YEARS:
        write_release(made.mirror, year)
    yield made
    made.instance.dispose()


def test_dagster_and_hi_make_the_same_rectangle(bench: Bench, other: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    # All layers, and the figures of one board outside the rectangle.
    bench.run(icbs=(OUTSIDE,))
    other.run(icbs=(OUTSIDE,))
    by_range = typed(bench, *DAGSTER, "--select", ASSET, "--partition-range", "2021-22|E54000010...2022-23|E54000011")
    assert by_range.returncode == 0, by_range.stderr
    assert on_disk(bench) == bench.built("indicator", "tiny_1_pct") == RECTANGLE | BEFORE

    years = ("--year", "2021-22", "--year", "2022-23")
    by_hi = hi(other, "run", *years, "--icb", "QNC", "--icb", "QOC", "--indicator", "tiny_1_pct")
    assert by_hi.returncode == 0, by_hi.stdout + by_hi.stderr
    assert on_disk(other) == other.built("indicator", "tiny_1_pct") == RECTANGLE | BEFORE
    assert figures(other) == figures(bench)

    by_cell = typed(bench, *DAGSTER, "--select", ASSET, "--partition", "2023-24|E54000010")
    assert by_cell.returncode == 0, by_cell.stderr
    assert bench.built("indicator", "tiny_1_pct") == RECTANGLE | BEFORE | {"2023-24|E54000010"}
    assert "Nothing to do" in hi(other, "run", "--year", "2021-22", "--icb", "QNC").stdout


def test_a_failed_cell_of_a_range_ends_the_command_with_an_error_and_the_others_stand(bench: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year, with_too_many_helped(rows_of(year), WRONG_BOARD))
    bench.run(icbs=(OUTSIDE,))
    done = typed(bench, *DAGSTER, "--select", ASSET, "--partition-range", "2021-22|E54000010...2022-23|E54000011")
    assert done.returncode != 0
    good = {cell for cell in RECTANGLE if not cell.endswith(WRONG_BOARD)}
    assert on_disk(bench) == bench.built("indicator", "tiny_1_pct") == good | BEFORE
    assert len(good) == 2


@pytest.mark.parametrize(("computation", "standing"), [(1, 0), (2, 2)], ids=["in the first run", "in the second run"])
def test_ctrl_c_closes_the_run_and_the_same_command_goes_on_from_there(
    bench: Bench, other: Bench, computation: int, standing: int
) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    words = ["run", "--indicator", "tiny_1_pct"]
    child = subprocess.Popen(
        [sys.executable, "-m", "hi_pipeline_tests.flow.tiny_hi", *words],
        env={**environment(bench), "TINY_PAUSE": str(computation)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line == "paused\n":
            break
    child.send_signal(signal.SIGINT)
    said, _ = child.communicate(timeout=600)
    assert child.returncode == 130, said
    assert "Stopped. What was built stands; run again to go on from there." in said
    assert not bench.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])), "the run is closed"
    built = {path: path.stat().st_mtime_ns for path in bench.settings.root.glob("indicator/*/*.parquet*")}
    years = {path.name.split(".")[0] for path in built}
    assert len(years) == standing, "a run for the two years of one footprint, then one for the third"

    again = hi(bench, *words)
    assert again.returncode == 0, again.stdout
    assert {path: path.stat().st_mtime_ns for path in built} == built, "what was built is not built again"
    cells = {f"{year}|{board.ons}" for year in YEARS for board in boards_of_year(year)}
    assert on_disk(bench) == bench.built("indicator", "tiny_1_pct") == cells
    assert other.run().success
    assert hashes_of(bench.settings.root, "linked", "indicator", "published") == hashes_of(
        other.settings.root, "linked", "indicator", "published"
    )
