"""Locks between processes: an flock on a file of its own, which the kernel lets go when its holder dies."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hi_pipeline.core.errors import StoreError


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock ``<folder>/<name>.lock``; waits for whoever holds it.

    Raises:
        StoreError: the lock file cannot be made.
    """
    with _open(folder / f"{name}.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Writer:
    """The mark that this process puts into the names of its temporary files; alive while its lock is held."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = 0
        self._file: IO[bytes] | None = None
        self._mark = ""

    @property
    def mark(self) -> str:
        """Return this process's mark; a forked child gets its own."""
        if self._pid != os.getpid():
            mark = secrets.token_hex(6)
            file = _open(self._folder / f"{mark}.writer")
            fcntl.flock(file, fcntl.LOCK_EX)
            self._pid, self._file, self._mark = os.getpid(), file, mark
        return self._mark

    def close(self) -> None:
        """Let the lock go and remove its file."""
        if self._file is not None and self._pid == os.getpid():
            (self._folder / f"{self._mark}.writer").unlink(missing_ok=True)
            self._file.close()
        self._pid, self._file = 0, None


def is_alive(folder: Path, mark: str) -> bool:
    """Tell whether the process that owns a mark still runs; removes the lock file of one that does not."""
    path = folder / f"{mark}.writer"
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


def marks(folder: Path) -> list[str]:
    """Return the marks that have a lock file, of the living and the dead."""
    return sorted(path.stem for path in folder.glob("*.writer"))


def _open(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    except OSError as error:
        raise StoreError(f"{path}: the lock file cannot be made ({error.strerror}); is the disk full?") from error
