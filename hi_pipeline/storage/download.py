"""One file to fetch over http: what, how patiently, and the body of an answer to a temporary file."""

import hashlib
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hi_pipeline.core.errors import FetchError
from hi_pipeline.storage.atomic import Staged
from hi_pipeline.storage.folder_mirror import Arrival

if TYPE_CHECKING:  # commands that only read do without httpx, which takes a tenth of a second
    import httpx

_PIECE = 1 << 16


@dataclass(frozen=True, kw_only=True)
class HttpLimits:
    """Patience and manners, in seconds unless the name says otherwise.

    Attributes:
        connect, idle: to open a connection; between two pieces of a body.
        total: for one release, all tries and waits together.
        longest_wait: a Retry-After beyond it ends the fetch.
        first_wait: before the second try; doubled for each further one.
        preparing: before each further try where the server says that it still makes the file (202), and not for how
            long; the tables of the ONS portal's hub are made on demand.
        between: least time between two requests to one publisher's host.
        longest_between: as much of a Crawl-delay as is kept to. The hub of the ONS portal asks for 60 s (2026-11): nine
            files in a quarter of an hour, and a sensor may take no minute for a look.
    """

    connect: float = 15.0
    idle: float = 30.0
    total: float = 900.0
    tries: int = 5
    redirects: int = 5
    longest_wait: float = 120.0
    first_wait: float = 1.0
    preparing: float = 20.0
    between: float = 1.0
    longest_between: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a server said of a file's bytes."""

    etag: str | None
    last_modified: str | None
    size: int | None = None

    @property
    def mark(self) -> str:
        """All that was said, in one line."""
        return f"{self.etag or ''} {self.last_modified or ''} {self.size if self.size is not None else ''}".strip()

    def agrees_with(self, kept: "Known") -> bool:
        """Tell whether it can be the bytes that are kept: by the surest that both know, true where that is nothing."""
        for mine, theirs in ((self.etag, kept.etag), (self.last_modified, kept.last_modified), (self.size, kept.size)):
            if mine is not None and theirs is not None:
                return mine == theirs
        return True


@dataclass(frozen=True, kw_only=True)
class Download:
    """One file to fetch.

    Attributes:
        into: a place beside which the temporary file is made.
        where: the release, for errors.
        allowed_hosts: see ``addresses.check_address``.
        absent_is_unavailable: a 404 means that a mirror does not hold it, not that something broke.
        by_hand: where a file that somebody downloads is put, in words, for errors.
    """

    address: str
    into: Path
    where: str
    landing_page: str
    max_bytes: int
    allowed_hosts: frozenset[str]
    absent_is_unavailable: bool
    by_hand: str = "into a mirror"


class TryAgain(Exception):
    """A fault that may pass; ``wait`` is what the server asked for, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


def said_by(response: "httpx.Response") -> Known:
    """Return what an answer's headers say of its body."""
    declared = response.headers.get("content-length", "")
    packed = response.headers.get("content-encoding", "identity") != "identity"
    return Known(
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        size=int(declared) if declared.isdigit() and not packed else None,
    )


async def save_body(response: "httpx.Response", download: Download, *, deadline: float) -> Arrival:
    """Stream a body to a temporary file, hashing and counting on the way.

    Raises:
        TryAgain: it is not what was announced.
        FetchError: larger than the release may be, or too slow; nothing is left behind.
    """
    import asyncio  # as httpx

    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > download.max_bytes:
        raise _too_large(download)
    digest, size = hashlib.sha256(), 0
    staged = Staged(download.into)
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            async for piece in _decoded(response):
                size += len(piece)
                if size > download.max_bytes:
                    raise _too_large(download)
                digest.update(piece)
                staged.write(piece)
        if _goes_on(response):
            raise TryAgain(f"it sent more than the {declared} bytes it declared")
    except TimeoutError:
        staged.discard()
        raise FetchError(
            f"{download.where}: {download.address} sent {size:,} bytes in the time that it has and is not done; too "
            "slow, nothing was changed, run again later"
        ) from None
    except BaseException:
        staged.discard()
        raise
    said = said_by(response)
    return Arrival(
        staged=staged,
        sha256=digest.hexdigest(),
        size=size,
        read_from=download.address,
        etag=said.etag,
        last_modified=said.last_modified,
    )


async def _decoded(response: "httpx.Response") -> AsyncIterator[bytes]:
    """Give the body in small pieces, unpacked where the server packed it although it was asked not to."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        async for raw in response.aiter_raw():
            yield raw
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise TryAgain(f"it packed the file as {coding!r}, which was not asked for")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        async for raw in response.aiter_raw():
            left = raw
            while left:
                yield unpack.decompress(left, _PIECE)
                left = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error as error:
        raise TryAgain(f"its {coding} packing is broken ({error})") from error
    if not unpack.eof or unpack.unused_data:
        raise TryAgain(f"its {coding} packing ends {'too early' if not unpack.eof else 'before the body does'}")


def _goes_on(response: "httpx.Response") -> bool:
    """Tell whether bytes came after the end that the server declared: then the body is cut and nobody says so.

    httpx ends a body at its Content-Length and hides what follows; its parser (h11) still has it. Where the parser
    is another one this sees nothing, and a pinned sha256 or the check of the last row has to.
    """
    inner: object = response.stream
    for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
        inner = getattr(inner, name, None)
    after, _ = getattr(inner, "trailing_data", (b"", False))
    return bool(after)


def _too_large(download: Download) -> FetchError:
    return FetchError(
        f"{download.where}: {download.address} is larger than the {download.max_bytes:,} bytes that the release may "
        "have; nothing was kept. If that is right, raise max_bytes in the source's source.py"
    )
