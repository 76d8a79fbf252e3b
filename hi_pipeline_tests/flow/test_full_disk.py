"""A disk that is full in the middle of a run: one clear message, nothing lost, the same bytes once there is room."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hi_pipeline_tests.disks import mounted
from hi_pipeline_tests.flow.standing import check_instance, check_records, check_whole, tree_of
from hi_pipeline_tests.flow.whole_process import Root, finish, go, start_process, undisturbed, write_mirror

# Room in thousands of bytes: for no database, for some records, for the first layers, for nearly everything.
ROOM = (0, 300, 900, 1_800, 3_000)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", size="64m") as disk:
        yield disk


def fill(disk: Path, *, leave: int) -> Path:
    """Fill a disk but for so many bytes; return the file to remove."""
    now = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * max(0, now.f_bavail * now.f_frsize - leave))
    return ballast


@pytest.mark.slow
def test_a_disk_that_is_full_in_the_middle_of_a_run(tmp_path: Path, disk: Path) -> None:
    """The data root, Dagster's records among it, lies on the small disk; it holds an older state."""
    mirror, older, revised = tmp_path / "mirror", tmp_path / "older", tmp_path / "revised"
    write_mirror(mirror, later=False)
    undisturbed(mirror, older)
    old = tree_of(older / "mirror")
    shutil.copytree(older, revised)
    write_mirror(mirror, later=True)
    undisturbed(mirror, revised)
    new = tree_of(revised / "mirror")
    data = disk / "data"
    for room in ROOM:
        shutil.copytree(older, data)
        ballast = fill(disk, leave=room * 1_000)
        process = start_process(mirror, data)
        go(process)
        code, said = finish(process)
        assert code in (1, 2), f"with {room} kB: {said}"
        assert str(data) in said
        assert "make room" in said
        assert "Traceback" not in said
        check_whole(tree_of(data / "mirror"), old, new)
        ballast.unlink()
        root = Root(mirror, data)
        root.start()
        check_records(root.pipeline, root.instance)
        assert root.run() == []
        assert tree_of(data / "mirror") == new
        check_records(root.pipeline, root.instance)
        check_instance(root.instance, root.settings.dagster_home)
        root.close()
        shutil.rmtree(data)
