"""A file that is asked for again: not sent where it has not changed, a revision where its bytes have."""

from hi_pipeline_tests.unit.storage.fault_server import (
    FaultServer,
    body,
    not_modified_or,
    status,
)
from hi_pipeline_tests.unit.storage.http_client import Client
from hi_pipeline_tests.unit.storage.releases import CSV, OTHER, source_of


def test_what_has_not_changed_is_not_sent_again(client: Client, server: FaultServer) -> None:
    server.script = [not_modified_or(CSV, '"one"')]
    first = client.fetch()
    before = client.files()
    assert first.etag == '"one"'
    assert client.fetch() == first
    assert client.files() == before
    assert server.requests[1][1]["If-None-Match"] == '"one"'
    client.store.fetch(*source_of(), force=True)
    assert "If-None-Match" not in server.requests[2][1]


def test_last_modified_is_sent_back(client: Client, server: FaultServer) -> None:
    server.script = [body(CSV, Last_Modified="Mon, 06 Jul 2026 09:30:00 GMT"), status(304)]
    first = client.fetch()
    assert client.fetch() == first
    assert server.requests[1][1]["If-Modified-Since"] == "Mon, 06 Jul 2026 09:30:00 GMT"


def test_the_same_tag_with_other_bytes_is_a_revision(client: Client, server: FaultServer) -> None:
    server.script = [body(CSV, ETag='"one"'), body(OTHER, ETag='"one"')]
    first = client.fetch()
    second = client.fetch()
    assert (second.revised, second.supersedes) == (True, first.sha256)
    assert first.path.read_bytes() == CSV
    assert second.path.read_bytes() == OTHER


def test_another_tag_with_the_same_bytes_is_no_revision(client: Client, server: FaultServer) -> None:
    server.script = [body(CSV, ETag='"one"'), body(CSV, ETag='"two"')]
    first = client.fetch()
    second = client.fetch()
    assert (second.revised, second.path, second.etag) == (False, first.path, '"two"')


def test_a_damaged_snapshot_is_not_saved_by_a_304(client: Client, server: FaultServer) -> None:
    server.script = [not_modified_or(CSV, '"one"')]
    first = client.fetch()
    first.path.write_bytes(b"x" * len(CSV))
    assert client.fetch().path.read_bytes() == CSV
