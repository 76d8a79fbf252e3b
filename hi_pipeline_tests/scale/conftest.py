"""An installation of several processes on loopback: PostgreSQL, Redis, daemon and workers over one grid."""

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from hi_pipeline.cli.services import Service
from hi_pipeline.cli.serving import words_of
from hi_pipeline.engine.pipeline import Catalogue, Pipeline, open_pipeline
from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration.instance.opening import Instance, open_instance
from hi_pipeline.orchestration.instance.profiles import dagster_yaml
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import YEARS, make_catalogue, write_release
from hi_pipeline_tests.scale.held import INDICATORS
from hi_pipeline_tests.scale.servers import Servers, running

_STOP_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Grid:
    """What is built.

    Attributes:
        module: what daemon and workers load.
        catalogue: the same declarations, for the process of the test.
        longest_run_s: after which a run counts as dead.
        patience_s: how long the test waits for all of it.
    """

    module: str
    catalogue: Callable[[], Catalogue]
    longest_run_s: int
    patience_s: float


TINY = Grid(
    module="hi_pipeline_tests.scale.held",
    catalogue=lambda: make_catalogue(indicators=INDICATORS),
    longest_run_s=25,
    patience_s=240.0,
)


@dataclass(kw_only=True)
class Installation:
    """The processes on one grid, and the machine from which ``hi run`` is called."""

    servers: Servers
    grid: Grid
    settings: Settings
    pipeline: Pipeline
    instance: Instance
    folder: Path
    pool: ThreadPoolExecutor
    children: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def runner(self) -> Runner:
        """What ``hi run`` is."""
        return Runner(self.pipeline, self.instance, module=self.grid.module)

    def begin(self, selection: Selection) -> "Future[Report]":
        """Begin ``hi run`` beside the test."""
        return self.pool.submit(self.runner().run, selection)

    def start(self, service: Service, *, machine: Settings | None = None) -> "subprocess.Popen[bytes]":
        """Start a service, on a machine with a data folder of its own where one is given."""
        settings = machine or self.settings
        environment = {**os.environ, "DAGSTER_HOME": str(settings.dagster_home), "HELD_IN": str(self.folder)}
        environment |= {"HI_DATA_DIR": str(settings.data_dir), "PYTHONWARNINGS": "ignore"}
        environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
        words = words_of(service, settings, module=self.grid.module)
        with self._log(len(self.children)).open("wb") as log:
            child = subprocess.Popen(
                words, env=environment, cwd=settings.root, start_new_session=True, stdout=log, stderr=log
            )
        self.children.append(child)
        return child

    def stop(self) -> None:
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(timeout=_STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def until_asked_again(self, pid: int) -> None:
        """Wait until a process has met the stopped database and says that it asks again."""
        (number,) = (n for n, child in enumerate(self.children) if child.pid == pid)
        deadline = time.monotonic() + _STOP_S
        while "it is asked again" not in self._log(number).read_text():
            assert time.monotonic() < deadline, self._log(number).read_text()
            time.sleep(0.1)

    def _log(self, number: int) -> Path:
        return self.folder / f"process-{number}.log"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with running() as found:
        yield found


def make_machine(data: Path, grid: Grid) -> Settings:
    """Make the data folder of a machine that takes part, with its dagster.yaml (a run has to begin within a minute)."""
    settings = Settings(data_dir=data)
    settings.dagster_home.mkdir(parents=True)
    made = yaml.safe_load(dagster_yaml("celery", workers=2, longest_run_s=grid.longest_run_s))
    made["run_monitoring"]["start_timeout_seconds"] = 60
    (settings.dagster_home / "dagster.yaml").write_text(yaml.safe_dump(made))
    return settings


@contextmanager
def installed(grid: Grid, servers: Servers, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Open a grid with records and a queue of its own; HI_SOURCE says where its files come from."""
    for name, value in {**servers.environment, "HI_POSTGRES": servers.fresh_database()}.items():
        monkeypatch.setenv(name, value)
    servers.empty_queue()
    settings = make_machine(folder / "data", grid)
    monkeypatch.setenv("HI_DATA_DIR", str(settings.data_dir))
    processes = folder / "processes"
    processes.mkdir()
    # The pool is the last to end: what was begun in it ends where daemon and workers are gone.
    with ThreadPoolExecutor(1) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Installation(
            servers=servers,
            grid=grid,
            settings=settings,
            pipeline=open_pipeline(settings, grid.catalogue()),
            instance=open_instance(settings),
            folder=processes,
            pool=pool,
        )
        try:
            yield made
        finally:
            made.stop()
            made.instance.dispose()


@pytest.fixture
def tiny_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the miniature pipeline, which HI_SOURCE names."""
    mirror = tmp_path / "mirror"
    for year in YEARS:
        write_release(mirror, year)
    monkeypatch.setenv("HI_SOURCE", f"mirror:{mirror}")
    return mirror
