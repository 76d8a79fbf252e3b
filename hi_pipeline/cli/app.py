"""The commands. Heavy modules are imported by the command that needs them, so that help comes at once."""

import sys
from typing import Annotated

import typer

from hi_pipeline.cli.printing import Printer, let_pass

app = typer.Typer(
    help="Health-inequality indicators for every integrated care board of England, from public statistics.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_console = Printer()
# A file or a pipe has no width: tables then take what they need to be read.
console = _console if _console.is_terminal else Printer(width=140)

Source = Annotated[
    str | None, typer.Option("--source", help="sample, live, or mirror:<folder or http address>; else HI_SOURCE.")
]
Years = Annotated[list[str], typer.Option("--year", help='Financial year such as "2023-24"; may be repeated.')]
Icbs = Annotated[list[str], typer.Option("--icb", help="ONS code, ODS code or name of a board; may be repeated.")]
Indicators = Annotated[list[str], typer.Option("--indicator", help="Indicator id; may be repeated.")]


@app.callback()
def _before() -> None:
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
    again: Annotated[bool, typer.Option("--again", help="Ask the publishers even for what is kept.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be fetched, and fetch nothing.")] = False,
) -> None:
    """Bring new and changed releases into the snapshots, and build nothing."""
    from hi_pipeline.cli.commands import fetch_command

    _leave(fetch_command(console, source, again=again, dry_run=dry_run))


@app.command()
def accept(
    release: Annotated[str, typer.Argument(help='Release such as "rtt:2026-07"; hi status names them all.')],
    source: Source = None,
) -> None:
    """Accept the newest kept bytes of a release: a revision, or a new edition that waits."""
    from hi_pipeline.cli.accepting import accept_command

    _leave(accept_command(console, source, release))


@app.command()
def status(source: Source = None) -> None:
    """Show each release (pinned, fetched, revised, overdue) and each asset (built, stale, missing)."""
    from hi_pipeline.cli.status import status_command

    _leave(status_command(console, source))


@app.command()
def coverage(source: Source = None) -> None:
    """Show the whole list by year: how many boards have a figure, or why they have none."""
    from hi_pipeline.cli.coverage import coverage_command

    _leave(coverage_command(console, source))


@app.command()
def explain(
    indicator: Annotated[str, typer.Argument(help="Indicator id.")],
    year: Annotated[str, typer.Option("--year", help='Financial year such as "2023-24".')],
    icb: Annotated[str, typer.Option("--icb", help="ONS code, ODS code or name of a board.")],
    source: Source = None,
) -> None:
    """Explain a figure: its value, inputs, releases, formula and notes."""
    from hi_pipeline.cli.explaining import explain_command

    _leave(explain_command(console, source, indicator=indicator, year=year, icb=icb))


@app.command()
def verify(source: Source = None) -> None:
    """Compare every built, published and kept file with the hash that was recorded when it was written."""
    from hi_pipeline.cli.verifying import verify_command

    _leave(verify_command(console, source))


@app.command()
def ui(
    source: Source = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Start Dagster's webserver and daemon on this machine, on what hi run built; Ctrl-C stops both."""
    from hi_pipeline.cli.serving import ui_command

    _leave(ui_command(console, source, port=port))


def _leave(code: int) -> None:
    if code:
        raise typer.Exit(code)
