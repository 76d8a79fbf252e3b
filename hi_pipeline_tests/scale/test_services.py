"""Each container's own command, started by hand on loopback: servers, code, web interface, daemon and worker."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from hi_pipeline.orchestration.instance.coordinator import USER_HEADER, USER_TAG
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.served import free_port, wait_until_up
from hi_pipeline_tests.scale import servers as here

pytestmark = pytest.mark.scale
FILE = Path(__file__).parents[2] / "deploy" / "compose.scale.yaml"
HI = [sys.executable, "-c", "from hi_pipeline.cli import app; app()"]
PATIENCE_S = 180.0
LAUNCH = """
mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""


class Containers:
    """The services of the compose file, each as a process: ports, secrets and volumes are places of the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
        self.ports = {number: str(free_port()) for number in ("5432", "6379", "4000", "3000")}
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "secrets").mkdir()
        for name in ("postgres_password", "redis_password"):
            (folder / "secrets" / name).write_text(f"open sesame {name}\n")
        (folder / "secrets" / "alert_to").write_text("")

    def placed(self, text: str) -> str:
        """The text of the compose file, with the places of this test."""
        for number, port in self.ports.items():
            text = text.replace(number, port)
        return text.replace("$$", "$").replace("/run/secrets", str(self.folder / "secrets"))

    def environment(self, name: str) -> dict[str, str]:
        given = {key: self.placed(str(value)) for key, value in self.services[name]["environment"].items()}
        given |= {
            "HI_SOURCE": "sample",
            "HI_CONTACT": "",
            "HI_UI_HOSTS": "",
            "HI_ALERT_QUIET": "",
            "HI_LOG_FORMAT": "json",
        }
        return {**os.environ, **given, "HI_DATA_DIR": str(self.folder / "data"), "PYTHONWARNINGS": "ignore",
                "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}  # fmt: skip

    def start(self, name: str) -> None:
        words = [*HI, *(self.placed(word) for word in self.services[name]["command"])]
        self.run(name, words, env=self.environment(name))

    def is_healthy(self, name: str) -> bool:
        """Ask the service's own health check."""
        _, program, *words = self.services[name]["healthcheck"]["test"]
        named = sys.executable if program == "python" else program
        done = subprocess.run([named, *(self.placed(word) for word in words)], capture_output=True, check=False)
        return done.returncode == 0

    def run(self, name: str, words: list[str], **options: Any) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.children[name] = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True, **options)

    def stop(self) -> None:
        for child in reversed(list(self.children.values())):
            child.send_signal(signal.SIGTERM)
        for child in reversed(list(self.children.values())):
            try:
                child.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def until(self, what: str, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not happened():
            dead = [name for name, child in self.children.items() if child.poll() is not None]
            assert not dead, f"{dead[0]} ended: {self.said(dead[0])[-3000:]}"
            assert time.monotonic() < deadline, f"{what}: not within {PATIENCE_S} s"
            time.sleep(0.5)


@pytest.fixture
def containers(servers: here.Servers) -> Any:
    """Nothing started yet; the servers of the other tests only say that both are installed."""
    folder = servers.folder / "containers"
    folder.mkdir()
    made = Containers(folder)
    try:
        yield made
    finally:
        made.stop()


def start_postgres(containers: Containers) -> None:
    """By its own command, on a database that the image's entry point would have made."""
    folder = containers.folder
    data, sockets, password = folder / "records", folder / "sockets", folder / "secrets" / "postgres_password"
    for path in (data, sockets):
        path.mkdir()
        here.own(path)
    here.own(password)
    here.postgres("initdb", "-D", str(data), "-U", "hi", "--auth=scram-sha-256", f"--pwfile={password}")
    program, *words = containers.services["postgres"]["command"]
    port = containers.ports["5432"]
    here.own(folder)
    containers.run(
        "postgres", [here.program(program), *words, "-D", str(data), "-p", port, "-k", str(sockets)],
        user=here.OWNER, cwd="/",
    )  # fmt: skip
    containers.until("PostgreSQL", lambda: containers.is_healthy("postgres"))
    environment = {**os.environ, "PGPASSWORD": password.read_text().strip()}
    make = ["createdb", "-h", "127.0.0.1", "-p", port, "-U", "hi", "dagster"]
    subprocess.run(make, env=environment, check=True)


def start_redis(containers: Containers) -> None:
    (containers.folder / "queue").mkdir()
    shell, switch, script = containers.services["redis"]["command"]
    script = containers.placed(script).replace("--dir /data", f"--dir {containers.folder / 'queue'}")
    containers.run("redis", [shell, switch, script])
    containers.until("Redis", lambda: containers.is_healthy("redis"))
    ping = ["redis-cli", "-h", "127.0.0.1", "-p", containers.ports["6379"], "ping"]
    assert "NOAUTH" in subprocess.run(ping, capture_output=True, text=True, check=True).stdout, "it wants the password"


def test_the_services_of_the_compose_file_start_and_run_what_somebody_asks_for(
    containers: Containers, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_postgres(containers)
    start_redis(containers)
    containers.start("code")
    containers.until("the code server", lambda: is_open(int(containers.ports["4000"])))
    assert containers.is_healthy("code")
    for name in ("web", "daemon", "worker"):
        containers.start(name)
    port = int(containers.ports["3000"])
    wait_until_up(port)
    assert containers.is_healthy("web")
    params = {
        "selector": {
            "repositoryName": "__repository__",
            "repositoryLocationName": f"grpc:127.0.0.1:{containers.ports['4000']}",
            "jobName": "refresh_release",
            "assetSelection": [{"path": ["snapshot", "iod2019"]}, {"path": ["clean", "iod2019"]}],
        },
        "runConfigData": {},
        "mode": "default",
    }
    launched = ask_as("A. Nalyst", port, {"params": params})["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    for name, value in containers.environment("daemon").items():
        if name.startswith("HI_"):
            monkeypatch.setenv(name, value)
    instance = open_instance(Settings())
    try:

        def ended() -> bool:
            run = instance.get_run_by_id(launched["run"]["runId"])
            return run is not None and run.is_finished

        containers.until("the run", ended)
        run = instance.get_run_by_id(launched["run"]["runId"])
        assert run is not None
        assert run.tags[USER_TAG] == "A. Nalyst"
        said = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        # The sample was not written, so that nothing is there to refresh; that a worker found out is what counts.
        assert run.status in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE), said
        worker = containers.children["worker"].pid
        started = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        assert any(
            f"(pid: {worker})" in (entry.dagster_event.message or "") for entry in started if entry.dagster_event
        )
    finally:
        instance.dispose()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask_as(visitor: str, port: int, variables: dict[str, Any]) -> dict[str, Any]:
    """Ask the web interface as the proxy would for somebody who signed in."""
    body = json.dumps({"query": LAUNCH, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", USER_HEADER: visitor}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        found: dict[str, Any] = json.load(answer)
    assert "errors" not in found, found["errors"]
    return dict(found["data"])
