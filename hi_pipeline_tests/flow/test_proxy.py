"""The shipped proxy, started before hi ui: nobody passes without signing in, and the page answers through it."""

import base64
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from hi_pipeline.orchestration.instance.coordinator import USER_TAG
from hi_pipeline_tests.certificates import make_certificate
from hi_pipeline_tests.flow.conftest import TINY_DEFINITIONS, Bench, Served, open_bench, serving
from hi_pipeline_tests.flow.served import free_port
from hi_pipeline_tests.flow.tiny import write_release

DEPLOY = Path(__file__).parents[2] / "deploy"
LAUNCH_RUN = """
mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
LAUNCH_BACKFILL = """
mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def health_check(port: int) -> list[str]:
    """The compose file's own health check, for another port."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["pipeline"]
    _, _, *words = service["healthcheck"]["test"]
    return [sys.executable, *(word.replace(":3000/", f":{port}/") for word in words)]


def test_the_health_check_passes_where_hi_ui_answers_and_fails_where_nothing_does(served: Served) -> None:
    assert subprocess.run(health_check(served.port), check=False).returncode == 0
    assert subprocess.run(health_check(free_port()), check=False, stderr=subprocess.DEVNULL).returncode != 0


@dataclass(frozen=True, kw_only=True)
class Proxied:
    """hi ui behind nginx: the address of the proxy, the trust in its certificate, and what hi ui serves."""

    address: str
    context: ssl.SSLContext
    bench: Bench


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxied]:
    if NGINX is None:
        assert not os.environ.get("CI"), "continuous integration installs nginx"
        pytest.skip("nginx is not installed")
    listen = free_port()
    monkeypatch.setenv("HI_UI_HOSTS", f"localhost:{listen}")
    bench = open_bench(tmp_path / "bench")
    write_release(bench.mirror, "2023-24")
    bench.run(years=("2023-24",), icbs=("E54000008",))
    with serving(bench) as port:
        secrets = tmp_path / "secrets"
        secrets.mkdir()
        _, certificate = make_certificate(secrets, "DNS:localhost")
        said = subprocess.run(["openssl", "passwd", "-apr1", "open sesame"], check=True, capture_output=True, text=True)
        for name in ("operators", "viewers"):
            (secrets / name).write_text(f"{name}:{said.stdout}")
        text = (DEPLOY / "nginx" / "nginx.conf").read_text()
        text = text.replace("/run/secrets/", f"{secrets}/").replace("/dev/shm/hi-nginx", f"{tmp_path}/nginx")
        text = text.replace("8443", str(listen)).replace("8444", str(free_port())).replace(":3000;", f":{port};")
        assert re.search(r"listen \d+ ssl", text)
        path = tmp_path / "nginx.conf"
        path.write_text(text)
        # The workers of an nginx that root starts belong to another user, who could not read the test's folder.
        switches = "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"
        child = subprocess.Popen([NGINX, "-c", str(path), "-g", switches], stdout=subprocess.DEVNULL)
        try:
            trust = ssl.create_default_context(cafile=str(certificate))
            yield Proxied(address=f"https://localhost:{listen}", context=trust, bench=bench)
        finally:
            child.terminate()
            child.wait(timeout=60)


def opened(proxy: Proxied, request: urllib.request.Request, name: str, word: str) -> tuple[int, bytes]:
    if name:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{name}:{word}".encode()).decode())
    handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=proxy.context))
    opener = urllib.request.build_opener(*handlers)
    deadline = time.monotonic() + 60
    while True:
        try:
            with opener.open(request, timeout=120) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as error:
            error.close()
            return error.code, b""
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def ask(proxy: Proxied, name: str = "", word: str = "open sesame") -> int:
    return opened(proxy, urllib.request.Request(f"{proxy.address}/server_info"), name, word)[0]


def command(proxy: Proxied, query: str, params: dict[str, Any]) -> dict[str, Any]:
    """Ask for something as an operator who says that he is somebody else."""
    body = json.dumps({"query": query, "variables": {"params": params}}).encode()
    headers = {"Content-Type": "application/json", "X-Forwarded-User": "the chief executive"}
    request = urllib.request.Request(f"{proxy.address}/graphql", data=body, headers=headers)
    status, answer = opened(proxy, request, "operators", "open sesame")
    assert status == 200
    found = json.loads(answer)
    assert "errors" not in found, found["errors"]
    return dict(found["data"])


def test_only_who_signs_in_reaches_the_page(proxy: Proxied) -> None:
    assert ask(proxy) == 401
    assert ask(proxy, "operators", "guessed") == 401
    assert ask(proxy, "viewers") == 401, "viewers have their own door"
    assert ask(proxy, "operators") == 200


def test_who_asked_stands_in_the_tags_of_runs_and_backfills(proxy: Proxied) -> None:
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": TINY_DEFINITIONS,
        "jobName": "judge_standing",
    }
    launched = command(proxy, LAUNCH_RUN, {"selector": selector, "runConfigData": {}, "mode": "default"})["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    run = proxy.bench.instance.get_run_by_id(launched["run"]["runId"])
    assert run is not None
    assert run.tags[USER_TAG] == "operators"
    params = {
        "assetSelection": [{"path": ["indicator", "tiny_1_pct"]}],
        "partitionNames": ["2023-24|E54000008", "2023-24|E54000010"],
    }
    started = command(proxy, LAUNCH_BACKFILL, params)["launchPartitionBackfill"]
    assert started["__typename"] == "LaunchBackfillSuccess", started
    backfill = proxy.bench.instance.get_backfill(started["backfillId"])
    assert backfill is not None
    assert backfill.tags[USER_TAG] == "operators"
