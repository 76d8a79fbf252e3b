"""hi run and hi fetch: the commands that build, through Dagster."""

from collections.abc import Sequence

from hi_pipeline.cli.complaining import complaints
from hi_pipeline.cli.foretelling import foretell, tell_of_editions
from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.progress import PartitionBar
from hi_pipeline.cli.selecting import select
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.summaries import indicators as indicator_table
from hi_pipeline.cli.summaries import publications, published_paths
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.plan import Selection
from hi_pipeline.engine.releases.editions import waiting
from hi_pipeline.engine.withdrawals import withdraw
from hi_pipeline.orchestration.helpers import helpers_of
from hi_pipeline.orchestration.instance.latest import failed_checks
from hi_pipeline.orchestration.runs import Report, Runner

_SHOWN = 12


def run_command(
    console: Printer,
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
        if mended.older:
            console.print(
                f"Removed {mended.older} files of an earlier version's layout; their figures are built again."
            )
        _tell_altered(console, mended.altered)
        tell_of_editions(session, ask=False)
        for line in withdraw(session.pipeline):
            console.alarm("extracts", line, style="yellow")
        with PartitionBar(console) as watcher:
            report = Runner(session.pipeline, session.instance, watcher, helpers=helpers_of).run(selection)
        _show(session, report)
        return 0 if report.success else FAILED

    return said_clearly(command, console)


def fetch_command(console: Printer, source: str | None, *, again: bool, dry_run: bool) -> int:
    """Bring releases in; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        session.ready()
        if dry_run:
            return foretell(session, again=again)
        undecided = tell_of_editions(session, ask=True)
        with PartitionBar(console) as watcher:
            report = Runner(session.pipeline, session.instance, watcher).fetch(Selection(), again=again)
        console.print(_counted(report))
        _say_waiting(session)
        _complain(session, report)
        return 0 if report.success and not undecided else FAILED

    return said_clearly(command, console)


def _say_waiting(session: Session) -> None:
    for name in waiting(session.pipeline):
        session.console.whole_line(
            f"{name} waits: its newest bytes are kept and not used; look at them, then run hi accept {name}"
        )


def _show(session: Session, report: Report) -> None:
    console, pipeline = session.console, session.pipeline
    console.print(publications(pipeline, session.title("Publications")))
    failed = failed_checks(session.instance, pipeline.catalogue)
    console.print(indicator_table(pipeline, failed, session.title("Indicators")))
    console.print(_counted(report))
    _say_waiting(session)
    for path in published_paths(pipeline):
        console.whole_line(path)
    _complain(session, report)


def _tell_altered(console: Printer, altered: Sequence[str]) -> None:
    """Say which built files somebody changed, or a process left half written: they are made again."""
    if altered:
        console.print(f"Repairing {len(altered)} files that are not as they were written:")
    for line in altered[:_SHOWN]:
        console.whole_line(f"  {line}")


def _counted(report: Report) -> str:
    if not report.runs:
        return "Nothing to do: everything is built from what is there."
    counts = ", ".join(f"{report.count(state)} {state.value}" for state in State if report.count(state))
    return f"Partitions: {counts or 'none'}, in {report.runs} Dagster runs."


def _complain(session: Session, report: Report) -> None:
    console = session.console
    said = complaints(report, in_mirror=session.settings.kind == "mirror")
    for word, text in said[:_SHOWN]:
        console.alarm(word, text, style="yellow" if word == "warning" else "red")
    if len(said) > _SHOWN:
        console.print(f"and {len(said) - _SHOWN} more; hi status and the Dagster UI (hi ui) show all")
