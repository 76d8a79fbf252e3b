"""Talks to a webserver on loopback."""

import json
import socket
import time
import urllib.request
from typing import Any

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        found: dict[str, Any] = json.load(answer)
    assert "errors" not in found, found["errors"]
    return found["data"]  # type: ignore[no-any-return]


def wait_until_up(port: int, *, patience_s: float = 300) -> None:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        try:
            found = ask(port, "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }")
        except OSError:
            time.sleep(0.5)
            continue
        if found["repositoriesOrError"].get("nodes"):
            return
        time.sleep(0.5)
    pytest.fail(f"the webserver did not show the definitions within {patience_s} s")
