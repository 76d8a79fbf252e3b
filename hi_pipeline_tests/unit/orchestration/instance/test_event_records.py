"""The records of the batched event log are Dagster's own: of a range, of the grid, of a cell, without empty fields."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster_shared.serdes import deserialize_value

from hi_pipeline.engine.checks.by_layer import INDICATOR_CHECKS
from hi_pipeline.engine.grid import RANGE_END, RANGE_START
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.orchestration.instance import opening, slim_events
from hi_pipeline.orchestration.instance.event_log import BatchedSqliteEventLogStorage
from hi_pipeline.orchestration.instance.profiles import dagster_yaml
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.conftest import cells_of
from hi_pipeline_tests.flow.tiny import make_catalogue, rows_of, with_too_many_helped, write_release
from hi_pipeline_tests.unit.orchestration.instance.event_logs import KEY, open_home


def test_records_are_the_same_as_dagsters_own(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    found = []
    for folder, text in ((ours, dagster_yaml("embedded")), (theirs, "telemetry: {enabled: false}\n")):
        folder.mkdir()
        (folder / "dagster.yaml").write_text(text)
        instance = opening.open_home(folder)
        _range_run(instance)
        found.append(_records(instance))
        instance.dispose()
    assert found[0] == found[1]


def test_records_of_a_failing_range_of_the_grid_are_dagsters_own(tmp_path: Path) -> None:
    """The same for good and failed cells; cells that cannot exist read failed in Dagster's own storage alone."""
    found, events = [], []
    for name, text in (("ours", dagster_yaml("embedded")), ("theirs", "telemetry: {enabled: false}\n")):
        home, data = tmp_path / name, tmp_path / f"{name}-root"
        home.mkdir()
        (home / "dagster.yaml").write_text(text)
        instance = opening.open_home(home)
        cells = _failing_grid(instance, data)
        found.append(_grid_records(instance))
        events.append(_stored(home))
        assert found[-1]["materialised"] == cells, "a record for each good cell, and for no other"
        instance.dispose()
    assert events[0] == events[1]
    assert events[0]["ASSET_MATERIALIZATION"] == len(found[0]["materialised"])  # type: ignore[arg-type]
    failed = [records.pop("failed") for records in found]
    assert found[0] == found[1]
    assert failed[0] == {"2022-23|E54000010"}
    not_yet = {f"2022-23|{icb}" for icb in ("E54000063", "E54000064")}
    assert failed[1] - failed[0] == not_yet, "boards that begin in 2023: ours says that they do not apply"


def test_the_page_of_a_cell_shows_all_and_its_runs_log_the_headline(tmp_path: Path) -> None:
    cell, said = (
        "2022-23|E54000029",
        {"board": "Somewhere", "figure": "7 percent", "first rows": dg.MetadataValue.md("|")},
    )

    @dg.asset(key=KEY, partitions_def=dg.StaticPartitionsDefinition([cell]), output_required=False)
    def asset(context: dg.AssetExecutionContext):  # type: ignore[no-untyped-def]
        context.log_event(dg.AssetMaterialization(KEY, partition=cell, metadata=said, tags={"a": "b"}))
        yield from ()

    instance = open_home(tmp_path)
    run = dg.materialize([asset], instance=instance, partition_key=cell)
    (whole,) = instance.fetch_materializations(KEY, limit=5).records
    (short,) = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    found = [r.event_log_entry.asset_materialization for r in (whole, short)]
    assert found[0] and found[1]
    assert set(found[0].metadata) == {"board", "figure", "first rows"}
    assert found[0].tags is not None and found[0].tags["a"] == "b"
    assert found[1].metadata == {"figure": found[0].metadata["figure"]}
    assert found[1].partition == cell
    instance.dispose()


def test_events_without_their_empty_fields_read_back_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's own row of each event beside ours: made cells, of the index and of the run, plans, and checks."""
    pairs = []
    ours = BatchedSqliteEventLogStorage._event_to_row

    def both(self: BatchedSqliteEventLogStorage, event: EventLogEntry) -> dict[str, Any]:
        row = ours(self, event)
        pairs.append((row, SqlEventLogStorage._event_to_row(self, event)))
        return row

    monkeypatch.setattr(BatchedSqliteEventLogStorage, "_event_to_row", both)
    instance = open_home(tmp_path)
    _failing_grid(instance, tmp_path / "root")
    instance.dispose()
    kinds = {"ASSET_MATERIALIZATION", "ASSET_MATERIALIZATION_PLANNED"}
    cells = [(a, b) for a, b in pairs if "|" in (a["partition"] or "")]
    assert {a["dagster_event_type"] for a, _ in cells} == kinds
    shorter = {a["dagster_event_type"] for a, b in pairs if len(a["event"]) < 0.85 * len(b["event"])}
    assert shorter >= kinds | {"ASSET_CHECK_EVALUATION", "ASSET_CHECK_EVALUATION_PLANNED"}
    for row, whole in pairs:
        assert deserialize_value(row["event"], EventLogEntry) == deserialize_value(whole["event"], EventLogEntry)
        assert row | {"event": ""} == whole | {"event": ""}
    assert all(len(a["event"]) < 0.85 * len(b["event"]) for a, b in cells)


