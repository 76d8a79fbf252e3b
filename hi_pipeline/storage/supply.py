"""Where a release's bytes come from: the publisher, a mirror (a folder or over http), or a file downloaded by hand."""

import re
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from hi_pipeline.core.source import Release
from hi_pipeline.storage.folder_mirror import MANIFEST, FolderMirror

Mode = Literal["sample", "mirror", "live"]
BY_HAND = "by-hand"


class Supply:
    """The places of releases under one setting of ``HI_SOURCE``; it reads folders and asks no network itself."""

    def __init__(self, root: Path, *, mode: Mode, mirror: str, follows_links: bool) -> None:
        """Choose where to look.

        Args:
            root: the data root; live, files downloaded by hand lie in its folder ``by-hand``, laid out as a mirror.
            mode: live goes to the publishers.
            mirror: the mirror's folder or http address (not used when live).
            follows_links: read files of a mirror's folder that are links out of it.
        """
        self.mode = mode
        self.is_live = mode == "live"
        self.http_mirror = mirror.rstrip("/") if not self.is_live and re.match(r"https?://", mirror) else None
        self.folder = FolderMirror(root / BY_HAND if self.is_live else Path(mirror), follows_links=follows_links)

    @property
    def asks_network(self) -> bool:
        """Tell whether a look at a release's place is a request over the network."""
        return self.is_live or self.http_mirror is not None

    def is_here(self, release: Release) -> bool:
        """Tell whether a release's place is a file of this machine: a look at it asks nobody."""
        return not self.asks_network or (bool(release.address or release.mirror_path) and self._lies_by_hand(release))

    def locate(self, release: Release, *, where: str) -> Path | None:
        """Return a release's file in the mirror's folder or downloaded by hand; None where the network is asked.

        Raises:
            ReleaseUnavailable: the mirror's folder does not hold it.
            FetchError: the mirror is no folder, or the place leads out of it.
        """
        if self.asks_network and not self._lies_by_hand(release):
            return None
        return self.folder.locate(release.mirror_file, where=where)

    def address(self, release: Release) -> str:
        """Return where a request for a release goes to."""
        if self.http_mirror is not None:
            return f"{self.http_mirror}/{quote(release.mirror_file)}"
        return release.address or release.mirror_file

    def by_hand(self, release: Release) -> str:
        """Say where somebody puts a release's file that no program can fetch."""
        return f"to {self.folder.folder / release.mirror_file}" if self.is_live else "into a mirror"

    def declared_sha256(self, release: Release) -> tuple[str, str]:
        """Return the sha256 that these bytes must have ("" where nobody says), and where that stands, in words.

        Raises:
            FetchError: the mirror's manifest is a link that leads out of the mirror.
        """
        if self.is_live:
            return release.sha256 or "", "the declaration"
        found = None if self.asks_network else self.folder.manifest(release.mirror_file)
        return found or "", f"the mirror's {MANIFEST}"

    def _lies_by_hand(self, release: Release) -> bool:
        return self.is_live and (self.folder.folder / release.mirror_file).is_file()
