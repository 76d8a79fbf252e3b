"""Alerts, from a run to a server on loopback: one digest a publication, one message a failed cause, quiet hours."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dagster as dg
import pytest
from pydantic import SecretStr

from hi_pipeline.core.errors import FetchError, SelectionError
from hi_pipeline.operating.alerts.message import failed_run
from hi_pipeline.operating.alerts.sending import deliver, is_quiet, read_state
from hi_pipeline.operating.alerts.telling import looked_from, tell
from hi_pipeline.orchestration.alerting import failed_runs, tell_of
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, rows_of, with_too_many_helped, write_release


class _Takes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:  # type: ignore[attr-defined]
            self.server.taken.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


class Inbox(ThreadingHTTPServer):
    """A server that takes apprise's JSON messages."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Takes)
        self.taken: list[dict[str, str]] = []
        self.status = 200

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with Inbox() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def told(bench: Bench, inbox: Inbox) -> Bench:
    bench.settings.alert_to = SecretStr(inbox.address)
    return bench


def test_a_publication_is_told_once_with_what_changed(told: Bench, inbox: Inbox) -> None:
    write_release(told.mirror, "2022-23")
    assert told.run().success
    assert tell_of(told.pipeline, told.instance) == 0, "the first look only remembers"
    # One board, far below all others before, helps nearly all: its verdict flips.
    rows = rows_of("2023-24")
    write_release(told.mirror, "2023-24", rows)
    before = rows_of("2022-23")
    name = before[1][2]
    low = [[*r[:4], "10"] if r[1] == before[1][1] else r for r in before]
    low[0] = [*low[0][:4], str(sum(int(r[4]) for r in low[1:]))]
    write_release(told.mirror, "2022-23", low)
    assert told.run().success
    assert tell_of(told.pipeline, told.instance) == 1
    (message,) = inbox.taken
    assert message["title"] == "hi_pipeline: figures were published"
    assert "Arrived: tiny:2023-24." in message["message"]
    assert "With other bytes: tiny:2022-23." in message["message"]
    assert "Overdue: tiny:2021-22, " in message["message"]
    assert f"{name}, tiny_1_pct 2022-23" in message["message"]
    assert "-> worse" in message["message"] or "-> lower" in message["message"]
    assert tell_of(told.pipeline, told.instance) == 0
    assert len(inbox.taken) == 1


def test_a_failed_run_is_told_once_with_the_next_step(told: Bench, inbox: Inbox) -> None:
    write_release(told.mirror, "2023-24", with_too_many_helped(rows_of("2023-24"), WRONG_BOARD))
    assert not told.run(icbs=(WRONG_BOARD,)).success
    assert tell_of(told.pipeline, told.instance) >= 1
    first = inbox.taken[0]
    assert "failed" in first["title"]
    assert "Next: " in first["message"]
    assert "ValidationError" in first["message"]
    count = len(inbox.taken)
    assert not told.run(icbs=(WRONG_BOARD,)).success, "it fails again, for the same cause"
    assert tell_of(told.pipeline, told.instance) == 0
    assert len(inbox.taken) == count
    assert sum(read_state(told.settings.root).repeated.values()) >= 1


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def failure(run: str = "r1", said: str = "StoreError: the disk is full") -> tuple[str, object]:
    return run, failed_run(run_id=run, job="publish", said=[said], synthetic=False)


def test_quiet_hours_keep_a_message_for_their_end(told: Bench, inbox: Inbox) -> None:
    told.settings.alert_quiet = "22:00-07:00"
    assert tell(told.pipeline, [failure()], now=NOON.replace(hour=23)) == 0
    assert inbox.taken == []
    assert tell(told.pipeline, [failure()], now=NOON + timedelta(days=1)) == 1
    assert "hi doctor looks at disk" in inbox.taken[0]["message"]