def _range_run(instance: dg.DagsterInstance) -> None:
    partitions = dg.StaticPartitionsDefinition(["p1", "p2", "p3"])

    @dg.asset(
        key=KEY, partitions_def=partitions, output_required=False, check_specs=[dg.AssetCheckSpec("c", asset=KEY)]
    )
    def asset(context: dg.AssetExecutionContext):  # type: ignore[no-untyped-def]
        for key in context.partition_keys[:2]:
            context.log_event(dg.AssetMaterialization(KEY, partition=key, tags={"dagster/data_version": key}))
        yield dg.AssetCheckResult(check_name="c", passed=False)
        raise dg.Failure("p3 is wrong")

    tags = {"dagster/asset_partition_range_start": "p1", "dagster/asset_partition_range_end": "p3"}
    dg.materialize([asset], instance=instance, tags=tags, raise_on_error=False)


def _records(instance: dg.DagsterInstance) -> dict[str, object]:
    (run,) = instance.get_runs()
    log = instance.event_log_storage
    attempts = log.get_latest_asset_partition_materialization_attempts_without_materializations(KEY)
    check = dg.AssetCheckKey(KEY, "c")
    (execution,) = log.get_asset_check_execution_history(check, limit=5)
    record = instance.get_asset_records([KEY])[0]
    last = record.asset_entry.last_materialization
    return {
        "events": [e.dagster_event_type for e in log.get_logs_for_run(run.run_id) if e.is_dagster_event],
        "materialised": instance.get_materialized_partitions(KEY),
        "failed": set(attempts),
        "tags": log.get_latest_tags_by_partition(
            KEY, dg.DagsterEventType.ASSET_MATERIALIZATION, ["dagster/data_version"]
        ),
        "check": (execution.status, execution.partition, execution.event is not None),
        "last": last.asset_materialization.partition if last and last.asset_materialization else None,
        "last run": record.asset_entry.last_run_id == run.run_id,
        "status": run.status,
        "steps": [(s.step_key, s.status) for s in log.get_step_stats_for_run(run.run_id)],
        "planned": log.get_asset_partitions_for_run(run.run_id, dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED),
    }


CELLS = dg.AssetKey(["indicator", "tiny_1_pct"])


def _failing_grid(instance: dg.DagsterInstance, data: Path) -> set[str]:
    """Run a range of the miniature pipeline in which a cell is wrong and one cannot exist; return the good cells."""
    year, boards = "2022-23", ("E54000010", "E54000064")
    settings = Settings(source=f"mirror:{data / 'mirror'}", data_dir=data)
    pipeline = open_pipeline(settings, make_catalogue())
    write_release(data / "mirror", year, with_too_many_helped(rows_of(year), boards[0]))
    source = pipeline.catalogue.sources["tiny"]
    assert fetch_part(pipeline, source, year).good
    assert build_clean(pipeline, source, year).good
    assert build_linked(pipeline, pipeline.catalogue.tables[0], year).good
    job = build_definitions(settings, pipeline=pipeline).resolve_implicit_global_asset_job_def()
    tags = {RANGE_START: f"{year}|{boards[0]}", RANGE_END: f"{year}|{boards[1]}"}
    assert not job.execute_in_process(
        instance=instance, asset_selection=[CELLS], tags=tags, raise_on_error=False
    ).success
    return set(cells_of(pipeline, "tiny_1_pct"))


def _grid_records(instance: dg.DagsterInstance) -> dict[str, object]:
    (run,) = instance.get_runs()
    log = instance.event_log_storage
    materialised = dg.DagsterEventType.ASSET_MATERIALIZATION
    planned = dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
    return {
        # Plans of cells stand in the index alone (``_stored`` counts them).
        "events": [
            e.dagster_event_type
            for e in log.get_logs_for_run(run.run_id)
            if e.is_dagster_event and e.dagster_event_type is not planned
        ],
        "shown": [_shown(e) for e in log.get_logs_for_run(run.run_id) if e.dagster_event_type in _SHOWN],
        "materialised": instance.get_materialized_partitions(CELLS),
        "planned": log.get_asset_partitions_for_run(run.run_id, planned),
        "failed": set(log.get_latest_asset_partition_materialization_attempts_without_materializations(CELLS)),
        "tags": log.get_latest_tags_by_partition(CELLS, materialised, ["dagster/data_version"]),
        "checks": {
            name: [(c.status, c.partition) for c in log.get_asset_check_execution_history(key, limit=5)]
            for name, _ in INDICATOR_CHECKS
            if (key := dg.AssetCheckKey(CELLS, name))
        },
        "status": run.status,
    }


_SHOWN = {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_CHECK_EVALUATION}


def _shown(event: dg.EventLogEntry) -> tuple[object, ...]:
    """What the UI shows of a record: its text, where it came from, and what the record says of its data."""
    said = event.dagster_event
    assert said is not None
    facts = said.materialization if said.is_step_materialization else said.asset_check_evaluation_data
    assert facts.metadata
    # Of a cell the run's log keeps the headline (a test of its own); of checks all, and these name no file.
    shown = {
        name: value for name, value in facts.metadata.items() if not said.partition or name in slim_events.HEADLINE
    }
    message = event.message if event.dagster_event_type is not dg.DagsterEventType.ASSET_MATERIALIZATION else ""
    return message, event.step_key, event.level, said.step_key, said.asset_key, said.partition, shown


def _stored(home: Path) -> dict[str, int]:
    """Rows of the index by type: what every other process reads."""
    with closing(sqlite3.connect(home / "history" / "runs" / "index.db")) as connection:
        return dict(
            connection.execute("select dagster_event_type, count(*) from event_logs group by dagster_event_type")
        )
