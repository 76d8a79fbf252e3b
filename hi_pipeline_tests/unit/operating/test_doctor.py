"""hi doctor names the folder, host, proxy, certificate, lock or record that fails, and what to do."""

import socket
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.operating import places
from hi_pipeline.operating.examined import Examined, State
from hi_pipeline.operating.network import asked_of, examine_host
from hi_pipeline.operating.places import examine_places
from hi_pipeline.orchestration.instance.health import examine_records
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.settings import Settings
from hi_pipeline.storage.locks import locked
from hi_pipeline_tests.certificates import make_certificate, server_side
from hi_pipeline_tests.unit.storage.fault_server import FaultServer


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.server.status))  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(self.server.text)))  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(self.server.text)  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as made:
        made.status, made.text = 200, b""  # type: ignore[attr-defined]
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def origin(server: ThreadingHTTPServer, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.server_address[1]}"


def one(found: Iterator[Examined], what: str) -> Examined:
    (only,) = [e for e in found if e.what == what]
    return only


@pytest.mark.parametrize(
    ("status", "state", "remedy"),
    [
        (200, State.GOOD, ""),
        (404, State.GOOD, ""),
        (403, State.LOOK, "told who asks (HI_CONTACT)"),
        (503, State.LOOK, "try later"),
    ],
)
def test_a_host_that_answers(server: ThreadingHTTPServer, status: int, state: State, remedy: str) -> None:
    server.status = status  # type: ignore[attr-defined]
    found = examine_host(origin(server), contact="a@example.org")
    assert (found.what, found.state) == ("host", state)
    assert remedy in found.remedy


def test_a_host_that_is_not_told_who_asks(server: ThreadingHTTPServer) -> None:
    server.status = 403  # type: ignore[attr-defined]
    assert "set HI_CONTACT to an e-mail address" in examine_host(origin(server), contact="").remedy


def test_a_host_whose_robots_txt_forbids_what_would_be_fetched(server: ThreadingHTTPServer) -> None:
    server.text = b"User-agent: *\nDisallow: /AA/"  # type: ignore[attr-defined]
    asked = [f"{origin(server)}/AA/1.zip", f"{origin(server)}/BB/2.zip"]
    found = examine_host(origin(server), contact="a@example.org", asked=asked)
    assert (found.what, found.state) == ("host", State.FAILS)
    assert "not to fetch 1 of 2 files and pages" in found.said
    assert "HI_ROBOTS=ignore" in found.remedy
    assert examine_host(origin(server), contact="a@example.org", asked=asked[1:]).state is State.GOOD
    server.status = 404  # type: ignore[attr-defined]
    assert examine_host(origin(server), contact="a@example.org", asked=asked).state is State.GOOD


def test_a_host_that_nobody_serves() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = examine_host(f"http://127.0.0.1:{taken.getsockname()[1]}", contact="")
    assert (found.what, found.state) == ("host", State.FAILS)
    assert "network team" in found.remedy


def test_a_name_that_is_not_known() -> None:
    found = examine_host("https://nowhere.invalid", contact="")
    assert (found.what, found.state, found.said) == ("host", State.FAILS, "its name is not known on this machine")


def test_a_server_that_does_not_answer_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        found = examine_host(f"http://127.0.0.1:{silent.getsockname()[1]}", contact="", patience_s=0.5)
    assert found.said == "does not answer in time"


def test_a_certificate_that_nobody_trusts(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    key, certificate = make_certificate(tmp_path, "IP:127.0.0.1")
    server.socket = server_side(key, certificate).wrap_socket(server.socket, server_side=True)
    found = examine_host(origin(server, "https"), contact="")
    assert (found.what, found.state) == ("certificate", State.FAILS)
    assert "SSL_CERT_FILE" in found.remedy


def test_a_proxy_that_lets_nobody_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        found = examine_host("https://www.example.org", contact="")
        proxy.shutdown()
        thread.join()
    assert (found.what, found.state, found.name) == ("proxy", State.FAILS, "www.example.org")
    assert "HTTPS_PROXY" in found.remedy


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{taken.getsockname()[1]}")
        found = examine_host("https://www.example.org", contact="")
    assert (found.what, found.state) == ("proxy", State.FAILS)


def test_live_asks_every_host_that_a_fetch_may_ask() -> None:
    pipeline = open_pipeline(Settings(source="live"))
    found = asked_of(pipeline, today=date(2026, 11, 1))
    releases = [r for s in pipeline.catalogue.sources.values() for r in s.releases if r.address]
    assert {r.address for r in releases} < {address for asked in found.values() for address in asked}
    assert {f"https://{host}" for r in releases for host in r.hosts} <= set(found)
    assert all(address.startswith(f"{origin}/") for origin, asked in found.items() for address in asked)


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "TOO_FEW_BYTES", 1 << 62)
    monkeypatch.setattr(places, "SCARCE_BYTES", 1 << 62)
    found = one(examine_places(Settings(source="live", data_dir=tmp_path)), "disk")
    assert found.state is State.FAILS
    assert "hi prune" in found.remedy


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(places.tempfile, "TemporaryFile", refuse)
    found = one(examine_places(Settings(source="live", data_dir=tmp_path)), "data folder")
    assert found.state is State.FAILS
    assert "HI_DATA_DIR" in found.remedy


def test_a_lock_that_somebody_holds(tmp_path: Path) -> None:
    settings = Settings(source="live", data_dir=tmp_path)
    with locked(settings.root / "locks", "editions"):
        held = one(examine_places(settings), "lock")
    assert (held.name, held.state) == ("editions.lock", State.LOOK)
    assert one(examine_places(settings), "lock").state is State.GOOD


def test_nothing_is_made_where_nothing_was_built(tmp_path: Path) -> None:
    settings = Settings(source="live", data_dir=tmp_path)
    assert [e.state for e in examine_records(settings, port=1)] == [State.OFF]
    assert not list(tmp_path.iterdir())


def test_a_broken_database_is_named(tmp_path: Path) -> None:
    settings = Settings(source="live", data_dir=tmp_path)
    open_instance(settings).dispose()
    assert {e.state for e in examine_records(settings, port=1)} == {State.GOOD, State.OFF}
    path = settings.dagster_home / "history" / "runs.db"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 8000)
    (found,) = examine_records(settings, port=1)
    assert (found.what, found.name, found.state) == ("records", str(path), State.FAILS)
    assert "hi restore" in found.remedy
