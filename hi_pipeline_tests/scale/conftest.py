"""An installation of several processes on loopback: PostgreSQL, Redis, daemon and workers over one data folder."""

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hi_pipeline.cli.services import Service
from hi_pipeline.cli.serving import words_of
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.orchestration.instance.opening import Instance, open_instance
from hi_pipeline.orchestration.instance.profiles import dagster_yaml
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import YEARS, make_catalogue, write_release
from hi_pipeline_tests.scale.held import INDICATORS
from hi_pipeline_tests.scale.servers import Servers, running

MODULE = "hi_pipeline_tests.scale.held"
LONGEST_RUN_S = 25
_STOP_S = 60.0


@dataclass(kw_only=True)
class Installation:
    """One data folder and the processes on it."""

    servers: Servers
    settings: Settings
    pipeline: Pipeline
    instance: Instance
    folder: Path
    children: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, service: Service, *, port: int = 0) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "DAGSTER_HOME": str(self.settings.dagster_home), "HELD_IN": str(self.folder)}
        environment |= {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONWARNINGS": "ignore"}
        words = words_of(service, self.settings, port=port, module=MODULE)
        log = (self.folder / f"{service.value}-{len(self.children)}.log").open("wb")
        with log:
            child = subprocess.Popen(
                words, env=environment, cwd=self.settings.root, start_new_session=True, stdout=log, stderr=log
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
        (log,) = self.folder.glob(f"*-{number}.log")
        deadline = time.monotonic() + _STOP_S
        while "it is asked again" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with running() as found:
        yield found


@pytest.fixture
def installation(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    for name, value in servers.environment.items():
        monkeypatch.setenv(name, value)
    mirror = tmp_path / "mirror"
    for year in YEARS:
        write_release(mirror, year)
    monkeypatch.setenv("HI_SOURCE", f"mirror:{mirror}")
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path / "data"))
    settings = Settings()
    settings.dagster_home.mkdir(parents=True)
    text = dagster_yaml("celery", workers=2, longest_run_s=LONGEST_RUN_S)
    (settings.dagster_home / "dagster.yaml").write_text(text)
    folder = tmp_path / "processes"
    folder.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline = open_pipeline(settings, make_catalogue(indicators=INDICATORS))
        instance = open_instance(settings)
        made = Installation(servers=servers, settings=settings, pipeline=pipeline, instance=instance, folder=folder)
        try:
            yield made
        finally:
            made.stop()
            instance.dispose()
