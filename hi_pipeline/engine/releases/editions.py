"""The releases of a data root: those that are declared, and the editions of declared series that were found.

This is the one place where found editions come in: ``with_editions`` puts them into the sources, and everything that
asks a source for its releases has them. What was found is kept in ``snapshots/editions.json`` of the data root.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable, StoreError
from hi_pipeline.core.series import Series, place_of
from hi_pipeline.core.source import Source, release_id
from hi_pipeline.engine.pipeline import Catalogue, Pipeline
from hi_pipeline.extracts.source import doubles_in, releases_in, strangers_in
from hi_pipeline.storage.locks import changed_alone
from hi_pipeline.storage.pages import links_of
from hi_pipeline.storage.store import Names, Store

NEARLY = (
    "{place} looks like an edition of {source} ({series}) but does not fit the pattern, and is not read; expected a "
    "name such as {example}. Give it that name, or declare it in hi_pipeline/sources/{source}/source.py"
)
_FILE = Path("snapshots") / "editions.json"


@dataclass(frozen=True, kw_only=True)
class Found:
    """An edition that was found.

    Attributes:
        earlier: addresses at which its file lay before; they are not news when they are seen again.
        on: the day (UTC) on which this address was seen first.
    """

    source: str
    series: str
    period: str
    address: str
    landing_page: str
    on: str
    earlier: tuple[str, ...] = ()


def with_editions(catalogue: Catalogue, store: Store, folder: Path) -> Catalogue:
    """Return the declarations with the editions that a data root has found; what is declared wins.

    Args:
        catalogue: the declarations.
        store: that of the data root.
        folder: that of boards' own extracts, each file of which is an edition.

    Raises:
        StoreError: the record of them cannot be read.
    """
    found = _read(store)
    extracts = releases_in(places_in(folder))
    sources = {
        s.name: replace(s, releases=extracts) if s.local else _joined(s, found) for s in catalogue.sources.values()
    }
    return replace(catalogue, sources=sources)


def places_in(folder: Path) -> tuple[str, ...]:
    """Return the files in the folder of boards' own extracts, by their place below it."""
    found = [path for path in sorted(folder.glob("**/*")) if path.is_file()]
    return tuple(path.relative_to(folder).as_posix() for path in found)


def look_for_editions(pipeline: Pipeline, *, today: date, ask: bool = True) -> tuple[str, ...]:
    """Look for new editions where files come from, and take them into the pipeline's sources.

    Args:
        pipeline: the data root and its declarations.
        today: later periods are not looked for.
        ask: read publishers' pages, where files are live; a mirror is looked at in any case.

    Returns:
        What could not be looked at, or not be decided, one line each.
    """
    said = list(look_in_folder(pipeline))
    listing = cache(pipeline.snapshots.listing)
    live = pipeline.settings.kind == "live"
    for source in list(pipeline.catalogue.sources.values()):
        if source.local:
            continue
        if not live:
            said += _in_mirror(pipeline, source, listing, today=today)
        elif ask:
            for page in series_pages(source, today=today):
                said += _on_page(pipeline, source, page, today=today)
    return tuple(dict.fromkeys(said))


def nearly_editions(pipeline: Pipeline, *, ask: bool = True) -> dict[tuple[str, str], str]:
    """Return the files of a mirror that look like editions of a series and do not fit its pattern, with what to do.

    None where files are live, as every new link of a publisher's page is told (``watch.new_links``); none of a mirror
    that cannot be read, which ``look_for_editions`` says.

    Args:
        pipeline: the data root and its declarations.
        ask: look at a mirror over http too; a folder is looked at in any case.

    Returns:
        By name of the source and place, one line each.
    """
    if pipeline.settings.kind == "live" or (pipeline.snapshots.supply.asks_network and not ask):
        return {}
    sources = [source for source in pipeline.catalogue.sources.values() if not source.local]
    series = [(source, one) for source in sources for one in source.series]
    declared = {release.mirror_file for source in sources for release in source.releases}
    try:
        listed = {place for host in {one.host for _, one in series} for place in pipeline.snapshots.listing(host)}
    except FetchError:
        return {}
    found: dict[tuple[str, str], str] = {}
    for place in sorted(listed - declared):
        if any(one.match(place) for _, one in series):
            continue
        near = next(((source, one) for source, one in series if one.nearly(place)), None)
        if near:
            words = {"place": place, "source": near[0].name, "series": near[1].name, "example": near[1].example}
            found[near[0].name, place] = NEARLY.format(**words)
    return found


