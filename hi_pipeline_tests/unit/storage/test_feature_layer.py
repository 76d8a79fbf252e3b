"""A layer of a feature service: its pages become one CSV, whole and in order, or nothing is kept."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.core.source import Container, Release, Source
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.fault_server import Answer, FaultServer, body
from hi_pipeline_tests.unit.storage.http_client import live_store
from hi_pipeline_tests.unit.storage.releases import source_of

COLUMNS = ("CODE", "NAME", "COUNT")
CSV = b'CODE,NAME,COUNT\nE01,"Here, and there",1\nE02,,2.50\nE03,Thr\xc3\xa9e,3\n'
ROWS = [
    {"CODE": "E01", "NAME": "Here, and there", "COUNT": 1},
    {"CODE": "E02", "NAME": None, "COUNT": 2.5},
    {"CODE": "E03", "NAME": "Thr\u00e9e", "COUNT": 3},
]


def declared(server: FaultServer, **changes: object) -> tuple[Source, Release]:
    return source_of(
        Container.CSV, address=f"{server.address}/A/FeatureServer/0", mirror_path="a.gov.uk/a.csv", layer_key="CODE",
        **changes,
    )  # fmt: skip


def said(message: object) -> Answer:
    return body(json.dumps(message).replace("2.5", "2.50").encode())


def page(*rows: dict[str, object], more: bool | None = None) -> Answer:
    flag = {} if more is None else {"exceededTransferLimit": more}
    return said({"features": [{"attributes": row} for row in rows], **flag})


def count(number: object) -> Answer:
    return said({"count": number})


def test_pages_become_one_table_and_each_question_says_where_it_goes_on(tmp_path: Path, server: FaultServer) -> None:
    server.script = [count(3), page(*ROWS[:2], more=True), page(ROWS[2]), count(3)]
    found = live_store(tmp_path, server).fetch(*declared(server))
    assert found.path.read_bytes() == CSV, "numbers are the digits that were sent"
    paths = [urlsplit(path) for path, _ in server.requests]
    assert {path.path for path in paths} == {"/A/FeatureServer/0/query"}
    asked = [parse_qs(path.query) for path in paths]
    assert all((query["where"], query["f"]) == (["1=1"], ["json"]) for query in asked)
    assert [query.get("returnCountOnly") for query in asked] == [["true"], None, None, ["true"]]
    assert [query["resultOffset"] for query in asked[1:3]] == [["0"], ["2"]], "after the rows that came"
    assert all(query["orderByFields"] == ["CODE"] for query in asked[1:3])


def test_a_last_page_may_be_empty_and_the_same_rows_are_no_revision(tmp_path: Path, server: FaultServer) -> None:
    store = live_store(tmp_path, server)
    server.script = [count(3), page(*ROWS, more=False), count(3), count(3), page(*ROWS, more=True), page(), count(3)]
    first, again = store.fetch(*declared(server)), store.fetch(*declared(server))
    assert (first.sha256, first.revised) == (again.sha256, again.revised)
    assert len(store.history("made_up", first.edition)) == 1


WRONG: dict[str, tuple[list[Answer], str]] = {
    "an error inside": ([said({"error": {"code": 400, "message": "Cannot perform query."}})], "Cannot perform query"),
    "an error later": ([count(3), page(*ROWS[:2], more=True), said({"error": {"code": 500}})], "in it an error"),
    "no count": ([count(None)], "counts None rows"),
    "no rows": ([count(0)], "counts '0' rows"),
    "cut": ([count(3), page(*ROWS[:2])], "counts 3 rows and ends after 2; run again later"),
    "endless": ([count(3), page(*ROWS[:2], more=True), page(more=True)], "goes on after 2; run again later"),
    "grown": ([count(2), page(*ROWS)], "counts 2 rows and goes on after 3"),
    "replaced meanwhile": ([count(3), page(*ROWS), count(4)], "3 rows before and 4 after"),
    "a row twice": ([count(3), page(*ROWS[:2], more=True), page(ROWS[1])], "two have one CODE"),
    "other columns": ([count(3), page(*ROWS[:2], {"CODE": "E03"})], r"different columns: .'COUNT', 'NAME'."),
    "no key": ([count(1), page({"NAME": "x"})], "has no column 'CODE'"),
    "a list as a cell": ([count(1), page({"CODE": ["x"]})], "expected a text or a number"),
    "true as a cell": ([count(1), page({"CODE": True})], "gives True as 'CODE'"),
    "no attributes": ([count(1), said({"features": [{"geometry": {}}]})], "gives no list of rows"),
    "no features": ([count(1), said({"fields": []})], "gives no list of rows"),
    "a page of the portal": ([body(b"<html></html>")], "answers with no JSON"),
    "a list": ([said([1])], "JSON that is no object"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_the_whole_layer_keeps_nothing(tmp_path: Path, server: FaultServer, name: str) -> None:
    store = live_store(tmp_path, server)
    server.script, words = WRONG[name]
    with pytest.raises(FetchError, match=rf"made_up:.*the layer .*/A/FeatureServer/0 .*{words}.*Nothing was changed"):
        store.fetch(*declared(server))
    assert store.history("made_up", declared(server)[1].edition) == ()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_the_cap_is_for_all_pages_together(tmp_path: Path, server: FaultServer) -> None:
    server.script = [count(3), page(*ROWS[:2], more=True), page(ROWS[2]), count(3)]
    with pytest.raises(FetchError, match="larger than the 200 bytes"):
        live_store(tmp_path, server).fetch(*declared(server, max_bytes=200))


def test_a_look_asks_nothing_and_a_mirror_is_a_plain_file(tmp_path: Path, server: FaultServer) -> None:
    store = live_store(tmp_path, server)
    assert store.news(*declared(server)) == "not kept"
    assert server.requests == []
    mirror = tmp_path / "mirror" / "a.gov.uk" / "a.csv"
    mirror.parent.mkdir(parents=True)
    mirror.write_bytes(CSV)
    other = Snapshots(tmp_path / "other", mode="mirror", mirror=str(tmp_path / "mirror"), contact="")
    assert other.fetch(*declared(server)).path.read_bytes() == CSV
    assert server.requests == []
