"""The publishers' sites as far as they are known: their pages, redirects, refusals and rules, with synthetic files.

What a site does was read in public code (2026-11), as nobody here could ask one: the rules of files.digital.nhs.uk and
www.nomisweb.co.uk, that www.ons.gov.uk has none, where the hub's files lie. Files are those of the embedded sample.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from calendar import month_abbr
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from hi_pipeline.core.series import Series, place_of
from hi_pipeline.core.source import Release, Source
from hi_pipeline.engine.pipeline import Catalogue, load_catalogue
from hi_pipeline.engine.releases.editions import series_pages
from hi_pipeline.sources import SOURCES
from hi_pipeline.sources.gp_registrations.sample import list_bytes
from hi_pipeline_tests.flow.live.network import Internet
from hi_pipeline_tests.unit.storage.fault_server import Answer, Handler, body, status

FILES = "files.digital.nhs.uk"
_list_bytes = cache(list_bytes)
HUB, HUB_FILES = "hub.arcgis.com", "stg-arcgisazurecdataprod1.az.arcgis.com"
INTERFACE = "https://api.cvdprevent.nhs.uk"
_COUNT = "where=1%3D1&returnCountOnly=true&f=json"
_ROWS = "where=1%3D1&outFields=%2A&returnGeometry=false"
# Fewer than are asked for, as a service may allow.
PAGE_OF_A_LAYER = 100
# Behind these, a program that does not say who asks is refused.
WANT_A_CONTACT = ("www.england.nhs.uk", "digital.nhs.uk")
RULES = {
    FILES: "User-agent: *\nDisallow: /\n",
    "www.england.nhs.uk": "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n",
    "www.nomisweb.co.uk": "User-agent: *\nDisallow: /query/\nDisallow: /api/v01/dataset/\n",
    HUB: "User-agent: *\nCrawl-delay: 60\nDisallow: /sites/\nDisallow: /admin/\nDisallow: /people/\n",
    "www.gov.uk": "User-agent: *\nDisallow: /*/print$\nDisallow: /search/all*\n",
}
# The month of an edition whose name says none; its page does.
_MONTH = "2026-07"
_FRONT = "<!DOCTYPE html><html><body><a href='#main'>Skip</a><a href='mailto:a@b.nhs.uk'>Ask</a><a href='/about'>x</a>"


def pinned_to(sample: Path) -> Catalogue:
    """Return the project's declarations with the hashes of the synthetic files where those of real ones are pinned."""
    catalogue = load_catalogue()
    return replace(catalogue, sources={name: _pinned_to(source, sample) for name, source in catalogue.sources.items()})


def _pinned_to(source: Source, sample: Path) -> Source:
    releases = [
        replace(r, sha256=hashlib.sha256(body_of(source, r, sample)).hexdigest()) if r.sha256 else r
        for r in source.releases
    ]
    return replace(source, releases=tuple(releases))


def declared() -> Iterator[tuple[Source, Release]]:
    """Yield every declared release with an address."""
    for source in SOURCES.values():
        yield from ((source, release) for release in source.releases if release.address)


def hosts_of_all() -> set[str]:
    """Return every host that a declaration names."""
    addresses = [a for s in SOURCES.values() for r in s.releases for a in (r.address, r.landing_page, s.landing_page)]
    addresses += [series.page for s in SOURCES.values() for series in s.series]
    hosts = {h for _, r in declared() for h in r.hosts} | {series.host for s in SOURCES.values() for series in s.series}
    return hosts | {urlsplit(a).hostname or "" for a in addresses if a}


def open_sites(internet: Internet, sample: Path, *, today: date) -> None:
    """Put all sites online: rules, pages, files, the interface of CVDPREVENT."""
    for host, text in RULES.items():
        internet.put(f"https://{host}/robots.txt", body(text.encode(), Content_Type="text/plain"))
    for source, release in declared():
        if release.layer_key:
            put_layer(internet, release, body_of(source, release, sample))
        elif source.gather is None:
            _put_file(internet, str(release.address), body_of(source, release, sample))
    _put_interface(internet, sample)
    for page, addresses in _links(today).items():
        put_page(internet, page, addresses)


def next_editions() -> dict[tuple[str, str], tuple[Series, str, str]]:
    """Return what each declared series brings out next: by source and edition, the series, period and address."""
    found = {}
    for source in SOURCES.values():
        # An interface that is asked has no files on a page.
        for series in source.series if source.gather is None else ():
            folder = f"{len(found):02X}/1B2C3D" if series.host == FILES else f"uploads/2026/{len(found):02}"
            address = f"https://{series.host}/{folder}/{quote(series.example)}"
            match = series.match(place_of(address), page_period=_MONTH)
            assert match is not None, f"{source.name} {series.name}: its example is of before its first period"
            found[(source.name, f"{match.period}{series.suffix}")] = series, match.period, address
    return found


def put_next_editions(internet: Internet, sample: Path, *, today: date) -> None:
    """Bring out the next edition of every series on its page, with the file of an edition before."""
    pages: dict[str, list[str]] = {}
    for (name, _), (series, period, address) in next_editions().items():
        source = SOURCES[name]
        before = next(r for r in reversed(source.releases) if r.layout == series.layout)
        _put_file(internet, address, body_of(source, before, sample))
        pages.setdefault(next(iter(series.pages(period, today=today))), []).append(address)
    for page, addresses in pages.items():
        put_page(internet, page, addresses)


