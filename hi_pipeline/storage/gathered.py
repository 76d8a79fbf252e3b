"""A release that is the answers to several questions: asked one after the other and kept as one archive.

The archive is not compressed and has one fixed date, so that the same answers are the same bytes.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from hi_pipeline.core.errors import FetchError
from hi_pipeline.core.source import Release
from hi_pipeline.storage.atomic import stage
from hi_pipeline.storage.download import Download
from hi_pipeline.storage.folder_mirror import Arrival

if TYPE_CHECKING:
    from hi_pipeline.storage.http import Downloader

_DATE = (1980, 1, 1, 0, 0, 0)
Gather = Callable[[Callable[[str], bytes], Release], Iterable[tuple[str, bytes]]]


class Questions:
    """Asks the addresses of one release, with one cap of bytes for all answers together."""

    def __init__(self, downloader: "Downloader", download: Download) -> None:
        """Ask nothing yet.

        Args:
            downloader: asks, as patiently and politely as for a file.
            download: the release's; its hosts, its cap, its place.
        """
        self._downloader = downloader
        self._download = download
        self._size = 0

    def ask(self, address: str) -> bytes:
        """Return the body of an address.

        Raises:
            FetchError: there is no answer, or the answers are larger than the release may be.
        """
        where = self._download.where
        arrival = self._downloader.fetch(replace(self._download, address=address), None)
        if arrival is None:
            raise FetchError(f"{where}: {address} gave no answer; run again later")
        try:
            answer = arrival.staged.temporary.read_bytes()
        finally:
            arrival.staged.discard()
        self._size += len(answer)
        if self._size > self._download.max_bytes:
            raise FetchError(f"{where}: the answers are larger than the {self._download.max_bytes:,} bytes allowed")
        return answer


def fetch_answers(downloader: "Downloader", download: Download, release: Release, gather: Gather) -> Arrival:
    """Ask what a publication's ``gather`` asks, and return the archive of the answers.

    Args:
        downloader: asks.
        download: the release's.
        release: which one.
        gather: see ``core.source.Source``.

    Raises:
        ReleaseUnavailable: the publisher does not have it yet.
        FetchError: a question is not answered, or the answers are larger than the release may be.
    """
    questions = Questions(downloader, download)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, answer in gather(questions.ask, release):
            archive.writestr(zipfile.ZipInfo(name, date_time=_DATE), answer)
    return arrival_of(buffer.getvalue(), download)


def arrival_of(data: bytes, download: Download) -> Arrival:
    """Return bytes that were made from answers as if they had come as one file."""
    return Arrival(
        staged=stage(download.into, data),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        read_from=download.address,
    )
