"""Where a redirect may lead, and no private address."""

import socket
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.storage.download import Download
from hi_pipeline.storage.http import Downloader
from hi_pipeline_tests.unit.storage.fault_server import (
    FaultServer,
    redirect,
)
from hi_pipeline_tests.unit.storage.http_client import FAST, GOOD, Client
from hi_pipeline_tests.unit.storage.releases import CSV


def test_a_redirect_within_the_mirror_is_followed(client: Client, server: FaultServer) -> None:
    server.script = [redirect("/moved", 301), redirect("/again", 308), GOOD]
    assert client.fetch().path.read_bytes() == CSV
    assert [path for path, _ in server.requests] == [
        "/files.digital.nhs.uk/AA/BBBBBB/data%20file.csv",
        "/moved",
        "/again",
    ]


@pytest.mark.parametrize(
    "found",
    [
        "10.1.2.3", "127.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fd00::1", "fe80::1", "fe80::1%eth0", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_refused(
    client: Client, server: FaultServer, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: object, **kwargs: object) -> list[object]:
        if host == "127.0.0.1":
            return real(host, port, *args, **kwargs)  # type: ignore[arg-type]
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", (found, port))]

    server.script = [redirect("https://files.digital.nhs.uk/private")]
    monkeypatch.setattr("hi_pipeline.storage.addresses.socket.getaddrinfo", look_up)
    with pytest.raises(FetchError, match=f"is the private address {found}; refused"):
        client.fetch()
    assert asked == ["files.digital.nhs.uk"]
    assert client.files() == {}


@pytest.mark.parametrize("found", ["10.1.2.3", "[::1]", "[fd00::1]", "127.0.0.1"])
def test_a_redirect_to_a_private_address_that_is_on_the_list_is_refused(
    client: Client, server: FaultServer, found: str
) -> None:
    server.script = [redirect(f"https://{found}/x")]
    with pytest.raises(FetchError, match="is the private address .*; refused"):
        client.fetch(allowed_hosts=(found.strip("[]"),))


def test_a_name_that_cannot_be_looked_up_just_now_is_tried_again(
    client: Client, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = socket.getaddrinfo, []

    def look_up(host: str, *args: object, **kwargs: object) -> list[object]:
        if host != "files.digital.nhs.uk":
            return real(host, *args, **kwargs)  # type: ignore[arg-type]
        asked.append(host)
        code = socket.EAI_AGAIN if len(asked) < 3 else socket.EAI_NONAME
        raise socket.gaierror(code, "made up")

    server.script = [redirect("https://files.digital.nhs.uk/x")]
    monkeypatch.setattr("hi_pipeline.storage.addresses.socket.getaddrinfo", look_up)
    with pytest.raises(FetchError, match="the host 'files.digital.nhs.uk' is not known here"):
        client.fetch()
    assert len(asked) == 3
    assert len(client.slept) == 2


def test_hosts_that_the_release_allows_may_be_redirected_to(client: Client, server: FaultServer) -> None:
    server.script = [redirect("https://cdn.example/x")]
    with pytest.raises(FetchError, match=r"is not on the release's list \['files.digital.nhs.uk'\]; if the publisher"):
        client.fetch()
    with pytest.raises(FetchError, match="'cdn.example' is not known here|'cdn.example' is the private"):
        client.fetch(allowed_hosts=("cdn.example",))


def test_a_name_that_resolves_to_something_else_the_second_time(tmp_path: Path, server: FaultServer) -> None:
    """The connection is looked at too: here the check of names sees a public address, the socket goes to loopback."""
    downloader = Downloader(contact="", limits=FAST)
    response = type("Response", (), {"extensions": {"network_stream": _Stream()}})()
    download = Download(
        address="https://files.digital.nhs.uk/x",
        into=tmp_path / "x",
        where="made_up:2023-24",
        landing_page="",
        max_bytes=1,
        allowed_hosts=frozenset(),
        absent_is_unavailable=False,
    )
    with pytest.raises(FetchError, match="private address 127.0.0.1"):
        downloader._check_connection(response, download.address, download)


class _Stream:
    def get_extra_info(self, name: str) -> object:
        return ("127.0.0.1", 443) if name == "server_addr" else None
