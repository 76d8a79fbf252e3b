"""The endpoint for commands asks what the guard asks, so that no path that only the webserver understands gets by."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from hi_pipeline.orchestration.web.server import GuardedWebserver


def status(method: str, kind: str, body: bytes) -> int:
    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    headers = [(b"content-type", kind.encode())]
    scope = {"type": "http", "method": method, "path": "/graphql\n", "headers": headers, "query_string": b"query=x"}
    # It refuses before it looks at anything of the server.
    answer = asyncio.run(GuardedWebserver.graphql_http_endpoint(None, Request(scope, receive)))  # type: ignore[arg-type]
    return answer.status_code


@pytest.mark.parametrize(
    ("method", "kind", "body", "expected"),
    [
        ("GET", "application/json", b"{}", 405),
        ("POST", "text/plain", b"{}", 415),
        ("POST", "text/plain; application/json", b"{}", 415),
        ("POST", "APPLICATION/JSON", b"{}", 400),
        *(("POST", "application/json", body, 400) for body in (b"", b"null", b"[]", b"\xff", b'{"query": 1}')),
    ],
)
def test_what_is_no_command_is_refused(method: str, kind: str, body: bytes, expected: int) -> None:
    assert status(method, kind, body) == expected
