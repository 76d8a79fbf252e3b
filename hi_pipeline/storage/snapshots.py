"""Keeps each publisher's file by its hash, and says which one is current: fetched once, never swapped silently.

Files lie in ``<root>/snapshots/<source>/<edition>/<16 digits of sha256>-<name>`` with a sidecar each; ``current.json``
names the one that builds read. The same address with other bytes is a revision: both files are kept, and what changed
lies beside the newer one. A declared sha256 or the mirror's manifest ``SHA256SUMS`` says which bytes are accepted.

Where bytes come from, ``supply`` says. Live, a file that somebody downloaded is taken from
``<root>/by-hand/<host>/<path>`` and nobody is asked for it: some publishers want no programs, and some addresses nobody
knows.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hi_pipeline.core.errors import Overtaken, ReleaseUnavailable, StoreError
from hi_pipeline.core.source import Release, Source, release_id
from hi_pipeline.storage import atomic
from hi_pipeline.storage.download import Download, Known
from hi_pipeline.storage.feature_layer import fetch_layer
from hi_pipeline.storage.folder_mirror import Arrival, copy_in, stamp_of
from hi_pipeline.storage.gathered import fetch_answers
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline.storage.keeper import Keeper, safe_name
from hi_pipeline.storage.kept import Snapshot, how_revised, snapshot_of
from hi_pipeline.storage.locks import locked
from hi_pipeline.storage.records import Edition, Pointer, Record
from hi_pipeline.storage.remote_mirror import list_remote
from hi_pipeline.storage.store import Store
from hi_pipeline.storage.supply import Mode, Supply

if TYPE_CHECKING:
    from hi_pipeline.storage.http import Downloader

_log = logging.getLogger(__name__)

_LARGEST_PAGE = 5_000_000


class Snapshots:
    """The kept files below a data root."""

    def __init__(
        self,
        root: Path,
        *,
        mode: Mode,
        mirror: str,
        contact: str,
        obeys_robots: bool = True,
        follows_links: bool = False,
        asks_first: bool = False,
        extracts: Path | None = None,
        downloader: "Downloader | None" = None,
        store: Store | None = None,
    ) -> None:
        """Open the store; nothing is read or fetched yet.

        Args:
            root: the data root of this kind of source.
            mode: where files come from; live goes to the publishers.
            mirror: the mirror's folder or http address (not used when live).
            contact: told to publishers in the User-Agent; "" where there is none.
            obeys_robots: do not fetch what a publisher's robots.txt forbids to programs.
            follows_links: read files of a mirror's folder that are links out of it.
            asks_first: do not use the first bytes of a found edition before somebody accepts them.
            extracts: the folder of boards' own extracts, from which sources that are ``local`` are read.
            downloader: fetches over the network; by default one with the usual limits.
            store: keeps the files of the root; by default its disk.
        """
        self.root = Path(root)
        self.store = store or Store(self.root)
        self.supply = Supply(self.root, mode=mode, mirror=mirror, follows_links=follows_links)
        self._asks_first = asks_first
        # Extracts lie in a folder whatever the mode is: one more store of the same files, which reads that folder.
        self._extracts: Snapshots | None = None
        if extracts:
            self._extracts = Snapshots(root, mode="mirror", mirror=str(extracts), contact="", store=self.store)
        self._given = downloader
        self._manners: dict[str, Any] = {
            "contact": contact,
            "trusted_origin": self.supply.http_mirror,
            "obeys_robots": obeys_robots,
        }

    @cached_property
    def _downloader(self) -> "Downloader":
        """Return what fetches; its module, with httpx, is read only where something is fetched."""
        from hi_pipeline.storage.http import Downloader

        return self._given or Downloader(**self._manners)

    def fetch(self, source: Source, release: Release, *, force: bool = False) -> Snapshot:
        """Fetch a release, unless what is kept is still what is there, and return the file to build from.

        Args:
            source: the publication.
            release: its edition.
            force: ask for the bytes even where nothing seems changed.

        Raises:
            ReleaseUnavailable: no address, or nothing at its place in the mirror.
            FetchError: it cannot be fetched, is not what was declared, or differs from its pinned sha256.
            StoreError: it cannot be written.
        """
        if source.local and self._extracts:
            return self._extracts.fetch(source, release, force=force)
        while True:
            try:
                return self._fetch(source, release, force=force)
            except Overtaken:
                _log.info("%s: another machine fetched it too; looking again", release_id(source, release))

    def _fetch(self, source: Source, release: Release, *, force: bool) -> Snapshot:
        with self._changing(source, release) as keeper:
            keeper.accept_declared()
            path = self.supply.locate(release, where=keeper.where)
            if path is None and self._is_asked(source, release):
                arrival: Arrival | None = self._ask(keeper, source)
            else:
                arrival = self._get(keeper, path, force=force)
            if arrival:
                keeper.settle(arrival)
            else:
                keeper.unchanged()
            found = self.latest(source.name, release.edition)
        if found is None and self.waits(source.name, release.edition):
            raise ReleaseUnavailable(
                f"{keeper.where}: a new edition is kept in {keeper.kept.folder} and not used; look at it, then run "
                f"hi accept {keeper.where}"
            )
        if found is None:
            raise StoreError(f"{keeper.kept.folder}: the kept file is missing; fetch again with force")
        if found.revised:
            _log.warning("%s: %s", keeper.where, how_revised(found))
        return found

    def accept(self, source: Source, release: Release) -> Snapshot | None:
        """Let the declaration (or a mirror's manifest) accept kept bytes, without asking anybody for new ones.

        Returns:
            What builds read from now on; None where nothing is kept.

        Raises:
            ReleaseUnavailable: no address, or no place in a mirror.
        """
        if source.local and self._extracts:
            return self._extracts.accept(source, release)
        with self._changing(source, release) as keeper:
            keeper.accept_declared()
        return self.latest(source.name, release.edition)

    def waits(self, source_name: str, edition: str) -> bool:
        """Tell whether bytes of an edition are kept and not used before somebody accepts them."""
        pointer = self._edition(source_name, edition).pointer()
        return pointer is not None and pointer.pending is not None

    def accept_kept(self, source: Source, release: Release) -> str:
        """Accept the bytes of a release that wait, or else those in use; return their sha256.

        Raises:
            SelectionError: nothing is kept of it.
            ReleaseUnavailable: no address, or no place in a mirror.
        """
        if source.local and self._extracts:
            return self._extracts.accept_kept(source, release)
        with self._changing(source, release) as keeper:
            return keeper.accept_kept().sha256

    def listing(self, host: str) -> tuple[str, ...]:
        """Return the places (host and decoded path) of all files of a host that a mirror holds, in order.

        Raises:
            FetchError: the mirror cannot be read.
        """
        if self.supply.http_mirror is not None:
            return list_remote(self.supply.http_mirror, host, partial(self.page, may_be_absent=True))
        return self.supply.folder.listing(host)

    def news(self, source: Source, release: Release, *, ask: bool = True) -> str | None:
        """Tell whether a fetch would find something new at a release's place; no body is asked for, nothing written.

        Args:
            source: the publication.
            release: its edition.
            ask: send a request where files come over the network; else only what is kept is looked at.

        Returns:
            A short mark of what is there where it is not what was seen last, or of kept bytes that have been accepted
            since; None where it is the same, nothing is there, or a server says nothing by which to tell.

        Raises:
            FetchError: the place cannot be asked.
        """
        if source.local and self._extracts:
            return self._extracts.news(source, release)
        try:
            keeper = self._keeper(source, release)
            accepted = keeper.accepted()
            if accepted and accepted != keeper.kept.pointer():
                return f"accepted {keeper.pinned or release.sha256}"
            path = self.supply.locate(release, where=keeper.where)
            # Whether answers have changed is told only by asking for all of them.
            if path is None and (not ask or self._is_asked(source, release)):
                return None if keeper.kept.current() else "not kept"
            return self._glance(keeper, path)
        except ReleaseUnavailable:
            return None

    def page(self, address: str, *, may_be_absent: bool = False) -> str:
        """Return the text of a publisher's page.

        Raises:
            ReleaseUnavailable: there is no such page, and there may be none yet.
            FetchError: it cannot be fetched, or is larger than a page may be.
        """
        host = urlsplit(address).hostname or ""
        arrival = self._downloader.fetch(
            Download(
                address=address,
                into=self.root / "snapshots" / "page",
                where=f"the page {address}",
                landing_page=address,
                max_bytes=_LARGEST_PAGE,
                allowed_hosts=frozenset({host}),
                absent_is_unavailable=may_be_absent,
            ),
            None,
        )
        if arrival is None:
            return ""
        try:
            return arrival.staged.temporary.read_text(encoding="utf-8", errors="replace")
        finally:
            arrival.staged.discard()

    def latest(self, source_name: str, edition: str) -> Snapshot | None:
        """Return the file that builds of an edition read, without any network; None where nothing is kept."""
        kept = self._edition(source_name, edition)
        pointer = kept.pointer()
        record = kept.record(pointer.file) if pointer else None
        return snapshot_of(kept, record, pointer, source_name, edition) if pointer and record else None

    def history(self, source_name: str, edition: str) -> tuple[Snapshot, ...]:
        """Return all kept files of an edition, oldest first; ``revised`` says how each one came."""
        kept = self._edition(source_name, edition)
        return tuple(
            snapshot_of(kept, record, Pointer(file=record.file, revised=record.revised), source_name, edition)
            for record in kept.records()
        )

    def editions(self, source_name: str) -> tuple[str, ...]:
        """Return the editions of a source of which something is kept, in order (names as they are in folders)."""
        folder = self.root / "snapshots" / safe_name(source_name)
        self.store.fresh_below(folder)
        return tuple(sorted(pointer.parent.name for pointer in folder.glob("*/current.json")))

    def drop(self, source_name: str, edition: str) -> None:
        """Remove all that is kept of an edition: for boards' own extracts, which may be withdrawn.

        Raises:
            StoreError: naming the file that could not be removed.
        """
        folder = self._edition(source_name, edition).folder
        with locked(self.root / "locks", f"snapshots.{source_name}.{safe_name(edition)}"):
            names = [path.name for path in sorted(folder.iterdir()) if path.is_file()]
            # The pointer last: by it an edition counts as kept, until nothing else is there.
            self.store.remove(folder, sorted(names, key=lambda name: name == "current.json"))

    def verify(self) -> list[str]:
        """Compare every kept file with its sidecar's sha256; return one line for each that does not agree."""
        wrong = []
        for pointer in sorted((self.root / "snapshots").glob("*/*/current.json")):
            kept = Edition(pointer.parent, self.store)
            if kept.current() is None:
                wrong.append(f"{pointer.parent}: the current file is missing or has another size; fetch it again")
            for record in kept.records():
                if hash_of(kept.folder / record.file) != record.sha256:
                    wrong.append(
                        f"{kept.folder / record.file}: not the bytes that were fetched; remove it, fetch again"
                    )
        return wrong

    def sweep(self) -> list[Path]:
        """Remove what dead processes left behind; call at start."""
        return atomic.sweep(self.root / "snapshots")

    @contextmanager
    def _changing(self, source: Source, release: Release) -> Iterator[Keeper]:
        """Yield what decides about an edition, with other processes of this machine kept away."""
        with locked(self.root / "locks", f"snapshots.{source.name}.{safe_name(release.edition)}"):
            keeper = self._keeper(source, release)
            keeper.kept.begin()
            yield keeper

    def _edition(self, source_name: str, edition: str) -> Edition:
        folder = self.root / "snapshots" / safe_name(source_name) / safe_name(edition)
        self.store.fresh(folder)
        return Edition(folder, self.store)

    def _keeper(self, source: Source, release: Release) -> Keeper:
        where = release_id(source, release)
        try:
            mirror_file = release.mirror_file
        except ValueError as error:
            raise ReleaseUnavailable(f"{where}: {error}; see {release.landing_page}") from None
        supply = self.supply
        if supply.is_live and release.address is None and supply.locate(release, where=where) is None:
            raise ReleaseUnavailable(
                f"{where}: its address is not known; download it from {release.landing_page} {supply.by_hand(release)}"
            )
        declared, declared_in = supply.declared_sha256(release)
        return Keeper(
            kept=self._edition(source.name, release.edition),
            where=where,
            release=release,
            container=source.layouts[release.layout].container,
            address=release.address or mirror_file,
            declared=declared,
            declared_in=declared_in,
            mode=supply.mode,
            asks_first=self._asks_first,
        )

    def _get(self, keeper: Keeper, path: Path | None, *, force: bool) -> Arrival | None:
        """Bring the bytes in, from a path or else the network; None where those seen last are still there."""
        release, seen = keeper.release, None if force else keeper.seen
        if path is None:
            known = None
            if seen and seen.read_from == self.supply.address(release) and _is_whole(keeper, seen):
                known = Known(etag=seen.etag, last_modified=seen.last_modified)
            return self._downloader.fetch(self._download(keeper), known)
        if seen and seen.read_from == str(path) and seen.stamp == stamp_of(path):
            return None
        return copy_in(path, keeper.incoming, max_bytes=release.max_bytes, where=keeper.where)

    def _is_asked(self, source: Source, release: Release) -> bool:
        """Tell whether a release is made from the answers to questions: only live, as a mirror holds what was made."""
        return self.supply.is_live and (source.gather is not None or bool(release.layer_key))

    def _ask(self, keeper: Keeper, source: Source) -> Arrival:
        download, release = self._download(keeper), keeper.release
        if source.gather:
            return fetch_answers(self._downloader, download, release, source.gather)
        return fetch_layer(self._downloader, download, key=release.layer_key)

    def _glance(self, keeper: Keeper, path: Path | None) -> str | None:
        """Return a mark of what stands at a place, None where it looks like what was seen last."""
        release, seen = keeper.release, keeper.seen
        if path is None:
            same_place = seen is not None and seen.read_from == self.supply.address(release)
            known = Known(etag=seen.etag, last_modified=seen.last_modified, size=seen.size) if seen else None
            return self._downloader.glance(self._download(keeper), known if same_place else None)
        stamp = stamp_of(path)
        return None if seen and (seen.read_from, seen.stamp) == (str(path), stamp) else stamp

    def _download(self, keeper: Keeper) -> Download:
        release = keeper.release
        return Download(
            address=self.supply.address(release),
            into=keeper.incoming,
            where=keeper.where,
            landing_page=release.landing_page,
            max_bytes=release.max_bytes,
            allowed_hosts=release.hosts,
            absent_is_unavailable=not self.supply.is_live,
            by_hand=self.supply.by_hand(release),
        )


def _is_whole(keeper: Keeper, record: Record) -> bool:
    return hash_of(keeper.kept.folder / record.file) == record.sha256
