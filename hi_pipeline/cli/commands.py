"""hi run, hi fetch, hi accept, hi verify."""

from collections.abc import Callable, Sequence
from datetime import date
from difflib import get_close_matches

from rich.console import Console
from rich.markup import escape

from hi_pipeline.cli.foretelling import foretell
from hi_pipeline.cli.progress import PartitionBar
from hi_pipeline.cli.selecting import select
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.summaries import indicators as indicator_table
from hi_pipeline.cli.summaries import publications, published_paths
from hi_pipeline.core.errors import HiPipelineError, SelectionError
from hi_pipeline.core.source import Release, Source, release_id
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.plan import Selection
from hi_pipeline.engine.releases.editions import look_for_editions, waiting
from hi_pipeline.orchestration.instance.latest import failed_checks
from hi_pipeline.orchestration.runs import Report, Runner

FAILED, REFUSED = 1, 2
_SHOWN = 12


def said_clearly(command: Callable[[], int], console: Console) -> int:
    """Run a command; an error raised on purpose is printed as its message alone."""
    try:
        return command()
    except HiPipelineError as error:
        console.print(f"[red]{type(error).__name__}[/red]: {error}", highlight=False)
        return REFUSED
    except KeyboardInterrupt:
        console.print("Stopped. What was built stands; run again to go on from there.")
        return 130


def run_command(
    console: Console,
    source: str | None,
    *,
    years: Sequence[str],
    icbs: Sequence[str],
    indicators: Sequence[str],
    stale: bool,
) -> int:
    """Build what is missing or stale; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        selection = select(
            years=years, icbs=icbs, indicators=indicators, catalogue=session.pipeline.catalogue.indicators, stale=stale
        )
        mended = session.ready()
        if mended.closed or mended.recorded:
            console.print(f"Mended: {mended.closed} runs left open, {mended.recorded} files without their record.")
        _look(session, ask=False)
        with PartitionBar(console) as watcher:
            report = Runner(session.pipeline, session.instance, watcher).run(selection)
        _show(session, report)
        return 0 if report.success else FAILED

    return said_clearly(command, console)


def fetch_command(console: Console, source: str | None, *, again: bool, dry_run: bool) -> int:
    """Bring releases in; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        session.ready()
        if dry_run:
            return foretell(session, again=again)
        undecided = _look(session, ask=True)
        with PartitionBar(console) as watcher:
            report = Runner(session.pipeline, session.instance, watcher).fetch(Selection(), again=again)
        console.print(_counted(report))
        _say_waiting(session)
        _complain(console, report)
        return 0 if report.success and not undecided else FAILED

    return said_clearly(command, console)


def accept_command(console: Console, source: str | None, release: str) -> int:
    """Accept the newest kept bytes of a release; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        owner, found = _release(session, release)
        sha256 = session.pipeline.snapshots.accept_kept(owner, found)
        console.print(f"Accepted {release}, sha256 {sha256}. hi run builds from it.", highlight=False, soft_wrap=True)
        return 0

    return said_clearly(command, console)


def verify_command(console: Console, source: str | None) -> int:
    """Compare files with their hashes; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        wrong = [*session.pipeline.lake.verify(), *session.pipeline.snapshots.verify()]
        for line in wrong:
            console.print(line, highlight=False, soft_wrap=True)
        console.print(session.title(f"{len(wrong)} files disagree with the hash beside them"))
        return FAILED if wrong else 0

    return said_clearly(command, console)


def _look(session: Session, *, ask: bool) -> tuple[str, ...]:
    """Look for new editions and say what could not be looked at or decided."""
    said = look_for_editions(session.pipeline, today=date.today(), ask=ask)
    for line in said:
        session.console.print(f"[yellow]new editions[/yellow] {escape(line)}", highlight=False, soft_wrap=True)
    return said


def _say_waiting(session: Session) -> None:
    for name in waiting(session.pipeline):
        session.console.print(
            f"{name} waits: its newest bytes are kept and not used; look at them, then run hi accept {name}",
            highlight=False,
            soft_wrap=True,
        )


def _release(session: Session, name: str) -> tuple[Source, Release]:
    known = {
        release_id(source, release): (source, release)
        for source in session.pipeline.catalogue.sources.values()
        for release in source.releases
    }
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise SelectionError(f"{name!r} is no release; hi status names them all.{hint}")
    return known[name]


def _show(session: Session, report: Report) -> None:
    console, pipeline = session.console, session.pipeline
    console.print(publications(pipeline, session.title("Publications")))
    failed = failed_checks(session.instance, pipeline.catalogue)
    console.print(indicator_table(pipeline, failed, session.title("Indicators")))
    console.print(_counted(report))
    _say_waiting(session)
    for path in published_paths(pipeline):
        console.print(path, highlight=False, soft_wrap=True)
    _complain(console, report)


def _counted(report: Report) -> str:
    if not report.runs:
        return "Nothing to do: everything is built from what is there."
    counts = ", ".join(f"{report.count(state)} {state.value}" for state in State if report.count(state))
    return f"Partitions: {counts or 'none'}, in {report.runs} Dagster runs."


def _complain(console: Console, report: Report) -> None:
    failures = list(report.failures.items())
    for (key, _), outcome in failures[:_SHOWN]:
        console.print(
            f"[red]failed[/red] {'/'.join(key)} {outcome.partition}: {outcome.reason}", highlight=False, soft_wrap=True
        )
    if len(failures) > _SHOWN:
        console.print(f"and {len(failures) - _SHOWN} more; hi status and the Dagster UI (hi ui) show all")
    for line in report.broken:
        console.print(f"[red]broken[/red] {line}", highlight=False, soft_wrap=True)
    for found in report.failed_checks:
        word = "[yellow]warning[/yellow]" if found.warning else "[red]failed check[/red]"
        console.print(f"{word} {'/'.join(found.key)} {found.check}: {found.said}", highlight=False, soft_wrap=True)
