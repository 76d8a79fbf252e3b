"""Backing up beside Dagster: only between runs, with its databases where they lie below the root."""

from pathlib import Path

import dagster as dg

from hi_pipeline.core.errors import StoreError
from hi_pipeline.operating.backup import Backup, back_up
from hi_pipeline.orchestration.instance.between_runs import last_run
from hi_pipeline.orchestration.instance.event_log import BatchedSqliteEventLogStorage
from hi_pipeline.orchestration.instance.opening import open_home
from hi_pipeline.settings import Settings


def back_up_root(settings: Settings, to: Path) -> Backup:
    """Copy a data root between two runs.

    Raises:
        StoreError: a run goes on, or one began meanwhile; or as ``back_up``.
    """
    home = settings.dagster_home
    if not (home / "dagster.yaml").is_file():
        return back_up(settings, to, databases=(), records=False)
    instance = open_home(home)
    try:
        before = last_run(instance)
        databases = sorted(home.rglob("*.db"))

        def unchanged() -> None:
            if last_run(instance) != before:
                raise StoreError(f"a run began while {to} was written; nothing was placed. Wait for its end, try again")

        return back_up(settings, to, databases=databases, records=_are_here(instance, home), before_placing=unchanged)
    finally:
        instance.dispose()


def _are_here(instance: dg.DagsterInstance, home: Path) -> bool:
    """Tell whether runs and events lie below the instance's folder, as ``hi`` sets them up."""
    storage = instance.event_log_storage
    return isinstance(storage, BatchedSqliteEventLogStorage) and home in Path(storage.path_for_shard("index")).parents
