"""The lake: parquet files with a provenance sidecar each, written whole or not at all, the same bytes every time.

A file counts as built when its sidecar carries its sha256. The data files of a folder are renamed into place before
their sidecars, so that a stop in between leaves pairs that disagree and tables that are seen: they count as not built
until ``sweep`` has mended them or they are written again.
"""

import hashlib
import io
import itertools
import os
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

import polars as pl

from hi_pipeline.core.errors import StoreError
from hi_pipeline.core.provenance import CellsProvenance, Provenance, read_sidecar
from hi_pipeline.storage.atomic import Staged, stage, sweep
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline.storage.locks import locked
from hi_pipeline.storage.store import Names, Store, discarding

_BATCH = 128  # two open files each, well below the usual limit of 1,024
_SYNC_THREADS = 8
_WAITING_DATA = re.compile(r"\.(?P<name>.+\.parquet)\.[0-9a-f]{12}\.tmp")
_Stamp = tuple[int, int, int]
Sidecar = TypeVar("Sidecar", Provenance, CellsProvenance)
_Read = TypeVar("_Read")


@dataclass(frozen=True, kw_only=True)
class Item(Generic[Sidecar]):
    """One file to write: the frame, what made it, and its place."""

    frame: pl.DataFrame
    provenance: Sidecar
    layer: str
    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class _Pair(Generic[Sidecar]):
    data: Staged
    sidecar: Staged
    provenance: Sidecar


