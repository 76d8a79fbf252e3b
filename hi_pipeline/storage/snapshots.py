"""Keeps each publisher's file by its hash, and says which one is current: fetched once, never swapped silently.

Files lie in ``<root>/snapshots/<source>/<edition>/<16 digits of sha256>-<name>`` with a sidecar each; ``current.json``
names the one that builds read. The same address with other bytes is a revision: both files are kept, and what changed
lies beside the newer one. A declared sha256 or the mirror's manifest ``SHA256SUMS`` says which bytes are accepted.
"""

import logging
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import polars as pl

from hi_pipeline.core.errors import ReleaseUnavailable, StoreError
from hi_pipeline.core.source import Release, ReleaseStatus, Source, release_id
from hi_pipeline.storage import atomic
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.download import Download, Known
from hi_pipeline.storage.folder_mirror import MANIFEST, Arrival, FolderMirror, copy_in, hash_of, stamp_of
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.keeper import Keeper, safe_name
from hi_pipeline.storage.locks import locked
from hi_pipeline.storage.records import Edition, Pointer, Record

_log = logging.getLogger(__name__)

Mode = Literal["sample", "mirror", "live"]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A kept file of a publisher.

    Attributes:
        path: the file; its name starts with 16 digits of its sha256.
        address: the publisher's address, or the place in the mirror where none is known.
        fetched_at: UTC.
        revised: the publisher put other bytes at this address and nobody has accepted them; outputs made from the
            edition are marked.
        pending: path of such bytes where they are kept but not used (live, or a manifest), for comparison; with
            ``revised`` false they replace a provisional edition, which is expected.
        supersedes: sha256 of the accepted file that these bytes took, or would take, the place of (``history`` has it).
        status: what the declaration said of the edition when they came: provisional or final.
    """

    path: Path
    sha256: str
    size: int
    source: str
    edition: str
    address: str
    fetched_at: datetime
    revised: bool
    etag: str | None
    last_modified: str | None
    pending: Path | None = None
    supersedes: str | None = None
    status: str = ReleaseStatus.FINAL.value


class Snapshots:
    """The kept files below a data root."""

    def __init__(
        self, root: Path, *, mode: Mode, mirror: str, contact: str, downloader: Downloader | None = None
    ) -> None:
        """Open the store; nothing is read or fetched yet.

        Args:
            root: the data root of this kind of source.
            mode: where files come from; live goes to the publishers.
            mirror: the mirror's folder or http address (not used when live).
            contact: told to publishers in the User-Agent.
            downloader: fetches over the network; by default one with the usual limits.
        """
        self.root = Path(root)
        self.mode = mode
        self._mirror = mirror.rstrip("/")
        self._remote = mode != "live" and bool(re.match(r"https?://", mirror))
        self._folder = FolderMirror(Path(mirror))
        trusted = self._mirror if self._remote else None
        self._downloader = downloader or Downloader(contact=contact, trusted_origin=trusted)

    def fetch(self, source: Source, release: Release, *, force: bool = False) -> Snapshot:
        """Fetch a release, unless what is kept is still what is there, and return the file to build from.

        Args:
            source: the publication.
            release: its edition.
            force: ask for the bytes even where nothing seems changed.

        Raises:
            ReleaseUnavailable: no address, or nothing at its place in the mirror.
            FetchError: it cannot be fetched, is not what was declared, or differs from its pinned sha256.
            StoreError: it cannot be written.
        """
        with self._locked(source, release):
            keeper = self._keeper(source, release)
            keeper.accept_declared()
            arrival = self._get(keeper, force=force)
            if arrival:
                keeper.settle(arrival)
            else:
                keeper.unchanged()
            found = self.latest(source.name, release.edition)
        if found is None:
            raise StoreError(f"{keeper.kept.folder}: the kept file is missing; fetch again with force")
        if found.revised:
            _log.warning("%s: %s; %s", keeper.where, _how_revised(found), self.acceptance(found))
        return found

    def accept(self, source: Source, release: Release) -> Snapshot | None:
        """Let the declaration (or a mirror's manifest) accept kept bytes, without asking anybody for new ones.

        Returns:
            What builds read from now on; None where nothing is kept.

        Raises:
            ReleaseUnavailable: no address, or no place in a mirror.
        """
        if self.can_accept(source, release):
            with self._locked(source, release):
                self._keeper(source, release).accept_declared()
        return self.latest(source.name, release.edition)

    def can_accept(self, source: Source, release: Release) -> bool:
        """Tell whether kept bytes are accepted now that were not when they came; nothing is written."""
        kept = self._edition(source.name, release.edition)
        try:
            return kept.pointer() != self._keeper(source, release).accepted()
        except ReleaseUnavailable:
            return False

    def latest(self, source_name: str, edition: str) -> Snapshot | None:
        """Return the file that builds of an edition read, without any network; None where nothing is kept."""
        kept = self._edition(source_name, edition)
        pointer, record = kept.pointer(), kept.current()
        return _snapshot(kept, record, pointer, source_name, edition) if pointer and record else None

    def history(self, source_name: str, edition: str) -> tuple[Snapshot, ...]:
        """Return all kept files of an edition, oldest first; ``revised`` says how each one came."""
        kept = self._edition(source_name, edition)
        return tuple(
            _snapshot(kept, record, Pointer(file=record.file, revised=record.revised), source_name, edition)
            for record in kept.records()
        )

    def write_changes(self, newer: Path, older_sha256: str, changes: pl.DataFrame | str) -> Path:
        """Keep what changed between two kept files (see ``core.revisions``) beside the newer one; return its place.

        Args:
            newer: the file that took, or would take, the other's place.
            older_sha256: of that other one.
            changes: the cells that differ; or, in words, why the two cannot be compared.

        Raises:
            StoreError: it cannot be written.
        """
        table, words = _changes_places(newer, older_sha256)
        if isinstance(changes, str):
            data = f"{changes}\n".encode()
            if not words.is_file() or words.read_bytes() != data:
                write_bytes(words, data)
            return words
        write_bytes(table, changes.write_csv().encode())
        words.unlink(missing_ok=True)
        return table

    def changes(self, newer: Path, older_sha256: str) -> Path | None:
        """Return where it is kept what changed between two files: a .csv, or a .txt that says why it is not known."""
        return next((place for place in _changes_places(newer, older_sha256) if place.is_file()), None)

    def acceptance(self, snapshot: Snapshot) -> str:
        """Say how the revised bytes of an edition are accepted."""
        revised = snapshot.pending or snapshot.path
        if snapshot.pending and self.mode != "live":
            place = f"the mirror's {MANIFEST}"
        else:
            place = f"hi_pipeline/sources/{snapshot.source}/source.py"
        record = self._edition(snapshot.source, snapshot.edition).record(revised.name)
        return f"compare the two files, then pin the new sha256 {record.sha256 if record else ''} in {place}"

    def verify(self) -> list[str]:
        """Compare every kept file with its sidecar's sha256; return one line for each that does not agree."""
        wrong = []
        for pointer in sorted((self.root / "snapshots").glob("*/*/current.json")):
            kept = Edition(pointer.parent)
            if kept.current() is None:
                wrong.append(f"{pointer.parent}: the current file is missing or has another size; fetch it again")
            for record in kept.records():
                if hash_of(kept.folder / record.file) != record.sha256:
                    wrong.append(
                        f"{kept.folder / record.file}: not the bytes that were fetched; remove it, fetch again"
                    )
        return wrong

    def sweep(self) -> list[Path]:
        """Remove what dead processes left behind; call at start."""
        return atomic.sweep(self.root / "snapshots")

    def _locked(self, source: Source, release: Release) -> AbstractContextManager[None]:
        return locked(self.root / "locks", f"snapshots.{source.name}.{safe_name(release.edition)}")

    def _edition(self, source_name: str, edition: str) -> Edition:
        return Edition(self.root / "snapshots" / safe_name(source_name) / safe_name(edition))

    def _keeper(self, source: Source, release: Release) -> Keeper:
        where = release_id(source, release)
        live = self.mode == "live"
        if live and release.address is None:
            raise ReleaseUnavailable(
                f"{where}: its address is not known; download it from {release.landing_page} into a mirror"
            )
        try:
            mirror_file = release.mirror_file
        except ValueError as error:
            raise ReleaseUnavailable(f"{where}: {error}; see {release.landing_page}") from None
        manifest = None if live or self._remote else self._folder.manifest(mirror_file)
        return Keeper(
            kept=self._edition(source.name, release.edition),
            where=where,
            release=release,
            container=source.layouts[release.layout].container,
            address=release.address or mirror_file,
            pinned=release.sha256 if live else manifest,
            pinned_in="the declaration" if live else f"the mirror's {MANIFEST}",
            mode=self.mode,
        )

    def _get(self, keeper: Keeper, *, force: bool) -> Arrival | None:
        """Bring the bytes in; None where those seen last are still there."""
        release, seen = keeper.release, None if force else keeper.seen
        if self.mode == "live":
            return self._download(keeper, keeper.address, seen)
        if self._remote:
            return self._download(keeper, f"{self._mirror}/{quote(release.mirror_file)}", seen)
        path = self._folder.locate(release.mirror_file, where=keeper.where)
        if seen and seen.read_from == str(path) and seen.stamp == stamp_of(path):
            return None
        return copy_in(path, keeper.incoming, max_bytes=release.max_bytes, where=keeper.where)

    def _download(self, keeper: Keeper, address: str, seen: Record | None) -> Arrival | None:
        known = None
        if seen and seen.read_from == address and hash_of(keeper.kept.folder / seen.file) == seen.sha256:
            known = Known(etag=seen.etag, last_modified=seen.last_modified)
        download = Download(
            address=address,
            into=keeper.incoming,
            where=keeper.where,
            landing_page=keeper.release.landing_page,
            max_bytes=keeper.release.max_bytes,
            allowed_hosts=keeper.release.hosts,
            absent_is_unavailable=self.mode != "live",
        )
        return self._downloader.fetch(download, known)


def _how_revised(found: Snapshot) -> str:
    if found.pending:
        return (
            f"REVISED by the publisher: {found.address} has other bytes now, kept as {found.pending.name} and not used"
        )
    return f"REVISED: {found.address} has other bytes than before; both are kept, {found.path.name} is used"


def _changes_places(newer: Path, older_sha256: str) -> tuple[Path, Path]:
    stem = f"{newer.name}.changes-from-{older_sha256[:16]}"
    return newer.with_name(f"{stem}.csv"), newer.with_name(f"{stem}.txt")


def _snapshot(kept: Edition, record: Record, pointer: Pointer, source: str, edition: str) -> Snapshot:
    return Snapshot(
        path=kept.folder / record.file,
        sha256=record.sha256,
        size=record.size,
        source=source,
        edition=edition,
        address=record.address,
        fetched_at=datetime.fromisoformat(record.fetched_at),
        revised=pointer.revised,
        etag=record.etag,
        last_modified=record.last_modified,
        pending=kept.folder / pointer.pending if pointer.pending else None,
        supersedes=record.supersedes,
        status=record.status,
    )
