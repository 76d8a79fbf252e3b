"""Whether the folders of an installation can be used: the data folder, its disk, its locks, the mirror."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import lock_descriptor

from hi_pipeline.core.errors import StoreError
from hi_pipeline.operating.examined import Examined, State
from hi_pipeline.settings import Settings
from hi_pipeline.storage.bucket import Bucket
from hi_pipeline.storage.lists import Lists

# A root of all real publications to 2026-11 takes 0.5 GB, and a rebuilt file stands beside the old one for a moment.
SCARCE_BYTES, TOO_FEW_BYTES = 5_000_000_000, 1_000_000_000
_FEWEST_FILES = 10_000
OBJECT_STORE = "object store"


def examine_places(settings: Settings) -> Iterator[Examined]:
    """Yield what can be said of the settings and folders, without changing any of them."""
    yield _settings(settings)
    folder = _nearest(settings.root)
    yield _writable(settings.root, folder)
    yield _disk(folder)
    yield from _locks(settings.root / "locks")
    if settings.store:
        yield _store(settings)
    if settings.kind == "mirror" and not settings.mirror.startswith(("http://", "https://")):
        yield _mirror(Path(settings.mirror))


def _settings(settings: Settings) -> Examined:
    if settings.kind == "live" and not settings.contact:
        return Examined(
            what="settings",
            name="HI_CONTACT",
            state=State.LOOK,
            said="not set: publishers cannot see who asks, and some answer 403",
            remedy="set HI_CONTACT to an e-mail address that somebody reads",
        )
    return Examined(what="settings", name="HI_SOURCE", state=State.GOOD, said=settings.source)


def _nearest(path: Path) -> Path:
    """Return the folder, or the nearest one above it that is there already."""
    return next(place for place in (path, *path.parents) if place.exists())


def _writable(root: Path, folder: Path) -> Examined:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"hi doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Examined(
            what="data folder",
            name=str(root),
            state=State.FAILS,
            said=f"nothing can be written in {folder}: {error.strerror or error}",
            remedy="give the account that runs hi the right to write there, or set HI_DATA_DIR to another folder",
        )
    said = "can be written" if folder == root else f"not there yet; it can be made in {folder}"
    return Examined(what="data folder", name=str(root), state=State.GOOD, said=said)


def _disk(folder: Path) -> Examined:
    free = shutil.disk_usage(folder).free
    files = os.statvfs(folder).f_favail if hasattr(os, "statvfs") else 0
    # Some file systems count no files, and then say 0 of 0.
    counted = hasattr(os, "statvfs") and os.statvfs(folder).f_files > 0
    state = State.GOOD if free >= SCARCE_BYTES else State.LOOK if free >= TOO_FEW_BYTES else State.FAILS
    said = f"{free / 1e9:.1f} GB free"
    if counted and files < _FEWEST_FILES:
        state, said = State.FAILS, f"{said}, and room for {files:,} more files"
    remedy = "" if state is State.GOOD else "make room on this disk; hi prune --dry-run says what hi can remove"
    return Examined(what="disk", name=str(folder), state=state, said=said, remedy=remedy)


def _locks(folder: Path) -> Iterator[Examined]:
    if not folder.is_dir():
        yield Examined(what="lock", name=str(folder), state=State.OFF, said="nothing was built here yet")
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            lock_descriptor(file.fileno(), blocking=False)
    except (OSError, NotImplementedError) as error:
        yield Examined(
            what="lock",
            name=str(folder),
            state=State.FAILS,
            said=f"files cannot be locked here: {error}",
            remedy="put the data folder on a local disk, or on a network disk that is mounted with locks",
        )
        return
    held = [path for path in sorted(folder.glob("*.lock")) if _is_held(path)]
    for path in held:
        yield Examined(
            what="lock",
            name=path.name,
            state=State.LOOK,
            said=f"held by {_holder(path) or 'another process'}",
            remedy="nothing, if a run goes on. If none does, end that process: its locks go with it",
        )
    if not held:
        yield Examined(what="lock", name=str(folder), state=State.GOOD, said="files can be locked, and none is")


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not lock_descriptor(file.fileno(), blocking=False)
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    """Return "process 123" where the system tells who holds a lock (Linux), else ""."""
    try:
        lines = Path("/proc/locks").read_text().splitlines()
        inode = path.stat().st_ino
    except OSError:
        return ""
    # "1: FLOCK  ADVISORY  WRITE 123 00:2f:4567 0 EOF"
    owners = [f[4] for line in lines if len(f := line.split()) > 5 and f[5].endswith(f":{inode}")]
    return f"process {owners[0]}" if owners else ""


def _store(settings: Settings) -> Examined:
    try:
        folders = len(Lists(Bucket(settings.store_of_kind)).highest())
    except StoreError as error:
        said, _, remedy = str(error).rpartition(": ")
        return Examined(what=OBJECT_STORE, name=settings.store, state=State.FAILS, said=said, remedy=remedy)
    return Examined(what=OBJECT_STORE, name=settings.store, state=State.GOOD, said=f"holds {folders} folders")


def _mirror(folder: Path) -> Examined:
    try:
        hosts = sorted(path.name for path in folder.iterdir() if path.is_dir())
    except OSError as error:
        return Examined(
            what="mirror",
            name=str(folder),
            state=State.FAILS,
            said=f"cannot be read: {error.strerror or error}",
            remedy="give the account that runs hi the right to read it",
        )
    if not hosts:
        remedy = "put each file at <host>/<path>, with the publisher's own name"
        return Examined(what="mirror", name=str(folder), state=State.LOOK, said="holds no host's folder", remedy=remedy)
    return Examined(what="mirror", name=str(folder), state=State.GOOD, said=f"files of {len(hosts)} hosts")
