"""An S3-compatible server on loopback, in a process of its own: ``python -m hi_pipeline_tests.object_server PORT``.

It answers one request at a time, so that a put with If-None-Match is decided before the next one is looked at: moto
looks and writes in two steps (2026-11, 5.2.5). With ``INITIAL_NO_AUTH_ACTION_COUNT=n`` it asks for credentials after n
requests; with ``KEY_AND_CERTIFICATE=<folder>`` it speaks TLS.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hi_pipeline_tests.certificates import server_side

BUCKET, TLS = "figures", "KEY_AND_CERTIFICATE"
# Keys of one answer to a listing, few so that every listing of any length has several pages.
PAGE = 20
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up", "AWS_REGION": "eu-west-2"}


@dataclass(frozen=True)
class Server:
    """Where a server listens, and what has to stand in the environment to reach it."""

    port: int
    environment: dict[str, str] = field(default_factory=dict)


@contextmanager
def serving(**environment: str) -> Iterator[Server]:
    """Run a server; it is gone at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    paths = os.pathsep.join([str(Path(__file__).parents[1]), *(p for p in sys.path if p)])
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", __name__, str(port)],
        env={**os.environ, "PYTHONPATH": paths, "MOTO_S3_DEFAULT_MAX_KEYS": str(PAGE), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        nowhere = {"AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_CONFIG_FILE": os.devnull}
        scheme = "https" if TLS in environment else "http"
        yield Server(port, {"AWS_ENDPOINT_URL": f"{scheme}://127.0.0.1:{port}", **CREDENTIALS, **nowhere})
    finally:
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the object server ended before it answered"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the object server does not answer")


def main() -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import run_simple

    app = DomainDispatcherApplication(create_backend_app)
    folder = Path(os.environ[TLS]) if TLS in os.environ else None
    tls = server_side(folder / "key.pem", folder / "certificate.pem") if folder else None
    run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=False, request_handler=MotoRequestHandler, ssl_context=tls)


if __name__ == "__main__":
    main()
