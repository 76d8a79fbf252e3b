"""Whether the publishers' hosts can be asked, and what stands in the way: a name, a proxy, a certificate, a refusal."""

import os
import socket
import ssl
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.editions import series_pages
from hi_pipeline.operating.examined import Examined, State
from hi_pipeline.storage.addresses import is_proxied
from hi_pipeline.storage.http import AGENT, user_agent
from hi_pipeline.storage.robots import rules_of

_AT_ONCE = 8
_PATIENCE_S = 15.0
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def examine_network(pipeline: Pipeline, *, today: date) -> Iterator[Examined]:
    """Yield what can be said of the network: nothing is asked where files come from a folder or the sample.

    Each host gets one request, for its robots.txt; no file is fetched.
    """
    if not pipeline.snapshots.supply.asks_network:
        said = "not asked: files come from a folder of this machine"
        yield Examined(what="host", name="(all)", state=State.OFF, said=said)
        return
    yield from _certificates()
    asked = asked_of(pipeline, today=today)
    yield from _proxies(asked)
    settings = pipeline.settings
    obeyed = settings.kind == "live" and settings.robots == "obey"
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(
            lambda origin: examine_host(origin, contact=settings.contact, asked=asked[origin] if obeyed else ()), asked
        )


def asked_of(pipeline: Pipeline, *, today: date) -> Mapping[str, Sequence[str]]:
    """Return what a fetch may ask of each host, by "https://<host>": the mirror's alone, or all publishers'.

    Files and the pages of series; a host to which others only redirect, or of later editions alone, has none.
    """
    if pipeline.settings.kind == "mirror":
        parts = urlsplit(pipeline.settings.mirror)
        return {f"{parts.scheme}://{parts.netloc}": ()}
    sources = [source for source in pipeline.catalogue.sources.values() if not source.local]
    releases = [r for source in sources for r in source.releases if r.address]
    addresses = [r.address for r in releases if r.address]
    addresses += [page for source in sources for page in series_pages(source, today=today)]
    found: dict[str, list[str]] = {host: [] for r in releases for host in r.hosts}
    found |= {series.host: [] for source in sources for series in source.series}
    for address in dict.fromkeys(addresses):
        found.setdefault(urlsplit(address).hostname or "", []).append(address)
    return {f"https://{host}": tuple(found[host]) for host in sorted(found)}


def examine_host(origin: str, *, contact: str, asked: Sequence[str] = (), patience_s: float = _PATIENCE_S) -> Examined:
    """Ask a host for its robots.txt, and say what came or what stood in the way.

    Args:
        origin: "https://<host>".
        contact: told to it.
        asked: the addresses there that its robots.txt should allow; none where it is not obeyed.
        patience_s: how long it may take.
    """
    host = urlsplit(origin).netloc
    through = " through the proxy" if is_proxied(origin) else ""
    try:
        with httpx.Client(
            verify=ssl.create_default_context(),
            trust_env=True,
            timeout=patience_s,
            headers={"User-Agent": user_agent(contact)},
        ) as client:
            answer = client.get(f"{origin}/robots.txt")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return _broken(host, error, proxied=bool(through))
    status = answer.status_code
    if status == 403:
        first = (
            "it was told who asks (HI_CONTACT), so ask the publisher whether it may"
            if contact
            else "set HI_CONTACT to an e-mail address"
        )
        remedy = f"{first}; or download its files by hand (docs/operators.md)"
        return Examined(what="host", name=host, state=State.LOOK, said=f"answers 403{through}", remedy=remedy)
    if status == 407:
        return _proxy_refuses(host, "answers 407")
    if status >= 500:
        remedy = "the publisher has a fault of its own, or a gateway on the way: try later"
        return Examined(what="host", name=host, state=State.LOOK, said=f"answers {status}{through}", remedy=remedy)
    return _allowed(host, answer, asked) or Examined(what="host", name=host, state=State.GOOD, said=f"answers{through}")


def _allowed(host: str, answer: httpx.Response, asked: Sequence[str]) -> Examined | None:
    """Return what a host's robots.txt forbids of what would be asked, None where it forbids nothing."""
    if answer.status_code != 200:
        return None
    rules = rules_of(answer.text, agent=AGENT)
    forbidden = [address for address in asked if not rules.allow(address)]
    if not forbidden:
        return None
    return Examined(
        what="host",
        name=host,
        state=State.FAILS,
        said=f"its robots.txt asks programs not to fetch {len(forbidden)} of {len(asked)} files and pages, such as "
        f"{forbidden[0]}",
        remedy="ask the publisher whether you may fetch them, then set HI_ROBOTS=ignore; or download them by "
        "hand: docs/operators.md, The first live day",
    )


def _broken(host: str, error: Exception, *, proxied: bool) -> Examined:
    causes = list(_causes(error))
    if refused := next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None):
        return Examined(
            what="certificate",
            name=host,
            state=State.FAILS,
            said=f"its certificate is not trusted: {refused.verify_message}",
            remedy="where the network opens encrypted traffic, get its root certificate from the network team and name "
            "a file that holds it with the public ones in SSL_CERT_FILE; if it is expired or not yet valid, look at "
            "this machine's clock",
        )
    if any(isinstance(c, httpx.ProxyError) for c in causes):
        return _proxy_refuses(host, str(error))
    if proxied and any(isinstance(c, (httpx.ConnectError, httpx.ConnectTimeout)) for c in causes):
        return _proxy_refuses(host, f"the proxy is not reached: {error}")
    if any(isinstance(c, socket.gaierror) for c in causes):
        said = "its name is not known on this machine"
        remedy = "ask the network team for name service or a proxy (HTTPS_PROXY)"
    elif any(isinstance(c, httpx.TimeoutException) for c in causes):
        said, remedy = "does not answer in time", "ask the network team to open this host on port 443, or try later"
    elif any(isinstance(c, ssl.SSLError) for c in causes):
        said, remedy = (
            f"no encrypted connection: {error}",
            "something other than the publisher answers: ask the network team",
        )
    else:
        said = f"cannot be asked: {error or type(error).__name__}"
        remedy = "ask the network team to open this host on port 443; without internet, use a mirror"
    return Examined(what="host", name=host, state=State.FAILS, said=said, remedy=remedy)


def _proxy_refuses(host: str, said: str) -> Examined:
    return Examined(
        what="proxy",
        name=host,
        state=State.FAILS,
        said=said,
        remedy="look at HTTPS_PROXY (http://user:password@host:port where it asks who you are), ask the network "
        "team to let this host through",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _certificates() -> Iterator[Examined]:
    for name in _CERTIFICATES:
        place = os.environ.get(name)
        if place and not Path(place).exists():
            remedy = f"put the certificates there, or take {name} away to use the system's"
            yield Examined(
                what="certificate", name=name, state=State.FAILS, said=f"{place} is not there", remedy=remedy
            )
        elif place:
            yield Examined(what="certificate", name=name, state=State.GOOD, said=f"trusted are those of {place}")


def _proxies(origins: Iterable[str]) -> Iterator[Examined]:
    proxies = urllib.request.getproxies()
    used = {urlsplit(o).scheme for o in origins if is_proxied(o)}
    for scheme in sorted(used):
        parts = urlsplit(proxies.get(scheme) or proxies["all"])
        place = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        yield Examined(what="proxy", name=place, state=State.GOOD, said=f"asked for addresses of {scheme}")
