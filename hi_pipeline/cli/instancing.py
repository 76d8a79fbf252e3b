"""hi instance: the dagster.yaml of a data root, for one machine or several."""

from pathlib import Path

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.core.errors import StoreError
from hi_pipeline.core.profiles import Profile
from hi_pipeline.orchestration.instance.profiles import chart_values, dagster_yaml
from hi_pipeline.storage.atomic import write_bytes


def instance_command(
    console: Printer, source: str | None, profile: Profile | None, *, workers: int, longest_run_s: int
) -> int:
    """Write dagster.yaml, and for Kubernetes the chart's values beside it; return the exit code."""

    def command() -> int:
        settings = Session(source, console).settings
        chosen = profile or settings.profile
        files = {"dagster.yaml": dagster_yaml(chosen, workers=workers, longest_run_s=longest_run_s)}
        if chosen == "k8s":
            files["values.yaml"] = chart_values(workers=workers, longest_run_s=longest_run_s)
        for name, text in files.items():
            _place(settings.dagster_home / name, text)
            console.whole_line(str(settings.dagster_home / name))
        return 0

    return said_clearly(command, console)


def _place(path: Path, text: str) -> None:
    """Write a file, unless another one is there that somebody may have edited."""
    if path.is_file() and path.read_text(encoding="utf-8") != text:
        raise StoreError(f"{path} is there and says something else; move it away to have this one written")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, text.encode())
