"""The environment's proxies and the system's certificates."""

import socket
import threading
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.certificates import make_certificate, server_side
from hi_pipeline_tests.unit.storage.fault_server import (
    FaultServer,
    redirect,
)
from hi_pipeline_tests.unit.storage.http_client import FAST, GOOD, Client
from hi_pipeline_tests.unit.storage.releases import CSV, source_of

PLACE = "/files.digital.nhs.uk/AA/BBBBBB/data%20file.csv"


def test_proxies_of_the_environment_are_used(
    client: Client, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy is the fault server; it sees the request for a host that this machine could not reach."""
    server.script = [GOOD]
    monkeypatch.setenv("HTTP_PROXY", server.address)
    monkeypatch.setenv("http_proxy", server.address)
    mirrored = Client(tmp_path / "other", "http://mirror.invalid")
    assert mirrored.fetch().path.read_bytes() == CSV
    assert server.requests[0][0] == f"http://mirror.invalid{PLACE}"


def test_behind_a_proxy_names_are_left_to_it_but_the_list_of_hosts_holds(
    client: Client, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def refuse(host: str, *args: object, **kwargs: object) -> list[object]:
        assert host == "127.0.0.1", f"looked up {host}"
        return real(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setenv("HTTPS_PROXY", server.address)
    live = Snapshots(
        tmp_path / "live", mode="live", mirror="", contact="", downloader=Downloader(contact="", limits=FAST)
    )
    with monkeypatch.context() as patch:
        patch.setattr("hi_pipeline.storage.addresses.socket.getaddrinfo", refuse)
        with pytest.raises(FetchError, match="ProxyError: 403 Forbidden"):
            live.fetch(*source_of())
        assert {path for path, _ in server.requests} == {"files.digital.nhs.uk:443"}
        server.script = [redirect("https://evil.example/x")]
        with pytest.raises(FetchError, match=r"'evil.example', which is not on"):
            client.fetch()
        monkeypatch.setenv("NO_PROXY", "files.digital.nhs.uk")
        with pytest.raises(AssertionError, match="looked up"):
            live.fetch(*source_of())


def test_certificates_of_the_system_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = make_certificate(tmp_path, "DNS:localhost", "IP:127.0.0.1")
    server = FaultServer()
    server.socket = server_side(key, certificate).wrap_socket(server.socket, server_side=True)
    server.script = [GOOD]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    address = server.address.replace("http://", "https://")
    try:
        with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
            Client(tmp_path / "a", address).fetch()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert Client(tmp_path / "b", address).fetch().path.read_bytes() == CSV
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
