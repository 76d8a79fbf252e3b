"""kill -9 at random moments of whole runs: each file is old or new, and the next start and run set everything right."""

import multiprocessing
import random
import shutil
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from hi_pipeline_tests.flow.standing import Tree, check_instance, check_records, check_whole, tree_of, vouches_wrongly
from hi_pipeline_tests.flow.whole_process import Root, finish, go, start_process, undisturbed, write_mirror

TRIALS = 50
SEED = 2026
LAYERS = ("snapshots", "clean", "linked", "indicator", "published")


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a run begins with and ends with when nobody disturbs it.

    Attributes:
        helpers: how many the runs have that are killed.
        data: the folder to copy; empty where a run begins from nothing.
        seconds: how long the undisturbed run took.
    """

    name: str
    mirror: Path
    data: Path
    old: Tree
    new: Tree
    seconds: float
    helpers: int = 0


def kill_at(start: Start, data: Path, moment: float) -> bool:
    """Start a run and kill it; tell whether it was still running. Helpers hold its output until they end."""
    process = start_process(start.mirror, data, start.helpers)
    go(process)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    code, said = finish(process)
    assert code in (0, -signal.SIGKILL), said
    return code != 0


def kill_the_first(start: Start, data: Path, moment: float) -> None:
    """Start a run from the beginning and kill it; where it was over before, again and earlier."""
    shutil.copytree(start.data, data)
    while not kill_at(start, data, moment):
        moment *= 0.6
        shutil.rmtree(data)
        shutil.copytree(start.data, data)


def trial(start: Start, folder: Path, moments: tuple[float, ...]) -> str:
    """Kill a run (and the one after it, where two moments are given), look, then finish it and look again.

    Returns:
        The layer that the last killed run had reached.
    """
    data = folder / "data"
    root_folder = data / "mirror"
    first, *later = moments
    kill_the_first(start, data, first)
    left = tree_of(root_folder)
    check_whole(left, start.old, start.new)
    taken_back = vouches_wrongly(left, start.old, start.new)
    for moment in later:
        kill_at(start, data, moment)
        left = tree_of(root_folder)
        check_whole(left, start.old, start.new, taken_back=taken_back)
        taken_back += vouches_wrongly(left, start.old, start.new)
    reached = [name for name in LAYERS if (root_folder / name).exists()]
    root = Root(start.mirror, data)
    root.start()
    swept = tree_of(root_folder)
    assert not [name for name in swept if name.endswith(".tmp")]
    check_whole(swept, start.old, start.new, taken_back=taken_back)
    check_records(root.pipeline, root.instance)
    check_instance(root.instance, root.settings.dagster_home)
    assert root.run() == []
    assert tree_of(root_folder) == start.new
    check_records(root.pipeline, root.instance)
    check_instance(root.instance, root.settings.dagster_home)
    again = root.start()
    assert (again.leftovers, again.closed, again.recorded) == (0, 0, 0)
    root.close()
    shutil.rmtree(folder)
    return (reached or ["nothing"])[-1]


def moments_of(start: Start, trials: int, chance: random.Random) -> list[tuple[float, ...]]:
    """Return random moments spread over the whole run; every fifth time the next run is killed as well."""
    firsts = [start.seconds * (n + chance.random()) / trials for n in range(trials)]
    return [(m, start.seconds * chance.random() * 0.7) if n % 5 == 4 else (m,) for n, m in enumerate(firsts)]


@pytest.mark.slow
def test_whole_runs_killed_fifty_times(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        starts = make_starts(tmp_path, mirror, pool)
        chance = random.Random(SEED)
        plan = [(start, moments) for start in starts for moments in moments_of(start, TRIALS // 2, chance)]
        tried = [pool.submit(trial, s, tmp_path / f"trial-{n}", m) for n, (s, m) in enumerate(plan)]
        errors = [(start.name, moments, t.exception()) for (start, moments), t in zip(plan, tried, strict=True)]
    wrong = [f"{name} killed at {moments}: {error}" for name, moments, error in errors if error is not None]
    assert not wrong, "\n".join(wrong)
    assert len(tried) == TRIALS
    assert len({t.result() for t in tried}) >= 4, "the moments must be spread over the layers"


@pytest.mark.slow
def test_runs_with_helpers_killed(tmp_path: Path) -> None:
    """The helpers end with the run, at what they are just writing."""
    mirror = tmp_path / "mirror"
    write_mirror(mirror, later=False)
    seconds = undisturbed(mirror, tmp_path / "helped", helpers=2)
    undisturbed(mirror, tmp_path / "alone")
    new = tree_of(tmp_path / "alone" / "mirror")
    assert tree_of(tmp_path / "helped" / "mirror") == new
    (tmp_path / "nothing").mkdir()
    start = Start(
        name="with helpers", mirror=mirror, data=tmp_path / "nothing", old={}, new=new, seconds=seconds, helpers=2
    )  # fmt: skip
    reached = {
        trial(start, tmp_path / f"trial-{n}", m) for n, m in enumerate(moments_of(start, 6, random.Random(SEED)))
    }
    assert len(reached) >= 3, "the moments must be spread over the layers"


def make_starts(folder: Path, mirror: Path, pool: ProcessPoolExecutor) -> list[Start]:
    """Return the two beginnings: nothing, and a complete older state whose releases have been revised since."""
    write_mirror(mirror, later=False)
    undisturbed(mirror, folder / "older")
    old = tree_of(folder / "older" / "mirror")
    shutil.copytree(folder / "older", folder / "revised")
    (folder / "nothing").mkdir()
    write_mirror(mirror, later=True)
    # Side by side, as the trials are.
    times = [pool.submit(undisturbed, mirror, folder / name) for name in ("first", "revised")]
    first, revised = (t.result() for t in times)
    return [
        Start(
            name="from nothing", mirror=mirror, data=folder / "nothing", old={},
            new=tree_of(folder / "first" / "mirror"), seconds=first,
        ),
        Start(
            name="from an older state", mirror=mirror, data=folder / "older", old=old,
            new=tree_of(folder / "revised" / "mirror"), seconds=revised,
        ),
    ]  # fmt: skip
