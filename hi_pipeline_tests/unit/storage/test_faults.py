"""Every fault that a server can play ends in success or in one clear message, and no snapshot is lost or corrupted."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.settings import Settings
from hi_pipeline.storage.download import Download, HttpLimits
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.kept import Snapshot
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.certificates import make_certificate, server_side
from hi_pipeline_tests.unit.storage.fault_server import (
    Answer,
    FaultServer,
    body,
    cut,
    drip,
    drip_headers,
    not_modified_or,
    packed,
    redirect,
    reset,
    serving,
    silence,
    status,
    twice_packed,
    wrong_length,
)
from hi_pipeline_tests.unit.storage.releases import CSV, HTML, OTHER, source_of

FAST = HttpLimits(
    connect=5.0, idle=5.0, total=20.0, tries=3, first_wait=0.01, preparing=0.02, longest_wait=2.0, between=0.0
)
HURRIED = replace(FAST, idle=0.3)


class Client:
    """A store that reads a mirror over http, and how long it was told to sleep."""

    def __init__(self, root: Path, address: str, limits: HttpLimits = FAST) -> None:
        self.root = root
        self.slept: list[float] = []
        downloader = Downloader(
            contact="someone@board.nhs.uk", trusted_origin=address, limits=limits, sleep=self.slept.append
        )
        self.store = Snapshots(root, mode="mirror", mirror=address, contact="", downloader=downloader)

    def fetch(self, **changes: object) -> Snapshot:
        return self.store.fetch(*source_of(**changes))  # type: ignore[arg-type]

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file() and path.suffix != ".lock")
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving() as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> Client:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return Client(tmp_path / "data", server.address)


GOOD = body(CSV)
PLACE = "/files.digital.nhs.uk/AA/BBBBBB/data%20file.csv"

SUCCEEDS = {
    "plain": [GOOD],
    "503 twice then 200": [status(503), status(503), GOOD],
    "429 with Retry-After": [status(429, Retry_After=1), GOOD],
    "502 then 200": [status(502), GOOD],
    "202 twice then 200": [status(202), status(202), GOOD],
    "202 with Retry-After": [status(202, Retry_After=1), GOOD],
    "cut short once": [cut(CSV, after=5_000, ETag='"a"', Accept_Ranges="bytes"), GOOD],
    "wrong length, too long, once": [wrong_length(CSV, declared=len(CSV) + 10), GOOD],
    "connection reset once": [reset, GOOD],
    "packed although not asked": [packed(CSV)],
    "packed and cut once": [packed(CSV, part=0.5), GOOD],
    "304 without a snapshot once": [status(304), GOOD],
}


@pytest.mark.parametrize("script", SUCCEEDS.values(), ids=SUCCEEDS.keys())
def test_faults_that_pass(client: Client, server: FaultServer, script: list[Answer]) -> None:
    server.script = list(script)
    got = client.fetch()
    assert got.path.read_bytes() == CSV
    assert got.sha256 == hashlib.sha256(CSV).hexdigest()
    assert len(server.requests) == len(script)
    assert len(client.slept) == len(script) - 1
    assert client.store.verify() == []
    assert len(client.files()) == 3


FAILS = {
    "503 for ever": ([status(503)], "failed 3 times, last because it answered 503"),
    "connection reset": ([reset], "failed 3 times, last because (ReadError|RemoteProtocolError)"),
    "cut short": ([cut(CSV, after=5_000)], "failed 3 times, last because RemoteProtocolError: peer closed"),
    "declared too long": ([wrong_length(CSV, declared=len(CSV) + 1)], "failed 3 times, last because RemoteProtocol"),
    "declared too short": (
        [wrong_length(CSV, declared=len(CSV) - 3)],
        "it sent more than the [0-9]+ bytes it declared",
    ),
    "cut short and declared so": ([body(CSV[:-6])], "the last row has 1 cells, the header 2"),
    "304 without a snapshot": ([status(304)], "last because it answered 304 .not modified. although nothing is kept"),
    "429, asked to wait too long": ([status(429, Retry_After=3600)], "429 Too Many Requests; another 3,600 s of wait"),
    "an HTML error page": ([body(HTML, Content_Type="text/csv")], "an HTML or XML page titled 'Page not found"),
    "an empty body": ([body(b"")], r"is empty \(0 bytes\)"),
    "larger than declared by the release": ([body(b"a,b\n" + b"1,2\n" * 300_000)], "larger than the 1,000,000 bytes"),
    "packed cut short": ([packed(CSV, part=0.5)], "its gzip packing ends too early"),
    "packed twice over": ([twice_packed(CSV)], "its gzip packing ends before the body does"),
    "packed broken": ([body(CSV, Content_Encoding="gzip")], "its gzip packing is broken"),
    "packed by another method": ([body(CSV, Content_Encoding="br")], "packed the file as 'br'"),
    "403": ([status(403)], "answers 403 Forbidden: the publisher refuses .* Set HI_CONTACT .*digital.nhs.uk/landing"),
    "another refusal": ([status(418)], "answers 418 .*, expected 200; look at https://digital.nhs.uk/landing"),
    "202 for ever": ([status(202)], "failed 3 times, last because it answered 202 Accepted: the file is not ready yet"),
    "202, asked to wait too long": ([status(202, Retry_After=3600)], "not ready yet; another 3,600 s of waiting"),
    "redirect loop": ([redirect("/again")], "redirects more than 5 times, last to http://127.0.0.1"),
    "redirect to http": ([redirect("http://files.digital.nhs.uk/x")], "redirects to http://files.*not https; refused"),
    "redirect to a stranger": ([redirect("https://evil.example/x")], "redirects to 'evil.example', which is not on"),
    "redirect to another port": ([redirect("http://127.0.0.1:9/x")], "redirects to http://127.0.0.1:9/x, which is not"),
    "redirect to a file": ([redirect("file:///etc/passwd")], "redirects to file:///etc/passwd, which is not https"),
}


@pytest.mark.parametrize(("script", "said"), FAILS.values(), ids=FAILS.keys())
@pytest.mark.parametrize("kept", [False, True], ids=["first", "later"])
def test_faults_that_stay(client: Client, server: FaultServer, script: list[Answer], said: str, kept: bool) -> None:
    if kept:
        server.script = [GOOD]
        client.fetch()
    before = client.files()
    server.script = list(script)
    with pytest.raises(FetchError, match=said) as caught:
        client.fetch()
    assert str(caught.value).startswith("made_up:2023-24")
    assert "\n" not in str(caught.value)
    assert client.files() == before
    assert client.store.verify() == []
    server.script = [GOOD]
    assert client.fetch().path.read_bytes() == CSV, "the store is as usable as before"


def test_no_answer(tmp_path: Path, server: FaultServer) -> None:
    client = Client(tmp_path, server.address, HURRIED)
    server.script = [silence(1.5), GOOD]
    assert client.fetch().path.read_bytes() == CSV
    before = client.files()
    server.script = [silence(1.5)]
    with pytest.raises(FetchError, match="failed 3 times, last because ReadTimeout"):
        client.fetch()
    assert client.files() == before


def test_a_bomb_is_stopped_at_the_cap(client: Client, server: FaultServer) -> None:
    server.script = [packed(b"a,b\n" + b"0" * 60_000_000)]
    began = time.process_time()
    with pytest.raises(FetchError, match="larger than the 1,000,000 bytes"):
        client.fetch()
    assert time.process_time() - began < 10
    assert client.files() == {}


def test_a_declared_length_over_the_cap_is_not_even_read(client: Client, server: FaultServer) -> None:
    server.script = [wrong_length(b"a,b\n", declared=2_000_000)]
    with pytest.raises(FetchError, match="larger than the 1,000,000 bytes"):
        client.fetch()
    assert len(server.requests) == 1


def test_a_slow_drip_is_stopped_in_time(tmp_path: Path, server: FaultServer) -> None:
    client = Client(tmp_path, server.address, HttpLimits(idle=5.0, total=4.0, tries=3, first_wait=0.01))
    server.script = [drip(CSV, pause=0.02)]
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"sent [0-9]+ bytes in the time that it has and is not done; too slow"):
        client.fetch()
    assert time.monotonic() - began < 240, "the whole would take 400 s"
    assert client.files() == {}


def test_headers_that_never_end_are_stopped_in_time(tmp_path: Path, server: FaultServer) -> None:
    client = Client(tmp_path, server.address, replace(FAST, total=0.5))
    server.script = [drip_headers(pause=0.02)]
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"did not answer whole within 0\.5 s .*too slow, nothing was changed"):
        client.fetch()
    assert time.monotonic() - began < 120, "the whole would take 200 s"
    assert client.files() == {}


def test_the_time_of_a_release_counts_all_its_tries(tmp_path: Path, server: FaultServer) -> None:
    client = Client(tmp_path, server.address, replace(FAST, total=10.0, longest_wait=60.0))
    server.script = [status(503, Retry_After=30)]
    with pytest.raises(FetchError, match="answered 503 Service Unavailable; another 30 s of waiting would be more"):
        client.fetch()
    assert client.slept == []


def test_a_slow_drip_that_arrives_in_time_is_kept(client: Client, server: FaultServer) -> None:
    server.script = [drip(b"a,b\n1,2\n", pause=0.05)]
    assert client.fetch().path.read_bytes() == b"a,b\n1,2\n"


def test_a_retry_after_date_is_honoured(client: Client, server: FaultServer) -> None:
    due = format_datetime(datetime.now(UTC) + timedelta(seconds=1.9), usegmt=True)
    server.script = [status(503, Retry_After=due), status(503, Retry_After="soon"), GOOD]
    client.fetch()
    assert 0 <= client.slept[0] <= 2
    assert 0.008 <= client.slept[1] <= 0.03, "a text that says nothing is as good as none"


def test_a_file_that_is_being_made_is_waited_for_as_long_each_time(client: Client, server: FaultServer) -> None:
    server.script = [status(202), status(202, Retry_After=0), GOOD]
    client.fetch()
    assert client.slept == [0.02, 0.0]


def test_the_wait_doubles(client: Client, server: FaultServer) -> None:
    server.script = [status(500), status(500), GOOD]
    client.fetch()
    assert 0.008 <= client.slept[0] <= 0.012
    assert 0.016 <= client.slept[1] <= 0.024


def test_a_file_that_changes_between_two_tries_is_never_joined(client: Client, server: FaultServer) -> None:
    server.script = [cut(CSV, after=9_000, ETag='"a"', Accept_Ranges="bytes"), body(OTHER, ETag='"b"')]
    assert client.fetch().path.read_bytes() == OTHER
    assert all("Range" not in headers for _, headers in server.requests)


def test_what_has_not_changed_is_not_sent_again(client: Client, server: FaultServer) -> None:
    server.script = [not_modified_or(CSV, '"one"')]
    first = client.fetch()
    before = client.files()
    assert first.etag == '"one"'
    assert client.fetch() == first
    assert client.files() == before
    assert server.requests[1][1]["If-None-Match"] == '"one"'
    client.store.fetch(*source_of(), force=True)
    assert "If-None-Match" not in server.requests[2][1]


def test_last_modified_is_sent_back(client: Client, server: FaultServer) -> None:
    server.script = [body(CSV, Last_Modified="Mon, 06 Jul 2026 09:30:00 GMT"), status(304)]
    first = client.fetch()
    assert client.fetch() == first
    assert server.requests[1][1]["If-Modified-Since"] == "Mon, 06 Jul 2026 09:30:00 GMT"


def test_the_same_tag_with_other_bytes_is_a_revision(client: Client, server: FaultServer) -> None:
    server.script = [body(CSV, ETag='"one"'), body(OTHER, ETag='"one"')]
    first = client.fetch()
    second = client.fetch()
    assert (second.revised, second.supersedes) == (True, first.sha256)
    assert first.path.read_bytes() == CSV
    assert second.path.read_bytes() == OTHER


def test_another_tag_with_the_same_bytes_is_no_revision(client: Client, server: FaultServer) -> None:
    server.script = [body(CSV, ETag='"one"'), body(CSV, ETag='"two"')]
    first = client.fetch()
    second = client.fetch()
    assert (second.revised, second.path, second.etag) == (False, first.path, '"two"')


def test_a_damaged_snapshot_is_not_saved_by_a_304(client: Client, server: FaultServer) -> None:
    server.script = [not_modified_or(CSV, '"one"')]
    first = client.fetch()
    first.path.write_bytes(b"x" * len(CSV))
    assert client.fetch().path.read_bytes() == CSV


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


def test_what_a_mirror_does_not_hold_is_unavailable_but_a_publisher_moved_it(
    client: Client, server: FaultServer, tmp_path: Path
) -> None:
    server.script = [status(404)]
    with pytest.raises(ReleaseUnavailable, match="answers 404: there is no such file; it runs when"):
        client.fetch()
    live = Snapshots(
        tmp_path / "live",
        mode="live",
        mirror="",
        contact="",
        downloader=Downloader(contact="", trusted_origin=server.address, limits=FAST),
    )
    with pytest.raises(FetchError, match="the publisher may have moved it, look at https://digital") as caught:
        live.fetch(*source_of(address=f"{server.address}/x.csv"))
    assert not isinstance(caught.value, ReleaseUnavailable)
    assert len(server.requests) == 2, "an answer that is final is not asked for again"


def test_a_publisher_knows_who_asks_and_is_not_asked_for_packing(client: Client, server: FaultServer) -> None:
    server.script = [GOOD]
    client.fetch()
    (_, headers) = server.requests[0]
    assert headers["User-Agent"] == "hi_pipeline (someone@board.nhs.uk)"
    assert headers["Accept-Encoding"] == "identity"


def test_without_a_contact_the_name_still_reads_well(tmp_path: Path, server: FaultServer) -> None:
    server.script = [GOOD]
    downloader = Downloader(contact=Settings().contact, trusted_origin=server.address, limits=FAST)
    store = Snapshots(tmp_path, mode="mirror", mirror=server.address, contact="", downloader=downloader)
    store.fetch(*source_of())
    (_, headers) = server.requests[0]
    assert headers["User-Agent"] == (
        "hi_pipeline (health-inequality indicators from public statistics; no contact given)"
    )


def test_requests_to_one_host_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    downloader = Downloader(contact="", limits=HttpLimits(between=1.0), sleep=slept.append)
    for address in ("https://a.uk/1", "https://b.uk/1", "https://a.uk/2"):
        downloader._be_polite(address)
    assert len(slept) == 1
    assert 0.9 < slept[0] <= 1.0


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
