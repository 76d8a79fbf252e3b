"""Ends a fetch in time whatever a server does: its connections are shut down from beside."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# A body that is merely slow is noticed by whoever reads it, who can say how far it came.
_GRACE_S = 1.0


class Connections:
    """The connections of one fetch. A server that drips its headers never gets past one single read."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note a connection as httpcore opens it (the ``trace`` extension of a request)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            opened = info["return_value"].get_extra_info("socket")
            if opened is not None:
                self._sockets.append(opened)

    def shut(self) -> None:
        """Shut down all of them: whoever reads sees the end."""
        for opened in self._sockets:
            try:
                socket.socket.shutdown(opened, socket.SHUT_RDWR)
            except OSError:
                # It has ended already.
                continue


@contextmanager
def closing_at(deadline: float) -> Iterator[Connections]:
    """Give the connections of a fetch, which are shut down soon after the deadline (of ``time.monotonic``)."""
    connections = Connections()
    timer = threading.Timer(max(0.0, deadline - time.monotonic()) + _GRACE_S, connections.shut)
    timer.daemon = True
    timer.start()
    try:
        yield connections
    finally:
        timer.cancel()
