"""Locks between processes: the system lets them go when their holder dies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from hi_pipeline.core.errors import Overtaken, StoreError

Made = TypeVar("Made")
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


def changed_alone(folder: Path, name: str, change: Callable[[], Made]) -> Made:
    """Make a change that reads first and writes then, under a lock; again where another machine wrote meanwhile.

    Args:
        folder: of the lock, which holds off the processes of this machine.
        name: of the lock.
        change: reads what it changes each time anew, and writes over what it has read.

    Raises:
        StoreError: the lock file cannot be made or locked.
    """
    with locked(folder, name):
        while True:
            try:
                return change()
            except Overtaken:
                continue  # what the other one wrote is read, and kept
