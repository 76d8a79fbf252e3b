"""What publishers ask of programs: each host's robots.txt, read once, decides whether an address may be asked."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.storage.download import Download
from hi_pipeline.storage.folder_mirror import Arrival

_LARGEST = 500_000


class Robots:
    """The rules of the hosts that were asked so far."""

    def __init__(self, *, agent: str) -> None:
        """Know nothing yet; ``agent`` is the name under which the rules are looked up."""
        self._agent = agent
        self._rules: dict[str, RobotFileParser] = {}

    def check(self, download: Download, fetch: Callable[[Download], Arrival | None]) -> None:
        """Refuse a download that its host's robots.txt forbids.

        Args:
            download: what would be asked for.
            fetch: brings the robots.txt; a host that has none allows everything.

        Raises:
            FetchError: it is forbidden, or the robots.txt cannot be read, so that nobody knows.
        """
        parts = urlsplit(download.address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = _rules(f"{origin}/robots.txt", download, fetch)
        if not self._rules[origin].can_fetch(self._agent, download.address):
            raise FetchError(
                f"{download.where}: {origin}/robots.txt asks programs not to fetch {download.address}. Download it by "
                f"hand from {download.landing_page} into a mirror; or, where the publisher has agreed that you fetch "
                "it, set HI_ROBOTS=ignore"
            )


def _rules(address: str, download: Download, fetch: Callable[[Download], Arrival | None]) -> RobotFileParser:
    rules = RobotFileParser(address)
    try:
        arrival = fetch(replace(download, address=address, max_bytes=_LARGEST, absent_is_unavailable=True))
    except ReleaseUnavailable:
        rules.parse([])
        return rules
    except FetchError as error:
        raise FetchError(f"{error} (asked for before the file itself; HI_ROBOTS=ignore leaves it out)") from error
    try:
        text = arrival.staged.temporary.read_text(encoding="utf-8", errors="replace") if arrival else ""
    finally:
        if arrival:
            arrival.staged.discard()
    rules.parse(text.splitlines())
    return rules
