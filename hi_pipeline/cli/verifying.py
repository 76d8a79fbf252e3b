"""hi verify: every built, published and kept file against the hash that was recorded when it was written."""

from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.engine.verify import altered_of


def verify_command(console: Printer, source: str | None) -> int:
    """Compare files with their hashes; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        session.store.fresh_below(session.settings.root)
        wrong = [*altered_of(session.lake), *session.snapshots.verify(), *session.store.verify()]
        for line in wrong:
            console.whole_line(line)
        console.print(session.title(f"{len(wrong)} files disagree with the hash beside them"))
        return FAILED if wrong else 0

    return said_clearly(command, console)
