"""New editions of a declared series are found in a folder, over http and on a publisher's page, without a new line."""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable, StoreError
from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Release
from hi_pipeline.engine.layers.clean import build_clean, clean_inputs, fetch_part, fetch_release
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import Catalogue, Pipeline, open_pipeline
from hi_pipeline.engine.releases.editions import look_for_editions, nearly_editions, series_pages, waiting
from hi_pipeline.engine.releases.watch import new_links, places, read_page
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import HOST, PAGE, make_catalogue, make_source, rows_of, write_release

# No financial year, and an extension that the pattern does not have.
NEARLY = ("tiny-2022-24.csv", "tiny-2022-23.csv.part")
TODAY = date(2026, 11, 26)
SERIES = Series(
    name="yearly",
    layout="plain",
    page=f"{PAGE}/{{financial_year}}",
    host=HOST,
    file=r"tiny-(?P<years>\d{4}-\d\d)(-(?P<revised>revised))?(-v\d)?\.csv",
    example="tiny-2022-23.csv",
    first="2021-22",
    every=0,
)


def catalogue(*declared: str, series: Series = SERIES) -> Catalogue:
    """The miniature declarations with only some years declared, and a series for the others."""
    source = replace(make_source(declared), series=(series,))
    return replace(make_catalogue(), sources={"tiny": source})


@dataclass
class Root:
    """A mirror's folder and a data root that is opened anew with each word, as by a new process."""

    folder: Path
    address: str = ""
    accept: str = "first"

    def open(self, *declared: str) -> Pipeline:
        source = f"mirror:{self.address or self.folder / 'mirror'}"
        settings = Settings(source=source, data_dir=self.folder / "data", accept=self.accept)
        return open_pipeline(settings, catalogue(*(declared or ("2021-22",))))

    def put(self, year: str, name: str = "", more: int = 0) -> Path:
        rows = [[*row[:3], str(int(row[3]) + more), row[4]] for row in rows_of(year)]
        path = write_release(self.folder / "mirror", year, rows)
        return path.rename(path.with_name(name)) if name else path

    def look(self, *declared: str) -> tuple[Pipeline, tuple[str, ...]]:
        pipeline = self.open(*declared)
        return pipeline, look_for_editions(pipeline, today=TODAY)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    made = Root(tmp_path)
    made.put("2021-22")
    return made


def _editions(pipeline: Pipeline) -> dict[str, bool]:
    return {release.edition: release.found for release in pipeline.catalogue.sources["tiny"].releases}


def _fetched(pipeline: Pipeline, edition: str) -> State:
    source = pipeline.catalogue.sources["tiny"]
    return fetch_release(pipeline, source, source.release(edition)).state


def _sha(pipeline: Pipeline, edition: str) -> str | None:
    kept = pipeline.snapshots.latest("tiny", edition)
    return kept.sha256 if kept else None


def test_a_new_file_of_the_series_becomes_a_release_that_is_fetched_built_and_remembered(root: Root) -> None:
    assert root.look()[1] == ()
    root.put("2022-23")
    pipeline, said = root.look()
    assert said == () and _editions(pipeline) == {"2021-22": False, "2022-23": True}
    source = pipeline.catalogue.sources["tiny"]
    found = source.release("2022-23")
    assert (found.address, found.financial_years) == (f"https://{HOST}/tiny-2022-23.csv", ("2022-23",))
    assert source.years == ("2021-22", "2022-23")
    assert fetch_part(pipeline, source, "2022-23").state is State.WRITTEN
    assert build_clean(pipeline, source, "2022-23").releases == ("tiny:2022-23",)
    assert _editions(root.open()) == {"2021-22": False, "2022-23": True}, "a new process knows it without a look"


def test_what_is_declared_wins(root: Root) -> None:
    root.put("2022-23")
    root.look()
    pipeline, _ = root.look("2021-22", "2022-23")
    assert _editions(pipeline) == {"2021-22": False, "2022-23": False}
    moved = replace(pipeline.catalogue.sources["tiny"].release("2022-23"), edition="other name")
    source = replace(pipeline.catalogue.sources["tiny"], releases=(moved,))
    again = Release(**(vars(moved) | {"edition": "2022-23", "found": True}))
    assert source.with_editions([again]).releases == (moved,), "one file is not read twice under two names"


def test_what_must_be_whole_in_the_newest_declared_year_must_be_so_in_later_ones() -> None:
    source = replace(make_source(("2021-22", "2022-23")), whole_levels={"icb": ("2022-23",), "ccg": ("2021-22",)})
    found = source.edition(SERIES, "2024-25", address=f"https://{HOST}/tiny-2024-25.csv", landing_page=PAGE)
    assert source.with_editions([found]).whole_levels == {"icb": ("2022-23", "2024-25"), "ccg": ("2021-22",)}


