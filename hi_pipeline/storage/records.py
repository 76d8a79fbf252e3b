"""What is known of the kept files of one edition: a sidecar for each, and a pointer to the one that is current."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.atomic import Staged, stage
from hi_pipeline.storage.store import Names, Store, discarding

_POINTER = "current.json"


@dataclass(frozen=True, kw_only=True)
class Record:
    """The facts of one kept file; its sidecar holds just these.

    Attributes:
        file: its name in the edition's folder, ``<16 digits of sha256>-<name>``.
        address: the publisher's address, or the place in the mirror where none is known.
        read_from: where the bytes came from: that address, a mirror's address or a file in a mirror's folder.
        stamp: size and time of change of a file in a mirror's folder, to tell without reading that it is the same.
        status: what the declaration said of the edition: provisional or final.
        supersedes: sha256 of the file that was current before this one.
    """

    file: str
    address: str
    read_from: str
    sha256: str
    size: int
    fetched_at: str
    mode: str
    status: str
    etag: str | None = None
    last_modified: str | None = None
    stamp: str | None = None
    revised: bool = False
    supersedes: str | None = None


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """That the bytes of an edition may be used: said by ``hi accept``, or by the first fetch of a found edition.

    Attributes:
        sha256: of the accepted bytes.
        address: where they lay; another address is another edition of the file, to be accepted anew.
        over: the sha256 that the declaration or the mirror's manifest gave at the time, "" where they gave none: a
            changed declaration or manifest takes its place.
        on: the day (UTC).
    """

    sha256: str
    address: str
    over: str
    on: str


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """Which file of an edition is current.

    Attributes:
        file: its name; "" where the first bytes of an edition wait to be accepted.
        revised: the publisher put other bytes at the same address and nobody has accepted them yet.
        pending: file of a revision that is kept but not used until the declaration accepts it.
    """

    file: str
    revised: bool = False
    pending: str | None = None
    accepted: Acceptance | None = None


class Edition:
    """The folder of one edition's files."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self._store = store
        self._over: Names | None = None

    def begin(self) -> None:
        """Look at what stands there now, as decisions are about to rest on it: ``point`` is refused once it changed."""
        self._over = self._store.newest(self.folder)

    def pointer(self) -> Pointer | None:
        """Return the pointer, None where nothing was ever kept."""
        facts = _load(self.folder / _POINTER)
        if not facts:
            return None
        accepted = facts.pop("accepted", None)
        return Pointer(**facts, accepted=Acceptance(**accepted) if accepted else None)

    def point(self, pointer: Pointer) -> None:
        """Replace the pointer atomically.

        Raises:
            Overtaken: another machine has changed it since ``begin``.
        """
        if pointer != self.pointer():
            self._over = self._store.write(self.folder, {_POINTER: _dump(asdict(pointer))}, over=self._over)

    def record(self, file: str) -> Record | None:
        """Return the facts of a kept file, None where the file or its sidecar is not there or has another size."""
        facts = _load(self.folder / f"{file}.json") if file else None
        path = self.folder / file
        if facts is None or not path.is_file() or path.stat().st_size != facts["size"]:
            return None
        return Record(**facts)

    def current(self) -> Record | None:
        """Return the facts of the current file."""
        pointer = self.pointer()
        return self.record(pointer.file) if pointer else None

    def by_hash(self, sha256: str | None) -> Record | None:
        """Return the facts of the kept file with a hash."""
        return next((record for record in self.records() if record.sha256 == sha256), None)

    def records(self) -> list[Record]:
        """Return the facts of all kept files, oldest first."""
        files = [path.name.removesuffix(".json") for path in self.folder.glob("*.json") if path.name != _POINTER]
        found = [record for file in files if (record := self.record(file)) is not None]
        return sorted(found, key=lambda record: (record.fetched_at, record.file))

    def save(self, record: Record) -> None:
        """Write a sidecar atomically, where it says something new."""
        if record != self.record(record.file):
            self._store.write(self.folder, {f"{record.file}.json": _dump(asdict(record))})

    def keep(self, record: Record, data: Staged) -> None:
        """Put bytes into their place, then the sidecar."""
        name = f"{record.file}.json"
        with discarding() as staged:
            staged.append(data)
            staged.append(sidecar := stage(self.folder / name, _dump(asdict(record))))
            data.sync()
            sidecar.sync()
            self._store.place(self.folder, {record.file: data, name: sidecar})


def _load(path: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path}: is not what this program writes ({error}); remove it and fetch again") from error


def _dump(facts: dict[str, Any]) -> bytes:
    return (json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
