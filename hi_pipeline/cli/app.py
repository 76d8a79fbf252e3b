"""The commands. Heavy modules are imported by the command that needs them, so that help comes at once."""

import gc
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hi_pipeline.cli.listed import Listed
from hi_pipeline.cli.printing import Printer
from hi_pipeline.cli.services import Service
from hi_pipeline.cli.tables import Format
from hi_pipeline.cli.typed import HIGHEST_PORT, Commands, file_to_write, path
from hi_pipeline.core.plain_text import let_pass
from hi_pipeline.core.profiles import LONGEST_RUN_S, WORKERS, Profile

app = typer.Typer(
    cls=Commands,
    help="Health-inequality indicators for every integrated care board of England, from public statistics.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog="Exit codes: 0 all is well; 1 something failed, or does not agree; 2 what was asked for does not exist or "
    "cannot be opened; 130 stopped by Ctrl-C.",
)
_ENDLESS = 1000


def _printer(**options: Any) -> Printer:
    """Open a stream; a file or a pipe has no width: a line then takes what it needs."""
    opened = Printer(**options)
    return opened if opened.is_terminal else Printer(width=_ENDLESS, **options)


console = _printer(errors=_printer(stderr=True))

Source = Annotated[
    str | None, typer.Option("--source", help="sample, live, or mirror:<folder or http address>; else HI_SOURCE.")
]
Years = Annotated[list[str], typer.Option("--year", help='Financial year such as "2023-24"; may be repeated.')]
Icbs = Annotated[
    list[str],
    typer.Option("--icb", help="England, a region, or a board by ONS code, ODS code or name; may be repeated."),
]
Indicators = Annotated[list[str], typer.Option("--indicator", help="Indicator id; may be repeated.")]
Form = Annotated[Format, typer.Option("--format", help="To be read, or as data.")]


# The declarations are some hundred thousand small objects that live until the command ends: with Python's own 700, a
# command that only reads spends a tenth of its time looking for garbage among them.
_OBJECTS_BEFORE_A_COLLECTION = 50_000


@app.callback()
def _before() -> None:
    gc.set_threshold(_OBJECTS_BEFORE_A_COLLECTION)
    for stream in (sys.stdout, sys.stderr):
        let_pass(stream)


@app.command()
def run(
    source: Source = None,
    year: Years = [],  # noqa: B006 - typer copies it
    icb: Icbs = [],  # noqa: B006
    indicator: Indicators = [],  # noqa: B006
    stale: Annotated[bool, typer.Option("--stale", help="Rebuild what is stale, nothing else.")] = False,
) -> None:
    """Fetch, build and publish whatever is missing or stale."""
    from hi_pipeline.cli.commands import run_command

    _leave(run_command(console, source, years=year, icbs=icb, indicators=indicator, stale=stale))


@app.command()
def fetch(
    source: Source = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask the publishers again, also for files that are kept.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched, and fetch nothing.")] = False,
) -> None:
    """Bring new and changed releases into the snapshots, and build nothing."""
    from hi_pipeline.cli.commands import fetch_command

    _leave(fetch_command(console, source, again=again, dry_run=dry_run))


@app.command("import")
def import_(
    file: Annotated[
        Path | None, typer.Argument(parser=path, help="A board's own extract: CSV, xlsx or parquet.")
    ] = None,
    source: Source = None,
    check: Annotated[bool, typer.Option("--check", help="Say what is wrong, and change nothing.")] = False,
    template: Annotated[str, typer.Option("--template", help="Write the file of this indicator, as CSV.")] = "",
) -> None:
    """Take in a board's own counts of what nobody publishes (docs/local-extracts.md)."""
    from hi_pipeline.cli.importing import import_command

    _leave(import_command(console, source, file, check=check, template_of=template))


@app.command()
def accept(
    release: Annotated[str, typer.Argument(help='Release such as "rtt:2026-06"; hi status names them all.')],
    source: Source = None,
) -> None:
    """Accept the newest kept bytes of a release: a revision, or a new edition that waits."""
    from hi_pipeline.cli.accepting import accept_command

    _leave(accept_command(console, source, release))