def look_in_folder(pipeline: Pipeline) -> tuple[str, ...]:
    """Take boards' own extracts, as they lie in their folder now, into the pipeline's sources; nobody is asked.

    Returns:
        One line for each file that is not read.
    """
    local = [source for source in pipeline.catalogue.sources.values() if source.local]
    return tuple(line for source in local for line in _in_folder(pipeline, source))


def series_pages(source: Source, *, today: date) -> tuple[str, ...]:
    """Return the pages on which new editions of a source's series may stand, each once."""
    pages = (series.pages(_newest(source, series), today=today) for series in source.series)
    return tuple(dict.fromkeys(page for found in pages for page in found))


def note_links(pipeline: Pipeline, source: Source, page: str, links: Iterable[str], *, today: date) -> tuple[str, ...]:
    """Take the editions that a publisher's page links to into the pipeline's sources; return what is undecided."""
    said: list[str] = []
    for series in source.series:
        period = series.pages(_newest(source, series), today=today).get(page, "")
        said += _note(pipeline, source, series, {link: page for link in links}, today=today, page_period=period)
    return tuple(said)


def waiting(pipeline: Pipeline) -> tuple[str, ...]:
    """Return the ids of the releases whose newest bytes are kept and wait to be accepted."""
    return tuple(
        release_id(source, release)
        for source in pipeline.catalogue.sources.values()
        for release in source.releases
        if pipeline.snapshots.waits(source.name, release.edition)
    )


def _in_folder(pipeline: Pipeline, source: Source) -> tuple[str, ...]:
    """Take the extracts that lie in their folder now into the pipeline's sources; return files that are none."""
    places = places_in(pipeline.settings.extracts)
    taken = replace(source, releases=releases_in(places))
    pipeline.catalogue = replace(pipeline.catalogue, sources={**pipeline.catalogue.sources, source.name: taken})
    folder = pipeline.settings.extracts
    foreign = (
        f"{folder / place} is no extract by its name and is not read; give it to hi import"
        for place in strangers_in(places)
    )
    double = (
        f"{folder / place} is not read: another file beside it is the same extract; leave one of them"
        for place in doubles_in(places)
    )
    return (*foreign, *double)


def _on_page(pipeline: Pipeline, source: Source, page: str, *, today: date) -> Iterable[str]:
    try:
        text = pipeline.snapshots.page(page, may_be_absent=True)
    except ReleaseUnavailable:
        # The publisher makes a page when its first edition comes.
        return ()
    except FetchError as error:
        return (str(error),)
    return note_links(pipeline, source, page, links_of(text, base=page), today=today)


def _in_mirror(
    pipeline: Pipeline, source: Source, listing: Callable[[str], tuple[str, ...]], *, today: date
) -> Iterable[str]:
    said: list[str] = []
    for series in source.series:
        try:
            listed = listing(series.host)
        except FetchError as error:
            return (str(error),)
        addresses = {f"https://{quote(place)}": source.landing_page for place in listed}
        said += _note(pipeline, source, series, addresses, today=today)
    return said


def _note(
    pipeline: Pipeline,
    source: Source,
    series: Series,
    addresses: Mapping[str, str],
    *,
    today: date,
    page_period: str = "",
) -> list[str]:
    """Record the new files among some addresses (each with the page that links to it); return what is undecided."""
    by_period: dict[str, dict[str, bool]] = {}
    for address in addresses:
        match = series.match(place_of(address), page_period=page_period)
        if match and not _is_declared(source, series, match.period, address) and match.period <= series.last(today):
            by_period.setdefault(match.period, {})[address] = match.revised
    if not by_period:
        return []
    record = partial(_record, pipeline, source, series, by_period, addresses)
    return changed_alone(pipeline.lake.store.locks, "editions", record)


