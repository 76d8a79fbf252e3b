"""Further processes: begun once, deaf to Ctrl-C, and gone when the process that started them dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from hi_pipeline.engine.processes import how_many

PATIENCE = 120
# Begins two processes, says who they are, and waits for what they do.
PARENT = """
import os, signal, time
from functools import partial
from hi_pipeline.engine.processes import pool_of
from hi_pipeline_tests.unit.engine.test_processes import begun, who

if __name__ == "__main__":
    pool = pool_of(2, partial(begun, "told"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(*pool.submit(who).result(), flush=True)
    print(pool.submit(time.sleep, {seconds}).result(), flush=True)
    pool.shutdown()
"""
_told: list[str] = []


def begun(word: str) -> None:
    _told.append(word)


def who() -> tuple[int, list[str]]:
    return os.getpid(), _told


def _started(tmp_path: Path, seconds: float) -> subprocess.Popen[str]:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(seconds=seconds))
    path = os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def test_each_is_begun_with_what_it_is_told(tmp_path: Path) -> None:
    with _started(tmp_path, 0) as parent:
        said, _ = parent.communicate(timeout=PATIENCE)
    assert "['told']" in said and parent.returncode == 0


def test_they_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    with _started(tmp_path, 10 * PATIENCE) as parent:
        assert parent.stdout is not None and parent.stdout.readline()
        children = [c for c in psutil.Process(parent.pid).children() if "spawn_main" in " ".join(c.cmdline())]
        assert children
        parent.kill()
        _, alive = psutil.wait_procs(children, timeout=PATIENCE)
    assert not alive


def test_ctrl_c_is_left_to_the_parent(tmp_path: Path) -> None:
    with _started(tmp_path, 3) as parent:
        assert parent.stdout is not None and parent.stdout.readline()
        time.sleep(0.5)
        os.killpg(parent.pid, signal.SIGINT)
        said, _ = parent.communicate(timeout=PATIENCE)
    assert said == "None\n" and parent.returncode == 0


@pytest.mark.parametrize(("cores", "found"), [(None, 1), (1, 1), (2, 2), (64, 4)])
def test_there_is_one_a_core_and_at_most_four(monkeypatch: pytest.MonkeyPatch, cores: int | None, found: int) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert how_many() == found