@app.command()
def status(source: Source = None, form: Form = Format.TABLE) -> None:
    """Show each release (pinned, fetched, revised, overdue) and each asset (built, stale, missing)."""
    from hi_pipeline.cli.status import status_command

    _leave(status_command(console, source, form))


@app.command()
def coverage(
    source: Source = None,
    icb: Icbs = [],  # noqa: B006 - typer copies it
    form: Form = Format.TABLE,
) -> None:
    """Show the whole list by year: how many boards have a figure, or why; with --icb, each area's own state."""
    from hi_pipeline.cli.coverage import coverage_command

    _leave(coverage_command(console, source, icb, form))


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="Indicator id or title, or the id of a row.")],
    year: Years = [],  # noqa: B006 - typer copies it
    icb: Icbs = [],  # noqa: B006
    dimension: Annotated[str, typer.Option("--dimension", help="Of one figure: total, age, sex, ethnicity, ...")] = "",
    category: Annotated[str, typer.Option("--category", help='Of one figure: the group, such as "White".')] = "",
    measure: Annotated[str, typer.Option("--measure", help="Of one figure: value, gap, ratio, sii, rii, ...")] = "",
    full: Annotated[bool, typer.Option("--full", help="All rows behind one figure, as CSV and nothing else.")] = False,
    source: Source = None,
    form: Form = Format.TABLE,
) -> None:
    """Explain the figures of areas (as data the values alone), or one figure down to the rows of the file."""
    from hi_pipeline.cli.explaining import explain_command

    words = (dimension, category, measure)
    _leave(
        explain_command(console, source, indicator=indicator, years=year, icbs=icb, words=words, full=full, form=form)
    )


@app.command("list")
def list_(
    what: Annotated[Listed, typer.Argument(help="What to list.")], source: Source = None, form: Form = Format.TABLE
) -> None:
    """List the boards, the indicators or the releases that may be asked for."""
    from hi_pipeline.cli.listing import list_command

    _leave(list_command(console, source, what, form))


@app.command()
def verify(source: Source = None) -> None:
    """Compare every built, published and kept file with the hash that was recorded when it was written."""
    from hi_pipeline.cli.verifying import verify_command

    _leave(verify_command(console, source))


@app.command()
def doctor(
    source: Source = None,
    port: Annotated[int, typer.Option("--port", min=1, max=HIGHEST_PORT, help="Port of hi ui.")] = 3000,
    form: Form = Format.TABLE,
) -> None:
    """Look at settings, folders, disk, locks, network, records and services: what fails, and what to do."""
    from hi_pipeline.cli.doctoring import doctor_command

    _leave(doctor_command(console, source, form, port=port))


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(parser=path, help="The folder to make; best on another disk.")],
    source: Source = None,
) -> None:
    """Copy the data folder whole: kept files, tables, figures, published folder, Dagster's records."""
    from hi_pipeline.cli.backing_up import backup_command

    _leave(backup_command(console, source, to))


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(parser=path, help="A folder that hi backup made.")], source: Source = None
) -> None:
    """Put a backup in the place of the data folder, which has to be absent or empty."""
    from hi_pipeline.cli.backing_up import restore_command

    _leave(restore_command(console, source, folder))


@app.command()
def prune(
    source: Source = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")] = False,
) -> None:
    """Remove old runs, events, logs and superseded files; never what a figure rests on."""
    from hi_pipeline.cli.pruning import prune_command

    _leave(prune_command(console, source, dry_run=dry_run))


@app.command()
def alert(
    source: Source = None,
    test: Annotated[
        bool, typer.Option("--test", help="Send a test message to every address, and nothing else.")
    ] = False,
) -> None:
    """Send to HI_ALERT_TO what happened since the last time: published figures, failed runs."""
    from hi_pipeline.cli.alerting import alert_command

    _leave(alert_command(console, source, test=test))


