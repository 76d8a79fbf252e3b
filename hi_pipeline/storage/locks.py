"""Locks between processes: an flock, which the kernel lets go when its holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hi_pipeline.core.errors import StoreError


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock ``<folder>/<name>.lock``; waits for whoever holds it.

    Raises:
        StoreError: the lock file cannot be made.
    """
    path = folder / f"{name}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise StoreError(f"{path}: the lock file cannot be made ({error.strerror}); is the disk full?") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
