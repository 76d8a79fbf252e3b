"""A publisher's server on loopback that plays faults: each request takes the next answer of its script."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Notes each request, then plays the next answer; the last one is played again and again."""

    server: "FaultServer"

    def do_GET(self) -> None:
        self.close_connection = True
        answer = self.server.answer_to(self)
        try:
            answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up += 1

    def do_CONNECT(self) -> None:
        """A proxy that lets nobody through."""
        self.server.requests.append((self.path, dict(self.headers)))
        self.close_connection = True
        self.head(403, Content_Length=0)

    def head(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


class FaultServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Answer] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.hung_up = 0

    def answer_to(self, handler: Handler) -> Answer:
        """Note a request and return the next answer of the script."""
        self.requests.append((handler.path, dict(handler.headers)))
        return next_of(self.script)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""


def next_of(script: list[Answer]) -> Answer:
    """Return the next answer of a script; the last one is played again and again."""
    return script.pop(0) if len(script) > 1 else script[0]


@contextmanager
def serving(server: FaultServer | None = None) -> Iterator[FaultServer]:
    server = server or FaultServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def body(data: bytes, **headers: object) -> Answer:
    def play(handler: Handler) -> None:
        handler.head(200, Content_Length=len(data), **headers)
        handler.wfile.write(data)

    return play


def status(code: int, **headers: object) -> Answer:
    return lambda handler: handler.head(code, Content_Length=0, **headers)


def redirect(address: str, code: int = 302) -> Answer:
    return status(code, Location=address)


def not_modified_or(data: bytes, etag: str) -> Answer:
    """Answers 304 to whoever sends the ETag back."""

    def play(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == etag:
            handler.head(304, ETag=etag)
        else:
            body(data, ETag=etag)(handler)

    return play


def drip(data: bytes, *, pause: float) -> Answer:
    def play(handler: Handler) -> None:
        handler.head(200, Content_Length=len(data))
        for place in range(len(data)):
            handler.wfile.write(data[place : place + 1])
            time.sleep(pause)

    return play


def drip_headers(*, pause: float) -> Answer:
    """Never comes to the end of its headers; each piece arrives well in time."""

    def play(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(10_000):
            handler.wfile.write(b"X-%d: y\r\n" % number)
            time.sleep(pause)

    return play


def silence(seconds: float) -> Answer:
    return lambda handler: time.sleep(seconds)


def cut(data: bytes, *, after: int, **headers: object) -> Answer:
    """Announces the whole body, sends a part and hangs up."""

    def play(handler: Handler) -> None:
        handler.head(200, Content_Length=len(data), **headers)
        handler.wfile.write(data[:after])

    return play


def wrong_length(data: bytes, *, declared: int) -> Answer:
    def play(handler: Handler) -> None:
        handler.head(200, Content_Length=declared)
        handler.wfile.write(data)

    return play


def reset(handler: Handler) -> None:
    """Break the connection without a goodbye."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def packed(data: bytes, *, part: float = 1.0) -> Answer:
    whole = gzip.compress(data, compresslevel=9)
    return body(whole[: int(len(whole) * part)], Content_Encoding="gzip")


def twice_packed(data: bytes) -> Answer:
    """Two packed halves one after the other; a careless reader keeps the first."""
    half = len(data) // 2
    return body(gzip.compress(data[:half]) + gzip.compress(data[half:]), Content_Encoding="gzip")
