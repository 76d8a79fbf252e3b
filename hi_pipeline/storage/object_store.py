"""Snapshots and tables in an S3-compatible object store, which many machines share.

A change uploads its bytes, then creates the next generation of the folder's list (``storage.lists``); the loser of two
reads again. So a change of a folder is there whole or not at all; nothing is renamed, and no lock is held in the store.
The data folder of each machine is its working copy: it follows the store, and its locks keep only the processes of that
machine apart.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from hi_pipeline.core.errors import Overtaken, StoreError
from hi_pipeline.storage.atomic import Staged, reporting, stage
from hi_pipeline.storage.bucket import Bucket
from hi_pipeline.storage.lists import Entry, Listed, Lists, at_once
from hi_pipeline.storage.locks import locked
from hi_pipeline.storage.store import Cleared, Names, Store, discarding
from hi_pipeline.storage.working_copy import (
    claim,
    entry_of,
    files_in,
    present,
    read_mark,
    take_mark_away,
    write_mark,
)

_TRIES = 100
_Files = Mapping[str, Entry]


class ObjectStore(Store):
    """The folders of a data root in an object store, with a working copy on disk."""

    finishes = False  # a working copy is brought up to date from the store, never mended from what lies in it

    def __init__(self, root: Path, bucket: Bucket) -> None:
        """Open it; the store is asked when something is read or written first.

        Raises:
            StoreError: the data folder holds tables of its own, or is the working copy of another store.
        """
        super().__init__(root)
        self.lists = Lists(bucket)
        # By folder: the highest generation at the last look, and the one that this process has brought here.
        self._seen: dict[str, int] | None = None
        self._here: dict[str, int] = {}
        claim(self.root, bucket.url)

    def look(self) -> None:
        """See which generation of each folder is the highest."""
        self._seen = self.lists.highest()

    def fresh(self, folder: Path) -> None:
        """Bring the files of a folder to what was seen at the last look."""
        key = self._key(folder)
        if self._here.get(key, -1) < self._generations.get(key, 0):
            self._bring(folder, key)

    def fresh_below(self, folder: Path) -> None:
        """Bring a folder and all below it to what was seen at the last look."""
        above = self._key(folder)
        known = self._generations
        below = [key for key in sorted(known) if key == above or key.startswith(f"{above}/" if above else "")]
        older = [key for key in below if self._here.get(key, -1) < known[key]]
        at_once(lambda key: self._bring(self.root / key, key), older)

    def newest(self, folder: Path) -> Names:
        """Look at one folder now and bring it up to date; return the sha256 of its files by name."""
        key = self._key(folder)
        listed = self._newest(key)
        self._bring(folder, key)
        return (read_mark(folder) or listed).names

    def place(self, folder: Path, files: Mapping[str, Staged], *, over: Names | None = None) -> Names:
        """Change a folder in the store, then in the working copy; see ``Store.place``."""
        key, own = self._key(folder), {name: entry_of(file.temporary) for name, file in files.items()}
        made = self._upload(key, own, files, over)
        with self._changing(folder) as held:
            if held and held.generation > made.generation:
                # Another process of this machine has brought a newer list here.
                for file in files.values():
                    file.discard()
                return made.names
            known = present(folder, held) if held else {}
            take_mark_away(folder)
            for name, file in files.items():
                file.commit(folder / name)
            self._pull(folder, key, made, {**known, **own})
        return made.names

    def remove(self, folder: Path, names: Collection[str]) -> None:
        """Remove files of a folder from the store, then from the working copy."""
        key = self._key(folder)
        self._advance(key, lambda now: {name: entry for name, entry in now.files.items() if name not in names})
        self.fresh(folder)

    def refuse_careless(self) -> None:
        """Refuse a store that ignores If-None-Match; see ``Lists.refuse_careless``."""
        self.lists.refuse_careless()

    def repair(self) -> None:
        """Make the working copy what the store says, file by file, by hash."""
        self.look()
        for key, generation in sorted(self._generations.items()):
            with self._changing(self.root / key) as held:
                self._pull(self.root / key, key, self._list(key, generation, held), {})

    def clear(self, *, before: datetime, dry_run: bool) -> Cleared:
        """Remove what no list needs any more; see ``Lists.unnamed``."""
        found = self.lists.unnamed(before=before)
        if not dry_run:
            self.lists.forget(found)
        return Cleared(count=len(found), bytes=sum(one.size for one in found))

    def verify(self) -> list[str]:
        """Read every object that is named now back; return one line for each that is not what its name says."""
        return self.lists.verify()

    @property
    def _generations(self) -> dict[str, int]:
        if self._seen is None:
            self.look()
        assert self._seen is not None
        return self._seen

    def _key(self, folder: Path) -> str:
        key = folder.relative_to(self.root).as_posix()
        return "" if key == "." else key

    def _list(self, key: str, generation: int, held: Listed | None) -> Listed:
        return held if held and held.generation == generation else self.lists.read(key, generation)

    def _newest(self, key: str) -> Listed:
        """Ask for the highest list of one folder.

        Raises:
            StoreError: the working copy is of a later one: the store went back to an earlier state.
        """
        held = read_mark(self.root / key)
        generation = self.lists.highest_of(key)
        if held and held.generation > generation:
            raise StoreError(
                f"{self.lists.url}: holds generation {generation} of {key or 'the root'}, and this machine has seen "
                f"{held.generation}: the bucket was emptied or restored. {self.root} is a copy: remove it, run again"
            )
        self._generations[key] = generation
        return self._list(key, generation, held)

    def _upload(self, key: str, own: _Files, files: Mapping[str, Staged], over: Names | None) -> Listed:
        """Upload files and name them in the next list."""
        uploaded: set[str] = set()

        def change(now: Listed) -> _Files:
            wanted = {**now.files, **own}
            if wanted == now.files:
                return wanted
            if over is not None and (moved := [name for name in own if now.names.get(name) != over.get(name)]):
                raise Overtaken(
                    f"{self.lists.url}: {key}/{moved[0]} was changed by another writer meanwhile; run again"
                )
            # Bytes that this list names are there and stay for a while. Others are written, be they there or not:
            # what no list names may be cleared away at any time.
            known = {entry.sha256 for entry in now.files.values()} | uploaded
            fresh = {files[name].temporary: entry for name, entry in own.items() if entry.sha256 not in known}
            self.lists.put(fresh)
            uploaded.update(entry.sha256 for entry in fresh.values())
            return wanted

        return self._advance(key, change)

    def _advance(self, key: str, change: Callable[[Listed], _Files]) -> Listed:
        """Create the next generation of a list; where another writer was first, read again and try the one after."""
        for _ in range(_TRIES):
            now = self._newest(key)
            made = Listed(now.generation + 1, change(now))
            if made.files == now.files:
                return now
            if self.lists.create(key, made):
                self._generations[key] = made.generation
                return made
        raise StoreError(f"{self.lists.url}: other writers of {key} were first {_TRIES} times; run again")

    def _bring(self, folder: Path, key: str) -> None:
        """Bring a folder to the generation that was seen, unless it is there or beyond it."""
        generation, held = self._generations.get(key, 0), read_mark(folder)
        if held is None and generation == 0 and not files_in(folder):
            self._here[key] = 0
            return
        if held and held.generation > generation:
            generation = self._newest(key).generation
        if held is None or held.generation < generation or len(present(folder, held)) < len(held.files):
            with self._changing(folder) as held:
                if held is None or held.generation <= generation:
                    known = present(folder, held) if held else {}
                    self._pull(folder, key, self._list(key, generation, held), known)
        self._here[key] = generation

    @contextmanager
    def _changing(self, folder: Path) -> Iterator[Listed | None]:
        """Keep other processes of this machine from changing a folder of the working copy; yields its mark."""
        name = ".".join(("store", *folder.relative_to(self.root).parts))
        with locked(self.locks, name):
            yield read_mark(folder)

    def _pull(self, folder: Path, key: str, wanted: Listed, known: _Files) -> None:
        """Make a folder what a list says; the files in ``known`` are trusted to be what it says of them."""
        lacking = [name for name, entry in wanted.files.items() if not _is_here(folder / name, entry, known.get(name))]
        with discarding() as staged:
            # All come before the first takes its place: whoever reads meanwhile finds pairs that belong together.
            at_once(lambda name: self._fetch(folder / name, wanted.files[name], staged), lacking)
            take_mark_away(folder)
            for file in staged:
                file.commit()
        # The root holds folders and files that are of this machine alone.
        for name in sorted(files_in(folder) - set(wanted.files) if key else ()):
            with reporting(folder / name):
                (folder / name).unlink(missing_ok=True)
        if wanted.files or folder.is_dir():
            write_mark(folder, wanted)
        self._here[key] = wanted.generation

    def _fetch(self, path: Path, entry: Entry, staged: list[Staged]) -> None:
        file = stage(path, self.lists.get(entry, where=path.relative_to(self.root).as_posix()))
        staged.append(file)
        file.sync()


def _is_here(path: Path, entry: Entry, known: Entry | None) -> bool:
    if known is not None:
        return known == entry
    return path.is_file() and entry_of(path) == entry
