"""kill -9 at random moments: each file is old or new, never half, and the next run ends with the same bytes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hi_pipeline.storage.lake import Lake
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.lake_writer import FILES, ROWS, items_of, provenance_of

REPOSITORY = Path(__file__).parents[3]
WRITER = [sys.executable, "-m", "hi_pipeline_tests.unit.storage.lake_writer"]
FETCHER = [sys.executable, "-m", "hi_pipeline_tests.unit.storage.snapshot_writer"]


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


def kill_after(command: list[object], pause: float) -> None:
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)  # type: ignore[call-overload]
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
        kill_after([*WRITER, root, str(1 + number * 100_000), "100000"], chance.uniform(0.0, 0.15))
        check_whole(lake)
        assert len(lake.parts("indicator", "made_up")) == FILES
    lake.write_many(items_of(7))
    fresh = Lake(root.with_name("fresh"))
    fresh.write_many(items_of(7))
    for path in fresh.root.rglob("*.parquet*"):
        assert (root / path.relative_to(fresh.root)).read_bytes() == path.read_bytes()


def check_snapshots(root: Path, mirror: Path) -> None:
    """The current file is whole, nothing that was current before is lost, and the store goes on."""
    store = Snapshots(root, mode="mirror", mirror=str(mirror), contact="")
    store.sweep()
    assert store.verify() == []
    assert not list(root.rglob("*.tmp"))
    kept = store.history("made_up", "2023-24")
    current = store.latest("made_up", "2023-24")
    assert current is None or current.path in [snapshot.path for snapshot in kept]
    hashes = {snapshot.sha256 for snapshot in kept}
    assert {snapshot.supersedes for snapshot in kept} - {None} <= hashes


def run_snapshot_trials(folder: Path, *, trials: int, seed: int) -> None:
    mirror = folder / "mirror"
    mirror.mkdir()
    chance = random.Random(seed)
    seen: dict[Path, int] = {}
    for number in range(trials):
        root = folder / f"data{number // 10}"
        command = [*FETCHER, root, mirror, str(number * 100_000)]
        kill_after(command, chance.uniform(0.0, 0.1))
        check_snapshots(root, mirror)
        now = len(list(root.glob("snapshots/*/*/*.csv")))
        assert now >= seen.get(root, 0), "a kept file is gone"
        seen[root] = now


def test_killed_three_times(tmp_path: Path) -> None:
    run_trials(tmp_path / "data", trials=3, seed=2026)


def test_killed_three_times_while_fetching(tmp_path: Path) -> None:
    run_snapshot_trials(tmp_path, trials=3, seed=2026)


@pytest.mark.slow
def test_killed_fifty_times(tmp_path: Path) -> None:
    run_trials(tmp_path / "data", trials=50, seed=11)


@pytest.mark.slow
def test_killed_fifty_times_while_fetching(tmp_path: Path) -> None:
    run_snapshot_trials(tmp_path, trials=50, seed=11)
