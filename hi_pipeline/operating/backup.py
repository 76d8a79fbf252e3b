"""A whole copy of a data root, proved by its own hashes, and the way back.

A backup is a folder like the root, with ``backup.json``: the sha256 of each file, and the numbers of its layout and
contract. What can be made again from nothing is left out: locks, temporary files, the sample's publications.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from hi_pipeline.core.errors import StoreError
from hi_pipeline.engine.pipeline import open_store
from hi_pipeline.engine.verify import altered_of
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import reporting, write_bytes
from hi_pipeline.storage.bucket import Bucket
from hi_pipeline.storage.lake import Lake
from hi_pipeline.storage.object_store import ObjectStore
from hi_pipeline.storage.root_version import VERSION_FILE, RootVersion, version_of
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline.storage.store import WORKING_COPY
from hi_pipeline.storage.working_copy import IN_STORE, MARK

MANIFEST = "backup.json"
FORMAT = 1
_LEFT_OUT = ("locks", "publications")
_PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Backup:
    """What ``backup.json`` says.

    Attributes:
        format: of the backup itself.
        kind: sample, mirror or live.
        version: of the data folder.
        program: the version of hi that made it.
        records: Dagster's runs and events are in it (they are not where dagster.yaml keeps them elsewhere).
        files: sha256 by path below the root.
    """

    format: int
    kind: str
    version: RootVersion
    program: str
    records: bool
    files: dict[str, str]


def back_up(
    settings: Settings,
    to: Path,
    *,
    databases: Collection[Path],
    records: bool,
    before_placing: Callable[[], None] = lambda: None,
) -> Backup:
    """Copy a data root to a folder that is not there yet; it appears whole or not at all.

    Args:
        settings: of the root.
        to: the folder to make.
        databases: SQLite files below the root, copied by SQLite itself so that each copy is whole.
        records: whether the databases hold Dagster's records.
        before_placing: called once all is copied; what it raises keeps the backup from being placed.

    Raises:
        StoreError: a newer program wrote the root; the folder is there already, lies in the root or cannot be written;
            or a copied file is not the one whose hash stands beside it. Nothing is left at its place.
    """
    root, to = settings.root, to.resolve()
    open_store(settings).fresh_below(root)
    _refuse_place(root, to)
    part = to.with_name(f"{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with reporting(to):
            files = {name: _copy(root / name, part / name) for name in _names(root, databases)}
            for path in databases:
                name = path.relative_to(root).as_posix()
                files[name] = _copy_database(path, part / name)
        before_placing()
        _prove(settings, part)
        made = Backup(
            format=FORMAT,
            kind=settings.kind,
            version=version_of(root),
            program=version("hi_pipeline"),
            records=records,
            files=dict(sorted(files.items())),
        )
        write_bytes(part / MANIFEST, (json.dumps(asdict(made), indent=1) + "\n").encode())
        _sync()
        with reporting(to):
            part.rename(to)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return made


def restore(settings: Settings, backup: Path) -> Backup:
    """Put a backup in the place of a data root that is not there; it appears whole or not at all.

    Raises:
        StoreError: it is no backup, was made by a newer program or of another kind, a file is missing or altered, or
            the root holds something.
    """
    made = read_backup(backup)
    if made.kind != settings.kind:
        raise StoreError(
            f"{backup}: is a backup of {made.kind} data, and HI_SOURCE is {settings.source}; synthetic and real never "
            f"meet. Set HI_SOURCE to {made.kind}"
        )
    root = settings.root
    if root.exists() and any(root.iterdir()):
        raise StoreError(f"{root}: is not empty; move it away first. Nothing was changed")
    part = root.with_name(f"{root.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with reporting(root):
            shared = _into_store(settings, backup, part, made.files) if settings.store else set()
            for name, sha256 in made.files.items():
                source = backup / name
                if name not in shared and (not source.is_file() or _copy(source, part / name) != sha256):
                    raise _altered(source)
            _sync()
            with suppress(FileNotFoundError):
                root.rmdir()
            part.rename(root)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return made


def read_backup(folder: Path) -> Backup:
    """Return what a backup says of itself.

    Raises:
        StoreError: it is no backup, or one of a newer program.
    """
    path = folder / MANIFEST
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        found = int(facts["format"])
        if found != FORMAT:
            raise StoreError(
                f"{path}: is a backup of the format {found}, and this version of hi knows {FORMAT}: a newer hi made "
                "it. Restore it with that version"
            )
        made = Backup(**(facts | {"version": RootVersion(**facts["version"])}))
        strange = [name for name in made.files if not _is_below(name)]
    except FileNotFoundError:
        raise StoreError(
            f"{folder}: is no backup: it holds no {MANIFEST}. Name the folder that hi backup wrote"
        ) from None
    except (ValueError, TypeError, KeyError, NotADirectoryError) as error:
        raise StoreError(f"{path}: is not what hi backup writes ({error}); restore an older backup") from error
    if strange:
        raise StoreError(f"{path}: names a file outside of its folder, {strange[0]!r}; refused")
    made.version.check(folder)
    return made


def _into_store(settings: Settings, backup: Path, part: Path, files: Mapping[str, str]) -> set[str]:
    """Put what an object store keeps into an empty one, and into the working copy; return the names.

    A folder is there whole or not at all; after an error none is.
    """
    folders: dict[str, list[str]] = {}
    for name in files:
        folder = name.rpartition("/")[0]
        if name.startswith(tuple(f"{layer}/" for layer in IN_STORE)) or name == VERSION_FILE:
            folders.setdefault(folder, []).append(name)
    bucket = Bucket(settings.store_of_kind)
    if next(bucket.list(""), None) is not None:
        raise StoreError(
            f"{bucket.url}: is not empty; empty it, or set HI_STORE to another prefix. Nothing was changed"
        )
    store = ObjectStore(part, bucket)
    try:
        for folder, names in sorted(folders.items()):
            store.write(part / folder, {Path(name).name: _read(backup / name, files[name]) for name in names})
    except BaseException:
        bucket.delete(found.key for found in list(bucket.list("")))
        raise
    return {name for names in folders.values() for name in names}


def _read(path: Path, sha256: str) -> bytes:
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _altered(path)
    return data


def _altered(path: Path) -> StoreError:
    return StoreError(f"{path}: is not the file that was backed up; restore an older backup. Nothing was changed")


def _refuse_place(root: Path, to: Path) -> None:
    if not root.is_dir() or not any(root.iterdir()):
        raise StoreError(
            f"{root}: holds nothing to back up; run hi run first, or set HI_DATA_DIR to the folder that is meant"
        )
    if to.exists():
        raise StoreError(f"{to}: is there already; name a folder that is not, such as one with the day in its name")
    if to == root or root in to.parents:
        raise StoreError(f"{to}: lies in the data folder itself; name a folder on another disk")


def _names(root: Path, databases: Collection[Path]) -> Iterator[str]:
    """Yield the paths below a root of what is copied as it is, in order."""
    made_by_sqlite = {f"{path}{suffix}" for path in databases for suffix in ("", "-wal", "-shm", "-journal")}
    for folder, folders, files in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in _LEFT_OUT]
        folders.sort()
        for file in sorted(files):
            path = Path(folder) / file
            temporary = file.startswith(".") and file.endswith(".tmp")
            of_this_machine = file in (MARK, WORKING_COPY)
            if not temporary and not of_this_machine and str(path) not in made_by_sqlite:
                yield path.relative_to(root).as_posix()


def _copy(source: Path, to: Path) -> str:
    """Copy a file and return the sha256 of what was written."""
    to.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with source.open("rb") as read, to.open("xb") as written:
        while piece := read.read(_PIECE):
            digest.update(piece)
            written.write(piece)
    return digest.hexdigest()


def _copy_database(source: Path, to: Path) -> str:
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
            closing(sqlite3.connect(to)) as written,
        ):
            read.backup(written)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: cannot be copied ({error}); hi doctor says more") from error
    return hashlib.sha256(to.read_bytes()).hexdigest()


def _prove(settings: Settings, part: Path) -> None:
    """Hold the copy's files against the hashes that were copied with them."""
    kept = Snapshots(part, mode=settings.kind, mirror="", contact="")  # type: ignore[arg-type]
    wrong = [*altered_of(Lake(part)), *kept.verify()]
    if wrong:
        raise StoreError(
            f"the copy is not whole, {len(wrong)} files: {wrong[0]}. Either something was written meanwhile: try "
            "again; or the data folder itself is damaged: hi verify tells. Nothing was placed"
        )


def _is_below(name: str) -> bool:
    path = Path(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts


def _sync() -> None:
    if hasattr(os, "sync"):
        os.sync()