def test_the_same_cause_is_told_again_after_a_day(told: Bench, inbox: Inbox) -> None:
    for number, hours in enumerate((0, 1, 20, 25)):
        tell(told.pipeline, [failure(f"run-{number}")], now=NOON + timedelta(hours=hours))
    assert len(inbox.taken) == 2
    assert "came 2 more times" in inbox.taken[1]["message"]


def test_what_was_not_delivered_is_sent_later_and_only_once(told: Bench, inbox: Inbox) -> None:
    inbox.status = 500
    with pytest.raises(FetchError, match=r"address 1 of HI_ALERT_TO \(json\) did not take the message"):
        tell(told.pipeline, [failure()], now=NOON)
    inbox.status = 200
    assert tell(told.pipeline, [], now=NOON + timedelta(minutes=5)) == 1
    assert tell(told.pipeline, [failure()], now=NOON + timedelta(minutes=10)) == 0
    assert len(inbox.taken) == 1


def test_an_address_that_is_none_is_refused_and_not_printed(told: Bench) -> None:
    told.settings.alert_to = SecretStr("secretword")
    with pytest.raises(SelectionError, match="address 1 of HI_ALERT_TO") as caught:
        deliver(told.settings, "a", "b")
    assert "secretword" not in str(caught.value)
    assert "secretword" not in repr(told.settings)
    told.settings.alert_to = SecretStr("")
    with pytest.raises(SelectionError, match="names nobody"):
        deliver(told.settings, "a", "b")
    with pytest.raises(SelectionError, match="names nobody"):
        tell(told.pipeline, [], now=NOON)


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        ("22:00-07:00", "2026-11-26T23:00", True),
        ("22:00-07:00", "2026-11-26T06:59", True),
        ("22:00-07:00", "2026-11-26T07:00", False),
        ("12:00-13:00", "2026-11-26T12:30", True),
        ("22:00-07:00", "2026-07-01T06:30", False),  # summer: half past seven in London
        ("", "2026-11-26T23:00", False),
    ],
)
def test_quiet_hours_are_londons(hours: str, clock: str, quiet: bool) -> None:
    assert is_quiet(hours, now=datetime.fromisoformat(f"{clock}:00+00:00")) is quiet


def test_runs_are_looked_for_since_the_last_look(told: Bench) -> None:
    assert looked_from(told.settings.root, now=NOON) == NOON - timedelta(days=1)
    tell(told.pipeline, [], now=NOON)
    assert looked_from(told.settings.root, now=NOON + timedelta(hours=3)) == NOON - timedelta(minutes=5)
    assert list(failed_runs(told.instance, since=NOON, synthetic=False)) == []


def test_the_sensor_tells_and_says_where_nobody_is_named(told: Bench, inbox: Inbox) -> None:
    definitions = build_definitions(told.settings, pipeline=told.pipeline)
    sensor = definitions.resolve_sensor_def("alerts")

    def tick() -> str:
        resources = {"pipeline": told.pipeline}
        context = dg.build_sensor_context(told.instance, definitions=definitions, resources=resources)
        return str(sensor.evaluate_tick(context).skip_message)

    write_release(told.mirror, "2023-24", with_too_many_helped(rows_of("2023-24"), WRONG_BOARD))
    told.run(icbs=(WRONG_BOARD,))
    assert tick() == f"{len(inbox.taken)} messages were sent"
    assert inbox.taken
    told.settings.alert_to = SecretStr("")
    assert "names nobody" in tick()


def test_addresses_stand_in_a_file(told: Bench, inbox: Inbox, tmp_path: Path) -> None:
    path = tmp_path / "alert_to"
    path.write_text(f"{inbox.address}\n{inbox.address}\n")
    told.settings.alert_to, told.settings.alert_to_file = SecretStr(""), path
    deliver(told.settings, "a title", "a body")
    assert [message["message"] for message in inbox.taken] == ["a body", "a body"]
    path.unlink()
    with pytest.raises(SelectionError, match="HI_ALERT_TO_FILE"):
        deliver(told.settings, "a title", "a body")
