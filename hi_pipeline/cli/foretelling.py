"""hi fetch --dry-run: what a refresh would fetch and what would be built from it, with nothing fetched or built."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from hi_pipeline.cli.complaining import forbidden
from hi_pipeline.cli.session import Session
from hi_pipeline.core.errors import FetchError, Forbidden
from hi_pipeline.core.source import Source
from hi_pipeline.engine.pipeline import Catalogue
from hi_pipeline.engine.releases.editions import look_for_editions, nearly_editions
from hi_pipeline.engine.releases.watch import Place, change_at, places, read_page


def tell_of_editions(session: Session, *, ask: bool) -> tuple[str, ...]:
    """Look for new editions; say, and return, what could not be looked at or decided, and say which files are not read.

    Args:
        session: of the command.
        ask: read publishers' pages, where files are live.
    """
    said = look_for_editions(session.pipeline, today=date.today(), ask=ask)
    for line in said:
        session.console.alarm("new editions", line, style="yellow")
    for line in nearly_editions(session.pipeline).values():
        session.console.alarm("not read", line, style="yellow")
    return said


def foretell(session: Session, *, again: bool) -> int:
    """Look at every release's place, and at publishers' pages where files are live; return the exit code."""
    found, refused, forbidding = 0, 0, Counter[str]()
    tell_of_editions(session, ask=False)
    for place in places(session.pipeline, today=date.today()):
        try:
            lines = list(_said(session, place, again=again))
        except Forbidden as error:
            refused += 1
            forbidding[error.robots] += 1
            continue
        except FetchError as error:
            refused += 1
            session.console.alarm("cannot be asked", str(error))
            continue
        found += len(lines)
        for line in lines:
            session.console.whole_line(line)
    for host, many in forbidding.items():
        session.console.alarm("cannot be asked", forbidden(host, f"{many} files and pages"))
    if not found and not refused:
        session.console.print("Nothing to do: no release has changed since it was fetched.")
    return 1 if refused else 0


def _said(session: Session, place: Place, *, again: bool) -> Iterable[str]:
    pipeline, source = session.pipeline, place.source
    if place.release is None:
        for link in read_page(pipeline, source, place.page, today=date.today()):
            yield f"new on {place.page}: {link}; declare it in the releases of {source.name} to have it fetched"
        return
    change = change_at(pipeline, source, place.release)
    if change is None and not again:
        return
    kept = pipeline.snapshots.latest(source.name, place.release.edition)
    if change is None and kept is None:
        return
    why = "asked for again" if change is None else "what stands there differs from what is kept" if kept else "new"
    yield f"would fetch {place.name} ({why}), then build {_follows(pipeline.catalogue, source)}"


def _follows(catalogue: Catalogue, source: Source) -> str:
    """Return what rests on a publication."""
    linked: list[str] = []
    for level in catalogue.table_levels():
        linked += [t.name for t in level if source.name in t.sources or not set(linked).isdisjoint(t.linked)]
    indicators = [i.id for i in catalogue.indicators if catalogue.counts_of(i).name in linked]
    return f"clean/{source.name}, {len(linked)} linked tables and {len(indicators)} indicators where it changes them"
