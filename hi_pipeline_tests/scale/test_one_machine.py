"""The compose file of one machine, from nothing to figures that a viewer sees: its commands, users and proxy."""

import base64
import json
import os
import ssl
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from hi_pipeline_tests.scale.containers import INDICATOR, NEWCOMER, PASSWORD, Containers

pytestmark = pytest.mark.scale
CELLS = "{ assetNodes { assetKey { path } assetMaterializations(limit: 1) { partition } } }"
OPERATORS, VIEWERS = "8443", "8444"


@pytest.fixture
def containers() -> Iterator[Containers]:
    # Not in pytest's own folder, which it keeps to the user who runs it.
    with tempfile.TemporaryDirectory(prefix="hi-machine-") as folder:
        Path(folder).chmod(0o755)
        made = Containers(Path(folder), "compose.yaml")
        try:
            yield made
        finally:
            made.stop()


def asked(containers: Containers, door: str, name: str, query: str = "{ version }") -> int | dict[str, object]:
    """Ask as a browser would that signs in at a door; return the answer, or the number with which it is refused."""
    trust = ssl.create_default_context(cafile=str(containers.folder / "secrets" / "certificate.pem"))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
    request = urllib.request.Request(
        f"https://localhost:{containers.ports[door]}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode(),
        },
    )
    try:
        with opener.open(request, timeout=120) as answer:
            return dict(json.load(answer)["data"])
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_two_commands_bring_figures_and_viewers_see_them(containers: Containers) -> None:
    containers.start_proxy()
    containers.start("pipeline")
    containers.until("the web interface", lambda: containers.is_healthy("pipeline"))
    said = containers.execute("pipeline", *NEWCOMER)
    assert "SYNTHETIC" in said, said
    containers.start("viewer")
    containers.until("the viewers' page", lambda: containers.is_healthy("viewer"))

    assert asked(containers, OPERATORS, "viewers") == 401
    assert asked(containers, VIEWERS, "operators") == 401
    assert isinstance(asked(containers, OPERATORS, "operators"), dict)
    seen = asked(containers, VIEWERS, "viewers", CELLS)
    assert isinstance(seen, dict)
    nodes = {"/".join(node["assetKey"]["path"]): node["assetMaterializations"] for node in seen["assetNodes"]}  # type: ignore[attr-defined]
    assert [made["partition"].count("|") for made in nodes[f"indicator/{INDICATOR}"]] == [1], "a cell"
    assert nodes["published/results"], "it is published"
    assert asked(containers, VIEWERS, "viewers", 'mutation { freeConcurrencySlots(runId: "x") }') == 400
    assert containers.said("proxy").count(" 401 ") == 2, "who came stands in its log"
    owners = {path.stat().st_uid for path in (containers.folder / "data").rglob("*")}
    assert owners == {containers.owner("pipeline") or os.geteuid()}, "nothing was done as root"
