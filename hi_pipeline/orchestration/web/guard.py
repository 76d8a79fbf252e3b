"""Who gets in: what the web interface answers, and to whom.

Dagster's webserver takes commands by GET and for any host name, so that any page in the same browser could start a
sensor or wipe records (seen 2026-11, dagster 1.13: two ``<img>`` tags did). A browser sends no JSON to a foreign
address without asking first, and nobody here says yes; it names the page that asks in Origin; and a name that was
pointed at this machine stands in Host.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

GRAPHQL = "/graphql"
LOCAL_NAMES = ("localhost", "127.0.0.1")
_NO_FRAMES = "frame-ancestors 'none'"
_PORT_LEFT_OUT = (80, 443)


def hosts_of(port: int, names: Iterable[str] = ()) -> frozenset[str]:
    """Return the values of Host that are answered: this machine on the bound port, and further names.

    Args:
        port: the port that is listened on.
        names: further hosts, as a browser shows them: "figures.example.nhs.uk" (also with the bound port) or
            "figures.example.nhs.uk:8443".
    """
    found = {f"{name}:{port}" for name in LOCAL_NAMES}
    if port in _PORT_LEFT_OUT:
        found |= set(LOCAL_NAMES)
    for name in names:
        found |= {name.lower()} if ":" in name else {name.lower(), f"{name.lower()}:{port}"}
    return frozenset(found)


class Guard:
    """Stands before Dagster's webserver and lets through what a browser on this page, or a script, asks for."""

    def __init__(self, app: App, hosts: frozenset[str]) -> None:
        """Stand before an app.

        Args:
            app: the webserver (ASGI).
            hosts: see ``hosts_of``.
        """
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, a WebSocket or the server's own start and end."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is None:
            await self._app(scope, receive, _unframed(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": refused[1][:120]})
        else:
            await _say(_unframed(send), *refused)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and words of a refusal, None where the request may pass."""
        if not (scope["path"].isascii() and scope["path"].isprintable()):
            # "$" in a route of the webserver also matches before a line's end: "/graphql\n" would be "/graphql" to it.
            return 400, "the path holds a character that no page here has"
        host = _only(scope, b"host")
        if host is None:
            return 421, "a request names its host in one header Host"
        if host.lower() not in self._hosts:
            return 421, f"{host!r} is no host of this page; name it in HI_UI_HOSTS if it is to be one"
        origins = _all(scope, b"origin")
        foreign = [origin for origin in origins if not self._is_own(origin)]
        if foreign:
            return 403, f"a page of {foreign[0]} asks; only pages of this address may"
        if scope["type"] == "websocket":
            return None if len(origins) == 1 else (403, "a WebSocket says in Origin which page opens it")
        if scope["path"].startswith("/report_asset_"):
            return 404, "records are made by runs alone"
        if _of_a_foreign_page(scope):
            return 403, "another page asks for a part of this one"
        return not_json(scope) if scope["path"] == GRAPHQL else _not_read(scope)

    def _is_own(self, origin: str) -> bool:
        scheme, _, host = origin.lower().partition("://")
        return scheme in ("http", "https") and host in self._hosts


def not_json(scope: Scope) -> tuple[int, str] | None:
    """Return status and words of a refusal of what is no JSON sent by POST, None where it is."""
    if scope["method"] != "POST":
        return 405, f"{GRAPHQL} takes POST"
    kind = _only(scope, b"content-type") or ""
    if kind.partition(";")[0].strip().lower() != "application/json":
        return 415, f"{GRAPHQL} takes application/json"
    return None


def _of_a_foreign_page(scope: Scope) -> bool:
    """Tell whether a browser says that an image, script or frame of another page asks; a link may be followed."""
    site = _only(scope, b"sec-fetch-site")
    opens = _only(scope, b"sec-fetch-mode") == "navigate" and _only(scope, b"sec-fetch-dest") == "document"
    return site not in (None, "same-origin", "none") and not opens


def _not_read(scope: Scope) -> tuple[int, str] | None:
    return None if scope["method"] in ("GET", "HEAD") else (405, "pages are read with GET")


def _all(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _only(scope: Scope, name: bytes) -> str | None:
    found = _all(scope, name)
    return found[0] if len(found) == 1 else None


def _unframed(send: Send) -> Send:
    """Return a sender whose answers no other page may show in a frame."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _without_frames(message.get("headers", ()))}
        await send(message)

    return sending


def _without_frames(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    policy = b"content-security-policy"
    rest = [(key, value) for key, value in headers if key.lower() != policy]
    said = [value.decode("latin-1").strip().rstrip(";") for key, value in headers if key.lower() == policy]
    return [*rest, (policy, "; ".join([*said, _NO_FRAMES]).encode("latin-1")), (b"x-frame-options", b"DENY")]


async def _say(send: Send, status: int, words: str) -> None:
    body = f"{words}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
