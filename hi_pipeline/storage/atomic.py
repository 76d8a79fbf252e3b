"""Files that are either old or new: written beside their place, synced, then renamed over it.

A temporary file is locked by the process that writes it for as long as that process lives, so that ``sweep`` can
tell what the dead have left behind. On Windows no lock is needed: an open file can be neither renamed nor removed.
"""

import errno
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hi_pipeline.core.errors import StoreError

_WINDOWS = os.name == "nt"
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{12}\.tmp")


class Staged:
    """A temporary file on its way to a place: hidden, beside it, its name ending in .tmp."""

    def __init__(self, path: Path) -> None:
        """Create it.

        Raises:
            StoreError: naming the path.
        """
        self.path = path
        with reporting(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self.temporary, self.file = _create_locked(path)

    def write(self, data: bytes) -> None:
        """Add bytes; on failure the temporary file is gone and StoreError names the place."""
        try:
            with reporting(self.path):
                left = memoryview(data)
                while left:
                    left = left[self.file.write(left) :]
        except BaseException:
            self.discard()
            raise

    def sync(self) -> None:
        """Push the bytes to the disk."""
        with reporting(self.path):
            os.fsync(self.file.fileno())

    def commit(self, path: Path | None = None) -> None:
        """Rename it to its place (or to another one in the same folder); its folder is not synced yet."""
        with reporting(self.path):
            if _WINDOWS:
                self.file.close()
            self.temporary.replace(path or self.path)
        self.file.close()

    def discard(self) -> None:
        """Remove it, if it was not renamed."""
        if _WINDOWS:
            self.file.close()
        self.temporary.unlink(missing_ok=True)
        self.file.close()


def stage(path: Path, data: bytes) -> Staged:
    """Write a temporary file for a place, not synced yet; nothing is left behind if that fails.

    Raises:
        StoreError: naming the path.
    """
    staged = Staged(path)
    staged.write(data)
    return staged


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file atomically and sync it and its folder.

    Raises:
        StoreError: naming the path; the old file is untouched.
    """
    staged = stage(path, data)
    try:
        staged.sync()
        staged.commit()
    except BaseException:
        staged.discard()
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Push a folder's list of names to the disk (Windows keeps it by itself, and opens no folder)."""
    if _WINDOWS:
        return
    with reporting(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(
    root: Path, *, finish: Callable[[Path, Path, Collection[Path]], bool] = lambda temporary, meant, found: False
) -> list[Path]:
    """Remove the temporary files that dead processes left below a folder; those of the living are left alone.

    Args:
        root: the folder.
        finish: is given each such file, the place it was meant for and all temporary files that were found; returns
            True once it has renamed it there.

    Returns:
        The temporary files that are gone.
    """
    gone = []
    names = {path: match["name"] for path in root.rglob(".*.tmp") if (match := _TEMPORARY.fullmatch(path.name))}
    for temporary, name in sorted(names.items()):
        with _held(temporary) as mine:
            if mine:
                if not finish(temporary, temporary.with_name(name), names):
                    temporary.unlink(missing_ok=True)
                gone.append(temporary)
    return gone


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Turn a failed system call into an error that names the path and says what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        advice = "make room on that disk and run again" if full else "look at the disk and the folder's permissions"
        raise StoreError(
            f"{path}: could not be written: {error.strerror or error}; {advice}. What stood there before is untouched."
        ) from error


def _create_locked(path: Path) -> tuple[Path, BinaryIO]:
    from filelock import lock_descriptor

    while True:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
        file = temporary.open("xb", buffering=0)
        if not _WINDOWS:
            lock_descriptor(file.fileno())
        # A sweep may have taken it between the two calls; then it has no name any more.
        if os.fstat(file.fileno()).st_nlink:
            return temporary, file
        file.close()


@contextmanager
def _held(temporary: Path) -> Iterator[bool]:
    from filelock import lock_descriptor

    if _WINDOWS:
        yield _is_closed(temporary)
        return
    try:
        file = temporary.open("rb")
    except FileNotFoundError:
        yield False
        return
    with file:
        yield lock_descriptor(file.fileno(), blocking=False)


def _is_closed(temporary: Path) -> bool:
    try:
        temporary.rename(temporary)
    except OSError:
        return False
    return True
