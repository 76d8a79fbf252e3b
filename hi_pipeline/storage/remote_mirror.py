"""What a mirror over http holds: by the index pages of its folders, or else by its manifest."""

from collections.abc import Callable
from urllib.parse import quote, unquote

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.storage.folder_mirror import MANIFEST
from hi_pipeline.storage.pages import links_of

_MOST_FOLDERS = 2_000


def list_remote(mirror: str, host: str, text_of: Callable[[str], str]) -> tuple[str, ...]:
    """Return the places (host and decoded path) of all files of a host that a mirror holds, in order.

    Args:
        mirror: its address.
        host: the publisher's host, a folder of the mirror.
        text_of: returns a page's text; raises ReleaseUnavailable where there is none.

    Raises:
        FetchError: the mirror cannot be asked, or says neither by index pages nor by a manifest what it holds.
    """
    start = f"{mirror}/{quote(host)}/"
    try:
        found = _by_index(start, text_of)
    except ReleaseUnavailable:
        found = []
    if not found:
        return _by_manifest(mirror, host, text_of)
    return tuple(sorted(unquote(address.removeprefix(f"{mirror}/")) for address in found))


def _by_index(start: str, text_of: Callable[[str], str]) -> list[str]:
    """Follow the links that lead down from a folder's page: those with a slash at the end are folders."""
    waiting, seen = [start], {start}
    files: list[str] = []
    while waiting:
        folder = waiting.pop()
        for link in links_of(text_of(folder), base=folder):
            if not link.startswith(folder) or "?" in link or link in seen:
                continue
            seen.add(link)
            (waiting if link.endswith("/") else files).append(link)
        if len(seen) - len(files) > _MOST_FOLDERS:
            raise FetchError(f"{start} has more than {_MOST_FOLDERS} folders; put a {MANIFEST} beside it")
    return files


def _by_manifest(mirror: str, host: str, text_of: Callable[[str], str]) -> tuple[str, ...]:
    try:
        lines = text_of(f"{mirror}/{MANIFEST}").splitlines()
    except ReleaseUnavailable:
        # Neither: a mirror that shows nothing has no editions to find; what is declared is asked for by name.
        return ()
    names = [name.strip().removeprefix("*") for _, _, name in (line.partition(" ") for line in lines)]
    return tuple(sorted(name for name in names if name.startswith(f"{host}/")))
