"""Commands that only read import neither Dagster nor the statistics, nor what only writing needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
CELL = ["wl_total", "--year", "2025-26", "--icb", "QNC"]


def child(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "HI_SOURCE": "sample", "HI_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "hi_pipeline_tests.unit.hi_in_a_child", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["status"], 0),
        (["coverage"], 0),
        (["explain", *CELL], 2),
        (["verify"], 0),
        (["pack", "--icb", "QNC", "--year", "2023-24"], 2),
        (["export", "--icb", "QNC"], 2),
    ],
    ids=lambda w: w[0] if isinstance(w, list) else "",
)
def test_a_command_that_reads_imports_nothing_that_it_does_not_need(
    tmp_path: Path, words: list[str], code: int
) -> None:
    done = child(tmp_path, *words)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stderr.strip().splitlines()[-1] == "imported:"
    assert not list(tmp_path.iterdir()), "nothing is written"


def test_the_probe_sees_dagster_where_a_command_needs_it(tmp_path: Path) -> None:
    place = tmp_path / "a-file" / "data"
    place.parent.mkdir()
    done = child(place, "fetch", "--dry-run", "--source", f"mirror:{place.parent}")
    assert "dagster" in done.stderr.strip().splitlines()[-1]
