"""Each container's own command, started by hand: servers, code, web interface, viewers' page, daemon, worker."""

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from typing import Any

import dagster as dg
import pytest

from hi_pipeline.orchestration.instance.coordinator import USER_HEADER, USER_TAG
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.served import wait_until_up
from hi_pipeline_tests.scale import servers as here
from hi_pipeline_tests.scale.containers import INDICATOR, NEWCOMER, Containers

pytestmark = pytest.mark.scale
LAUNCH = """
mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""


@pytest.fixture
def containers(servers: here.Servers) -> Any:
    """Nothing started yet; the servers of the other tests only say that both are installed."""
    folder = servers.folder / "containers"
    folder.mkdir()
    made = Containers(folder, "compose.scale.yaml")
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
    said = containers.execute("web", *NEWCOMER)
    assert "SYNTHETIC" in said, "the second command of a newcomer: planned here, done by daemon and worker"
    # A publication by year without a year fails, and the failure stands in the worker's log.
    failing, launched = (launch(containers, name) for name in ("mbrrace", "iod2019"))
    for name, value in containers.environment("daemon").items():
        if name.startswith("HI_"):
            monkeypatch.setenv(name, value)
    instance = open_instance(Settings())
    try:

        def ended() -> bool:
            return all((run := instance.get_run_by_id(one)) and run.is_finished for one in (failing, launched))

        containers.until("the runs", ended)
        run = instance.get_run_by_id(launched)
        assert run is not None
        assert run.tags[USER_TAG] == "A. Nalyst"
        failures = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        assert run.status is dg.DagsterRunStatus.SUCCESS, failures
        failed = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
        assert [other.run_id for other in failed] == [failing], "what fails by itself is not tried again"
        assert "Cannot access partition_key" in containers.said("worker")
        built = {r.run_id for r in instance.get_runs()}
        assert instance.get_materialized_partitions(dg.AssetKey(["indicator", INDICATOR]))
        worker = containers.children["worker"].pid
        started = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        assert any(
            f"(pid: {worker})" in (entry.dagster_event.message or "") for entry in started if entry.dagster_event
        )
        containers.start("viewer")
        containers.until("the viewers' page", lambda: containers.is_healthy("viewer"))
        seen = int(containers.ports["3001"])
        wait_until_up(seen)
        with pytest.raises(urllib.error.HTTPError, match="400"):
            ask_as("V. Iewer", seen, {"params": asking(containers, "iod2019")})
        assert {r.run_id for r in instance.get_runs()} == built, "viewers start nothing"
        for name in ("code", "web", "daemon", "viewer"):
            lines = containers.said(name).splitlines()
            assert [line for line in lines if not is_an_object(line)] == [], f"{name}: HI_LOG_FORMAT=json by the file"
        # Before its runs a worker says nothing; what a failed run of the web interface prints is Dagster's own text.
        assert "STEP_FAILURE" in containers.said("worker").splitlines()[0]
    finally:
        instance.dispose()


def asking(containers: Containers, source: str) -> dict[str, Any]:
    """Return what the web interface sends when somebody materialises a publication's two assets."""
    return {
        "selector": {
            "repositoryName": "__repository__",
            "repositoryLocationName": f"grpc:127.0.0.1:{containers.ports['4000']}",
            "jobName": "refresh_release",
            "assetSelection": [{"path": ["snapshot", source]}, {"path": ["clean", source]}],
        },
        "runConfigData": {},
        "mode": "default",
    }


def launch(containers: Containers, source: str) -> str:
    """Start a run as somebody who signed in; return its id."""
    params = {"params": asking(containers, source)}
    launched = ask_as("A. Nalyst", int(containers.ports["3000"]), params)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    return str(launched["run"]["runId"])


def is_an_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


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