@app.command()
def metrics(
    source: Source = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", parser=file_to_write, help="The file to write, ending in .prom; else printed."),
    ] = None,
) -> None:
    """Give Prometheus text metrics: age of releases, stale and failed cells, run times."""
    from hi_pipeline.cli.measuring import metrics_command

    _leave(metrics_command(console, source, to))


@app.command()
def pack(
    source: Source = None,
    icb: Icbs = [],  # noqa: B006
    region: Annotated[str | None, typer.Option("--region", help="All boards of a region.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All boards of the footprint.")] = False,
    year: Annotated[str, typer.Option("--year", help='Financial year such as "2023-24".')] = "",
    footprint: Annotated[
        str | None, typer.Option("--footprint", help="2022-07, 2023-04 or 2026-04; by default the year's own.")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="Some of html,pdf,docx,xlsx,ods.")
    ] = "html,pdf,docx,xlsx,ods",
    png: Annotated[bool, typer.Option("--png", help="Charts as pictures too.")] = False,
    verify: Annotated[
        Path | None,
        typer.Option("--verify", parser=path, help="Read the pack in this folder back against the results."),
    ] = None,
) -> None:
    """Make the packs of boards for a year: a report in HTML, PDF and Word, and its figures as workbooks."""
    from hi_pipeline.cli.packing import Asked, pack_command, verify_pack_command

    if verify is not None:
        _leave(verify_pack_command(console, source, verify))
        return
    asked = Asked(icbs=icb, region=region, every=every, year=year, footprint=footprint, formats=formats, png=png)
    _leave(pack_command(console, source, asked))


@app.command()
def export(
    source: Source = None,
    icb: Icbs = [],  # noqa: B006
    year: Years = [],  # noqa: B006
    indicator: Indicators = [],  # noqa: B006
    form: Annotated[str, typer.Option("--format", help="csv, parquet or xlsx.")] = "csv",
    to: Annotated[Path | None, typer.Option("--to", parser=file_to_write, help="The file to write.")] = None,
) -> None:
    """Write the figures of boards, regions or England as one file that opens rightly in Excel."""
    from hi_pipeline.cli.exporting import export_command

    _leave(export_command(console, source, icbs=icb, years=year, indicators=indicator, form=form, to=to))


@app.command()
def ui(
    source: Source = None,
    port: Annotated[int, typer.Option("--port", min=1, max=HIGHEST_PORT, help="Port on 127.0.0.1.")] = 3000,
    read_only: Annotated[bool, typer.Option("--read-only", help="Read only: nothing can be run or changed.")] = False,
) -> None:
    """Start Dagster's webserver and daemon on this machine, on what hi run built; Ctrl-C stops both."""
    from hi_pipeline.cli.serving import ui_command

    _leave(ui_command(console, source, port=port, read_only=read_only))


@app.command()
def serve(
    service: Annotated[Service, typer.Argument(help="What to run, for as long as it lives.")],
    source: Source = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=HIGHEST_PORT, help="Port on 127.0.0.1, of web, viewer and code.")
    ] = None,
) -> None:
    """Run one service alone, for containers: web interface, viewers' page, daemon, code server or worker."""
    from hi_pipeline.cli.serving import serve_command

    _leave(serve_command(console, source, service, port=port))


@app.command()
def instance(
    profile: Annotated[
        Profile | None, typer.Option("--profile", help="embedded, postgres, celery or k8s; else HI_PROFILE.")
    ] = None,
    source: Source = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Runs at a time: one a worker.")] = WORKERS,
    longest_run: Annotated[
        int, typer.Option("--longest-run", min=1, help="Seconds after which a run counts as dead; not for embedded.")
    ] = LONGEST_RUN_S,
) -> None:
    """Write the data root's dagster.yaml: where records lie, and who executes runs."""
    from hi_pipeline.cli.instancing import instance_command

    _leave(instance_command(console, source, profile, workers=workers, longest_run_s=longest_run))


def _leave(code: int) -> None:
    if code:
        raise typer.Exit(code)
