"""The Dagster instance of a data root: its dagster.yaml, opened with telemetry off and a batched event log."""

import shutil
import warnings
from pathlib import Path

import dagster as dg

from hi_pipeline.orchestration.instance.run_storage import naming
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.locks import locked

Instance = dg.DagsterInstance

_DATABASES = ("history", "schedules")
_YAML = """\
# Written by hi. One instance for each data root, so that synthetic and real never meet.
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_storage:
  module: hi_pipeline.orchestration.instance.run_storage
  class: NamingSqliteRunStorage
  config:
    base_dir: {base}/history
event_log_storage:
  module: hi_pipeline.orchestration.instance.event_log
  class: BatchedSqliteEventLogStorage
  config:
    base_dir: {base}/history/runs
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
"""


def dagster_yaml(home: Path) -> str:
    """Return the text of dagster.yaml for an instance's folder."""
    return _YAML.format(base=home)


def prepare_home(settings: Settings) -> Path:
    """Write dagster.yaml where it is not there or differs, and return the instance's folder."""
    home = settings.dagster_home
    path = home / "dagster.yaml"
    text = dagster_yaml(home)
    if not path.is_file() or path.read_text() != text:
        home.mkdir(parents=True, exist_ok=True)
        write_bytes(path, text.encode())
    return home


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open the persistent instance of a data root; make it where there is none.

    One process after the other: Dagster's databases do not bear being made by two at once, nor being left half made.

    Raises:
        StoreError: its files cannot be read or written; names them.

    """
    with locked(settings.root / "locks", "dagster"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        home = prepare_home(settings)
        begun = home / "being_made"
        if begun.exists():
            # Whoever made it died on the way, before anything was recorded.
            for folder in _DATABASES:
                shutil.rmtree(home / folder, ignore_errors=True)
        is_new = not (home / _DATABASES[0]).exists()
        if is_new:
            write_bytes(begun, b"")
        with naming(home / _DATABASES[0]):
            instance = dg.DagsterInstance.from_config(str(home))
        if is_new:
            begun.unlink()
    return instance
