"""Looking for what is new: at each release's place, and at publishers' pages for editions that nobody has declared.

A look costs a glance at a file of a mirror's folder, or one request over the network whose body is not read. What a
server says (ETag, Last-Modified, length) only says that a fetch is worth while; the hash decides.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from hi_pipeline.core.errors import ReleaseUnavailable
from hi_pipeline.core.source import Release, Source, release_id
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.editions import note_links, series_pages
from hi_pipeline.storage.locks import changed_alone
from hi_pipeline.storage.pages import links_of

_log = logging.getLogger(__name__)
_DATA_FILE = re.compile(r"\.(csv|zip|xlsx?|ods)$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Something to look at: the file of a release, or a page of a publication.

    Attributes:
        release: None for a page.
        page: the page's address, "" for a release.
    """

    source: Source
    release: Release | None = None
    page: str = ""

    @property
    def name(self) -> str:
        """Return the release's id or the page's address."""
        return release_id(self.source, self.release) if self.release else self.page


@dataclass(frozen=True, kw_only=True)
class Change:
    """A release whose place does not look like what is kept of it.

    Attributes:
        mark: what is there now, in short.
        kept: sha256 of the bytes in use, "" where there are none.
    """

    source: Source
    release: Release
    mark: str
    kept: str

    @property
    def run_key(self) -> str:
        """Return a key that is the same for the same change: it is asked for once."""
        text = f"{release_id(self.source, self.release)} {self.mark} {self.kept}"
        return f"{release_id(self.source, self.release)}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def places(pipeline: Pipeline, *, today: date) -> tuple[Place, ...]:
    """Return everything worth a look: each release, and the publishers' pages where files are live."""
    found = []
    for source in pipeline.catalogue.sources.values():
        found += [Place(source=source, release=release) for release in source.releases]
        if pipeline.settings.kind == "live" and not source.local:
            declared = (source.landing_page, *(release.landing_page for release in source.releases))
            pages = dict.fromkeys((*declared, *series_pages(source, today=today)))
            found += [Place(source=source, page=page) for page in pages]
    return tuple(found)


def change_at(pipeline: Pipeline, source: Source, release: Release) -> Change | None:
    """Return what is new or changed at a release's place, None where nothing is.

    Raises:
        FetchError: the place cannot be asked.
    """
    mark = pipeline.snapshots.news(source, release)
    if mark is None:
        return None
    kept = pipeline.snapshots.latest(source.name, release.edition)
    return Change(source=source, release=release, mark=mark, kept=kept.sha256 if kept else "")


def read_page(pipeline: Pipeline, source: Source, page: str, *, today: date) -> tuple[str, ...]:
    """Look at a page, take the editions of a series that it links to, and return its new links that are none.

    The first look remembers what is there, as nobody can tell which of it is old; a link counts as new until a
    declaration names it or it is gone from the page.

    Raises:
        FetchError: the page cannot be fetched.
    """
    try:
        text = pipeline.snapshots.page(page, may_be_absent=page in series_pages(source, today=today))
    except ReleaseUnavailable:
        return ()
    found = links_of(text, base=page)
    for line in note_links(pipeline, source, page, found, today=today):
        _log.warning(line)
    source = source.with_editions(r for r in pipeline.catalogue.sources[source.name].releases if r.found)
    links = worth_knowing(found, source, page)
    remember = partial(_remember, pipeline, source, page, links)
    return changed_alone(pipeline.lake.store.locks, "pages", remember)


def _remember(pipeline: Pipeline, source: Source, page: str, links: Sequence[str]) -> tuple[str, ...]:
    """Add a page's links to the memory; return those that are new on it."""
    store, place = pipeline.lake.store, _memory(pipeline)
    over = store.newest(place.parent)
    remembered = _remembered(pipeline)
    known = remembered.get(page, {}).get("known", list(links))
    new = _undeclared(source, [link for link in links if link not in known])
    remembered[page] = {"known": known, "new": list(new), "source": source.name}
    text = json.dumps(remembered, indent=1, sort_keys=True) + "\n"
    store.write(place.parent, {place.name: text.encode()}, over=over)
    return new


def new_links(pipeline: Pipeline, source: Source) -> tuple[str, ...]:
    """Return the links that the last looks found new on a publication's pages and that are still not declared."""
    pages = [facts for facts in _remembered(pipeline).values() if facts["source"] == source.name]
    return _undeclared(source, dict.fromkeys(link for facts in pages for link in facts["new"]))


def worth_knowing(links: Iterable[str], source: Source, page: str) -> tuple[str, ...]:
    """Return the links by which a new edition shows: data files, and pages just below the publication's own."""
    roots = {_path(source.landing_page), _path(page)}
    return tuple(link for link in links if _DATA_FILE.search(unquote(link)) or _path(link).rpartition("/")[0] in roots)


def _undeclared(source: Source, links: Iterable[str]) -> tuple[str, ...]:
    declared = {unquote(a) for r in source.releases for a in (r.address, r.landing_page) if a}
    return tuple(link for link in links if unquote(link) not in declared)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}{parts.path.rstrip('/')}"


def _memory(pipeline: Pipeline) -> Path:
    path = pipeline.settings.root / "snapshots" / "pages.json"
    pipeline.lake.store.fresh(path.parent)
    return path


def _remembered(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    try:
        return dict(json.loads(_memory(pipeline).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
