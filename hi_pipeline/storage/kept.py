"""A kept file of a publisher, as builds see it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hi_pipeline.core.source import ReleaseStatus
from hi_pipeline.storage.records import Edition, Pointer, Record


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

    @property
    def accepted_sha256(self) -> str:
        """Return the hash that somebody accepted: of these bytes, or of those that an unaccepted revision replaced."""
        unaccepted = self.revised and self.pending is None
        return self.supersedes or self.sha256 if unaccepted else self.sha256


def snapshot_of(kept: Edition, record: Record, pointer: Pointer, source: str, edition: str) -> Snapshot:
    """Return a kept file from its record and the pointer that names it."""
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


def how_revised(found: Snapshot) -> str:
    """Say that an edition is revised, and which of its files is used."""
    if found.pending:
        return (
            f"REVISED by the publisher: {found.address} has other bytes now, kept as {found.pending.name} and not "
            f"used. Compare the two files, then run hi accept {found.source}:{found.edition}, or pin the new sha256"
        )
    return (
        f"REVISED: {found.address} has other bytes than before; both are kept, {found.path.name} is used and outputs "
        f"are marked until hi accept {found.source}:{found.edition}, or until its sha256 is pinned"
    )
