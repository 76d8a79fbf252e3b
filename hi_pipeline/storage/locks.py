"""Locks between processes: the system lets them go when their holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hi_pipeline.core.errors import StoreError

_LOOK_AGAIN_S = 0.01


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock ``<folder>/<name>.lock``; waits for whoever holds it.

    Raises:
        StoreError: the lock file cannot be made or locked.
    """
    # Imported here and in ``atomic``: most commands that only read lock nothing, and it takes a while.
    from filelock import FileLock

    path = folder / f"{name}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A mere marker file, which some network disks would need instead, outlives a holder that was killed: refused.
        lock = FileLock(path, poll_interval=_LOOK_AGAIN_S, fallback_to_soft=False)
        lock.acquire()
    except OSError as error:
        raise StoreError(f"{path}: the lock file cannot be made ({error.strerror}); is the disk full?") from error
    try:
        yield
    finally:
        lock.release()
