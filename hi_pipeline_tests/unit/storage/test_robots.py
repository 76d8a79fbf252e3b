"""A publisher's robots.txt is read before its files, once, and what it forbids is not asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.storage.download import HttpLimits
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.robots import rules_of
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.fault_server import Answer, FaultServer, body, redirect, serving, status
from hi_pipeline_tests.unit.storage.releases import CSV, source_of

PLACE = "/files.digital.nhs.uk/AA/BBBBBB/data%20file.csv"
LIMITS = HttpLimits(connect=5.0, idle=5.0, total=20.0, tries=2, first_wait=0.01, between=0.0)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """A server that may be asked although it is here, and that counts as a publisher and not as the own mirror."""
    monkeypatch.setattr("hi_pipeline.storage.http.is_same_origin", lambda address, other: False)
    monkeypatch.setattr("hi_pipeline.storage.http.check_address", lambda address, **how: None)
    monkeypatch.setattr("hi_pipeline.storage.http.check_peer", lambda found, **how: None)
    with serving() as running:
        yield running


def _store(folder: Path, server: FaultServer, *, obeys: bool = True) -> Snapshots:
    downloader = Downloader(
        contact="", trusted_origin=server.address, obeys_robots=obeys, limits=LIMITS, sleep=lambda seconds: None
    )
    return Snapshots(folder, mode="mirror", mirror=server.address, contact="", downloader=downloader)


def _asked(server: FaultServer) -> list[str]:
    return [path for path, _ in server.requests]


FORBIDS = body(b"User-agent: *\nDisallow: /files.digital.nhs.uk/\n")


@pytest.mark.parametrize(
    "rules",
    [
        body(b"User-agent: *\nDisallow: /private/\n"),
        body(b"User-agent: hi_pipeline\nAllow: /\n\nUser-agent: *\nDisallow: /\n"),
        body(b""),
        body(b"<html><title>Not found</title></html>"),
        status(404),
        # As services1.arcgis.com answers (2026-11): a store of files that does not say what it has not.
        status(403),
    ],
    ids=["other places", "others", "empty", "a page", "none", "refused"],
)
def test_what_is_allowed_is_fetched_and_the_rules_are_read_once(
    tmp_path: Path, server: FaultServer, rules: Answer
) -> None:
    store = _store(tmp_path, server)
    server.script = [rules, body(CSV)]
    assert store.fetch(*source_of()).path.read_bytes() == CSV
    store.fetch(*source_of(), force=True)
    assert _asked(server) == ["/robots.txt", PLACE, PLACE]
    assert store.verify() == [] and len([p for p in tmp_path.rglob("*.csv")]) == 1


@pytest.mark.parametrize("look", [False, True], ids=["fetch", "look"])
def test_what_is_forbidden_is_not_asked_for_and_the_operator_may_decide(
    tmp_path: Path, server: FaultServer, look: bool
) -> None:
    store = _store(tmp_path, server)
    server.script = [FORBIDS, body(CSV)]
    ask = store.news if look else store.fetch
    with pytest.raises(FetchError, match=r"made_up:2023-24: .*/robots.txt asks programs not to .*HI_ROBOTS=ignore"):
        ask(*source_of())
    assert _asked(server) == ["/robots.txt"]
    server.script = [body(CSV)]
    assert _store(tmp_path, server, obeys=False).fetch(*source_of()).path.read_bytes() == CSV


@pytest.mark.parametrize("answer", [status(503), status(429)])
def test_where_the_rules_cannot_be_read_nothing_is_asked_for(
    tmp_path: Path, server: FaultServer, answer: Answer
) -> None:
    server.script = [answer]
    with pytest.raises(FetchError, match=r"robots.txt .*asked for before the file itself; HI_ROBOTS=ignore"):
        _store(tmp_path, server).fetch(*source_of())
    assert set(_asked(server)) == {"/robots.txt"}


def test_the_operators_own_mirror_is_not_asked_for_rules(tmp_path: Path) -> None:
    with serving() as server:
        server.script = [body(CSV)]
        _store(tmp_path, server).fetch(*source_of())
        assert _asked(server) == [PLACE]


ELSEWHERE = "/files.digital.nhs.uk/private/data.csv"


@pytest.mark.parametrize("look", [False, True], ids=["fetch", "look"])
def test_a_redirect_to_what_is_forbidden_is_not_followed(tmp_path: Path, server: FaultServer, look: bool) -> None:
    store = _store(tmp_path, server)
    server.script = [body(b"User-agent: *\nDisallow: /files.digital.nhs.uk/private/\n"), redirect(ELSEWHERE), body(CSV)]
    ask = store.news if look else store.fetch
    with pytest.raises(FetchError, match=r"robots.txt asks programs not to fetch http.*/private/data.csv"):
        ask(*source_of())
    assert _asked(server) == ["/robots.txt", PLACE]


def test_a_redirect_to_another_host_asks_for_the_rules_of_that_one(tmp_path: Path, server: FaultServer) -> None:
    with serving() as other:
        store = _store(tmp_path, server)
        server.script = [status(404), redirect(f"{other.address}/a.csv")]
        # Its robots.txt is itself a redirect, which no rules are asked for.
        other.script = [redirect("/rules.txt"), body(b"User-agent: *\nDisallow: /b\n"), body(CSV)]
        assert store.fetch(*source_of()).path.read_bytes() == CSV
        assert _asked(other) == ["/robots.txt", "/rules.txt", "/a.csv"]


PLAIN = "User-agent: *\nDisallow: /a/\nAllow: /a/b\nDisallow: /*.zip$\nDisallow: /search?q=\nDisallow: /x%20y\n"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("", True),
        ("/", True),
        ("/a", True),
        ("/a/", False),
        ("/a/c", False),
        ("/a/b/c", True),
        ("/c/d.zip", False),
        ("/c/d.zip?x=1", True),
        ("/c/d.zip.csv", True),
        ("/search?q=1", False),
        ("/search?x=1", True),
        ("/x%20y/z", False),
        ("/x y/z", False),
    ],
)
def test_the_longest_rule_holds_with_its_signs(path: str, allowed: bool) -> None:
    assert rules_of(PLAIN, agent="hi_pipeline").allow(f"https://www.example.org{path}") is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /\n", False),
        ("USER-AGENT: *\ndisallow: / # all of it\n", False),
        ("User-agent: *\nDisallow: /\nAllow: /\n", True),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: a\nUser-agent: Hi_Pipeline\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\nUser-agent: hi_pipeline\nCrawl-delay: 60\nDisallow: /other\n", True),
        ("User-agent: hi_pipeline\nDisallow: /a\n\nUser-agent: b\nDisallow: /b\n\nUser-agent: *\nAllow: /\n", True),
        ("User-agent: hi_pipeline/2.0\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\nUser-agent: Hi_Pipeline/2.0 (a version)\nAllow: /\n", True),
        ("User-agent: hi_pipeline2\nDisallow: /\n", True),
        ("Disallow: /\n", True),
        ("User-agent: other\nDisallow: /\n", True),
    ],
)
def test_the_group_of_our_name_or_else_of_all_holds(text: str, allowed: bool) -> None:
    assert rules_of(text, agent="hi_pipeline").allow("https://www.example.org/b") is allowed


DELAYS = [
    ("User-agent: *\nCrawl-delay: 5\nDisallow: /a/\n", 5.0),
    ("User-agent: *\ncrawl-delay : 2.5 # seconds\n", 2.5),
    ("User-agent: *\nCrawl-delay: 5\n\nUser-agent: hi_pipeline\nDisallow: /a/\n", 0.0),
    ("User-agent: hi_pipeline\nCrawl-delay: 3\nUser-agent: *\nCrawl-delay: 5\n", 3.0),
    ("User-agent: other\nCrawl-delay: 5\n", 0.0),
    ("User-agent: *\nCrawl-delay: soon\n", 0.0),
    ("User-agent: *\nCrawl-delay: -5\n", 0.0),
    ("Crawl-delay: 5\n", 0.0),
    ("", 0.0),
]


@pytest.mark.parametrize(("text", "seconds"), DELAYS)
def test_the_delay_of_our_group_or_else_of_all_holds(text: str, seconds: float) -> None:
    assert rules_of(text, agent="hi_pipeline").delay == seconds


@pytest.mark.parametrize(("asked", "waited"), [("4", 4.0), ("60", 10.0), ("0", 1.0)], ids=["kept", "bounded", "none"])
@pytest.mark.parametrize("obeys", [True, False], ids=["obeyed", "ignored"])
def test_requests_are_as_far_apart_as_a_host_asks_up_to_a_bound(
    tmp_path: Path, server: FaultServer, monkeypatch: pytest.MonkeyPatch, asked: str, waited: float, obeys: bool
) -> None:
    """By a clock that stands still but for what is slept."""
    slept: list[float] = []
    monkeypatch.setattr("hi_pipeline.storage.http.time.monotonic", lambda: 1000.0 + sum(slept))
    monkeypatch.setattr(
        "hi_pipeline.storage.http.Downloader._check_connection", lambda self, response, address, download: None
    )
    limits = HttpLimits(connect=60.0, idle=60.0)
    downloader = Downloader(
        contact="", trusted_origin="http://localhost:1", obeys_robots=obeys, limits=limits, sleep=slept.append
    )
    monkeypatch.setattr("hi_pipeline.storage.http.check_address", lambda address, **how: None)
    store = Snapshots(tmp_path, mode="mirror", mirror=server.address, contact="", downloader=downloader)
    rules = [body(f"User-agent: *\nCrawl-delay: {asked}\n".encode())] if obeys else []
    server.script = [*rules, body(CSV)]
    for _ in range(3):
        store.fetch(*source_of(), force=True)
    assert len(server.requests) == 3 + obeys
    # The rules are read first, and the file is the second request to the host.
    assert slept == ([waited] * 3 if obeys else [1.0] * 2)
