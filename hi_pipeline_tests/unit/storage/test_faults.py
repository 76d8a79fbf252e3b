"""Every fault that a server can play ends in success or in one clear message, and no snapshot is lost or corrupted."""

import hashlib
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.storage.download import HttpLimits
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.fault_server import (
    Answer,
    FaultServer,
    body,
    cut,
    drip,
    drip_headers,
    packed,
    redirect,
    reset,
    silence,
    status,
    twice_packed,
    wrong_length,
)
from hi_pipeline_tests.unit.storage.http_client import FAST, GOOD, Client
from hi_pipeline_tests.unit.storage.releases import CSV, HTML, OTHER, source_of

HURRIED = replace(FAST, idle=0.3)
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
    "403": ([status(403)], "answers 403 Forbidden: the publisher refuses .* told who asks .*digital.nhs.uk/landing"),
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


def test_only_who_has_not_said_who_asks_is_told_to(tmp_path: Path, server: FaultServer) -> None:
    downloader = Downloader(contact="", trusted_origin=server.address, limits=FAST)
    store = Snapshots(tmp_path, mode="mirror", mirror=server.address, contact="", downloader=downloader)
    server.script = [status(403)]
    with pytest.raises(FetchError, match=r"403 Forbidden: .* Set HI_CONTACT .*; or download the file by hand"):
        store.fetch(*source_of())


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


def test_a_slow_drip_that_arrives_in_time_is_kept(client: Client, server: FaultServer) -> None:
    server.script = [drip(b"a,b\n1,2\n", pause=0.05)]
    assert client.fetch().path.read_bytes() == b"a,b\n1,2\n"


def test_a_file_that_changes_between_two_tries_is_never_joined(client: Client, server: FaultServer) -> None:
    server.script = [cut(CSV, after=9_000, ETag='"a"', Accept_Ranges="bytes"), body(OTHER, ETag='"b"')]
    assert client.fetch().path.read_bytes() == OTHER
    assert all("Range" not in headers for _, headers in server.requests)


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
