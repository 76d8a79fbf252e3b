"""dagster.yaml belongs to the operator, and the records lie where the folder lies."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.compute_log_manager import ComputeLogManager
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.instance.profiles import dagster_yaml
from hi_pipeline.settings import Settings

REPOSITORY = Path(__file__).parents[4]
KEY = dg.AssetKey(["indicator", "a"])
FORMER = """\
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
    base_dir: /srv/old place/data/live/dagster/history
event_log_storage:
  module: hi_pipeline.orchestration.instance.event_log
  class: BatchedSqliteEventLogStorage
  config:
    base_dir: /srv/old place/data/live/dagster/history/runs
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
"""
EDITED = """\
telemetry: {enabled: false}
retention: {sensor: {purge_after_days: {skipped: 3}}}
concurrency: {runs: {max_concurrent_runs: 4}}
compute_logs:
  module: dagster._core.storage.local_compute_log_manager
  class: LocalComputeLogManager
  config: {base_dir: @HERE@/logs}
storage: {sqlite: {base_dir: @HERE@/elsewhere}}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(source="live", data_dir=tmp_path / "data")


@contextmanager
def opened(settings: Settings) -> Iterator[dg.DagsterInstance]:
    instance = open_instance(settings)
    try:
        yield instance
    finally:
        instance.dispose()


def write(settings: Settings, text: str) -> Path:
    path = settings.dagster_home / "dagster.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def record(instance: dg.DagsterInstance, partition: str) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization(KEY, partition=partition))


def test_it_is_written_where_there_is_none(settings: Settings) -> None:
    with opened(settings):
        assert (settings.dagster_home / "dagster.yaml").read_text() == dagster_yaml("embedded")
    with opened(settings) as instance:
        assert instance.python_log_level == "INFO", "no DEBUG lines in the terminal of hi ui"
    assert (REPOSITORY / "dagster.yaml.example").read_text() == dagster_yaml("embedded")


def test_an_operators_edits_stay_and_count(settings: Settings, tmp_path: Path) -> None:
    text = EDITED.replace("@HERE@", str(tmp_path))
    path = write(settings, text)
    for _ in range(2):
        with opened(settings) as instance:
            assert path.read_text() == text
            assert instance.get_settings("retention")["sensor"]["purge_after_days"]["skipped"] == 3
            assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 4  # type: ignore[union-attr]
            logs: ComputeLogManager = instance.compute_log_manager
            assert isinstance(logs, LocalComputeLogManager)
            record(instance, "2023-24")
    assert (tmp_path / "elsewhere" / "history" / "runs.db").is_file() or list((tmp_path / "elsewhere").rglob("runs.db"))
    assert not (settings.dagster_home / "history").exists()


@pytest.mark.parametrize("move", [shutil.move, shutil.copytree], ids=["moved", "copied"])
def test_records_lie_where_the_folder_lies(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, move: object
) -> None:
    with opened(settings) as instance:
        record(instance, "2022-23")
    elsewhere = tmp_path / "elsewhere"
    move(settings.data_dir, elsewhere)  # type: ignore[operator]
    there = Settings(source="live", data_dir=elsewhere)
    # What dagster's own commands open: the folder that DAGSTER_HOME names.
    monkeypatch.setenv("DAGSTER_HOME", str(there.dagster_home))
    own = dg.DagsterInstance.get()
    record(own, "2023-24")
    own.dispose()
    with opened(there) as instance:
        assert instance.get_materialized_partitions(KEY) == {"2022-23", "2023-24"}
    if settings.data_dir.exists():
        with opened(settings) as instance:
            assert instance.get_materialized_partitions(KEY) == {"2022-23"}
    else:
        assert move is shutil.move


def test_the_file_of_an_earlier_hi_is_renewed_unless_somebody_edited_it(settings: Settings) -> None:
    path = write(settings, FORMER)
    with opened(settings):
        assert path.read_text() == dagster_yaml("embedded")
    edited = FORMER.replace("max_concurrent_runs: 1", "max_concurrent_runs: 2").replace(
        "/srv/old place/data/live/dagster", str(settings.dagster_home)
    )
    write(settings, edited)
    with opened(settings):
        assert path.read_text() == edited


@pytest.mark.parametrize("text", ["storage: [", "storag: {}", "run_storage: {module: nowhere, class: Nothing}"])
def test_a_file_that_cannot_be_used_is_named_in_one_line(settings: Settings, text: str) -> None:
    path = write(settings, text)
    with pytest.raises(StoreError) as caught:
        open_instance(settings)
    said = str(caught.value)
    assert said.startswith(f"{path} cannot be used: ")
    assert "\n" not in said
    assert path.read_text() == text


@pytest.mark.parametrize("content", [b"telemetry: {enabled: false} # caf\xe9\n", b"\xff\xfet\x00e\x00", b"\x00"])
def test_a_dagster_yaml_that_is_no_text_is_told_in_one_line(settings: Settings, content: bytes) -> None:
    write(settings, "").write_bytes(content)
    with pytest.raises(StoreError, match=r"dagster\.yaml cannot be used: .*Mend it, or move it away") as told:
        open_instance(settings)
    assert "\n" not in str(told.value)
