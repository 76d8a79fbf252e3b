"""A mirror's folder, a server that plays faults with a store that reads it, and a disk that is soon full."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hi_pipeline_tests.disks import mounted
from hi_pipeline_tests.unit.storage.fault_server import FaultServer, serving
from hi_pipeline_tests.unit.storage.http_client import Client
from hi_pipeline_tests.unit.storage.releases import Mirror


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, server: FaultServer) -> Client:
    return Client(tmp_path / "data", server.address)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", size="400k") as disk:
        yield disk
