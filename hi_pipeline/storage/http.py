"""Fetches one file over http: streamed, hashed on the way, capped in size and time, tried again where that helps.

A try that is cut short starts again from the first byte: joining two halves could join two editions. What a server
says about its bytes (ETag, Last-Modified) saves traffic and decides nothing.
"""

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.storage.addresses import check_address, check_peer, is_proxied, is_same_origin
from hi_pipeline.storage.download import Download, HttpLimits, Known, TryAgain, said_by, save_body
from hi_pipeline.storage.folder_mirror import Arrival
from hi_pipeline.storage.robots import Robots

AGENT = "hi_pipeline"
_REDIRECTS = (301, 302, 303, 307, 308)
_ACCEPTED = 202
_GONE = (404, 410)
_BUSY = (408, 425, 429, 500, 502, 503, 504)
T = TypeVar("T")


class Downloader:
    """Fetches files; one for all releases of a run, as it remembers when it asked which host."""

    def __init__(
        self,
        *,
        contact: str,
        trusted_origin: str | None = None,
        obeys_robots: bool = True,
        limits: HttpLimits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare; no connection is opened yet.

        Args:
            contact: told to publishers in the User-Agent; "" where the operator gave none.
            obeys_robots: do not ask for what a publisher's robots.txt forbids to programs.
            trusted_origin: address of the mirror that the operator named.
            limits: patience.
            sleep: waits; tests give another.
        """
        self._agent = user_agent(contact)
        self._says_who = bool(contact)
        self._trusted = trusted_origin
        self._limits = limits or HttpLimits()
        self._sleep = sleep
        self._asked: dict[str, float] = {}
        self._robots = Robots(agent=AGENT) if obeys_robots else None
        self._context: ssl.SSLContext | None = None

    def fetch(self, download: Download, known: Known | None) -> Arrival | None:
        """Fetch a file.

        Args:
            download: what.
            known: what the server said of the bytes that are kept, if any are.

        Returns:
            The bytes in a temporary file, or None where the server says that those kept are still the same.

        Raises:
            ReleaseUnavailable: a mirror does not hold it.
            FetchError: one clear message; nothing is left behind.
        """
        self._ask_robots(download)
        return self._patiently(
            download, lambda response, deadline: self._take(response, download, known, deadline), _conditions(known)
        )

    def _ask_robots(self, download: Download) -> None:
        """Refuse what a publisher's robots.txt forbids; the operator's own mirror is not asked."""
        trusted = self._trusted and is_same_origin(download.address, self._trusted)
        if self._robots and not trusted:
            self._robots.check(download, self._robots_txt)

    def _robots_txt(self, download: Download) -> Arrival | None:
        """Return a host's robots.txt, None where it has none."""

        async def take(response: httpx.Response, deadline: float) -> Arrival | None:
            return None if has_no_rules(response.status_code) else await self._take(response, download, None, deadline)

        # Of itself a robots.txt says nothing, nor the one of another host to which it redirects.
        return self._patiently(download, take, {}, by_rules=False)

    def glance(self, download: Download, known: Known | None) -> str | None:
        """Tell whether a file differs from the bytes that are kept, without asking for its body.

        Args:
            download: what; nothing is written.
            known: what the server said of the bytes that are kept, if any are.

        Returns:
            A short mark of what the server says of the file; None where it says that it is the one that is kept, or
            says nothing by which that could be told (then only a fetch and the hash can).

        Raises:
            ReleaseUnavailable: a mirror does not hold it.
            FetchError: one clear message.
        """

        async def compare(response: httpx.Response, deadline: float) -> str | None:
            return self._compare(response, download, known)

        self._ask_robots(download)
        return self._patiently(download, compare, _conditions(known))

    def _patiently(
        self,
        download: Download,
        take: Callable[[httpx.Response, float], Awaitable[T]],
        conditions: dict[str, str],
        *,
        by_rules: bool = True,
    ) -> T:
        """Ask, and ask again where that helps; ``take`` reads the last answer until the deadline.

        Each address to which a server redirects is asked for only where its own host's robots.txt allows it
        (``by_rules``).
        """
        # The default context reads the system's certificates (SSL_CERT_FILE too); that takes none of the fetch's time.
        self._context = self._context or ssl.create_default_context()
        deadline = time.monotonic() + self._limits.total
        wait, why = self._limits.first_wait, ""
        for number in range(1, self._limits.tries + 1):
            try:
                return asyncio.run(self._try(download, conditions, take, deadline, by_rules=by_rules))
            except TryAgain as fault:
                why = str(fault)
                asked = fault.wait
            if time.monotonic() > deadline:
                raise _too_slow(download, self._limits, why)
            if number < self._limits.tries:
                self._wait(download, asked if asked is not None else wait * random.uniform(0.8, 1.2), why, deadline)
                wait *= 2
        raise FetchError(
            f"{download.where}: {download.address} failed {self._limits.tries} times, last because {why}. Nothing was "
            "changed; run again later."
        )

    def _client(self) -> httpx.AsyncClient:
        patience = httpx.Timeout(self._limits.idle, connect=self._limits.connect)
        headers = {"User-Agent": self._agent, "Accept-Encoding": "identity"}
        # trust_env reads the proxies.
        return httpx.AsyncClient(
            verify=self._context or True, trust_env=True, timeout=patience, headers=headers, follow_redirects=False
        )

    def _wait(self, download: Download, seconds: float, why: str, deadline: float) -> None:
        if seconds > self._limits.longest_wait or time.monotonic() + seconds > deadline:
            raise FetchError(
                f"{download.where}: {download.address}: {why}; another {seconds:,.0f} s of waiting would be more "
                "than a run allows. Nothing was changed; run again later."
            )
        self._sleep(seconds)

    async def _try(
        self,
        download: Download,
        conditions: dict[str, str],
        take: Callable[[httpx.Response, float], Awaitable[T]],
        deadline: float,
        *,
        by_rules: bool,
    ) -> T:
        address = download.address
        async with self._client() as client:
            for hop in range(self._limits.redirects + 1):
                check_address(
                    address,
                    allowed_hosts=download.allowed_hosts,
                    trusted_origin=self._trusted,
                    where=download.where,
                    redirected=hop > 0,
                )
                if by_rules and hop:
                    # In a thread: to read a robots.txt starts a loop of its own.
                    await asyncio.to_thread(self._ask_robots, replace(download, address=address))
                self._be_polite(address)
                try:
                    response = await self._open(client, address, download, conditions, deadline)
                    try:
                        self._check_connection(response, address, download)
                        if response.status_code in _REDIRECTS and "location" in response.headers:
                            address = urljoin(address, response.headers["location"])
                            continue
                        return await take(response, deadline)
                    finally:
                        await response.aclose()
                except (httpx.TransportError, ssl.SSLError) as error:
                    raise TryAgain(
                        f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                    ) from error
                except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                    raise FetchError(f"{download.where}: {address} cannot be asked: {error}") from error
        raise FetchError(
            f"{download.where}: {download.address} redirects more than {self._limits.redirects} times, last to "
            f"{address}; look at {download.landing_page}"
        )

    async def _open(
        self,
        client: httpx.AsyncClient,
        address: str,
        download: Download,
        conditions: dict[str, str],
        deadline: float,
    ) -> httpx.Response:
        """Return an answer whose headers have come; a server that drips them never gets past the deadline."""
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return await client.send(client.build_request("GET", address, headers=conditions), stream=True)
        except TimeoutError:
            raise _too_slow(download, self._limits, "no answer, or headers that do not end") from None

    def _be_polite(self, address: str) -> None:
        host = urlsplit(address).hostname or ""
        if self._trusted and host == urlsplit(self._trusted).hostname:
            return
        asked = self._robots.delay(address) if self._robots else 0.0
        due = self._asked.get(host, 0.0) + max(self._limits.between, min(asked, self._limits.longest_between))
        if due > time.monotonic():
            self._sleep(due - time.monotonic())
        self._asked[host] = time.monotonic()

    def _check_connection(self, response: httpx.Response, address: str, download: Download) -> None:
        """Look at who really answered: a name may resolve to something else the second time."""
        host = urlsplit(address).hostname or ""
        trusted = self._trusted and host == urlsplit(self._trusted).hostname
        stream = response.extensions.get("network_stream")
        if trusted or stream is None or is_proxied(address):
            return
        peer = stream.get_extra_info("server_addr")
        if peer:
            check_peer(str(peer[0]), host=host, where=download.where)

    async def _take(
        self, response: httpx.Response, download: Download, known: Known | None, deadline: float
    ) -> Arrival | None:
        if _is_the_same(response, known):
            return None
        _check_status(response, download, self._limits, says_who=self._says_who)
        return await save_body(response, download, deadline=deadline)

    def _compare(self, response: httpx.Response, download: Download, known: Known | None) -> str | None:
        if _is_the_same(response, known):
            return None
        if response.status_code == _ACCEPTED:
            # A look does not wait for a file that is being made; a fetch does.
            return None if known else "being prepared"
        _check_status(response, download, self._limits, says_who=self._says_who)
        said = said_by(response)
        return None if known and said.agrees_with(known) else said.mark


def user_agent(contact: str) -> str:
    """Return what publishers are told of the program; ``contact`` is "" where the operator gave none."""
    said = f"{AGENT} ({contact or 'health-inequality indicators from public statistics; no contact given'})"
    return "".join(c for c in said if c.isprintable()).encode("ascii", "replace").decode()


def has_no_rules(status: int) -> bool:
    """Tell whether an answer says that a host has no robots.txt.

    By RFC 9309 that is any refusal, 403 too: stores of files answer so for what they do not hold (2026-11:
    services1.arcgis.com). Whether the file itself is refused, its own answer says.
    """
    return 400 <= status < 500 and status not in _BUSY


def _too_slow(download: Download, limits: HttpLimits, why: str) -> FetchError:
    return FetchError(
        f"{download.where}: {download.address} did not answer whole within {limits.total:g} s ({why}); too slow, "
        "nothing was changed, run again later"
    )


def _is_the_same(response: httpx.Response, known: Known | None) -> bool:
    if response.status_code != 304:
        return False
    if known and (known.etag or known.last_modified):
        return True
    raise TryAgain("it answered 304 (not modified) although nothing is kept")


def _check_status(response: httpx.Response, download: Download, limits: HttpLimits, *, says_who: bool) -> None:
    """Raise where an answer carries no file: for good, or with the chance of another try."""
    status = response.status_code
    if status in _GONE:
        message = f"{download.where}: {download.address} answers {status}: there is no such file"
        if download.absent_is_unavailable:
            raise ReleaseUnavailable(f"{message}; it runs when the file appears")
        raise FetchError(f"{message}; the publisher may have moved it, look at {download.landing_page}")
    if status in _BUSY:
        raise TryAgain(f"it answered {status} {response.reason_phrase}", _retry_after(response))
    if status == _ACCEPTED:
        # 2026-11: publishers' own gateways answer so while they prepare a file, with and without a Retry-After.
        wait = _retry_after(response)
        said = "it answered 202 Accepted: the file is not ready yet"
        raise TryAgain(said, limits.preparing if wait is None else wait)
    if status == 403:
        remedy = "Set HI_CONTACT to an e-mail address, so that it can see who asks; or download"
        if says_who:
            remedy = "It was told who asks (HI_CONTACT), so ask the publisher whether it may; or download"
        raise FetchError(
            f"{download.where}: {download.address} answers 403 Forbidden: the publisher refuses this program. {remedy} "
            f"the file by hand from {download.landing_page} {download.by_hand}"
        )
    if status != 200:
        raise FetchError(
            f"{download.where}: {download.address} answers {status} {response.reason_phrase}, expected 200; "
            f"look at {download.landing_page}"
        )


def _conditions(known: Known | None) -> dict[str, str]:
    if known is None:
        return {}
    pairs = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in pairs.items() if value}


def _retry_after(response: httpx.Response) -> float | None:
    said = response.headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
