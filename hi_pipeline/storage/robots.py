"""What publishers ask of programs: each host's robots.txt, read once, decides what may be asked, and how often.

Read as RFC 9309 says: the group of our own name or else of ``*``, the longest rule that matches, ``*`` and ``$`` in its
path. Python's own parser takes the first rule and no such signs (2026-11).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from hi_pipeline.core.errors import FetchError, Forbidden
from hi_pipeline.storage.download import Download
from hi_pipeline.storage.folder_mirror import Arrival

_LARGEST = 500_000
_LINE = re.compile(r"\s*(user-agent|allow|disallow|crawl-delay)\s*:\s*([^#]*?)\s*(#.*)?", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,6}(\.\d{1,3})?")
_RESERVED = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True)
class Rules:
    """What a host asks of one program.

    Attributes:
        paths: each with whether it may be asked.
        delay: seconds between two requests (Crawl-delay: no part of RFC 9309, and common); 0 where it says none.
    """

    paths: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allow(self, address: str) -> bool:
        """Tell whether an address may be asked; of two rules as long, the one that allows holds."""
        parts = urlsplit(address)
        asked = _encoded(f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}")
        found = [(len(path), allowed) for path, allowed in self.paths if _pattern(path).match(asked)]
        return max(found, default=(0, True))[1]


def rules_of(text: str, *, agent: str) -> Rules:
    """Return what the text of a robots.txt asks of a program.

    Args:
        text: lines that are no rules are passed over.
        agent: the program's name, without version.
    """
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    named: list[str] = []
    begins = True
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        word, value = found[1].lower(), found[2]
        if word == "user-agent":
            # A name may stand with a version, as in "hi_pipeline/2.0".
            name = re.split(r"[/\s]", value.lower())[0]
            named = [name] if begins else [*named, name]
            begins = False
            groups.setdefault(name, [])
            continue
        if word == "crawl-delay":
            # As RFC 9309 has it of lines that it does not know, it does not end the names of a group: a name keeps the
            # first delay that follows it.
            for name in named if _SECONDS.fullmatch(value) else ():
                delays.setdefault(name, float(value))
            continue
        begins = True
        for name in named if value else ():
            groups[name].append((_encoded(value), word == "allow"))
    ours = agent.lower() if agent.lower() in groups else "*"
    return Rules(tuple(groups.get(ours, [])), delays.get(ours, 0.0))


def _encoded(path: str) -> str:
    return quote(path, safe=_RESERVED)


def _pattern(path: str) -> re.Pattern[str]:
    ends = path.endswith("$")
    parts = path.removesuffix("$").split("*")
    return re.compile(".*".join(re.escape(part) for part in parts) + ("$" if ends else ""))


class Robots:
    """The rules of the hosts that were asked so far."""

    def __init__(self, *, agent: str) -> None:
        """Know nothing yet; ``agent`` is the name under which the rules are looked up."""
        self._agent = agent
        self._rules: dict[str, Rules] = {}

    def check(self, download: Download, fetch: Callable[[Download], Arrival | None]) -> None:
        """Refuse a download that its host's robots.txt forbids.

        Args:
            download: what would be asked for.
            fetch: brings the robots.txt, None where the host has none: then everything is allowed.

        Raises:
            Forbidden: its host asks programs not to fetch it.
            FetchError: the robots.txt cannot be read, so that nobody knows.
        """
        parts = urlsplit(download.address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = self._read(f"{origin}/robots.txt", download, fetch)
        if not self._rules[origin].allow(download.address):
            raise Forbidden(
                f"{download.where}: {origin}/robots.txt asks programs not to fetch {download.address}. Download it by "
                f"hand from {download.landing_page} {download.by_hand}; or, where the publisher has agreed that you "
                "fetch it, set HI_ROBOTS=ignore",
                robots=f"{origin}/robots.txt",
            )

    def delay(self, address: str) -> float:
        """Return how many seconds a host asks for between two requests; 0 where its rules were not read."""
        parts = urlsplit(address)
        return self._rules.get(f"{parts.scheme}://{parts.netloc}", Rules()).delay

    def _read(self, address: str, download: Download, fetch: Callable[[Download], Arrival | None]) -> Rules:
        try:
            arrival = fetch(replace(download, address=address, max_bytes=_LARGEST))
        except FetchError as error:
            raise FetchError(f"{error} (asked for before the file itself; HI_ROBOTS=ignore leaves it out)") from error
        if arrival is None:
            return Rules()
        try:
            return rules_of(
                arrival.staged.temporary.read_text(encoding="utf-8-sig", errors="replace"), agent=self._agent
            )
        finally:
            arrival.staged.discard()
