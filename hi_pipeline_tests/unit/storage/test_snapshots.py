"""Snapshots from a mirror's folder, and what becomes of bytes that change."""

import hashlib
import io
import logging
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable, StoreError
from hi_pipeline.core.source import Container, Release, ReleaseStatus, Source
from hi_pipeline.storage import folder_mirror
from hi_pipeline.storage.atomic import Staged
from hi_pipeline.storage.folder_mirror import Arrival
from hi_pipeline.storage.http import Download, Known
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.releases import CSV, HTML, OTHER, source_of

PLACE = "files.digital.nhs.uk/AA/BBBBBB/data file.csv"


class Mirror:
    """A mirror's folder and the store that reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mirror"
        self.folder.mkdir()
        self.root = folder / "data"
        self.store = Snapshots(self.root, mode="mirror", mirror=str(self.folder), contact="a@b.uk")

    def put(self, data: bytes, place: str = PLACE) -> Path:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and path.suffix != ".lock"
        }


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_file_is_kept_by_its_hash(mirror: Mirror) -> None:
    mirror.put(CSV)
    source, release = source_of()
    got = mirror.store.fetch(source, release)
    assert got.path == mirror.root / "snapshots/made_up/2023-24" / f"{sha(CSV)[:16]}-data_file.csv"
    assert got.path.read_bytes() == CSV
    assert (got.sha256, got.size) == (sha(CSV), len(CSV))
    assert (got.source, got.edition, got.address) == ("made_up", "2023-24", release.address)
    assert got.fetched_at.utcoffset().total_seconds() == 0
    assert not got.revised
    assert mirror.store.latest("made_up", "2023-24") == got
    assert mirror.store.verify() == []


def test_symbolic_links_are_followed(mirror: Mirror, tmp_path: Path) -> None:
    kept_elsewhere = tmp_path / "elsewhere.bin"
    kept_elsewhere.write_bytes(CSV)
    place = mirror.folder / PLACE
    place.parent.mkdir(parents=True)
    place.symlink_to(kept_elsewhere)
    source, release = source_of()
    got = mirror.store.fetch(source, release)
    assert got.path.read_bytes() == CSV
    assert not got.path.is_symlink()
    kept_elsewhere.unlink()
    with pytest.raises(ReleaseUnavailable, match=r"is a link to .*elsewhere.bin, which is not there"):
        mirror.store.fetch(source, release)


def test_a_second_fetch_reads_and_writes_nothing(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.put(CSV)
    first = mirror.store.fetch(*source_of())
    before = mirror.files()

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the file was read again")

    monkeypatch.setattr("hi_pipeline.storage.snapshots.copy_in", refuse)
    assert mirror.store.fetch(*source_of()) == first
    assert mirror.files() == before
    with pytest.raises(AssertionError):
        mirror.store.fetch(*source_of(), force=True)


def test_a_touched_file_with_the_same_bytes_is_the_same(mirror: Mirror) -> None:
    path = mirror.put(CSV)
    first = mirror.store.fetch(*source_of())
    os.utime(path, (1, 1))
    assert mirror.store.fetch(*source_of()) == first
    assert len(mirror.store.history("made_up", "2023-24")) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [({}, "is not there; it runs when"), ({"address": None}, "neither an address nor a mirror path")],
)
def test_what_is_not_there_is_unavailable(mirror: Mirror, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ReleaseUnavailable, match=said):
        mirror.store.fetch(*source_of(**changes))
    assert mirror.store.latest("made_up", "2023-24") is None


def test_a_mirror_that_is_no_folder_and_a_place_outside_it(mirror: Mirror, tmp_path: Path) -> None:
    store = Snapshots(tmp_path / "data", mode="mirror", mirror=str(tmp_path / "no"), contact="")
    with pytest.raises(FetchError, match="is no folder"):
        store.fetch(*source_of())
    (tmp_path / "secret.csv").write_bytes(CSV)
    with pytest.raises(FetchError, match="leads out of the mirror"):
        mirror.store.fetch(*source_of(mirror_path="../secret.csv"))


def _truncated_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", CSV)
    return buffer.getvalue()[:-30]


@pytest.mark.parametrize(
    ("container", "data", "said"),
    [
        (Container.CSV, HTML, "expected a CSV, but an HTML or XML page titled 'Page not found - NHS England' came"),
        (Container.CSV, b"\xef\xbb\xbf<html></html>", "an HTML or XML page came"),
        (Container.CSV, b'{"error": "busy"}', "a JSON message"),
        (Container.CSV, b"PK\x03\x04....", "a zip archive or spreadsheet came"),
        (Container.CSV, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (Container.CSV, b"", r"is empty \(0 bytes\)"),
        (Container.CSV, b"\n\n", r"is empty \(2 bytes\)"),
        (Container.CSV, CSV[:-4].rsplit(b",", 1)[0], "the last row has 1 cells, the header 2: the file was cut short"),
        (Container.ZIP, _truncated_zip(), "the zip file is truncated or damaged"),
        (Container.ZIP, CSV, "expected a zip file, but something else"),
        (Container.ZIP, HTML, "an HTML or XML page titled"),
        (Container.XLSX, HTML, "expected a xlsx file"),
    ],
)
@pytest.mark.parametrize("kept", [False, True], ids=["first", "later"])
def test_what_is_not_the_file_is_refused_and_changes_nothing(
    mirror: Mirror, container: Container, data: bytes, said: str, kept: bool
) -> None:
    place = PLACE.replace(".csv", f".{container.value}")
    source, release = source_of(container)
    if kept and container is Container.CSV:
        mirror.put(CSV, place)
        mirror.store.fetch(source, release)
    before = mirror.files()
    mirror.put(data, place)
    with pytest.raises(FetchError, match=said) as caught:
        mirror.store.fetch(source, release)
    assert str(caught.value).startswith("made_up:2023-24 from ")
    assert mirror.files() == before


def test_a_file_larger_than_declared_is_refused(mirror: Mirror) -> None:
    mirror.put(CSV)
    with pytest.raises(FetchError, match="larger than the 1,000 bytes"):
        mirror.store.fetch(*source_of(max_bytes=1_000))
    assert mirror.files() == {}


def test_a_file_that_changes_while_it_is_read(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mirror.put(CSV)
    once = folder_mirror._copy_once
    seen: list[Path] = []

    def touching(source: Path, *args: Any, **kwargs: Any) -> Arrival:
        arrival = once(source, *args, **kwargs)
        seen.append(source)
        os.utime(path, (len(seen), len(seen)))
        return arrival

    monkeypatch.setattr(folder_mirror, "_copy_once", touching)
    with pytest.raises(FetchError, match="changes while it is read"):
        mirror.store.fetch(*source_of())
    assert len(seen) == 2
    assert mirror.files() == {}


def test_a_revision_keeps_both_and_says_so_loudly(mirror: Mirror, caplog: pytest.LogCaptureFixture) -> None:
    mirror.put(CSV)
    first = mirror.store.fetch(*source_of())
    assert caplog.records == []
    mirror.put(OTHER)
    second = mirror.store.fetch(*source_of())
    assert second.revised
    assert second.sha256 == sha(OTHER)
    assert second.supersedes == first.sha256
    assert first.path.read_bytes() == CSV
    assert [(s.sha256, s.revised) for s in mirror.store.history("made_up", "2023-24")] == [
        (sha(CSV), False),
        (sha(OTHER), True),
    ]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "REVISED" in caplog.text
    assert mirror.store.fetch(*source_of()).revised, "it is told again until somebody accepts it"
    assert mirror.store.latest("made_up", "2023-24").revised


def test_a_final_edition_replaces_a_provisional_one_without_alarm(
    mirror: Mirror, caplog: pytest.LogCaptureFixture
) -> None:
    mirror.put(CSV)
    first = mirror.store.fetch(*source_of(status=ReleaseStatus.PROVISIONAL))
    mirror.put(OTHER)
    second = mirror.store.fetch(*source_of(status=ReleaseStatus.FINAL))
    assert (second.revised, second.supersedes, second.sha256) == (False, first.sha256, sha(OTHER))
    assert first.path.read_bytes() == CSV
    assert caplog.records == []
    mirror.put(CSV + b"E99999,1\n")
    assert mirror.store.fetch(*source_of(status=ReleaseStatus.FINAL)).revised


def test_another_declared_address_is_no_alarm(mirror: Mirror) -> None:
    mirror.put(CSV)
    mirror.store.fetch(*source_of())
    address = "https://files.digital.nhs.uk/CC/DDDDDD/data_V2.csv"
    mirror.put(OTHER, "files.digital.nhs.uk/CC/DDDDDD/data_V2.csv")
    got = mirror.store.fetch(*source_of(address=address))
    assert (got.revised, got.address, got.supersedes) == (False, address, sha(CSV))


def test_mirrors_are_not_held_to_the_declared_hash_but_to_their_manifest(mirror: Mirror) -> None:
    manifest = mirror.folder / "SHA256SUMS"
    mirror.put(CSV)
    manifest.write_text(f"{sha(CSV)}  {PLACE}\n{sha(HTML)} *other.html\n")
    first = mirror.store.fetch(*source_of(sha256="0" * 64))
    mirror.put(OTHER)
    held = mirror.store.fetch(*source_of())
    assert (held.sha256, held.revised) == (first.sha256, True)
    assert held.pending is not None
    assert held.pending.read_bytes() == OTHER
    manifest.write_text(f"{sha(OTHER)}  {PLACE}\n")
    accepted = mirror.store.fetch(*source_of())
    assert (accepted.sha256, accepted.revised, accepted.supersedes) == (sha(OTHER), False, sha(CSV))


def test_a_mirror_that_breaks_its_manifest_from_the_start_is_refused(mirror: Mirror) -> None:
    mirror.put(CSV)
    (mirror.folder / "SHA256SUMS").write_text(f"{sha(OTHER)}  {PLACE}\n")
    with pytest.raises(FetchError, match=rf"have sha256 {sha(CSV)}, the mirror's SHA256SUMS says {sha(OTHER)}"):
        mirror.store.fetch(*source_of())
    assert mirror.files() == {}


class FakePublisher:
    """Stands for the network: what it would bring, and what it was asked."""

    def __init__(self) -> None:
        self.data = CSV
        self.asked: list[Known | None] = []

    def fetch(self, download: Download, known: Known | None) -> Arrival | None:
        self.asked.append(known)
        if known and known.etag == f'"{sha(self.data)[:8]}"':
            return None
        staged = Staged(download.into)
        staged.write(self.data)
        etag = f'"{sha(self.data)[:8]}"'
        return Arrival(staged=staged, sha256=sha(self.data), size=len(self.data), read_from=download.address, etag=etag)


@pytest.fixture
def publisher() -> FakePublisher:
    return FakePublisher()


@pytest.fixture
def live(tmp_path: Path, publisher: FakePublisher) -> Snapshots:
    return Snapshots(tmp_path, mode="live", mirror="", contact="", downloader=publisher)  # type: ignore[arg-type]


def _pinned(data: bytes) -> tuple[Source, Release]:
    return source_of(sha256=sha(data))


def test_live_bytes_other_than_the_pinned_ones_are_refused(live: Snapshots, publisher: FakePublisher) -> None:
    with pytest.raises(FetchError, match=rf"have sha256 {sha(CSV)}, the declaration says {sha(OTHER)}.*put the new"):
        live.fetch(*_pinned(OTHER))
    assert live.latest("made_up", "2023-24") is None
    assert live.history("made_up", "2023-24") == ()
    assert live.fetch(*_pinned(CSV)).sha256 == sha(CSV)


@pytest.mark.parametrize("pinned", [sha(CSV), None])
def test_live_goes_on_with_the_accepted_bytes_until_the_declaration_changes(
    live: Snapshots, publisher: FakePublisher, pinned: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    first = live.fetch(*source_of(sha256=pinned))
    publisher.data = OTHER
    for _ in range(2):
        held = live.fetch(*source_of(sha256=pinned))
        assert (held.sha256, held.revised) == (first.sha256, True)
        assert held.pending.read_bytes() == OTHER
        assert live.latest("made_up", "2023-24") == held
    assert "REVISED by the publisher" in caplog.text
    assert publisher.asked[-1].etag == f'"{sha(OTHER)[:8]}"', "what was seen last is not fetched again"
    accepted = live.fetch(*_pinned(OTHER))
    assert (accepted.sha256, accepted.revised, accepted.pending) == (sha(OTHER), False, None)
    assert accepted.supersedes == sha(CSV)
    assert first.path.read_bytes() == CSV


def test_a_revision_that_the_publisher_takes_back_is_forgotten(live: Snapshots, publisher: FakePublisher) -> None:
    first = live.fetch(*_pinned(CSV))
    publisher.data = OTHER
    live.fetch(*_pinned(CSV))
    publisher.data = CSV
    assert live.fetch(*_pinned(CSV)) == replace(first, revised=False, pending=None)
    assert len(live.history("made_up", "2023-24")) == 2


def test_the_same_tag_never_outweighs_other_bytes(live: Snapshots, publisher: FakePublisher) -> None:
    """A kept file that was damaged is fetched again although the server would say that nothing changed."""
    first = live.fetch(*_pinned(CSV))
    first.path.write_bytes(OTHER)
    assert len(live.verify()) == 1
    again = live.fetch(*_pinned(CSV))
    assert publisher.asked[-1] is None
    assert again.path.read_bytes() == CSV
    assert live.verify() == []


def test_a_kept_file_that_went_missing_is_fetched_again(live: Snapshots) -> None:
    first = live.fetch(*_pinned(CSV))
    first.path.unlink()
    assert live.latest("made_up", "2023-24") is None
    assert "fetch it again" in live.verify()[0]
    assert live.fetch(*_pinned(CSV)).path.read_bytes() == CSV


def test_live_without_an_address_names_the_landing_page(live: Snapshots) -> None:
    with pytest.raises(ReleaseUnavailable, match="download it from https://digital.nhs.uk/landing into a mirror"):
        live.fetch(*source_of(address=None, mirror_path="x/y.csv"))


def test_a_broken_sidecar_is_an_error_that_names_it(mirror: Mirror) -> None:
    mirror.put(CSV)
    got = mirror.store.fetch(*source_of())
    got.path.with_name("current.json").write_text("{")
    with pytest.raises(StoreError, match=r"current.json: is not what this program writes"):
        mirror.store.latest("made_up", "2023-24")


def test_temporary_files_of_the_dead_are_swept(mirror: Mirror) -> None:
    mirror.put(CSV)
    got = mirror.store.fetch(*source_of())
    stale = Staged(got.path.with_name("incoming"))
    stale.write(b"half")
    assert mirror.store.sweep() == []
    stale.file.close()
    assert mirror.store.sweep() == [stale.temporary]


def test_a_full_disk_is_named_and_loses_nothing(mirror: Mirror, small_disk: Path) -> None:
    mirror.put(CSV)
    store = Snapshots(small_disk / "data", mode="mirror", mirror=str(mirror.folder), contact="")
    first = store.fetch(*source_of())
    before = {path: path.read_bytes() for path in small_disk.rglob("*") if path.is_file()}
    mirror.put(CSV + b"E99999,123456789\n" * 50_000)
    with pytest.raises(StoreError, match=r"data/snapshots/made_up/2023-24.*No space left on device; make room"):
        store.fetch(*source_of())
    assert {path: path.read_bytes() for path in small_disk.rglob("*") if path.is_file()} == before
    assert store.latest("made_up", "2023-24") == first


def test_what_a_revision_changed_lies_beside_it(mirror: Mirror) -> None:
    mirror.put(CSV)
    mirror.store.fetch(*source_of())
    mirror.put(OTHER)
    got = mirror.store.fetch(*source_of())
    path = mirror.store.write_changes(got, pl.DataFrame({"code": ["E00007"], "before": ["7"], "after": ["8"]}))
    assert path == got.path.with_name(f"{got.path.name}.changes.csv")
    assert path.read_text() == "code,before,after\nE00007,7,8\n"
    assert mirror.store.fetch(*source_of()) == got
    assert len(mirror.store.history("made_up", "2023-24")) == 2


def test_the_real_mirror_is_kept_and_known_again(real_mirror: Path, tmp_path: Path) -> None:
    source, release = source_of(
        address=None, mirror_path="bulk.nomisweb.co.uk/census2021-ts021-lsoa.csv", max_bytes=64_000_000
    )
    store = Snapshots(tmp_path, mode="mirror", mirror=str(real_mirror), contact="")
    got = store.fetch(source, release)
    assert got.sha256 == "f5f23bc6abac6ca9c72304069940e9376c6164d60a36a0f48cc9573f3f18a9cb"
    assert store.fetch(source, release) == got
