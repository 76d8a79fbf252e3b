"""What every command opens: settings, pipeline, instance; and the embedded sample, written where it is not there."""

from functools import cached_property
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.orchestration.instance.opening import Instance, open_instance
from hi_pipeline.orchestration.instance.recovery import Mended, mend
from hi_pipeline.settings import Settings


class Session:
    """One data root, opened as far as a command needs it."""

    def __init__(self, source: str | None, console: Console) -> None:
        try:
            self.settings = Settings(source=source) if source else Settings()
        except ValidationError as error:
            raise SelectionError("; ".join(str(e["msg"]) for e in error.errors())) from error
        self.console = console

    @cached_property
    def pipeline(self) -> Pipeline:
        """The declarations bound to the data root."""
        return open_pipeline(self.settings)

    @cached_property
    def instance(self) -> Instance:
        """The persistent Dagster instance."""
        return open_instance(self.settings)

    def title(self, text: str) -> str:
        """Return a table's title, which says SYNTHETIC where the figures are."""
        return f"{text} - SYNTHETIC: made-up figures of the embedded sample" if self.settings.synthetic else text

    def ready(self, *, alone: bool = False) -> Mended:
        """Write the sample where it is asked for and not there, and mend what dead processes left."""
        if self.settings.synthetic:
            self._write_sample()
        return mend(self.pipeline, self.instance, alone=alone)

    def _write_sample(self) -> None:
        from hi_pipeline.engine.sample_files import is_current, write_sample

        folder = Path(self.settings.mirror)
        if is_current(folder):
            return
        with self.console.status("Writing the embedded sample (SYNTHETIC)"):
            write_sample(folder)
