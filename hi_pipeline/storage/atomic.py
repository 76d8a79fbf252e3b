"""Files that are either old or new: written beside their place, synced, then renamed over it."""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hi_pipeline.core.errors import StoreError

_TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<mark>[0-9a-f]{12})\.(?P<unique>[0-9a-f]{8})\.tmp")
_NO_MARK = "0" * 12


def temporary_for(path: Path, *, mark: str = _NO_MARK) -> Path:
    """Return a fresh name beside a file: hidden, ending in .tmp, with the mark of the process that writes it."""
    return path.with_name(f".{path.name}.{mark}.{secrets.token_hex(4)}.tmp")


def parse_temporary(path: Path) -> tuple[Path, str] | None:
    """Return the place a temporary file was meant for and its writer's mark; None for any other file."""
    found = _TEMPORARY.fullmatch(path.name)
    return (path.with_name(found["name"]), found["mark"]) if found else None


def write_bytes(path: Path, data: bytes, *, mark: str = _NO_MARK) -> None:
    """Write a whole file atomically and sync it and its folder.

    Raises:
        StoreError: naming the path; the old file is untouched.
    """
    temporary = stage_bytes(path, data, mark=mark)
    try:
        with reporting(path):
            sync_file(temporary)
            temporary.replace(path)
            sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def stage_bytes(path: Path, data: bytes, *, mark: str = _NO_MARK) -> Path:
    """Write a temporary file for a place, not synced yet; nothing is left behind if that fails.

    Raises:
        StoreError: naming the path.
    """
    temporary = temporary_for(path, mark=mark)
    with reporting(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb", buffering=0) as file:
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return temporary


def sync_file(path: Path) -> None:
    """Push a file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Push a folder's list of names to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Turn a failed system call into an error that names the path and says what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        todo = "make room on that disk and run again" if full else "look at the disk and the folder's permissions"
        raise StoreError(
            f"{path}: could not be written: {error.strerror or error}; {todo}. What stood there before is untouched."
        ) from error