def test_other_names_and_years_to_come_are_no_editions(root: Root) -> None:
    for name in (
        "tiny-2022-24.csv",
        "tiny-2022-23.csv.part",
        "big-2022-23.csv",
        "tiny-2020-21.csv",
        "tiny-2031-32.csv",
    ):
        root.put("2022-23", name)
    pipeline, said = root.look()
    assert said == () and list(_editions(pipeline)) == ["2021-22"]
    # Another series, an edition before the layout and one of a year to come are nobody's mistake.
    assert {place for _, place in nearly_editions(pipeline)} == {f"{HOST}/{name}" for name in NEARLY}
    line = nearly_editions(pipeline)["tiny", f"{HOST}/tiny-2022-24.csv"]
    assert "looks like an edition of tiny (yearly) but does not fit the pattern" in line and "tiny-2022-23.csv" in line


def test_a_mirror_over_http_is_not_asked_by_commands_that_only_read(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.put("2022-23", "tiny-2022-24.csv")
    pipeline, _ = root.look()
    assert nearly_editions(pipeline, ask=False), "a folder is looked at in any case"
    monkeypatch.setattr(pipeline.snapshots.supply, "http_mirror", "http://mirror.invalid")
    monkeypatch.setattr(pipeline.snapshots, "listing", lambda host: pytest.fail("the mirror was asked"))
    assert nearly_editions(pipeline, ask=False) == {}


def test_changed_bytes_at_a_known_address_wait_for_acceptance(root: Root) -> None:
    root.put("2022-23")
    pipeline, _ = root.look()
    _fetched(pipeline, "2022-23")
    first = _sha(pipeline, "2022-23")
    root.put("2022-23", more=1)
    pipeline, _ = root.look()
    _fetched(pipeline, "2022-23")
    assert _sha(pipeline, "2022-23") == first and waiting(pipeline) == ("tiny:2022-23",)
    source = pipeline.catalogue.sources["tiny"]
    second = pipeline.snapshots.accept_kept(source, source.release("2022-23"))
    assert _sha(root.open(), "2022-23") == second != first and waiting(root.open()) == ()
    root.put("2022-23", more=2)
    pipeline = root.open()
    _fetched(pipeline, "2022-23")
    assert _sha(pipeline, "2022-23") == second and waiting(pipeline) == ("tiny:2022-23",), "each change by itself"


def test_a_first_edition_waits_where_the_operator_wants_to_be_asked(root: Root) -> None:
    root.accept = "ask"
    root.put("2022-23")
    pipeline, _ = root.look()
    source = pipeline.catalogue.sources["tiny"]
    assert _fetched(pipeline, "2021-22") is State.WRITTEN, "a declared release is accepted by its declaration"
    outcome = fetch_part(pipeline, source, "2022-23")
    assert outcome.state is State.ABSENT and "hi accept tiny:2022-23" in outcome.reason
    assert fetch_part(pipeline, source, "2022-23").state is State.ABSENT, "asked again, it still waits"
    assert build_clean(pipeline, source, "2022-23").state is State.ABSENT
    assert waiting(pipeline) == ("tiny:2022-23",)
    pipeline.snapshots.accept_kept(source, source.release("2022-23"))
    assert build_clean(root.open(), source, "2022-23").state is State.WRITTEN


def test_the_file_at_a_new_address_is_used_at_once_unless_asked(root: Root) -> None:
    root.put("2022-23").touch()
    pipeline, _ = root.look()
    _fetched(pipeline, "2022-23")
    first = _sha(pipeline, "2022-23")
    root.put("2022-23", "tiny-2022-23-v2.csv", more=1)
    root.put("2022-23")
    pipeline, said = root.look()
    assert said == () and _fetched(pipeline, "2022-23") is State.WRITTEN
    second = _sha(pipeline, "2022-23")
    assert second != first
    pipeline, _ = root.look()
    assert _fetched(pipeline, "2022-23") is State.UNCHANGED, "the earlier address is no news"
    root.accept = "ask"
    root.put("2022-23", "tiny-2022-23-v3.csv", more=2)
    root.put("2022-23")
    pipeline, _ = root.look()
    _fetched(pipeline, "2022-23")
    assert _sha(pipeline, "2022-23") == second and waiting(pipeline) == ("tiny:2022-23",)


def test_of_two_files_the_one_that_says_it_is_revised_is_taken_and_else_none(root: Root) -> None:
    root.put("2022-23", "tiny-2022-23-v2.csv")
    root.put("2022-23")
    pipeline, (said,) = root.look()
    assert "tiny:2022-23 is not taken: several files may be it" in said and "2022-23" not in _editions(pipeline)
    root.put("2022-23", "tiny-2022-23-revised.csv")
    root.put("2022-23")
    pipeline, said_now = root.look()
    assert said_now == ()
    assert pipeline.catalogue.sources["tiny"].release("2022-23").address == f"https://{HOST}/tiny-2022-23-revised.csv"


def test_the_newest_edition_stands_for_its_year_and_the_one_before_while_it_waits(root: Root) -> None:
    monthly = replace(SERIES, newest_of_year=True)
    source = replace(make_source(("2021-22",)), series=(monthly,))
    older = replace(source.releases[0], edition="2021-08", financial_years=("2021-22",))
    newer = replace(older, edition="2021-09", mirror_path=f"{HOST}/newer.csv")
    source = replace(source, releases=(newer, older))
    pipeline = root.open()
    fetch_release(pipeline, source, older)
    assert [r.edition for r, _ in clean_inputs(pipeline, source, "2021-22")] == ["2021-08"]
    assert fetch_part(pipeline, source, "2021-22").state is State.ABSENT, "it asks for the newest alone"
    root.put("2021-22", "newer.csv")
    assert fetch_part(pipeline, source, "2021-22").state is State.WRITTEN
    assert [r.edition for r, _ in clean_inputs(pipeline, source, "2021-22")] == ["2021-09"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def list_directory(self, path: object) -> None:  # type: ignore[override]
        if self.server.lists:  # type: ignore[attr-defined]
            return super().list_directory(path)  # type: ignore[return-value, arg-type]
        self.send_error(404)
        return None


@contextmanager
def _http(folder: Path, *, lists: bool) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    server.lists = lists  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("lists", [True, False], ids=["index pages", "manifest"])
def test_a_mirror_over_http_shows_its_files(root: Root, lists: bool) -> None:
    root.put("2022-23")
    with _http(root.folder / "mirror", lists=lists) as address:
        root.address = address
        pipeline, said = root.look()
        assert said == () and ("2022-23" in _editions(pipeline)) is lists
        (root.folder / "mirror" / "SHA256SUMS").write_text(f"{'0' * 64}  {HOST}/tiny-2022-23.csv\n")
        pipeline, _ = root.look()
        assert _editions(pipeline) == {"2021-22": False, "2022-23": True}
        assert _fetched(pipeline, "2022-23") is State.WRITTEN


class Pages:
    """A publisher's pages, in place of the network."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def page(self, address: str, *, may_be_absent: bool = False) -> str:
        if address == "https://www.example.org/tiny/2025-26":
            raise FetchError("no answer")
        if address not in self.held:
            raise ReleaseUnavailable(address) if may_be_absent else FetchError(address)
        return self.held[address]


def test_a_publishers_page_shows_editions_and_one_that_is_not_there_yet_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = open_pipeline(Settings(source="live", data_dir=tmp_path), catalogue("2021-22"))
    pages = Pages()
    pages.held = {
        PAGE: "<a href='/tiny-2024-25.csv'>x</a><a href='/other.csv'>y</a>",
        f"{PAGE}/2022-23": "<a href='/tiny-2022-23.csv'>x</a> <a href='https://evil.example/tiny-2023-24.csv'>y</a>",
    }
    monkeypatch.setattr(pipeline.snapshots, "page", pages.page)
    assert look_for_editions(pipeline, today=TODAY, ask=False) == ()
    assert list(_editions(pipeline)) == ["2021-22"], "publishers are not asked by every run"
    assert look_for_editions(pipeline, today=TODAY) == ("no answer",), "the others are looked at all the same"
    assert list(_editions(pipeline)) == ["2021-22", "2022-23"]
    found = pipeline.catalogue.sources["tiny"].release("2022-23")
    assert (found.address, found.landing_page) == (f"https://{HOST}/tiny-2022-23.csv", f"{PAGE}/2022-23")

    source = pipeline.catalogue.sources["tiny"]
    assert f"{PAGE}/2024-25" in {place.page for place in places(pipeline, today=TODAY)}
    assert series_pages(source, today=TODAY)[0] == f"{PAGE}/2022-23"
    assert read_page(pipeline, source, PAGE, today=TODAY) == ()
    assert list(_editions(pipeline)) == ["2021-22", "2022-23", "2024-25"], "the sensor's look takes them, too"
    assert new_links(pipeline, pipeline.catalogue.sources["tiny"]) == ()
    assert read_page(pipeline, source, f"{PAGE}/2026-27", today=TODAY) == ()


def test_a_damaged_record_is_named(root: Root) -> None:
    root.put("2022-23")
    root.look()
    record = root.folder / "data" / "mirror" / "snapshots" / "editions.json"
    record.write_text("[{}]")
    with pytest.raises(StoreError, match=r"editions.json: is not what this program writes"):
        root.open()
