"""Snapshots from a mirror's folder: kept by hash, known again, refused where they are not what they should be."""

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable, StoreError
from hi_pipeline.core.source import Container
from hi_pipeline.storage import folder_mirror
from hi_pipeline.storage.atomic import Staged
from hi_pipeline.storage.folder_mirror import Arrival
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.releases import CSV, HTML, PLACE, Mirror, sha, source_of


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


def test_links_out_of_a_mirror_are_followed_only_where_that_is_asked(mirror: Mirror, tmp_path: Path) -> None:
    kept_elsewhere = tmp_path / "elsewhere.bin"
    kept_elsewhere.write_bytes(CSV)
    place = mirror.folder / PLACE
    place.parent.mkdir(parents=True)
    place.symlink_to(kept_elsewhere)
    source, release = source_of()
    with pytest.raises(FetchError, match=r"link to .*elsewhere.bin, which is not in the mirror.*HI_MIRROR_LINKS=foll"):
        mirror.store.fetch(source, release)
    assert mirror.files() == {}
    follows = Snapshots(mirror.root, mode="mirror", mirror=str(mirror.folder), contact="", follows_links=True)
    got = follows.fetch(source, release)
    assert got.path.read_bytes() == CSV
    assert not got.path.is_symlink()
    kept_elsewhere.unlink()
    with pytest.raises(ReleaseUnavailable, match=r"is a link to .*elsewhere.bin, which is not there"):
        follows.fetch(source, release)


def test_a_folder_or_a_manifest_that_is_a_link_out_of_the_mirror_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "data file.csv").write_bytes(CSV)
    place = mirror.folder / PLACE
    place.parent.parent.mkdir(parents=True)
    place.parent.symlink_to(tmp_path / "other")
    with pytest.raises(FetchError, match="not in the mirror"):
        mirror.store.fetch(*source_of())
    place.parent.unlink()
    mirror.put(CSV)
    (tmp_path / "sums").write_text("")
    (mirror.folder / "SHA256SUMS").symlink_to(tmp_path / "sums")
    with pytest.raises(FetchError, match="SHA256SUMS is a link that leads out"):
        mirror.store.fetch(*source_of())


@pytest.mark.parametrize("part", ["file", "folder", "manifest"])
def test_a_link_to_itself_is_said(mirror: Mirror, part: str) -> None:
    mirror.put(CSV)
    place = mirror.folder / PLACE
    link = {"file": place, "folder": place.parent, "manifest": mirror.folder / "SHA256SUMS"}[part]
    if part != "manifest":
        place.unlink()
    if part == "folder":
        link.rmdir()
    link.symlink_to(link)
    with pytest.raises(FetchError, match=r"is, or lies behind, a link that leads nowhere .* Put the file itself there"):
        mirror.store.fetch(*source_of())


def test_a_host_that_is_a_link_out_of_the_mirror_is_not_listed(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "private.csv").write_bytes(CSV)
    mirror.put(CSV, "kept/data.csv")
    for host, target in (
        ("out", tmp_path / "other"),
        ("within", mirror.folder / "kept"),
        ("loop", mirror.folder / "loop"),
    ):
        (mirror.folder / host).symlink_to(target)
    listed = {host: mirror.store.listing(host) for host in ("kept", "out", "within", "loop")}
    assert listed == {"kept": ("kept/data.csv",), "out": (), "within": ("within/data.csv",), "loop": ()}
    follows = Snapshots(mirror.root, mode="mirror", mirror=str(mirror.folder), contact="", follows_links=True)
    assert follows.listing("out") == ("out/private.csv",)


def test_a_link_within_the_mirror_and_a_mirror_that_is_itself_a_link_are_read(mirror: Mirror, tmp_path: Path) -> None:
    mirror.put(CSV, "kept/data.csv")
    place = mirror.folder / PLACE
    place.parent.mkdir(parents=True)
    place.symlink_to(mirror.folder / "kept" / "data.csv")
    (tmp_path / "by another name").symlink_to(mirror.folder)
    store = Snapshots(mirror.root, mode="mirror", mirror=str(tmp_path / "by another name"), contact="")
    assert store.fetch(*source_of()).path.read_bytes() == CSV


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


def test_the_real_mirror_is_kept_and_known_again(real_mirror: Path, tmp_path: Path) -> None:
    source, release = source_of(
        address=None, mirror_path="bulk.nomisweb.co.uk/census2021-ts021-lsoa.csv", max_bytes=64_000_000
    )
    store = Snapshots(tmp_path, mode="mirror", mirror=str(real_mirror), contact="")
    got = store.fetch(source, release)
    assert got.sha256 == "f5f23bc6abac6ca9c72304069940e9376c6164d60a36a0f48cc9573f3f18a9cb"
    assert store.fetch(source, release) == got
