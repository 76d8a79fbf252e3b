"""What every command opens: settings, pipeline, instance; and the embedded sample, written where it is not there.

Commands that only read never open the instance, so that Dagster is not even imported for them.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from hi_pipeline.cli.printing import Printer
from hi_pipeline.core.errors import SelectionError, StoreError
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline, open_snapshots, open_store
from hi_pipeline.settings import Settings
from hi_pipeline.storage.lake import Lake
from hi_pipeline.storage.locks import locked
from hi_pipeline.storage.root_version import mark_version
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline.storage.store import Store

if TYPE_CHECKING:
    from hi_pipeline.orchestration.instance.opening import Instance
    from hi_pipeline.orchestration.instance.recovery import Mended


class Session:
    """One data root, opened as far as a command needs it."""

    def __init__(self, source: str | None, console: Printer) -> None:
        """Read the settings.

        Raises:
            SelectionError: a setting is no source, or names a folder that is none.
        """
        try:
            self.settings = Settings(source=source) if source else Settings()
        except ValidationError as error:
            raise SelectionError("; ".join(map(Settings.said, error.errors()))) from error
        _check_folders(self.settings)
        self.console = console

    @cached_property
    def pipeline(self) -> Pipeline:
        """The declarations bound to the data root."""
        return open_pipeline(self.settings, store=self.store)

    @cached_property
    def store(self) -> Store:
        """What keeps the files of the data root: its disk, or an object store."""
        return open_store(self.settings)

    @cached_property
    def lake(self) -> Lake:
        """The built tables of the data root."""
        return Lake(self.settings.root, self.store)

    @cached_property
    def snapshots(self) -> Snapshots:
        """The kept files of the data root."""
        return open_snapshots(self.settings, self.store)

    @cached_property
    def instance(self) -> "Instance":
        """The persistent Dagster instance."""
        from hi_pipeline.orchestration.instance.opening import open_instance

        return open_instance(self.settings)

    def title(self, text: str) -> str:
        """Return a table's title, which says SYNTHETIC where the figures are."""
        return f"{text} - SYNTHETIC: made-up figures of the embedded sample" if self.settings.synthetic else text

    def ready(self, *, alone: bool = False) -> "Mended":
        """Write the sample where it is asked for and not there, and mend what dead processes left.

        Raises:
            StoreError: the data folder cannot be made, or a newer program wrote there.
        """
        from hi_pipeline.orchestration.instance.recovery import mend

        root = self.settings.root
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{root}: the data folder cannot be made ({error.strerror}); set HI_DATA_DIR to a folder that can"
            ) from error
        self.store.refuse_careless()
        mark_version(self.store)
        if self.settings.synthetic:
            self._write_sample()
        return mend(self.pipeline, self.instance, alone=alone)

    def _write_sample(self) -> None:
        from hi_pipeline.engine.sample_files import is_current, write_sample

        folder = Path(self.settings.mirror)
        # Two commands may begin together: the second one finds it written.
        with locked(self.settings.root / "locks", "sample"):
            if is_current(folder):
                return
            with self.console.status("Writing the embedded sample (SYNTHETIC)", spinner="line"):
                write_sample(folder)


def _check_folders(settings: Settings) -> None:
    """Refuse a file, or a name that cannot be one, where a folder is due; the data folder may be made later."""
    try:
        there = next(place for place in (settings.root, *settings.root.parents) if place.exists())
        mirror = settings.kind == "mirror" and not settings.mirror.startswith(("http://", "https://"))
        absent = mirror and not Path(settings.mirror).is_dir()
    except (OSError, ValueError) as error:
        raise SelectionError(f"HI_DATA_DIR or the mirror names no possible folder: {error}") from error
    if not there.is_dir():
        raise SelectionError(f"HI_DATA_DIR is {str(settings.data_dir)!r}, but {there} is a file; name a folder")
    if absent:
        what = "is a file" if Path(settings.mirror).exists() else "does not exist"
        raise SelectionError(f"the mirror {settings.mirror} {what}; HI_SOURCE=mirror: takes a folder or http address")
