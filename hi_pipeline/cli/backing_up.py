"""hi backup and hi restore: a whole copy of a data root, and the way back."""

from pathlib import Path

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.operating.backup import restore


def backup_command(console: Printer, source: str | None, to: Path) -> int:
    """Copy the data root; return the exit code."""

    def command() -> int:
        from hi_pipeline.orchestration.instance.backing_up import back_up_root

        session = Session(source, console)
        made = back_up_root(session.settings, to)
        console.whole_line(session.title(f"Backed up {len(made.files):,} files to {to}"))
        if not made.records:
            console.print(
                "Dagster's runs and events are not in it: none are there, or dagster.yaml keeps them elsewhere."
            )
        return 0

    return said_clearly(command, console)


def restore_command(console: Printer, source: str | None, backup: Path) -> int:
    """Put a backup in the place of the data root; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        made = restore(session.settings, backup)
        console.whole_line(session.title(f"Restored {len(made.files):,} files to {session.settings.root}"))
        console.print("hi run goes on from there.")
        return 0

    return said_clearly(command, console)
