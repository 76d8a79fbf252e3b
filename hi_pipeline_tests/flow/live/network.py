"""The internet, on loopback: publishers' names lead to one server here, over TLS, and nothing else knows a name.

Names, connections and peers are turned round below every client, so that the program's own checks of names, addresses
and certificates run as on a machine with internet.
"""

import ipaddress
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from hi_pipeline_tests.certificates import make_certificate, server_side
from hi_pipeline_tests.unit.storage.fault_server import Answer, FaultServer, Handler, next_of, serving

# An address of the public internet for each host; no packet ever goes there.
_FIRST = ipaddress.IPv4Address("93.184.216.1")


class Internet(FaultServer):
    """All hosts in one server; each address has its own script."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: dict[str, list[Answer]] = {}
        self._guard = threading.Lock()

    def put(self, address: str, *answers: Answer) -> None:
        """Let an address answer; the last answer is played again and again."""
        self.scripts[_asked(address)] = list(answers)

    def answer_to(self, handler: Handler) -> Answer:
        """Note a request by its whole address and return the next answer of its script."""
        address = f"https://{handler.headers['Host']}{handler.path}"
        with self._guard:
            self.requests.append((address, dict(handler.headers)))
            return next_of(self.scripts.get(address, [_not_found]))

    def asked_for(self, host: str = "") -> list[str]:
        """Return the addresses of all requests, or of those to a host."""
        return [address for address, _ in self.requests if not host or urlsplit(address).netloc == host]


def _asked(address: str) -> str:
    """Return an address as a request names it: without what stands behind #, with a path."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def _not_found(handler: Handler) -> None:
    text = b"<!DOCTYPE html><html><head><title>Page not found</title></head></html>"
    handler.head(404, Content_Type="text/html", Content_Length=len(text))
    handler.wfile.write(text)


@contextmanager
def connected(server: Internet, hosts: set[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve hosts over TLS, and let their names lead there until the end."""
    key, certificate = make_certificate(folder, *(f"DNS:{host}" for host in sorted(hosts)))
    context = server_side(key, certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    addresses = {host: str(_FIRST + number) for number, host in enumerate(sorted(hosts))}
    _turn_round(addresses, server.server_address[1], monkeypatch)
    with serving(server):
        yield


def _turn_round(addresses: Mapping[str, str], port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up, connect, peer = socket.getaddrinfo, socket.socket.connect, socket.socket.getpeername
    reached: dict[int, tuple[str, int]] = {}

    def getaddrinfo(host: Any, service: Any, *how: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name in addresses:
            return look_up(addresses[name], service, *how, **more)
        try:
            ipaddress.ip_address(name)
        except ValueError:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
        return look_up(host, service, *how, **more)

    def connect_here(self: socket.socket, place: Any) -> None:
        if not (isinstance(place, tuple) and place[0] in addresses.values()):
            return connect(self, place)
        try:
            return connect(self, ("127.0.0.1", port))
        finally:
            reached[self.getsockname()[1]] = (place[0], place[1])

    def getpeername(self: socket.socket) -> Any:
        found = peer(self)
        here = isinstance(found, tuple) and found[:2] == ("127.0.0.1", port)
        return reached.get(self.getsockname()[1], found) if here else found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket.socket, "getpeername", getpeername)
