"""A machine's copy of folders of an object store: which list a folder holds stands in a mark beside its files."""

import hashlib
import json
import os
from pathlib import Path

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.lists import Entry, Listed
from hi_pipeline.storage.store import WORKING_COPY

MARK = ".generation"
# The folders of a data root that lie in the store; all others stay on each machine's disk.
IN_STORE = ("snapshots", "clean", "linked", "indicator", "published")


def claim(root: Path, url: str) -> None:
    """Make a data folder the working copy of a store.

    Raises:
        StoreError: it holds tables of its own, or is the working copy of another store.
    """
    path = root / WORKING_COPY
    try:
        known = str(json.loads(path.read_text(encoding="utf-8"))["store"])
    except FileNotFoundError:
        if any((root / name).is_dir() for name in IN_STORE):
            raise StoreError(
                f"{root}: holds tables that were built without an object store, and HI_STORE is {url}; nothing was "
                "changed. Set HI_DATA_DIR to a folder for the working copy, or unset HI_STORE"
            ) from None
        write_bytes(path, (json.dumps({"store": url}) + "\n").encode())
        return
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); remove {root}, which is a copy, and run again") from error
    if known != url:
        raise StoreError(
            f"{root}: is the working copy of {known}, and HI_STORE is {url}; nothing was changed. Set HI_DATA_DIR to "
            "another folder, or mend HI_STORE"
        )


def entry_of(path: Path) -> Entry:
    """Return a file as a list would name it."""
    with path.open("rb") as file:
        return Entry(hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size)


def read_mark(folder: Path) -> Listed | None:
    """Return which list a folder holds; None where it holds none, or a change of it was cut off."""
    try:
        return Listed.from_json((folder / MARK).read_bytes(), where=str(folder))
    except (FileNotFoundError, NotADirectoryError, StoreError):
        return None


def write_mark(folder: Path, listed: Listed) -> None:
    """Say that a folder holds the files of a list."""
    write_bytes(folder / MARK, listed.to_json())


def take_mark_away(folder: Path) -> None:
    """Say that a folder is about to change: until the next mark nobody trusts it."""
    (folder / MARK).unlink(missing_ok=True)


def present(folder: Path, listed: Listed) -> dict[str, Entry]:
    """Return the files of a list that are there in their size."""
    sizes = {entry.name: entry.stat().st_size for entry in _scan(folder)}
    return {name: entry for name, entry in listed.files.items() if sizes.get(name) == entry.size}


def files_in(folder: Path) -> set[str]:
    """Return the names of a folder's files, without marks and temporary files."""
    return {entry.name for entry in _scan(folder) if not entry.name.startswith(".")}


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return [entry for entry in found if entry.is_file()]
    except FileNotFoundError:
        return []
