"""Which addresses may be asked: https hosts on the release's list that lie in the public internet, or the mirror."""

import ipaddress
import socket
import urllib.request
from collections.abc import Collection
from urllib.parse import urlsplit

from hi_pipeline.core.errors import FetchError


def check_address(
    address: str, *, allowed_hosts: Collection[str], trusted_origin: str | None, where: str, redirected: bool
) -> None:
    """Refuse an address that a release may not be fetched from.

    Args:
        address: where the next request would go.
        allowed_hosts: the release's own host and those it may redirect to.
        trusted_origin: address of the mirror that the operator named; whatever lies there may be asked.
        where: the release, for the error.
        redirected: a server sent us there.

    Raises:
        FetchError: not https, not on the list, or in a private network.
    """
    if trusted_origin and _origin(address) == _origin(trusted_origin):
        return
    how = "redirects to" if redirected else "has the address"
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https":
        raise FetchError(f"{where}: {how} {address}, which is not https; refused")
    if host not in allowed_hosts:
        raise FetchError(
            f"{where}: {how} {host!r}, which is not on the release's list {sorted(allowed_hosts)}; if the publisher "
            "moved, add the host to allowed_hosts in the source's source.py"
        )
    if is_proxied(address):
        # The proxy looks the name up and decides; this machine may know no names at all.
        return
    for found in _look_up(host, parts.port or 443, where):
        check_peer(found, host=host, where=where)


def check_peer(found: str, *, host: str, where: str) -> None:
    """Refuse a machine that is not in the public internet.

    Raises:
        FetchError: a private, loopback, link-local or reserved address.
    """
    address = ipaddress.ip_address(found.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if not (mapped or address).is_global or (mapped or address).is_multicast:
        raise FetchError(f"{where}: {host!r} is the private address {found}; refused, as publishers are public")


def is_proxied(address: str) -> bool:
    """Tell whether the environment sends requests for an address through a proxy."""
    parts = urlsplit(address)
    proxies = urllib.request.getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all")
    return bool(named) and not urllib.request.proxy_bypass(parts.hostname or "")


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _look_up(host: str, port: int, where: str) -> list[str]:
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise FetchError(f"{where}: the host {host!r} is not known here ({error}); is there a network?") from error
