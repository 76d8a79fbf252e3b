"""Further processes of this machine for work that takes one core: started anew, and ended with what started them."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

_MOST = 4


def how_many() -> int:
    """Return how many processes share such work well: one a core, at most four."""
    return min(os.cpu_count() or 1, _MOST)


def pool_of(number: int, begin: Callable[[], None]) -> ProcessPoolExecutor:
    """Return a pool of processes, each begun by a function of a module or a ``partial`` of one.

    Ctrl-C is left to the process that starts them: who closes the pool decides what becomes of waiting work. Where that
    process dies, they end.
    """
    spawned = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(number, mp_context=spawned, initializer=_begin, initargs=(begin,))


def _begin(begin: Callable[[], None]) -> None:
    # Ctrl-C reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    begin()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