class Lake:
    """All built tables below a data root, as ``<layer>/<name>/<part>/.../<last part>.parquet``."""

    def __init__(self, root: Path, store: Store | None = None) -> None:
        self.root = Path(root)
        self.store = store or Store(self.root)
        self.locks = self.store.locks
        # What was read of a file, by its path: valid while inode, time and size are the same.
        self._hashes: dict[str, tuple[_Stamp, str]] = {}
        # Asked for thousands of times by commands that only read, and slow to make.
        self._paths: dict[tuple[str, ...], tuple[Path, Path]] = {}
        self._sidecars: dict[str, tuple[_Stamp, Provenance | CellsProvenance | None]] = {}

    def path(self, layer: str, name: str, *parts: str) -> Path:
        """Return the place of a file, whether it exists or not; what lies there is fresh (``Store.fresh``).

        Raises:
            StoreError: a part that could leave its folder; or an object store cannot be read.
        """
        places = (layer, name, *parts)
        if places not in self._paths:
            path = self._checked(places)
            self._paths[places] = (path, path.parent)
        path, folder = self._paths[places]
        self.store.fresh(folder)
        return path

    def _checked(self, places: tuple[str, ...]) -> Path:
        for place in places:
            if not place or place.startswith(".") or not set(place).isdisjoint("/\\\0"):
                raise StoreError(
                    f"{place!r} cannot be a name in the lake: expected text without a slash or leading dot"
                )
        return self.root.joinpath(*places[:-1], f"{places[-1]}.parquet")

    def write(
        self, frame: pl.DataFrame, provenance: Provenance, *, layer: str, name: str, parts: tuple[str, ...]
    ) -> Provenance:
        """Write one file and its sidecar, atomic and synced.

        Args:
            frame: the rows.
            provenance: what made them.
            layer: the first part of its place.
            name: the second.
            parts: the rest of it.

        Returns:
            The provenance with rows and sha256 filled in.

        Raises:
            StoreError: naming the path; what stood there before is untouched.
        """
        item = Item(frame=frame, provenance=provenance, layer=layer, name=name, parts=tuple(parts))
        return self._write_batch([item], None)[0]

    def place(self, data: Staged, provenance: Provenance, *, beside: Sequence[Staged]) -> None:
        """Bring a file that is written already into place with its sidecar, and the files that go with it before it.

        Args:
            data: the temporary file, for a place of the lake (``path``).
            provenance: what made it, with rows and sha256.
            beside: temporary files of the same folder.

        Raises:
            StoreError: naming the path; what stood there before is untouched.
        """
        with discarding() as staged:
            staged.append(sidecar := stage(_sidecar(data.path), provenance.to_json().encode()))
            _sync_all([data, sidecar, *beside])
            self._commit([*beside, data, sidecar], None)

    def write_many(self, items: Iterable[Item[Sidecar]], *, over: Names | None = None) -> list[Sidecar]:
        """Write many files with few waits for the disk: in batches, files synced together, folders once.

        Each file is atomic by itself. After an error the batches before it stand, and the one that failed has left
        everything as it was or whole files.

        Args:
            items: the files.
            over: what they rest on, where they replace files of one folder that were read before (``Store.place``).

        Raises:
            Overtaken: another writer has changed what they rest on.
            StoreError: naming the path that could not be written.
        """
        written: list[Sidecar] = []
        remaining = iter(items)
        while batch := list(itertools.islice(remaining, _BATCH)):
            written.extend(self._write_batch(batch, over))
        return written

    def remove(self, layer: str, name: str, *parts: str) -> None:
        """Remove the file of a table that is not made any more, and its sidecar.

        Raises:
            StoreError: naming the path that could not be removed.
        """
        path = self.path(layer, name, *parts)
        with self.holding(path.parent):
            self.store.remove(path.parent, (path.name, _sidecar(path).name))

    def read(self, layer: str, name: str, *parts: str) -> pl.DataFrame:
        """Return a file's frame.

        Raises:
            StoreError: it is not there or cannot be read.
        """
        path = self.path(layer, name, *parts)
        try:
            return pl.read_parquet(path, glob=False)
        except FileNotFoundError:
            raise StoreError(f"{path}: not built yet; run the step that makes it first") from None
        except (OSError, pl.exceptions.PolarsError) as error:
            raise StoreError(f"{path}: cannot be read ({error}); remove it and run again") from error

    def provenance(self, layer: str, name: str, *parts: str) -> Provenance | None:
        """Return what made a file; None where it is not built, or its sidecar belongs to other bytes."""
        path = self.path(layer, name, *parts)
        found = _remembered(self._sidecars, _sidecar(path), _read_sidecar)
        whole = isinstance(found, Provenance) and _remembered(self._hashes, path, hash_of) == found.sha256
        return found if isinstance(found, Provenance) and whole else None

    def cells_sidecar(self, layer: str, name: str, *parts: str) -> CellsProvenance | None:
        """Return the sidecar of a file of cells, whether or not it is of the bytes that stand there."""
        found = _remembered(self._sidecars, _sidecar(self.path(layer, name, *parts)), _read_sidecar)
        return found if isinstance(found, CellsProvenance) else None

    def current_sha256(self, layer: str, name: str, *parts: str) -> str | None:
        """Return the hash of the bytes that stand there, None where there is no file."""
        return _remembered(self._hashes, self.path(layer, name, *parts), hash_of)

    def exists(self, layer: str, name: str, *parts: str) -> bool:
        """Tell whether a file is built: there, with a sidecar (``verify`` compares the hashes)."""
        path = self.path(layer, name, *parts)
        return path.is_file() and _sidecar(path).is_file()

    def parts(self, layer: str, name: str) -> list[tuple[str, ...]]:
        """Return the parts for which a file exists, in order."""
        top = self.path(layer, name).parent / name
        self.store.fresh_below(top)
        found: list[tuple[str, ...]] = []
        for folder, _, files in os.walk(top):
            above = Path(folder).parts[len(top.parts) :]
            found += [(*above, file.removesuffix(".parquet")) for file in files if file.endswith(".parquet")]
        return sorted(found)

    def verify(self, *, vouched: Collection[Path] = ()) -> list[str]:
        """Compare every file with its sidecar's sha256; return one line for each that does not agree.

        Args:
            vouched: files that have no sidecar, because a list elsewhere holds their hashes.
        """
        wrong = []
        for path in sorted({*self.root.rglob("*.parquet")} - {*vouched}):
            found = _read_sidecar(_sidecar(path))
            if found is None:
                wrong.append(f"{path}: no readable sidecar beside it; run again to rebuild it")
            elif (actual := _remembered(self._hashes, path, hash_of)) != found.sha256:
                wrong.append(f"{path}: sha256 {actual}, its sidecar says {found.sha256}; run again to rebuild it")
        for sidecar in sorted(self.root.rglob("*.parquet.json")):
            if not sidecar.with_suffix("").is_file():
                wrong.append(f"{sidecar}: the file it describes is missing; run again to rebuild it")
        return wrong

    def sweep(self) -> list[Path]:
        """Clear up after processes that died: finish a rename that was cut off, remove their temporary files.

        Files of processes that still run are left alone. Call at start.

        Returns:
            The temporary files that are gone.
        """
        return self._sweep(self.root)

    def sweep_table(self, layer: str, name: str) -> list[Path]:
        """Clear up as ``sweep`` does, below the folder of one table alone."""
        return self._sweep(self.path(layer, name).parent / name)

    def _sweep(self, folder: Path) -> list[Path]:
        return sweep(folder, finish=self._finish) if self.store.finishes else sweep(folder)

    def _finish(self, temporary: Path, meant: Path, found: Collection[Path]) -> bool:
        """Rename a dead writer's sidecar if its data got into place before it died."""
        if not meant.name.endswith(".parquet.json"):
            return False
        data = meant.with_name(meant.name.removesuffix(".json"))
        with self.holding(meant.parent):
            pending = _read_sidecar(temporary)
            # A file of cells stands by itself; of other tables nobody would miss one that never got into place.
            if isinstance(pending, Provenance) and _lacks_a_neighbour(meant.parent, found):
                return False
            if pending is None or not data.is_file() or hash_of(data) != pending.sha256:
                return False
            temporary.replace(meant)
            return True

    def _write_batch(self, batch: list[Item[Sidecar]], over: Names | None) -> list[Sidecar]:
        with discarding() as staged:
            pairs = [self._stage(item, staged) for item in batch]
            _sync_all(staged)
            # Sorting is stable: files of one folder come into place in the order in which they were given.
            by_folder = sorted(pairs, key=lambda pair: pair.data.path.parent)
            for _, own in itertools.groupby(by_folder, key=lambda pair: pair.data.path.parent):
                together: list[_Pair[Sidecar]] = list(own)
                self._commit([*(pair.data for pair in together), *(pair.sidecar for pair in together)], over)
        return [pair.provenance for pair in pairs]

    def _stage(self, item: Item[Sidecar], staged: list[Staged]) -> _Pair[Sidecar]:
        path = self.path(item.layer, item.name, *item.parts)
        content = to_parquet(item.frame)
        provenance = replace(item.provenance, rows=item.frame.height, sha256=hashlib.sha256(content).hexdigest())
        staged.append(data := stage(path, content))
        staged.append(sidecar := stage(_sidecar(path), provenance.to_json().encode()))
        return _Pair(data, sidecar, provenance)

    def _commit(self, files: list[Staged], over: Names | None) -> None:
        """Bring files of one folder into place, in order."""
        folder = files[0].path.parent
        with self.holding(folder):
            self.store.place(folder, {file.path.name: file for file in files}, over=over)

    def holding(self, folder: Path) -> AbstractContextManager[None]:
        """Hold the lock of a folder of the lake: nobody brings files into place there meanwhile."""
        return locked(self.locks, ".".join(folder.relative_to(self.root).parts) or "root")


