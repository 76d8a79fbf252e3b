"""Fixtures for all tests: the folder of the real files, and no network but loopback."""

import gc
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from hi_pipeline_tests.object_server import BUCKET, Server, serving

REPOSITORY = Path(__file__).parents[1]

_PREFIXES = count(1)

# No example is timed, and each run draws the same ones: a busy machine is not a fault of the code.
settings.register_profile("untimed", deadline=None, derandomize=True)
settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Answer ``-n auto``: one worker more than cores, as many a test waits for a disk, a socket or a child."""
    return (os.cpu_count() or 1) + 1


Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Return what fills a folder once for all workers of a run and tells its place; tests never write to it."""
    base = tmp_path_factory.getbasetemp()
    # A worker's own folder lies in the run's.
    place = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, fill: Callable[[Path], object]) -> Path:
        made, whole = place / f"once-{name}", place / f"once-{name}.whole"
        with FileLock(place / f"once-{name}.lock"):
            if not whole.exists():
                shutil.rmtree(made, ignore_errors=True)
                made.mkdir()
                fill(made)
                whole.touch()
        return made

    return folder


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder with the publishers' real files and the reference results; skips where it is absent."""
    named = os.environ.get("HI_TEST_SHARED")
    folder = Path(named) if named else REPOSITORY.parent / "shared"
    if not (folder / "publications" / "mirror").is_dir():
        pytest.skip(f"needs HI_TEST_SHARED: no real files at {folder}")
    return folder


@pytest.fixture(scope="session")
def real_mirror(shared_folder: Path) -> Path:
    """The mirror of the publishers' sites."""
    return shared_folder / "publications" / "mirror"


@pytest.fixture(scope="session")
def object_server() -> Iterator[Server]:
    """An S3-compatible server on loopback, with a bucket."""
    import boto3

    with serving() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": server.environment["AWS_REGION"]}
        )
        yield server


@pytest.fixture
def store_url(object_server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prefix of the server's bucket that nobody has written to, with the environment that reaches it."""
    for name, value in object_server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/test-{next(_PREFIXES)}"


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_collection_finish() -> None:
    """Leave modules and tests, which live to the end, out of every later collection of garbage."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Count, on the very last line, what was skipped for want of the real files."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        wanting = sum("needs HI_TEST_SHARED" in str(report.longrepr) for report in reporter.stats.get("skipped", []))
        reporter.write_line(f"skipped for want of HI_TEST_SHARED: {wanting}")
