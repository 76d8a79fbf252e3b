"""hi metrics: the state of a data folder for a monitor."""

from datetime import UTC, datetime
from pathlib import Path

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.operating.metrics import exposition, root_samples
from hi_pipeline.storage.atomic import write_bytes


def metrics_command(console: Printer, source: str | None, to: Path | None) -> int:
    """Print or write the metrics; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        samples = list(root_samples(session.pipeline, now=datetime.now(UTC)))
        if (session.settings.dagster_home / "dagster.yaml").is_file():
            from hi_pipeline.orchestration.instance.run_metrics import run_samples

            samples += run_samples(session.pipeline, session.instance)
        text = exposition(samples)
        if to is None:
            console.whole_line(text.rstrip("\n"))
        else:
            # A monitor reads it at any moment: it is old or new, never half.
            write_bytes(to, text.encode())
            to.chmod(0o644)
        return 0

    return said_clearly(command, console)
