"""How long a server is waited for, and how politely it is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.settings import Settings
from hi_pipeline.storage.download import HttpLimits
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.fault_server import (
    FaultServer,
    status,
)
from hi_pipeline_tests.unit.storage.http_client import FAST, GOOD, Client
from hi_pipeline_tests.unit.storage.releases import source_of


def test_the_time_of_a_release_counts_all_its_tries(tmp_path: Path, server: FaultServer) -> None:
    client = Client(tmp_path, server.address, replace(FAST, total=10.0, longest_wait=60.0))
    server.script = [status(503, Retry_After=30)]
    with pytest.raises(FetchError, match="answered 503 Service Unavailable; another 30 s of waiting would be more"):
        client.fetch()
    assert client.slept == []


def test_a_retry_after_date_is_honoured(client: Client, server: FaultServer) -> None:
    due = format_datetime(datetime.now(UTC) + timedelta(seconds=1.9), usegmt=True)
    server.script = [status(503, Retry_After=due), status(503, Retry_After="soon"), GOOD]
    client.fetch()
    assert 0 <= client.slept[0] <= 2
    assert 0.008 <= client.slept[1] <= 0.03, "a text that says nothing is as good as none"


def test_a_file_that_is_being_made_is_waited_for_as_long_each_time(client: Client, server: FaultServer) -> None:
    server.script = [status(202), status(202, Retry_After=0), GOOD]
    client.fetch()
    assert client.slept == [0.02, 0.0]


def test_the_wait_doubles(client: Client, server: FaultServer) -> None:
    server.script = [status(500), status(500), GOOD]
    client.fetch()
    assert 0.008 <= client.slept[0] <= 0.012
    assert 0.016 <= client.slept[1] <= 0.024


def test_a_publisher_knows_who_asks_and_is_not_asked_for_packing(client: Client, server: FaultServer) -> None:
    server.script = [GOOD]
    client.fetch()
    (_, headers) = server.requests[0]
    assert headers["User-Agent"] == "hi_pipeline (someone@board.nhs.uk)"
    assert headers["Accept-Encoding"] == "identity"


def test_without_a_contact_the_name_still_reads_well(tmp_path: Path, server: FaultServer) -> None:
    server.script = [GOOD]
    downloader = Downloader(contact=Settings().contact, trusted_origin=server.address, limits=FAST)
    store = Snapshots(tmp_path, mode="mirror", mirror=server.address, contact="", downloader=downloader)
    store.fetch(*source_of())
    (_, headers) = server.requests[0]
    assert headers["User-Agent"] == (
        "hi_pipeline (health-inequality indicators from public statistics; no contact given)"
    )


def test_requests_to_one_host_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    downloader = Downloader(contact="", limits=HttpLimits(between=1.0), sleep=slept.append)
    for address in ("https://a.uk/1", "https://b.uk/1", "https://a.uk/2"):
        downloader._be_polite(address)
    assert len(slept) == 1
    assert 0.9 < slept[0] <= 1.0
