"""What to mend at the start: leftovers of processes that died, runs left as started, figures without their record."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime

import dagster as dg
import psutil
from dagster._core.storage.event_log import SqliteEventLogStorage

from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.verify import altered_of
from hi_pipeline.orchestration.instance.batched_log import BatchedEventLogStorage
from hi_pipeline.orchestration.instance.launching import has_workers
from hi_pipeline.orchestration.instance.records import reconcile
from hi_pipeline.publishing.whole import altered_files

PID_TAG, _HOST_TAG = "hi/pid", "hi/host"
_OPEN = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
_CLOCK_SLACK_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Mended:
    """What was found and mended.

    Attributes:
        leftovers: temporary files removed.
        closed: runs that were left as started.
        recorded: files on disk whose record was missing or of other bytes.
        altered: a line for each built file that is not the one that was written; it counts as not built.
        older: files of an earlier version's layout that were removed; their figures are built again.
    """

    leftovers: int
    closed: int
    recorded: int
    altered: tuple[str, ...]
    older: int


def mend(pipeline: Pipeline, instance: dg.DagsterInstance, *, alone: bool = False) -> Mended:
    """Mend what dead processes left behind.

    Args:
        pipeline: the data root.
        instance: its Dagster instance.
        alone: no other process runs on the instance, so every open run is dead (the start of ``hi ui``); not so where
            workers of other machines run them.
    """
    alone = alone and not has_workers(instance)
    leftovers = len(pipeline.lake.sweep()) + len(pipeline.snapshots.sweep())
    older = pipeline.cells.drop_older_layout()
    altered = altered_of(pipeline.lake)
    if altered:
        pipeline.lake.store.repair()
    _drop_half_published(pipeline)
    open_runs = instance.get_run_records(dg.RunsFilter(statuses=list(_OPEN)))
    closed = sum(_close(instance, record, alone=alone) for record in open_runs)
    recorded = reconcile(pipeline, instance)
    storage = instance.event_log_storage
    if recorded and isinstance(storage, BatchedEventLogStorage):
        storage.flush()
    return Mended(leftovers=leftovers, closed=closed, recorded=recorded, altered=altered, older=older)


def tags_of_process() -> dict[str, str]:
    """Return the tags of a run that this process executes itself."""
    return {PID_TAG: str(os.getpid()), _HOST_TAG: socket.gethostname()}


def process_of(instance: dg.DagsterInstance, record: dg.RunRecord) -> tuple[str, bool]:
    """Return the process that executes a run, "" where that is the daemon's affair, and whether it may still live.

    Of a process on another machine nothing can be seen from here: it counts as alive, until the monitor ends its run.
    SQLite is used by one machine, whatever it is called: a container that is made anew has another name.
    """
    tags = record.dagster_run.tags
    pid, host = tags.get(PID_TAG, ""), tags.get(_HOST_TAG, socket.gethostname())
    if not pid:
        return "", True
    if host != socket.gethostname() and not isinstance(instance.event_log_storage, SqliteEventLogStorage):
        return f"{pid} on {host}", True
    return pid, is_alive(int(pid), since=record.create_timestamp)


def is_alive(pid: int, *, since: datetime) -> bool:
    """Tell whether the process that began a run still lives.

    Args:
        pid: its number. Numbers are used again: after a restart, and in a container each time from 1.
        since: when the run was made; a process that is younger only has the number of the one that died.
    """
    try:
        process = psutil.Process(pid)
        is_ours = any("python" in word.lower() for word in process.cmdline())
        return is_ours and process.create_time() <= since.timestamp() + _CLOCK_SLACK_S
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _close(instance: dg.DagsterInstance, record: dg.RunRecord, *, alone: bool) -> bool:
    run = record.dagster_run
    process, alive = process_of(instance, record)
    # Not begun and of no process: it waits for the daemon.
    dead = not alive if process else alone and run.status is not dg.DagsterRunStatus.NOT_STARTED
    if dead:
        instance.report_run_failed(run, message="Its process died; closed at the next start. Run hi run to finish it.")
    return dead


def _drop_half_published(pipeline: Pipeline) -> None:
    """Let the published folder count as not built where its files are not those that were written.

    Its files are written one after the other; a run that died among them leaves new ones beside old ones.
    """
    parquet = pipeline.lake.path("published", "results")
    # Nobody publishes between the look and what follows from it.
    with pipeline.lake.holding(parquet.parent):
        if altered_files(pipeline.lake):
            pipeline.lake.store.remove(parquet.parent, [f"{parquet.name}.json"])
