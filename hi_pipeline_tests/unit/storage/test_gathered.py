"""Answers of an interface: asked one by one, kept as one archive whose bytes are the same for the same answers."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.core.source import Container, Release, Source
from hi_pipeline_tests.unit.storage.fault_server import FaultServer, body, status
from hi_pipeline_tests.unit.storage.http_client import live_store
from hi_pipeline_tests.unit.storage.releases import source_of


def _source(server: FaultServer, **changes: object) -> tuple[Source, Release]:
    source, release = source_of(
        Container.ZIP, address=f"{server.address}/list", mirror_path="a.nhs.uk/a.zip", **changes
    )

    def gather(ask: Callable[[str], bytes], asked: Release) -> Iterator[tuple[str, bytes]]:
        number = ask(f"{server.address}/list").decode()
        yield f"{number}.json", ask(f"{server.address}/answer/{number}")

    return replace(source, gather=gather), release


def test_each_question_is_made_from_the_answer_before_it(tmp_path: Path, server: FaultServer) -> None:
    server.script = [body(b"17"), body(b'{"rows": []}')]
    found = live_store(tmp_path, server).fetch(*_source(server))
    with zipfile.ZipFile(found.path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"17.json": b'{"rows": []}'}
    assert [path for path, _ in server.requests] == ["/list", "/answer/17"]


def test_the_same_answers_are_no_revision_and_others_are(tmp_path: Path, server: FaultServer) -> None:
    store, (source, release) = live_store(tmp_path, server), _source(server)
    server.script = [body(b"17"), body(b"one"), body(b"17"), body(b"one"), body(b"17"), body(b"two")]
    first, again = store.fetch(source, release), store.fetch(source, release)
    assert (first.sha256, first.revised) == (again.sha256, again.revised)
    assert len(store.history(source.name, release.edition)) == 1
    store.fetch(source, release)
    assert len(store.history(source.name, release.edition)) == 2


def test_a_question_without_an_answer_keeps_nothing(tmp_path: Path, server: FaultServer) -> None:
    store, (source, release) = live_store(tmp_path, server), _source(server)
    server.script = [body(b"17"), status(404)]
    with pytest.raises(FetchError, match="answers 404"):
        store.fetch(source, release)
    assert store.latest(source.name, release.edition) is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_the_cap_is_for_all_answers_together(tmp_path: Path, server: FaultServer) -> None:
    server.script = [body(b"17"), body(b"x" * 99)]
    with pytest.raises(FetchError, match="larger than the 100 bytes"):
        live_store(tmp_path, server).fetch(*_source(server, max_bytes=100))


def test_news_asks_nothing(tmp_path: Path, server: FaultServer) -> None:
    store, (source, release) = live_store(tmp_path, server), _source(server)
    assert store.news(source, release) == "not kept"
    server.script = [body(b"17"), body(b"one")]
    store.fetch(source, release)
    asked = len(server.requests)
    assert store.news(source, release) is None
    assert len(server.requests) == asked
