"""kill -9 at random moments: each file is old or new, never half, and the next run ends with the same bytes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hi_pipeline.storage.lake import Lake
from hi_pipeline_tests.unit.storage.lake_writer import FILES, ROWS, items_of, provenance_of

REPOSITORY = Path(__file__).parents[3]
WRITER = [sys.executable, "-m", "hi_pipeline_tests.unit.storage.lake_writer"]


def check_whole(lake: Lake) -> None:
    """Every file can be read and is of one generation; after a sweep its sidecar is of the same."""
    for part in lake.parts("indicator", "made_up"):
        assert lake.read("indicator", "made_up", *part)["generation"].n_unique() == 1
    lake.sweep()
    assert lake.verify() == []
    assert not list(lake.root.rglob("*.tmp"))
    for part in lake.parts("indicator", "made_up"):
        frame = lake.read("indicator", "made_up", *part)
        assert frame.height == ROWS
        known = lake.provenance("indicator", "made_up", *part)
        assert known is not None
        assert known.inputs == provenance_of(frame["generation"][0]).inputs


def trial(root: Path, first: int, pause: float) -> None:
    process = subprocess.Popen([*WRITER, root, str(first), "100000"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()


def run_trials(root: Path, *, trials: int, seed: int) -> None:
    lake = Lake(root)
    lake.write_many(items_of(0))
    chance = random.Random(seed)
    for number in range(trials):
        trial(root, 1 + number * 100_000, chance.uniform(0.0, 0.15))
        check_whole(lake)
        assert len(lake.parts("indicator", "made_up")) == FILES
    lake.write_many(items_of(7))
    fresh = Lake(root.with_name("fresh"))
    fresh.write_many(items_of(7))
    for path in fresh.root.rglob("*.parquet*"):
        assert (root / path.relative_to(fresh.root)).read_bytes() == path.read_bytes()


def test_killed_three_times(tmp_path: Path) -> None:
    run_trials(tmp_path / "data", trials=3, seed=2026)


@pytest.mark.slow
def test_killed_fifty_times(tmp_path: Path) -> None:
    run_trials(tmp_path / "data", trials=50, seed=11)
