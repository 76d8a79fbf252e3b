"""The Dagster instance of a data root: its dagster.yaml, opened with telemetry off and a batched event log."""

import warnings
from pathlib import Path

import dagster as dg

from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import write_bytes

Instance = dg.DagsterInstance

_YAML = """\
# Written by hi. One instance for each data root, so that synthetic and real never meet.
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
event_log_storage:
  module: hi_pipeline.orchestration.event_log
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
    """Open the persistent instance of a data root."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dg.DagsterInstance.from_config(str(prepare_home(settings)))
