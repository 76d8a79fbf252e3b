"""The web interface answers its own pages alone: raw requests, and a real browser on a page of a foreign origin."""

import functools
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from hi_pipeline_tests.flow.browser import chromium_or_skip, open_browser
from hi_pipeline_tests.flow.conftest import TINY_DEFINITIONS, Bench, Served, open_bench, serving
from hi_pipeline_tests.flow.served import ask
from hi_pipeline_tests.flow.tiny import write_release

INDICATOR = dg.AssetKey(["indicator", "tiny_1_pct"])
START = (
    f'mutation {{ startSensor(sensorSelector: {{repositoryName: "__repository__", repositoryLocationName: '
    f'"{TINY_DEFINITIONS}", sensorName: "new_releases"}}) {{ __typename }} }}'
)
WIPE = 'mutation { wipeAssets(assetPartitionRanges: [{assetKey: {path: ["indicator", "tiny_1_pct"]}}]) { __typename } }'
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message


def request(port: int, method: str, path: str, body: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.putrequest(method, path, skip_host="Host" in named)
        for name, value in {**named, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        with connection.getresponse() as answer:
            answer.read()
            return Answer(answer.status, answer.headers)


def untouched(bench: Bench, before: set[str]) -> None:
    assert bench.built(*INDICATOR.path) == before
    assert not [state for state in bench.instance.all_instigator_state() if state.is_running]


def test_commands_come_as_json_by_post_for_a_host_of_the_page(served: Served) -> None:
    bench, port = served.bench, served.port
    before = bench.built(*INDICATOR.path)
    assert before
    body = json.dumps({"query": START})
    evil = f"evil.example:{port}"
    for answer, status in (
        (request(port, "GET", f"/graphql?query={quote(START)}"), 405),
        (request(port, "GET", f"/graphql?query={quote(WIPE)}"), 405),
        # The webserver's route also matches before the end of a line.
        *((request(port, "GET", f"/graphql{end}?query={quote(WIPE)}"), 400) for end in ("%0A", "%0a", "%0D", "%00")),
        (request(port, "POST", "/graphql%0A", body, **JSON), 400),
        (request(port, "POST", f"/graphql?query={quote(START)}"), 415),
        (request(port, "POST", "/graphql", START, Content_Type="application/graphql"), 415),
        (request(port, "POST", "/graphql", body, Content_Type="text/plain; application/json"), 415),
        (request(port, "POST", "/graphql", body, **JSON, Host=evil), 421),
        (request(port, "POST", "/graphql", body, **JSON, Origin=f"http://{evil}"), 403),
        (request(port, "POST", "/report_asset_materialization/indicator/tiny_1_pct?partition=x", "{}", **JSON), 404),
        (request(port, "GET", "/runs", Host=evil), 421),
    ):
        assert answer.status == status
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    untouched(bench, before)
    page = request(port, "GET", "/runs", Host=f"localhost:{port}")
    assert page.status == 200
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "script-src" in page.headers["content-security-policy"]


def test_a_body_that_is_no_command_is_refused_in_one_line(served: Served) -> None:
    bench, port = served.bench, served.port
    before = bench.built(*INDICATOR.path)
    for body in (
        "",
        "{",
        "null",
        "[]",
        '"x"',
        "[" * 100_000,
        '{"query": 1}',
        '{"query": "{version}", "variables": []}',
    ):
        assert request(port, "POST", f"/graphql?query={quote(WIPE)}", body, **JSON).status == 400, body[:50]
    # Dagster itself takes this for no JSON and reads the address.
    capitals = {"Content-Type": "APPLICATION/JSON"}
    assert request(port, "POST", f"/graphql?query={quote(WIPE)}", "{}", **capitals).status == 400
    assert request(port, "POST", "/graphql", json.dumps({"query": "{ version }"}), **capitals).status == 200
    assert request(port, "GET", "/download_debug/x").status == 404
    assert request(port, "GET", "/logs/../../../x/y.err").status == 404
    assert request(port, "GET", "/logs/%2e%2e/%2e%2e/x/y.err").status == 404
    untouched(bench, before)


def test_a_websocket_is_opened_by_the_page_itself(served: Served) -> None:
    address, protocol = f"ws://127.0.0.1:{served.port}/graphql", [Subprotocol("graphql-ws")]
    with connect(address, subprotocols=protocol, origin=Origin(f"http://localhost:{served.port}"), proxy=None) as own:
        own.send(json.dumps({"type": "connection_init"}))
        assert json.loads(own.recv(timeout=120))["type"] == "connection_ack"
    for origin in (None, Origin("http://evil.example"), Origin("null")):
        with (
            pytest.raises(InvalidStatus, match="403"),
            connect(address, subprotocols=protocol, origin=origin, proxy=None),
        ):
            pass


def test_viewers_look_and_change_nothing(tmp_path: Path) -> None:
    bench = open_bench(tmp_path)
    write_release(bench.mirror, "2023-24")
    bench.run(icbs=("E54000008",))
    before = bench.built(*INDICATOR.path)
    with serving(bench, read_only=True) as port:
        nodes = ask(port, "{ assetNodes { assetKey { path } } }")["assetNodes"]
        assert {"path": INDICATOR.path} in [node["assetKey"] for node in nodes]
        # Dagster's own read-only mode lets the last two pass.
        for command in (
            START,
            WIPE,
            'mutation { freeConcurrencySlots(runId: "x") }',
            "mutation { setAutoMaterializePaused(paused: true) }",
        ):
            answer = request(port, "POST", "/graphql", json.dumps({"query": command}), **JSON)
            assert answer.status == 400, command
        # A WebSocket takes subscriptions alone.
        address, own = f"ws://127.0.0.1:{port}/graphql", Origin(f"http://localhost:{port}")
        with connect(address, subprotocols=[Subprotocol("graphql-ws")], origin=own, proxy=None) as socket:
            for number, command in enumerate((START, WIPE)):
                socket.send(json.dumps({"type": "start", "id": str(number), "payload": {"query": command}}))
                assert json.loads(socket.recv(timeout=120))["type"] in ("error", "data")
        untouched(bench, before)


@contextmanager
def foreign_page(folder: Path, html: str) -> Iterator[str]:
    """A page of another origin, with a file that the page can ask for once it has done its worst."""
    folder.mkdir()
    (folder / "index.html").write_text(html)
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/index.html"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        return


def attack(base: str) -> str:
    """A page that tries every way in that a browser offers, and says when each has ended."""
    script = f"""
      const said = [];
      const done = word => {{
        said.push(word);
        const all = ['image', 'line'].every(kind => said.filter(one => one === kind).length === 2);
        const ended = all && said.length >= 7 ? ' all ended' : '';
        document.getElementById('said').innerText = said.join(' ') + ended;
      }};
      const base = {json.dumps(base)}, start = {json.dumps(START)}, wipe = {json.dumps(WIPE)};
      for (const query of [start, wipe]) {{
        const image = new Image();
        image.onload = image.onerror = () => done('image');
        image.src = base + '/graphql?query=' + encodeURIComponent(query);
        const line = new Image();
        line.onload = line.onerror = () => done('line');
        line.src = base + '/graphql%0A?query=' + encodeURIComponent(query);
      }}
      const post = (body, headers, mode) => fetch(base + '/graphql', {{method: 'POST', body, headers, mode}})
        .then(() => done(mode + '-sent'), () => done(mode + '-failed'));
      post(JSON.stringify({{query: wipe}}), {{'Content-Type': 'text/plain'}}, 'no-cors');
      post(JSON.stringify({{query: wipe}}), {{'Content-Type': 'application/json'}}, 'cors');
      const socket = new WebSocket(base.replace('http', 'ws') + '/graphql', 'graphql-ws');
      socket.onopen = () => done('socket-OPEN');
      socket.onclose = () => done('socket-closed');
      const form = document.createElement('form');
      form.action = base + '/report_asset_materialization/indicator/tiny_1_pct?partition=x';
      form.method = 'post'; form.target = 'form'; document.body.append(form); form.submit();
    """
    frames = f'<iframe name="form"></iframe><iframe id="framed" src="{base}/runs"></iframe>'
    return f"<!doctype html><title>elsewhere</title><p id='said'></p>{frames}<script>{script}</script>"


@pytest.mark.browser
def test_a_page_of_a_foreign_origin_gets_nowhere(served: Served, tmp_path: Path) -> None:
    bench = served.bench
    before = bench.built(*INDICATOR.path)
    with (
        foreign_page(tmp_path / "elsewhere", attack(f"http://127.0.0.1:{served.port}")) as address,
        open_browser(chromium_or_skip(), tmp_path / "profile") as page,
    ):
        page.open(address)
        # The ways end in any order.
        said = page.wait_for("no-cors-sent", "cors-failed", "socket-closed", "all ended")
        assert "socket-OPEN" not in said
        # A page that somebody was sent, and opened from their disk.
        page.open("about:blank")
        page.wait_until_empty()
        page.open((tmp_path / "elsewhere" / "index.html").as_uri())
        said = page.wait_for("no-cors-sent", "cors-failed", "socket-closed", "all ended")
        assert "socket-OPEN" not in said
        page.open(f"http://127.0.0.1:{served.port}/overview/sensors")
        page.wait_for("new_releases", "rebuild_stale")
    untouched(bench, before)
