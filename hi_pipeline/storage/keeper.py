"""Decides what bytes that came for an edition mean, and keeps them: the same, new, accepted, a revision, refused."""

import logging
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from hi_pipeline.core.errors import FetchError, SelectionError
from hi_pipeline.core.source import Container, Release, ReleaseStatus
from hi_pipeline.storage.folder_mirror import Arrival
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline.storage.records import Acceptance, Edition, Pointer, Record
from hi_pipeline.storage.sniff import sniff

_log = logging.getLogger(__name__)
_UNSAFE = re.compile(r"[^A-Za-z0-9._=+-]+")
_LONGEST_NAME = 120


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """One fetch of one release.

    Attributes:
        kept: the edition's folder.
        where: the release's id, for messages.
        address: the publisher's address, or the place in the mirror where none is known.
        declared: the sha256 that the declaration (live) or the mirror's manifest gives, "" where it gives none.
        declared_in: where that stands, in words.
        mode: sample, mirror or live.
        asks_first: the first bytes of a found edition wait for ``hi accept``.
    """

    kept: Edition
    where: str
    release: Release
    container: Container
    address: str
    declared: str
    declared_in: str
    mode: str
    asks_first: bool = False

    @property
    def incoming(self) -> Path:
        """A place in the edition's folder, beside which the temporary file is made."""
        return self.kept.folder / "incoming"

    @property
    def acceptance(self) -> Acceptance | None:
        """What was accepted for these bytes' address since the declaration or the manifest said what it says now."""
        pointer = self.kept.pointer()
        found = pointer.accepted if pointer else None
        return found if found and (found.address, found.over) == (self.address, self.declared) else None

    @property
    def pinned(self) -> str:
        """The sha256 that the bytes are held to, "" where nobody has said."""
        return self.acceptance.sha256 if self.acceptance else self.declared

    def accept_kept(self) -> Record:
        """Accept the bytes that wait, or else those in use; return their facts.

        Raises:
            SelectionError: nothing is kept.
        """
        seen = self.seen
        if seen is None:
            raise SelectionError(f"{self.where}: nothing is kept of it that could be accepted; run hi fetch first")
        self.kept.point(Pointer(file=seen.file, accepted=self._accepts(seen.sha256)))
        return seen

    def _accepts(self, sha256: str) -> Acceptance:
        today = datetime.now(UTC).date().isoformat()
        return Acceptance(sha256=sha256, address=self.address, over=self.declared, on=today)

    def _point(self, pointer: Pointer) -> None:
        """Point to a file; what was accepted before stays known."""
        before = self.kept.pointer()
        kept = pointer.accepted or (before.accepted if before else None)
        self.kept.point(replace(pointer, accepted=kept))

    @property
    def seen(self) -> Record | None:
        """The bytes seen last at the address: a pending revision, else the current file."""
        pointer = self.kept.pointer()
        return self.kept.record(pointer.pending or pointer.file) if pointer else None

    def accept_declared(self) -> None:
        """Make a kept file current once its hash is pinned, and end the alarm about the current one if it is its."""
        pointer = self.accepted()
        if pointer is None:
            return
        self._point(pointer)
        current = self.kept.current()
        if current and current.sha256 == self.release.sha256:
            self.kept.save(replace(current, status=self.release.status.value))

    def accepted(self) -> Pointer | None:
        """Return what the pointer becomes by what is pinned and declared now; None where nothing is kept."""
        pointer, current = self.kept.pointer(), self.kept.current()
        if pointer is None:
            return None
        if not self.pinned:
            declared = current and current.sha256 == self.release.sha256 and pointer.pending is None
            return replace(pointer, revised=False) if declared else pointer
        wanted = current if current and current.sha256 == self.pinned else self.kept.by_hash(self.pinned)
        if wanted is None:
            return pointer
        pending = pointer.pending if pointer.pending != wanted.file else None
        return replace(pointer, file=wanted.file, revised=pointer.revised and pending is not None, pending=pending)

    def unchanged(self) -> None:
        """Note that the bytes seen last are still there; a provisional edition may have been declared final by them.

        Raises:
            FetchError: they are not those that are pinned, and those are not kept.
        """
        seen, current = self.seen, self.kept.current()
        if self.pinned and seen and (current is None or current.sha256 != self.pinned):
            raise self._refusal(seen.sha256, self.pinned)
        if seen and seen == current:
            self.kept.save(replace(seen, status=self.release.status.value))

    def settle(self, arrival: Arrival) -> None:
        """Decide what the bytes mean, and keep them if they are new.

        Raises:
            FetchError: they are not what the layout says, or not those that are pinned; nothing was changed.
            StoreError: they cannot be written.
        """
        try:
            sniff(arrival.staged.temporary, self.container, where=f"{self.where} from {arrival.read_from}")
            self._settle(arrival)
        finally:
            arrival.staged.discard()

    def _settle(self, arrival: Arrival) -> None:
        current, pointer = self.kept.current(), self.kept.pointer()
        if self.pinned and arrival.sha256 != self.pinned:
            if current is None or current.sha256 != self.pinned:
                raise self._refusal(arrival.sha256, self.pinned)
            self._hold(arrival, current)
        elif current is None or pointer is None:
            self._take_first(self._keep(arrival, supersedes=None, revised=False), arrival.sha256)
        elif arrival.sha256 == current.sha256:
            file = self._keep(arrival, supersedes=current.supersedes, revised=current.revised)
            # Nobody waits any more: the hash is accepted, or the publisher went back to the bytes in use.
            settled = bool(self.pinned) or pointer.pending is not None
            self._point(Pointer(file=file, revised=pointer.revised and not settled))
        else:
            self._replace(arrival, current, pointer)

    def _replace(self, arrival: Arrival, current: Record, pointer: Pointer) -> None:
        expected = current.status == ReleaseStatus.PROVISIONAL or current.address != self.address
        declared = bool(self.pinned) or arrival.sha256 == self.release.sha256
        accepted = self._accepted_before(current, pointer)
        if accepted and accepted is not current and arrival.sha256 == accepted.sha256:
            self._point(Pointer(file=self._keep(arrival, supersedes=accepted.supersedes, revised=accepted.revised)))
            _log.info("%s: the publisher took its revision %s back", self.where, current.sha256[:16])
        elif self.release.found and expected and not declared and self.asks_first:
            self._hold(arrival, current)
        elif declared or expected:
            self._take(self._keep(arrival, supersedes=current.sha256, revised=False), arrival.sha256)
            _log.info("%s: %s replaces %s, as declared", self.where, arrival.sha256[:16], current.sha256[:16])
        elif self.mode == "live":
            self._hold(arrival, current)
        else:
            before = (accepted or current).sha256
            self._point(Pointer(file=self._keep(arrival, supersedes=before, revised=True), revised=True))

    def _take_first(self, file: str, sha256: str) -> None:
        if self.release.found and self.asks_first and not self.pinned:
            self._point(Pointer(file="", pending=file))
        else:
            self._take(file, sha256)

    def _take(self, file: str, sha256: str) -> None:
        """Use bytes from now on; of a found edition they are thereby accepted, as nobody has declared it."""
        self._point(Pointer(file=file, accepted=self._accepts(sha256) if self.release.found else None))

    def _accepted_before(self, current: Record, pointer: Pointer) -> Record | None:
        """Return the file that somebody accepted last: the current one, or the one that it superseded unaccepted."""
        unaccepted = pointer.revised and pointer.pending is None
        return self.kept.by_hash(current.supersedes) if unaccepted else current

    def _hold(self, arrival: Arrival, current: Record) -> None:
        """Keep a revision beside the bytes in use, until somebody accepts it; that of a provisional is expected."""
        alarming = current.status != ReleaseStatus.PROVISIONAL
        file = self._keep(arrival, supersedes=current.sha256, revised=alarming)
        self._point(Pointer(file=current.file, revised=alarming, pending=file))

    def _keep(self, arrival: Arrival, *, supersedes: str | None, revised: bool) -> str:
        """Put the bytes in their place, unless they are there, then write the sidecar; return the file's name."""
        name = safe_name(self.release.mirror_file.rstrip("/").rsplit("/", 1)[-1])[-_LONGEST_NAME:]
        record = Record(
            file=f"{arrival.sha256[:16]}-{name}",
            address=self.address,
            read_from=arrival.read_from,
            sha256=arrival.sha256,
            size=arrival.size,
            fetched_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            mode=self.mode,
            status=self.release.status.value,
            etag=arrival.etag,
            last_modified=arrival.last_modified,
            stamp=arrival.stamp,
            revised=revised,
            supersedes=supersedes,
        )
        before = self.kept.by_hash(arrival.sha256)
        if before and hash_of(self.kept.folder / before.file) == before.sha256:
            self.kept.save(replace(record, file=before.file, fetched_at=before.fetched_at))
            return before.file
        self.kept.keep(record, arrival.staged)
        return record.file

    def _refusal(self, found: str, pinned: str) -> FetchError:
        says = "hi accept, or the first fetch," if self.acceptance else self.declared_in
        return FetchError(
            f"{self.where}: the bytes at {self.address} have sha256 {found}, {says} says {pinned}. Nothing was "
            "changed. If the publisher revised the file, look at what changed, then put the new sha256 there."
        )


def safe_name(name: str) -> str:
    """Return a text as a file or folder name."""
    return _UNSAFE.sub("_", name).lstrip(".") or "_"
