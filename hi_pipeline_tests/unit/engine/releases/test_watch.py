"""Publishers' pages are looked at for editions that nobody has declared."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.engine.releases import watch
from hi_pipeline.engine.releases.watch import change_at, new_links, places, read_page, worth_knowing
from hi_pipeline.orchestration.sensors import NETWORK_PLACES, _turn
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import PAGE, make_catalogue, make_source

TODAY = date(2026, 11, 26)
FILE = "https://files.example.org/AA/tiny-2023-24.csv"
NEW = "https://files.example.org/BB/tiny-2024-25.csv"


class Pages:
    """A publisher's page whose links a test sets, in place of the network."""

    def __init__(self) -> None:
        self.links: list[str] = []

    def page(self, address: str, *, may_be_absent: bool = False) -> str:
        return "".join(f'<a href="{link}">x</a>' for link in self.links)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Pipeline, Pages]]:
    pipeline = open_pipeline(Settings(source="live", data_dir=tmp_path), make_catalogue())
    pages = Pages()
    monkeypatch.setattr(pipeline.snapshots, "page", pages.page)
    yield pipeline, pages


def test_what_is_on_the_page_at_the_first_look_is_not_new(live: tuple[Pipeline, Pages]) -> None:
    pipeline, pages = live
    source = make_source()
    pages.links = [FILE, "/about"]
    assert read_page(pipeline, source, PAGE, today=TODAY) == ()
    pages.links += [NEW, "/contact"]
    assert read_page(pipeline, source, PAGE, today=TODAY) == (NEW,)
    assert new_links(pipeline, source) == (NEW,), "remembered for hi status"
    assert read_page(pipeline, source, PAGE, today=TODAY) == (NEW,), "until somebody declares it"


def test_a_declared_link_and_one_that_is_gone_are_not_new(live: tuple[Pipeline, Pages]) -> None:
    pipeline, pages = live
    source = make_source()
    read_page(pipeline, source, PAGE, today=TODAY)
    pages.links = [NEW, "https://files.example.org/CC/gone%20soon.zip"]
    assert len(read_page(pipeline, source, PAGE, today=TODAY)) == 2
    declared = replace(source, releases=(*source.releases[:-1], replace(source.releases[-1], address=NEW)))
    assert new_links(pipeline, declared) == ("https://files.example.org/CC/gone%20soon.zip",)
    pages.links = [NEW]
    assert read_page(pipeline, declared, PAGE, today=TODAY) == ()
    assert new_links(pipeline, declared) == ()


def test_editions_show_as_data_files_and_as_pages_just_below() -> None:
    source = make_source()
    links = (
        f"{PAGE}/2024-25",
        f"{PAGE}/2024-25/notes",
        "https://elsewhere.example.org/2024-25",
        "https://files.example.org/a.XLSX",
        "https://www.example.org/file?uri=/x/mid2025.xlsx",
        "https://files.example.org/a.pdf",
    )
    assert worth_knowing(links, source, PAGE) == (links[0], links[3], links[4])


def test_live_places_are_releases_and_each_page_once(live: tuple[Pipeline, Pages]) -> None:
    pipeline, _ = live
    assert [place.name for place in places(pipeline, today=TODAY)] == [
        "tiny:2021-22",
        "tiny:2022-23",
        "tiny:2023-24",
        PAGE,
    ]
    source = pipeline.catalogue.sources["tiny"]
    assert change_at(pipeline, source, source.releases[0]) is None, "no address: nothing to ask"


def test_a_page_that_cannot_be_read_changes_nothing(
    live: tuple[Pipeline, Pages], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline, pages = live
    source = make_source()
    read_page(pipeline, source, PAGE, today=TODAY)
    pages.links = [NEW]
    read_page(pipeline, source, PAGE, today=TODAY)

    def broken(address: str, *, may_be_absent: bool = False) -> str:
        raise FetchError("no answer")

    monkeypatch.setattr(pipeline.snapshots, "page", broken)
    with pytest.raises(FetchError):
        read_page(pipeline, source, PAGE, today=TODAY)
    assert new_links(pipeline, source) == (NEW,)


def test_over_the_network_each_place_gets_its_turn() -> None:
    found = tuple(range(2 * NETWORK_PLACES + 5))
    seen: list[object] = []
    turn = 0
    for _ in range(3):
        chosen, turn = _turn(found, turn, at_once=NETWORK_PLACES)  # type: ignore[arg-type]
        assert len(chosen) == NETWORK_PLACES
        seen += chosen
    assert set(seen) == set(found)
    assert _turn(found, turn, at_once=None) == (list(found), 0)  # type: ignore[arg-type]


def test_two_processes_that_read_pages_at_once_both_remember(
    live: tuple[Pipeline, Pages], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [PAGE, f"{PAGE}/other"]
    remembered = watch._remembered

    def slowly(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
        found = remembered(pipeline)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(watch, "_remembered", slowly)
    readers = []
    for page in pages:
        pipeline = open_pipeline(Settings(source="live", data_dir=tmp_path), make_catalogue())
        monkeypatch.setattr(pipeline.snapshots, "page", live[1].page)
        readers.append(Thread(target=read_page, args=(pipeline, make_source(), page), kwargs={"today": TODAY}))
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert set(remembered(live[0])) == set(pages)