def put_page(internet: Internet, page: str, addresses: Iterable[str]) -> None:
    """Put a publisher's page online that links to files."""
    anchors = "".join(f'<a class="attachment" href="{address}">Download</a>' for address in addresses)
    internet.put(page, _guarded(page, file(f"{_FRONT}{anchors}</body></html>".encode(), kind="text/html")))


def body_of(source: Source, release: Release, sample: Path) -> bytes:
    """Return the synthetic file of a release, or where the sample has none, that of another edition like it."""
    if source.name == "gp_registrations" and release.layout == "practice_lsoa":
        year, month = int(release.edition[:4]), int(release.edition[5:7])
        census = "2021" if year > 2024 else "2011"
        return _list_bytes(f"01{month_abbr[month]}{year}", year if month > 3 else year - 1, census)
    likewise = (release, *(r for r in source.releases if r.layout == release.layout))
    return next(p for r in likewise if (p := sample / r.mirror_file).is_file()).read_bytes()


def file(data: bytes, *, kind: str = "application/octet-stream") -> Answer:
    """Answer as a store of files: the body, or 304 to whoever has it."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'

    def play(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == etag:
            handler.head(304, ETag=etag)
        else:
            body(data, ETag=etag, Content_Type=kind)(handler)

    return play


def first_asked(release: Release) -> str:
    """Return the address that is asked first for a release."""
    return f"{release.address}/query?{_COUNT}" if release.layer_key else str(release.address)


def put_layer(internet: Internet, release: Release, data: bytes) -> None:
    """Put a layer of a feature service online: its number of rows, and the pages into which it cuts them."""
    rows = sorted(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))), key=lambda row: row[release.layer_key])
    internet.put(first_asked(release), _json({"count": len(rows)}))
    for offset in range(0, len(rows), PAGE_OF_A_LAYER):
        page = rows[offset : offset + PAGE_OF_A_LAYER]
        message: dict[str, object] = {"objectIdFieldName": "ObjectId", "fields": [{"name": name} for name in page[0]]}
        message["features"] = [{"attributes": {**row, "ObjectId": offset + n}} for n, row in enumerate(page, start=1)]
        if offset + PAGE_OF_A_LAYER < len(rows):
            message["exceededTransferLimit"] = True
        asked = f"{_ROWS}&orderByFields={release.layer_key}&resultOffset={offset}&resultRecordCount=2000&f=json"
        internet.put(f"{release.address}/query?{asked}", _json(message))


def _json(message: object) -> Answer:
    return body(json.dumps(message).encode(), Content_Type="application/json;charset=UTF-8")


def _put_file(internet: Internet, address: str, data: bytes) -> None:
    parts = urlsplit(address)
    if parts.hostname == HUB:
        # The hub makes the table when it is asked for, and says meanwhile how far it is.
        item = re.sub(r"\W", "", parts.path)
        stored = f"https://{HUB_FILES}/exportfiles-1559-1/{item}.csv?sv=2018-03-28&sr=b&sig=a%2Bb%3D&sp=r"
        pending = json.dumps({"status": "Pending", "cacheStatus": "not_ready"}).encode()
        internet.put(address, _accepted(pending), status(302, Location=stored))
        internet.put(stored, file(data, kind="text/csv"))
    elif parts.path.startswith("/government/uploads/"):
        stored = f"https://{parts.hostname}/media/5d8b3f51/{parts.path.rsplit('/', 1)[-1]}"
        internet.put(address, status(301, Location=stored))
        internet.put(stored, file(data))
    else:
        internet.put(address, _guarded(address, file(data)))


def _accepted(text: bytes) -> Answer:
    def play(handler: Handler) -> None:
        handler.head(202, Content_Type="application/json", Content_Length=len(text))
        handler.wfile.write(text)

    return play


def _guarded(address: str, answer: Answer) -> Answer:
    """Refuse a program that does not say who asks, where the host does."""
    wants = urlsplit(address).hostname in WANT_A_CONTACT

    def play(handler: Handler) -> None:
        named = "@" in handler.headers.get("User-Agent", "")
        (answer if named or not wants else status(403))(handler)

    return play


def _put_interface(internet: Internet, sample: Path) -> None:
    """Put the answers of CVDPREVENT's interface online, each at the address that asks for it."""
    periods: list[Mapping[str, object]] = []
    for release in SOURCES["cvdprevent"].releases:
        with zipfile.ZipFile(sample / release.mirror_file) as archive:
            for name in archive.namelist():
                data = archive.read(name)
                if name == "time_periods.json":
                    periods += json.loads(data)["timePeriodList"]
                else:
                    internet.put(f"{INTERFACE}{_question(name)}", body(data, Content_Type="application/json"))
    listed = json.dumps({"timePeriodList": periods}).encode()
    internet.put(f"{INTERFACE}/timePeriod", body(listed, Content_Type="application/json"))


def _question(name: str) -> str:
    word, *numbers = name.removesuffix(".json").rsplit("_", name.count("_") - (name.startswith("system")))
    if word == "system_levels":
        return f"/area/systemLevel?timePeriodID={numbers[0]}"
    query = f"timePeriodID={numbers[0]}&systemLevelID={numbers[1]}"
    return f"/indicator/list?{query}" if word == "indicators" else f"/indicator/{numbers[2]}/rawDataJSON?{query}"


def _links(today: date) -> dict[str, list[str]]:
    """Return the publishers' pages that are there, each with the files to which it links."""
    pages: dict[str, list[str]] = {}
    for source in SOURCES.values():
        pages.setdefault(source.landing_page, [])
        for release in source.releases:
            pages.setdefault(release.landing_page, []).extend([release.address] if release.address else [])
        for page in series_pages(source, today=today)[:1]:
            pages.setdefault(page, [])
    return pages
