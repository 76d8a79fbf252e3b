"""Two whole runs at once on one data root: one whole result, the bytes of a single run, nothing left open."""

import signal
import time
from pathlib import Path

import pytest

from hi_pipeline_tests.flow.standing import check_instance, check_records, tree_of
from hi_pipeline_tests.flow.whole_process import Root, finish, go, start_process, undisturbed, write_mirror


def check_one_whole_result(mirror: Path, data: Path, alone: Path) -> None:
    assert tree_of(data / "mirror") == tree_of(alone / "mirror")
    root = Root(mirror, data)
    mended = root.start()
    assert (mended.leftovers, mended.closed) == (0, 0)
    check_records(root.pipeline, root.instance)
    check_instance(root.instance, root.settings.dagster_home)
    assert root.run() == []
    assert tree_of(data / "mirror") == tree_of(alone / "mirror")
    root.close()


@pytest.mark.slow
def test_two_runs_at_once(tmp_path: Path) -> None:
    """From nothing, instance included; then again after some releases have been revised."""
    mirror, data, alone = tmp_path / "mirror", tmp_path / "data", tmp_path / "alone"
    for later in (False, True):
        write_mirror(mirror, later=later)
        both = [start_process(mirror, data), start_process(mirror, data)]
        for process in both:
            go(process)
        ends = [finish(process) for process in both]
        assert [code for code, _ in ends] == [0, 0], ends
        undisturbed(mirror, alone)
        check_one_whole_result(mirror, data, alone)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_two_runs_at_once_of_which_one_is_killed(tmp_path: Path, share: float) -> None:
    mirror, data, alone = tmp_path / "mirror", tmp_path / "data", tmp_path / "alone"
    write_mirror(mirror, later=False)
    seconds = undisturbed(mirror, alone)
    first, second = start_process(mirror, data), start_process(mirror, data)
    go(first)
    go(second)
    time.sleep(seconds * share)
    first.send_signal(signal.SIGKILL)
    code, said = finish(second)
    assert code == 0, said
    finish(first)
    root = Root(mirror, data)
    root.start()
    root.close()
    check_one_whole_result(mirror, data, alone)
