"""Which addresses may be asked: https hosts on the release's list that lie in the public internet, or the mirror."""

import ipaddress
import socket
import urllib.request
from collections.abc import Collection
from urllib.parse import urlsplit

from hi_pipeline.core.errors import FetchError
from hi_pipeline.storage.download import TryAgain

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


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
        TryAgain: the name cannot be looked up just now.
    """
    if trusted_origin and is_same_origin(address, trusted_origin):
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
    address = _meant(ipaddress.ip_address(found.partition("%")[0]))
    if not address.is_global or address.is_multicast:
        raise FetchError(f"{where}: {host!r} is the private address {found}; refused, as publishers are public")


def is_proxied(address: str) -> bool:
    """Tell whether the environment sends requests for an address through a proxy."""
    parts = urlsplit(address)
    proxies = urllib.request.getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all")
    return bool(named) and not urllib.request.proxy_bypass(parts.hostname or "")


def _meant(address: _Address) -> _Address:
    """Return the IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64); any other as it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_same_origin(address: str, other: str) -> bool:
    """Tell whether two addresses are of one scheme, host and port."""
    return _origin(address) == _origin(other)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _look_up(host: str, port: int, where: str) -> list[str]:
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        said = f"the host {host!r} is not known here ({error}); is there a network?"
        if error.errno == socket.EAI_AGAIN:
            raise TryAgain(said) from error
        raise FetchError(f"{where}: {said}") from error
