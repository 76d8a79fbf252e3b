"""What to mend at the start: leftovers of processes that died, runs left as started, figures without their record."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from hi_pipeline.orchestration.event_log import BatchedSqliteEventLogStorage
from hi_pipeline.orchestration.outcome import Outcome, State
from hi_pipeline.orchestration.pipeline import Pipeline
from hi_pipeline.orchestration.reporting import materialization

PID_TAG = "hi/pid"
_DATA_VERSION = "dagster/data_version"
_OPEN = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)


@dataclass(frozen=True, kw_only=True)
class Mended:
    """What was found and mended.

    Attributes:
        leftovers: temporary files removed.
        closed: runs that were left as started.
        recorded: figures on disk whose record was missing or of other bytes.
    """

    leftovers: int
    closed: int
    recorded: int


def mend(pipeline: Pipeline, instance: dg.DagsterInstance, *, alone: bool = False) -> Mended:
    """Mend what dead processes left behind.

    Args:
        pipeline: the data root.
        instance: its Dagster instance.
        alone: no other process runs on the instance, so every open run is dead (the start of ``hi ui``).
    """
    leftovers = len(pipeline.lake.sweep()) + len(pipeline.snapshots.sweep())
    closed = sum(_close(instance, run, alone=alone) for run in instance.get_runs(dg.RunsFilter(statuses=list(_OPEN))))
    recorded = _reconcile(pipeline, instance)
    storage = instance.event_log_storage
    if recorded and isinstance(storage, BatchedSqliteEventLogStorage):
        storage.flush()
    return Mended(leftovers=leftovers, closed=closed, recorded=recorded)


def is_alive(pid: int) -> bool:
    """Tell whether a process of that number runs Python here (numbers are used again after a restart)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return b"python" in Path(f"/proc/{pid}/cmdline").read_bytes() or not Path("/proc").is_dir()
    except OSError:
        return True


def _close(instance: dg.DagsterInstance, run: dg.DagsterRun, *, alone: bool) -> bool:
    pid = run.tags.get(PID_TAG)
    dead = not is_alive(int(pid)) if pid else alone
    if dead:
        instance.report_run_failed(run, message="Its process died; closed at the next start. Run hi run to finish it.")
    return dead


def _reconcile(pipeline: Pipeline, instance: dg.DagsterInstance) -> int:
    """Record what is on disk and not in the event log; compare by hash where the log keeps it."""
    events: list[dg.AssetMaterialization] = []
    for indicator in pipeline.catalogue.indicators:
        events += _unrecorded(pipeline, instance, "indicator", indicator.id, by_hash=True)
    for table in pipeline.catalogue.tables:
        events += _unrecorded(pipeline, instance, "linked", table.name, by_hash=False)
    for source in pipeline.catalogue.sources.values():
        if source.by_year:
            events += _unrecorded_clean(pipeline, instance, source.name)
    for event in events:
        instance.report_runless_asset_event(event)
    return len(events)


def _unrecorded(
    pipeline: Pipeline, instance: dg.DagsterInstance, layer: str, name: str, *, by_hash: bool
) -> Iterable[dg.AssetMaterialization]:
    key = dg.AssetKey([layer, name])
    places = pipeline.lake.parts(layer, name)
    if not places:
        return
    recorded = _recorded(instance, key)
    for place in places:
        partition = "|".join(place)
        known = pipeline.lake.provenance(layer, name, *place)
        if known is None or (partition in recorded and (not by_hash or recorded[partition] in ("", known.sha256))):
            continue
        yield _record(key, Outcome(partition=partition, state=State.WRITTEN, files={"": known}))


def _unrecorded_clean(pipeline: Pipeline, instance: dg.DagsterInstance, name: str) -> Iterable[dg.AssetMaterialization]:
    key = dg.AssetKey(["clean", name])
    by_year: dict[str, list[str]] = {}
    for year, table in pipeline.lake.parts("clean", name):
        by_year.setdefault(year, []).append(table)
    recorded = _recorded(instance, key) if by_year else {}
    for year, tables in by_year.items():
        files = {t: pipeline.lake.provenance("clean", name, year, t) for t in tables}
        whole = {t: p for t, p in files.items() if p is not None}
        if year not in recorded and len(whole) == len(files):
            yield _record(key, Outcome(partition=year, state=State.WRITTEN, files=whole))


def _recorded(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, str]:
    """Return the data version of the newest record of each partition, "" where it has none."""
    found = dict.fromkeys(instance.get_materialized_partitions(key), "")
    tags = instance.event_log_storage.get_latest_tags_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION, [_DATA_VERSION]
    )
    return found | {partition: values.get(_DATA_VERSION, "") for partition, values in tags.items()}


def _record(key: dg.AssetKey, outcome: Outcome) -> dg.AssetMaterialization:
    return materialization(key, outcome, {"reconciled": "its file was there without this record"})
