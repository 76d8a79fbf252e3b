"""PostgreSQL and Redis of Debian's packages on loopback, encrypted and with passwords, in a folder of their own."""

import os
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest
import redis

from hi_pipeline.orchestration.instance.celery_launcher import QUEUE
from hi_pipeline_tests.certificates import make_certificate
from hi_pipeline_tests.flow.served import free_port

_PATIENCE_S = 120.0
_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# PostgreSQL refuses to run as root; Debian's package makes this user.
OWNER = "postgres" if os.geteuid() == 0 else None


@dataclass(kw_only=True)
class Servers:
    """Both servers, running, and how they are reached."""

    folder: Path
    postgres_port: int
    redis_port: int
    password: str
    redis_server: str
    children: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What the settings of every service say."""
        secret = str(self.folder / "password")
        authority = self.folder / "certificate.pem"
        return {
            "HI_PROFILE": "celery",
            "HI_POSTGRES": f"postgresql://hi@localhost:{self.postgres_port}/postgres"
            f"?sslmode=verify-full&sslrootcert={authority}",
            "HI_POSTGRES_PASSWORD_FILE": secret,
            "HI_REDIS": f"rediss://localhost:{self.redis_port}?ssl_ca_certs={authority}",
            "HI_REDIS_PASSWORD_FILE": secret,
        }

    def fresh_database(self) -> str:
        """Make a database of its own; return its address."""
        name = f"d{secrets.token_hex(4)}"
        connection = self.connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        connection.close()
        return self.environment["HI_POSTGRES"].replace("/postgres?", f"/{name}?")

    def empty_queue(self) -> None:
        """Forget what an earlier test put into the queue and nobody took."""
        with self.queue() as client:
            client.flushall()

    def waiting(self) -> int:
        """Return how many runs wait for a worker: in a list for each priority."""
        with self.queue() as client:
            return sum(int(client.llen(name)) for name in client.scan_iter(match=f"{QUEUE}*", _type="list"))

    def queue(self) -> "redis.Redis":
        """Return a client of Redis."""
        return redis.Redis(
            host="localhost", port=self.redis_port, password=self.password, ssl=True,
            ssl_ca_certs=str(self.folder / "certificate.pem"),
        )  # fmt: skip

    def start_postgres(self) -> None:
        words = ["start", "-w", "-t", str(int(_PATIENCE_S)), "-l", str(self.folder / "database.log")]
        postgres("pg_ctl", *words, "-D", str(self.folder / "database"))

    def stop_postgres(self) -> None:
        """As a crash would: connections drop, and what was not committed is lost."""
        postgres("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.folder / "database"))

    def start_redis(self) -> None:
        """Start it on what it had written, and wait until it answers."""
        settings = str(self.folder / "redis.conf")
        self.children.append(subprocess.Popen([self.redis_server, settings], stdout=subprocess.DEVNULL))
        deadline = time.monotonic() + _PATIENCE_S
        with self.queue() as client:
            while True:
                try:
                    assert client.ping()
                    return
                except redis.exceptions.ConnectionError:
                    assert time.monotonic() < deadline, "Redis does not answer"
                    time.sleep(0.2)

    def lose_redis(self) -> None:
        """As a crash with its disk would: nothing that it held is left."""
        child = self.children.pop()
        child.kill()
        child.wait()
        for path in (self.folder / "redis").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def connect(self) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host="localhost", port=self.postgres_port, user="hi", password=self.password, dbname="postgres",
            sslmode="verify-full", sslrootcert=str(self.folder / "certificate.pem"),
        )  # fmt: skip

    def ask(self, query: str) -> list[tuple[object, ...]]:
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return list(cursor.fetchall())
        finally:
            connection.close()


@contextmanager
def running() -> Iterator[Servers]:
    """Run both servers; nothing is left of them."""
    server = shutil.which("redis-server")
    if server is None or not _BINARIES:
        assert not os.environ.get("CI"), "continuous integration installs PostgreSQL and Redis"
        pytest.skip("PostgreSQL and Redis are not installed: make scale-test installs them")
    folder = Path(tempfile.mkdtemp(prefix="hi-scale-"))
    folder.chmod(0o755)
    found = Servers(
        folder=folder, postgres_port=free_port(), redis_port=free_port(), password=secrets.token_hex(16),
        redis_server=server,
    )  # fmt: skip
    try:
        (folder / "password").write_text(f"{found.password}\n")
        _certify(folder)
        _make_database(found)
        found.start_postgres()
        _set_up_redis(found)
        found.start_redis()
        yield found
    finally:
        for child in found.children:
            child.terminate()
            child.wait(timeout=_PATIENCE_S)
        if (folder / "database" / "postmaster.pid").exists():
            found.stop_postgres()
        shutil.rmtree(folder)


def _certify(folder: Path) -> None:
    key, certificate = make_certificate(folder, "DNS:localhost")
    shutil.copy(key, folder / "database.key")
    for path, mode in ((certificate, 0o644), (key, 0o600), (folder / "database.key", 0o600)):
        path.chmod(mode)


def _make_database(servers: Servers) -> None:
    folder = servers.folder
    data, key, password = folder / "database", folder / "database.key", folder / "password"
    (folder / "sockets").mkdir()
    (folder / "database.log").touch()
    data.mkdir()
    for path in (data, key, password, folder / "sockets", folder / "database.log"):
        own(path)
    postgres(
        "initdb", "-D", str(data), "-U", "hi", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8",
        "--no-instructions",
    )  # fmt: skip
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(
            f"listen_addresses = '127.0.0.1'\nport = {servers.postgres_port}\nssl = on\nmax_connections = 60\n"
            f"ssl_cert_file = '{folder}/certificate.pem'\nssl_key_file = '{key}'\n"
            f"unix_socket_directories = '{folder}/sockets'\nlog_connections = on\n"
        )


def _set_up_redis(servers: Servers) -> None:
    folder = servers.folder
    (folder / "redis").mkdir()
    settings = folder / "redis.conf"
    settings.write_text(
        f"bind 127.0.0.1\nport 0\ntls-port {servers.redis_port}\nrequirepass {servers.password}\n"
        f"tls-cert-file {folder}/certificate.pem\ntls-key-file {folder}/key.pem\ntls-auth-clients no\n"
        f"tls-ca-cert-file {folder}/certificate.pem\ndir {folder}/redis\nappendonly yes\n"
    )
    settings.chmod(0o600)


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs."""
    return str(_BINARIES[-1] / name)


def own(path: Path) -> None:
    """Give a file or folder to the user that PostgreSQL runs as."""
    if OWNER:
        shutil.chown(path, OWNER)


def postgres(name: str, *words: str) -> None:
    """Run one of PostgreSQL's programs to its end."""
    done = subprocess.run(
        [program(name), *words], user=OWNER, cwd="/", check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def refuses_plain(port: int) -> bool:
    """Tell whether a server on loopback speaks TLS from the first byte."""
    with socket.create_connection(("localhost", port), timeout=30) as plain:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(plain) as wrapped:
            return wrapped.version() is not None
