"""Who gets in: what the guard lets pass and what it answers instead."""

import asyncio
from typing import Any

import pytest

from hi_pipeline.orchestration.web.guard import Guard, hosts_of
from hi_pipeline.settings import Settings

HOSTS = hosts_of(3000, ["figures.example.org", "proxy.example.org:8443"])
JSON = ("content-type", "application/json")
HOST = ("host", "localhost:3000")


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    headers = [(b"content-security-policy", b"default-src 'self';"), (b"x-app", b"reached")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def ask(method: str, path: str, *headers: tuple[str, str], kind: str = "http") -> tuple[Any, dict[str, str]]:
    first = _answer(method, path, *headers, kind=kind)[0]
    return first.get("status", first["type"]), {k.decode(): v.decode() for k, v in first.get("headers", ())}


def said(method: str, path: str, *headers: tuple[str, str]) -> str:
    return str(_answer(method, path, *headers, kind="http")[1]["body"].decode())


def _answer(method: str, path: str, *headers: tuple[str, str], kind: str) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    scope = {"type": kind, "path": path, "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers]}
    asyncio.run(Guard(_app, HOSTS)(scope | ({"method": method} if kind == "http" else {}), receive, send))
    return sent


@pytest.mark.parametrize(
    "host", ["localhost:3000", "127.0.0.1:3000", "LOCALHOST:3000", "figures.example.org", "proxy.example.org:8443"]
)
def test_a_host_of_this_page_is_answered(host: str) -> None:
    assert ask("GET", "/runs", ("host", host))[0] == 200
    assert ask("POST", "/graphql", ("host", host), JSON, ("origin", f"http://{host}"))[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example:3000", "localhost", "localhost:3001", "127.0.0.1:3000@evil.example", "proxy.example.org", ""]
)
def test_any_other_host_is_not(host: str) -> None:
    assert ask("GET", "/", ("host", host))[0] == 421
    assert ask("", "/graphql", ("host", host), ("origin", f"http://{host}"), kind="websocket")[0] == "websocket.close"


def test_one_host_and_not_two_or_none() -> None:
    assert ask("GET", "/")[0] == 421
    assert ask("GET", "/", HOST, ("host", "evil.example"))[0] == 421
    assert "None" not in said("GET", "/") and "one header Host" in said("GET", "/")


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", [], 405),
        ("GET", [JSON], 405),
        ("PUT", [JSON], 405),
        ("POST", [], 415),
        ("POST", [("content-type", "text/plain")], 415),
        ("POST", [("content-type", "text/plain; x=application/json")], 415),
        ("POST", [("content-type", "application/graphql")], 415),
        ("POST", [("content-type", "application/x-www-form-urlencoded")], 415),
        ("POST", [JSON, JSON], 415),
        ("POST", [JSON, ("origin", "http://evil.example")], 403),
        ("POST", [JSON, ("origin", "null")], 403),
        ("POST", [JSON, ("origin", "http://localhost:3001")], 403),
        ("POST", [("content-type", "application/json; charset=utf-8")], 200),
        ("POST", [JSON], 200),
    ],
)
def test_graphql_takes_json_by_post_from_its_own_pages(
    method: str, headers: list[tuple[str, str]], status: int
) -> None:
    assert ask(method, "/graphql", HOST, *headers)[0] == status


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://proxy.example.org:8443"])
def test_a_websocket_is_opened_by_a_page_of_this_address(origin: str) -> None:
    assert ask("", "/graphql", HOST, ("origin", origin), kind="websocket")[0] == "websocket.accept"


@pytest.mark.parametrize("origins", [[], ["http://evil.example"], ["null"], ["http://localhost:3000.evil.example"],
                                     ["http://localhost:3000", "http://evil.example"]])  # fmt: skip
def test_and_by_no_other(origins: list[str]) -> None:
    headers = [("origin", origin) for origin in origins]
    assert ask("", "/graphql", HOST, *headers, kind="websocket")[0] == "websocket.close"


@pytest.mark.parametrize("path", ["/graphql\n", "/graphql\r", "/graphql\x00", "/\x1b[2J", "/runs\x7f", "/graphql\u2028",
                                  "/report_asset_check/x\n", "/gr\u0430phql"])  # fmt: skip
def test_a_path_of_other_characters_is_none(path: str) -> None:
    """A route of the webserver may read it as another path than the guard does."""
    for method in ("GET", "POST"):
        assert ask(method, path, HOST, JSON)[0] == 400
    own = ("origin", "http://localhost:3000")
    assert ask("", path, HOST, own, kind="websocket")[0] == "websocket.close"


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [
        ("cross-site", "no-cors", "image", 403),
        ("same-site", "no-cors", "script", 403),
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "navigate", "document", 200),
        ("same-origin", "no-cors", "image", 200),
        ("none", "navigate", "document", 200),
    ],
)
def test_parts_of_the_page_are_asked_for_by_the_page(site: str, mode: str, dest: str, status: int) -> None:
    headers = (("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest))
    assert ask("GET", "/download_debug/x", HOST, *headers)[0] == status


@pytest.mark.parametrize("kind", ["materialization", "check", "observation"])
def test_records_are_made_by_runs_alone(kind: str) -> None:
    assert ask("POST", f"/report_asset_{kind}/indicator/x", HOST, JSON)[0] == 404


def test_pages_are_read() -> None:
    assert ask("POST", "/runs", HOST, JSON)[0] == 405
    assert ask("HEAD", "/runs", HOST)[0] == 200


def test_no_page_is_shown_in_a_frame() -> None:
    headers = ask("GET", "/", HOST)[1]
    assert headers["content-security-policy"] == "default-src 'self'; frame-ancestors 'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-app"] == "reached"
    assert "frame-ancestors 'none'" in ask("GET", "/graphql", HOST)[1]["content-security-policy"]


def test_further_hosts_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().ui_hosts == ()
    monkeypatch.setenv("HI_UI_HOSTS", "figures.example.org, proxy.example.org:8443")
    assert hosts_of(3000, Settings().ui_hosts) == HOSTS
    monkeypatch.setenv("HI_UI_HOSTS", "*")
    with pytest.raises(ValueError, match="HI_UI_HOSTS holds '\\*'"):
        Settings()
