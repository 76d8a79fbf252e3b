"""hi accept: let a revision or a waiting edition in."""

from difflib import get_close_matches

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.source import Release, Source, release_id
from hi_pipeline.engine.pipeline import Catalogue


def accept_command(console: Printer, source: str | None, release: str) -> int:
    """Accept the newest kept bytes of a release; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        owner, found = _release(session.pipeline.catalogue, release)
        sha256 = session.pipeline.snapshots.accept_kept(owner, found)
        console.whole_line(f"Accepted {release}, sha256 {sha256}. hi run builds from it.")
        return 0

    return said_clearly(command, console)


def _release(catalogue: Catalogue, name: str) -> tuple[Source, Release]:
    known = {
        release_id(source, release): (source, release)
        for source in catalogue.sources.values()
        for release in source.releases
    }
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise SelectionError(f"{name!r} is no release; hi status names them all.{hint}")
    return known[name]
