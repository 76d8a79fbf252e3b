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


def fetch_answers(downloader: "Downloader", download: Download, release: Release, gather: Gather) -> Arrival:
    """Ask what a publication's ``gather`` asks, and return the archive of the answers.

    Args:
        downloader: asks, as patiently and politely as for a file.
        download: the release's; its hosts, its cap of bytes for all answers together, its place.
        release: which one.
        gather: see ``core.source.Source``.

    Raises:
        ReleaseUnavailable: the publisher does not have it yet.
        FetchError: a question is not answered, or the answers are larger than the release may be.
    """
    size = 0

    def ask(address: str) -> bytes:
        nonlocal size
        arrival = downloader.fetch(replace(download, address=address), None)
        if arrival is None:
            raise FetchError(f"{download.where}: {address} gave no answer; run again later")
        try:
            answer = arrival.staged.temporary.read_bytes()
        finally:
            arrival.staged.discard()
        size += len(answer)
        if size > download.max_bytes:
            raise FetchError(f"{download.where}: the answers are larger than the {download.max_bytes:,} bytes allowed")
        return answer

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, answer in gather(ask, release):
            archive.writestr(zipfile.ZipInfo(name, date_time=_DATE), answer)
    data = buffer.getvalue()
    return Arrival(
        staged=stage(download.into, data),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        read_from=download.address,
    )