def _record(
    pipeline: Pipeline,
    source: Source,
    series: Series,
    by_period: Mapping[str, Mapping[str, bool]],
    addresses: Mapping[str, str],
) -> list[str]:
    """Add what is new to the record; return what is undecided."""
    store = pipeline.lake.store
    over = store.newest((store.root / _FILE).parent)
    known = {(f.source, f.series, f.period): f for f in _read(store)}
    before = dict(known)
    said = []
    for period, candidates in sorted(by_period.items()):
        key = (source.name, series.name, period)
        new = _choose(candidates, known.get(key))
        if len(new) > 1:
            said.append(_undecided(source, series, period, new))
        elif new:
            known[key] = _found(source, series, period, new[0], addresses[new[0]], known.get(key))
    if known != before:
        _write(store, known.values(), over=over)
        pipeline.catalogue = with_editions(_declared(pipeline.catalogue), store, pipeline.settings.extracts)
    return said


def _choose(candidates: Mapping[str, bool], known: Found | None) -> list[str]:
    """Return the addresses that may be the new one of a period; one that says it is revised comes before the others."""
    seen = {known.address, *known.earlier} if known else set()
    new = {address: revised for address, revised in candidates.items() if address not in seen}
    return [address for address, revised in new.items() if revised] or list(new)


def _found(source: Source, series: Series, period: str, address: str, page: str, known: Found | None) -> Found:
    return Found(
        source=source.name,
        series=series.name,
        period=period,
        address=address,
        landing_page=page,
        on=datetime.now(UTC).date().isoformat(),
        earlier=(*known.earlier, known.address) if known else (),
    )


def _undecided(source: Source, series: Series, period: str, candidates: list[str]) -> str:
    return (
        f"{source.name}:{period}{series.suffix} is not taken: several files may be it: {sorted(candidates)}. Declare "
        f"the right one in hi_pipeline/sources/{source.name}/source.py, or leave one in the mirror"
    )


def _is_declared(source: Source, series: Series, period: str, address: str) -> bool:
    return any(
        not release.found
        and (
            release.edition == f"{period}{series.suffix}"
            or ((release.address or release.mirror_path) and release.mirror_file == place_of(address))
        )
        for release in source.releases
    )


def _newest(source: Source, series: Series) -> str:
    """Return the newest period of a series that is declared or found, "" where there is none."""
    suffix = series.suffix
    editions = [r.edition for r in source.releases if r.layout == series.layout or r.found]
    periods = [e.removesuffix(suffix) for e in editions if e.endswith(suffix)]
    return max((p for p in periods if series.is_period(p)), default="")


def _joined(source: Source, found: Iterable[Found]) -> Source:
    by_name = {series.name: series for series in source.series}
    return source.with_editions(
        source.edition(by_name[f.series], f.period, address=f.address, landing_page=f.landing_page)
        for f in found
        if f.source == source.name and f.series in by_name
    )


def _declared(catalogue: Catalogue) -> Catalogue:
    """Return the declarations without what was found."""
    sources = {
        name: replace(source, releases=tuple(r for r in source.releases if not r.found))
        for name, source in catalogue.sources.items()
    }
    return replace(catalogue, sources=sources)


def _read(store: Store) -> tuple[Found, ...]:
    path = store.root / _FILE
    store.fresh(path.parent)
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Found(**(entry | {"earlier": tuple(entry["earlier"])})) for entry in entries)
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{path}: is not what this program writes ({error}); remove it and fetch again") from error


def _write(store: Store, found: Iterable[Found], *, over: Names | None) -> None:
    entries = [asdict(f) for f in sorted(found, key=lambda f: (f.source, f.series, f.period))]
    text = json.dumps(entries, indent=1, sort_keys=True) + "\n"
    store.write((store.root / _FILE).parent, {_FILE.name: text.encode()}, over=over)
