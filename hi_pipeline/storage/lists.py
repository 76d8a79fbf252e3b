"""What an object store holds: bytes by their hash, and for each folder of a data root the list of its files.

``objects/<2 digits>/<sha256>`` holds bytes, which never change. ``lists/<folder>/generation-<number>.json`` names the
files of one folder with their sha256; the highest number is what stands there. A number is created with If-None-Match
``*``, so that of two writers one is first.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.bucket import Bucket, Object

_LISTS, _OBJECTS = "lists/", "objects/"
_LIST = re.compile(r"lists/(?:(?P<folder>.+)/)?generation-(?P<number>\d{10})\.json")
_THREADS = 8
_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Entry:
    """A file as a list names it."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Listed:
    """The files of one folder as one generation of its list names them; 0 where there is no list yet."""

    generation: int = 0
    files: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """Return the sha256 of each file, by name."""
        return {name: entry.sha256 for name, entry in self.files.items()}

    def to_json(self) -> bytes:
        """Return the text of the list: sorted, no clock."""
        facts = {"files": {name: asdict(entry) for name, entry in self.files.items()}, "generation": self.generation}
        return (json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()

    @classmethod
    def from_json(cls, data: bytes, *, where: str) -> "Listed":
        """Read what ``to_json`` wrote.

        Raises:
            StoreError: it is no list, or names a file that would leave its folder.
        """
        try:
            facts = json.loads(data)
            files = {str(name): Entry(**entry) for name, entry in facts["files"].items()}
            generation = int(facts["generation"])
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                f"{where}: is not what this program writes ({error}); is HI_STORE the right one?"
            ) from error
        for name in files:
            if not name or name.startswith(".") or not set(name).isdisjoint("/\\\0"):
                raise StoreError(f"{where}: names a file {name!r}, which cannot be one; nothing was read")
        return cls(generation, files)


class Lists:
    """The lists and the bytes of one data root in a bucket. Folders are named by their path below the root."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @property
    def url(self) -> str:
        """Return where it lies."""
        return self._bucket.url

    def highest(self) -> dict[str, int]:
        """Return the highest generation of every folder that has a list."""
        return dict(_numbers(self._bucket.list(_LISTS)))

    def highest_of(self, folder: str) -> int:
        """Return the highest generation of one folder, 0 where there is no list."""
        found = self._bucket.list(_list_key(folder, 0).removesuffix("0000000000.json"))
        return dict(_numbers(found)).get(folder, 0)

    def read(self, folder: str, generation: int) -> Listed:
        """Return one generation of a list.

        Raises:
            StoreError: it is not there (any more), or is no list.
        """
        if generation == 0:
            return Listed()
        key = _list_key(folder, generation)
        data = self._bucket.get(key)
        if data is None:
            raise StoreError(f"{self.url}/{key}: is gone, a newer list took its place; run again")
        found = Listed.from_json(data, where=f"{self.url}/{key}")
        if found.generation != generation:
            raise StoreError(f"{self.url}/{key}: says that it is generation {found.generation}; restore the bucket")
        return found

    def create(self, folder: str, listed: Listed) -> bool:
        """Create a generation; False where another writer was first."""
        return self._bucket.create(_list_key(folder, listed.generation), listed.to_json())

    def put(self, files: Mapping[Path, Entry]) -> None:
        """Upload the bytes of files."""
        at_once(lambda path: self._bucket.put(_object_key(files[path].sha256), path), files)

    def get(self, entry: Entry, *, where: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            StoreError: they are gone, or are others than their name says.
        """
        data = self._bucket.get(_object_key(entry.sha256))
        if wrong := _wrong(entry.sha256, data):
            raise StoreError(f"{self.url}/{_object_key(entry.sha256)} ({where}): {wrong}")
        assert data is not None
        return data

    def verify(self) -> list[str]:
        """Read back all bytes that the highest lists name; return one line for each that are wrong."""
        named: dict[str, str] = {}
        for (folder, _), listed in at_once(lambda place: self.read(*place), self.highest().items()):
            for name, entry in listed.files.items():
                named.setdefault(entry.sha256, f"{folder}/{name}".lstrip("/"))
        found = at_once(lambda sha256: _wrong(sha256, self._bucket.get(_object_key(sha256))), named)
        return [f"{self.url}/{_object_key(sha256)} ({named[sha256]}): {wrong}" for sha256, wrong in found if wrong]

    def unnamed(self, *, before: datetime) -> list[Object]:
        """Return what is not needed any more: lists that others took the place of, and bytes that no other list names.

        What was written after a moment stays, and so does a list that was the highest after it: somebody may still
        read them, or be about to name them.
        """
        highest: dict[str, Object] = {}
        old: list[Object] = []
        kept: list[Object] = []
        for found in self._bucket.list(_LISTS):
            folder, _ = _place_of(found)
            earlier = highest.get(folder)
            if earlier:
                (old if found.written < before else kept).append(earlier)
            highest[folder] = found
        lists = at_once(lambda found: self.read(*_place_of(found)), [*kept, *highest.values()])
        named = {entry.sha256 for _, listed in lists for entry in listed.files.values()}
        unnamed = [
            found
            for found in self._bucket.list(_OBJECTS)
            if found.written < before and found.key.rpartition("/")[2] not in named
        ]
        return [*old, *unnamed]

    def forget(self, objects: Iterable[Object]) -> None:
        """Remove what ``unnamed`` found: the lists before the bytes that they name."""
        self._bucket.delete(found.key for found in objects)

    def refuse_careless(self) -> None:
        """Refuse a store that takes a second put with If-None-Match ``*``: writers would overwrite one another.

        Raises:
            StoreError: it is one, or it cannot be written.
        """
        self._bucket.create("create-only", b"")
        if self._bucket.create("create-only", b""):
            raise StoreError(
                f"{self.url}: this store ignores If-None-Match, so that one machine could overwrite what another "
                "wrote; nothing was built: use a store with conditional puts, or unset HI_STORE"
            )


def at_once(action: Callable[[_Item], _Made], items: Iterable[_Item]) -> list[tuple[_Item, _Made]]:
    """Do something with each item, several at once; return each with what came of it, in order."""
    waiting = list(items)
    if len(waiting) < 2:
        return [(item, action(item)) for item in waiting]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(zip(waiting, pool.map(action, waiting), strict=True))


def _list_key(folder: str, generation: int) -> str:
    return f"{_LISTS}{folder}{'/' if folder else ''}generation-{generation:010}.json"


def _object_key(sha256: str) -> str:
    return f"{_OBJECTS}{sha256[:2]}/{sha256}"


def _place_of(found: Object) -> tuple[str, int]:
    match = _LIST.fullmatch(found.key)
    if match is None:
        raise StoreError(f"{found.key}: is no list that this program writes; is HI_STORE the right one?")
    return match["folder"] or "", int(match["number"])


def _numbers(found: Iterable[Object]) -> Iterator[tuple[str, int]]:
    """Yield folders with their generations, the lower before the higher: keys come in the order of their bytes."""
    return (_place_of(one) for one in found)


def _wrong(sha256: str, data: bytes | None) -> str:
    if data is None:
        return "the bytes are gone; run again, and if they stay away restore the bucket"
    return "" if hashlib.sha256(data).hexdigest() == sha256 else "other bytes than the name says; restore the bucket"
