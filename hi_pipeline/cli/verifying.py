"""hi verify: every file of the lake and every snapshot against the hash beside it."""

from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.session import Session


def verify_command(console: Printer, source: str | None) -> int:
    """Compare files with their hashes; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        wrong = [*session.lake.verify(), *session.snapshots.verify()]
        for line in wrong:
            console.whole_line(line)
        console.print(session.title(f"{len(wrong)} files disagree with the hash beside them"))
        return FAILED if wrong else 0

    return said_clearly(command, console)
