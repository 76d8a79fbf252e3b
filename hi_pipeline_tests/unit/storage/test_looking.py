"""A look at a release's place says whether a fetch is worth while, and moves nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.storage.download import HttpLimits, Known
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.pages import links_of
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.fault_server import FaultServer, body, status
from hi_pipeline_tests.unit.storage.releases import CSV, OTHER, Mirror, sha, source_of

SOURCE, RELEASE = source_of()


@pytest.fixture
def store(tmp_path: Path, server: FaultServer) -> Snapshots:
    limits = HttpLimits(tries=2, first_wait=0.01)
    downloader = Downloader(contact="a@b.uk", trusted_origin=server.address, limits=limits)
    return Snapshots(tmp_path, mode="mirror", mirror=server.address, contact="", downloader=downloader)


def test_a_folder_tells_new_changed_and_same(mirror: Mirror) -> None:
    assert mirror.store.news(SOURCE, RELEASE) is None, "nothing is there"
    mirror.put(CSV)
    first = mirror.store.news(SOURCE, RELEASE)
    assert first is not None
    assert mirror.files() == {}, "a look writes nothing"
    mirror.store.fetch(SOURCE, RELEASE)
    assert mirror.store.news(SOURCE, RELEASE) is None
    mirror.put(OTHER + b"E09999,1\n")
    assert mirror.store.news(SOURCE, RELEASE) not in (None, first)


def test_bytes_that_a_manifest_accepts_are_news_without_a_changed_file(mirror: Mirror) -> None:
    mirror.put(CSV)
    manifest = mirror.folder / "SHA256SUMS"
    manifest.write_text(f"{sha(CSV)}  {RELEASE.mirror_file}\n")
    mirror.store.fetch(SOURCE, RELEASE)
    mirror.put(OTHER)
    assert mirror.store.fetch(SOURCE, RELEASE).sha256 == sha(CSV), "held to the manifest"
    assert mirror.store.news(SOURCE, RELEASE) is None, "the revision is kept and waits"
    manifest.write_text(f"{sha(OTHER)}  {RELEASE.mirror_file}\n")
    assert mirror.store.news(SOURCE, RELEASE) == f"accepted {sha(OTHER)}"
    assert mirror.store.fetch(SOURCE, RELEASE).sha256 == sha(OTHER)
    assert mirror.store.news(SOURCE, RELEASE) is None


def test_a_server_is_asked_with_what_is_known_and_not_for_the_body(store: Snapshots, server: FaultServer) -> None:
    server.script = [body(CSV, ETag='"1"')]
    assert store.news(SOURCE, RELEASE) == f'"1"  {len(CSV)}'
    store.fetch(SOURCE, RELEASE)
    server.script = [status(304)]
    assert store.news(SOURCE, RELEASE) is None
    assert server.requests[-1][1]["If-None-Match"] == '"1"'
    server.script = [body(OTHER, ETag='"2"')]
    assert store.news(SOURCE, RELEASE) == f'"2"  {len(OTHER)}'
    assert store.latest("made_up", "2023-24").sha256 == sha(CSV)  # type: ignore[union-attr]


def test_a_server_that_ignores_conditions_is_compared_by_what_it_says(store: Snapshots, server: FaultServer) -> None:
    server.script = [body(CSV, ETag='"1"')]
    store.fetch(SOURCE, RELEASE)
    assert store.news(SOURCE, RELEASE) is None, "the same tag"
    server.script = [body(CSV)]
    assert store.news(SOURCE, RELEASE) is None, "no tag any more, but the same length"
    server.script = [body(CSV + b"E99999,1\n")]
    assert store.news(SOURCE, RELEASE) is not None


def test_what_a_mirror_does_not_hold_is_no_news_and_a_dead_server_an_error(
    store: Snapshots, server: FaultServer
) -> None:
    server.script = [status(404)]
    assert store.news(SOURCE, RELEASE) is None
    server.script = [status(503)]
    with pytest.raises(FetchError, match="failed 2 times, last because it answered 503"):
        store.news(SOURCE, RELEASE)


def test_a_file_that_is_being_made_is_not_waited_for(store: Snapshots, server: FaultServer) -> None:
    server.script = [status(202)]
    assert store.news(SOURCE, RELEASE) == "being prepared", "a fetch is worth while"
    server.script = [body(CSV)]
    store.fetch(SOURCE, RELEASE)
    server.script = [status(202)]
    asked = len(server.requests)
    assert store.news(SOURCE, RELEASE) is None
    assert len(server.requests) == asked + 1


def test_without_asking_only_what_is_kept_counts(store: Snapshots, server: FaultServer) -> None:
    assert store.news(SOURCE, RELEASE, ask=False) == "not kept"
    server.script = [body(CSV)]
    store.fetch(SOURCE, RELEASE)
    asked = len(server.requests)
    assert store.news(SOURCE, RELEASE, ask=False) is None
    assert len(server.requests) == asked


def test_a_release_without_an_address_has_no_live_place(tmp_path: Path) -> None:
    live = Snapshots(tmp_path, mode="live", mirror="", contact="a@b.uk")
    assert live.news(SOURCE, replace(RELEASE, address=None), ask=False) is None


def test_a_page_is_read_and_not_kept(tmp_path: Path, server: FaultServer, store: Snapshots) -> None:
    server.script = [body(b"<a href='x.zip'>x</a>")]
    assert store.page(f"{server.address}/page") == "<a href='x.zip'>x</a>"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    server.script = [body(b"x" * 5_000_001)]
    with pytest.raises(FetchError, match="larger than the 5,000,000 bytes"):
        store.page(f"{server.address}/page")


@pytest.mark.parametrize(
    ("now", "kept", "agrees"),
    [
        (("a", "Mon", 1), ("a", "Tue", 2), True),
        (("a", "Mon", 1), ("b", "Mon", 1), False),
        ((None, "Mon", 1), ("a", "Mon", 2), True),
        ((None, "Mon", 1), ("a", "Tue", 1), False),
        ((None, None, 1), ("a", "Tue", 2), False),
        ((None, None, None), ("a", "Tue", 2), True),
    ],
)
def test_the_surest_of_what_both_know_decides(
    now: tuple[str | None, str | None, int | None], kept: tuple[str | None, str | None, int | None], agrees: bool
) -> None:
    said, known = (Known(etag=e, last_modified=m, size=n) for e, m, n in (now, kept))
    assert said.agrees_with(known) is agrees


def test_links_are_absolute_once_each_and_in_order() -> None:
    html = """<p><A HREF="/a/b.zip#top">1</A> <a href="c?x=1&amp;y=2">2</a> <a name="x">3</a> <a href=" /a/b.zip ">4</a>
    <a href="mailto:a@b.uk">5</a> <a href="javascript:void(0)">6</a> <a href="http://[broken">7</a> <a href=""> <b"""
    assert links_of(html, base="https://www.example.org/d/e") == (
        "https://www.example.org/a/b.zip",
        "https://www.example.org/d/c?x=1&y=2",
    )