def to_parquet(frame: pl.DataFrame) -> bytes:
    """Return a frame as parquet: the same frame always gives the same bytes."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, compression="lz4", statistics=False, row_group_size=1_000_000)
    return buffer.getvalue()


def _sync_all(files: list[Staged]) -> None:
    if len(files) <= 2:
        for file in files:
            file.sync()
        return
    with ThreadPoolExecutor(_SYNC_THREADS) as pool:
        list(pool.map(Staged.sync, files))


def _lacks_a_neighbour(folder: Path, found: Collection[Path]) -> bool:
    """Tell whether data waits in a folder for a place that is empty: nobody would miss it if the rest looked built."""
    waiting = (_WAITING_DATA.fullmatch(path.name) for path in found if path.parent == folder)
    return any(match and not (folder / match["name"]).exists() for match in waiting)


@lru_cache(maxsize=8192)
def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _read_sidecar(path: Path) -> Provenance | CellsProvenance | None:
    try:
        return read_sidecar(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _remembered(known: dict[str, tuple[_Stamp, _Read]], path: Path, read: Callable[[Path], _Read]) -> _Read | None:
    """Return what was read of a file before, while it is the same file; None where there is none."""
    name = str(path)
    try:
        now = path.stat()
    except FileNotFoundError:
        known.pop(name, None)
        return None
    stamp = (now.st_ino, now.st_mtime_ns, now.st_size)
    before = known.get(name)
    if before is None or before[0] != stamp:
        before = known[name] = (stamp, read(path))
    return before[1]
