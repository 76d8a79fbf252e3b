"""Revisions: both files are kept, said loudly, and never swapped silently."""

import logging
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.core.source import Release, ReleaseStatus, Source
from hi_pipeline.storage.atomic import Staged
from hi_pipeline.storage.changes import find_changes, write_changes
from hi_pipeline.storage.download import Download, Known
from hi_pipeline.storage.folder_mirror import Arrival
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.releases import CSV, HTML, OTHER, PLACE, Mirror, sha, source_of


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
    with pytest.raises(ReleaseUnavailable, match="download it from https://digital.nhs.uk/landing to .*by-hand/"):
        live.fetch(*source_of(address=None, mirror_path="x/y.csv"))


def test_what_a_revision_changed_lies_beside_it(mirror: Mirror) -> None:
    mirror.put(CSV)
    first = mirror.store.fetch(*source_of())
    mirror.put(OTHER)
    got = mirror.store.fetch(*source_of())
    assert find_changes(got.path, first.sha256) is None
    words = write_changes(mirror.store.store, got.path, first.sha256, "not compared: no such column")
    assert words == got.path.with_name(f"{got.path.name}.changes-from-{first.sha256[:16]}.txt")
    assert find_changes(got.path, first.sha256) == words
    changes = pl.DataFrame({"code": ["E00007"], "before": ["7"], "after": ["8"]})
    path = write_changes(mirror.store.store, got.path, first.sha256, changes)
    assert path == words.with_suffix(".csv")
    assert path.read_text() == "code,before,after\nE00007,7,8\n"
    assert find_changes(got.path, first.sha256) == path
    assert not words.exists(), "what is known takes the place of why it was not"
    assert mirror.store.fetch(*source_of()) == got
    assert len(mirror.store.history("made_up", "2023-24")) == 2
    assert mirror.store.verify() == []


def test_a_mirror_without_manifest_that_goes_back_to_the_accepted_bytes_ends_the_alarm(mirror: Mirror) -> None:
    mirror.put(CSV)
    first = mirror.store.fetch(*source_of())
    for data in (OTHER, CSV + b"E99999,1\n", OTHER):
        mirror.put(data)
        revised = mirror.store.fetch(*source_of())
        assert (revised.revised, revised.sha256) == (True, sha(data))
        assert revised.supersedes == first.sha256, "it is always compared with what somebody accepted"
    mirror.put(CSV)
    back = mirror.store.fetch(*source_of())
    assert (back.revised, back.sha256, back.supersedes) == (False, first.sha256, None)


def test_a_mirror_without_manifest_is_accepted_by_the_declaration(mirror: Mirror) -> None:
    mirror.put(CSV)
    mirror.store.fetch(*source_of())
    mirror.put(OTHER)
    got = mirror.store.fetch(*source_of(sha256=sha(CSV)))
    assert got.revised
    assert mirror.store.news(*source_of(sha256=sha(CSV)), ask=False) is None
    assert str(mirror.store.news(*source_of(sha256=sha(OTHER)), ask=False)).startswith("accepted")
    accepted = mirror.store.accept(*source_of(sha256=sha(OTHER)))
    assert accepted == replace(got, revised=False)
    assert not mirror.store.fetch(*source_of(sha256=sha(OTHER))).revised
    mirror.put(CSV)
    assert mirror.store.fetch(*source_of(sha256=sha(OTHER))).revised, "the bytes of before are a revision by now"


def test_live_bytes_are_accepted_without_asking_the_publisher(live: Snapshots, publisher: FakePublisher) -> None:
    live.fetch(*_pinned(CSV))
    publisher.data = OTHER
    held = live.fetch(*_pinned(CSV))
    assert live.accept(*_pinned(CSV)) == held
    asked = len(publisher.asked)
    assert str(live.news(*_pinned(OTHER), ask=False)).startswith("accepted")
    accepted = live.accept(*_pinned(OTHER))
    assert accepted is not None
    assert (accepted.sha256, accepted.revised, accepted.pending) == (sha(OTHER), False, None)
    assert live.news(*_pinned(OTHER), ask=False) is None
    assert len(publisher.asked) == asked


def test_a_mirror_is_accepted_by_its_manifest_alone(mirror: Mirror) -> None:
    manifest = mirror.folder / "SHA256SUMS"
    mirror.put(CSV)
    manifest.write_text(f"{sha(CSV)}  {PLACE}\n")
    mirror.store.fetch(*source_of())
    mirror.put(OTHER)
    mirror.store.fetch(*source_of())
    assert mirror.store.news(*source_of(sha256=sha(OTHER)), ask=False) is None
    manifest.write_text(f"{sha(OTHER)}  {PLACE}\n")
    assert str(mirror.store.news(*source_of(), ask=False)).startswith("accepted")


def test_what_replaces_a_provisional_that_is_pinned_waits_without_alarm(
    live: Snapshots, publisher: FakePublisher, caplog: pytest.LogCaptureFixture
) -> None:
    first = live.fetch(*source_of(sha256=sha(CSV), status=ReleaseStatus.PROVISIONAL))
    publisher.data = OTHER
    for _ in range(2):
        held = live.fetch(*source_of(sha256=sha(CSV), status=ReleaseStatus.PROVISIONAL))
        assert (held.sha256, held.revised) == (first.sha256, False)
        assert held.pending is not None
    assert caplog.records == []
    final = live.accept(*source_of(sha256=sha(OTHER)))
    assert final is not None
    assert (final.sha256, final.revised, final.status) == (sha(OTHER), False, "final")
    publisher.data = CSV
    assert live.fetch(*source_of(sha256=sha(OTHER))).revised, "what is final is not replaced without alarm"


def test_a_provisional_that_is_declared_final_as_it_is_can_be_revised(mirror: Mirror) -> None:
    mirror.put(CSV)
    mirror.store.fetch(*source_of(status=ReleaseStatus.PROVISIONAL))
    assert mirror.store.fetch(*source_of(status=ReleaseStatus.FINAL)).status == "final"
    mirror.put(OTHER)
    assert mirror.store.fetch(*source_of(status=ReleaseStatus.FINAL)).revised
