"""Which runs, events, logs and ticks may go: those of ended runs that hold the newest record of nothing.

A run stays, whatever its age, while it holds the newest materialisation, plan, failure or observation of an asset's
partition, or the newest answer of a check: what the web interface says of a figure rests on them.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.batched_log import BatchedEventLogStorage
from hi_pipeline.orchestration.instance.between_runs import last_run
from hi_pipeline.orchestration.instance.event_log import BatchedSqliteEventLogStorage
from hi_pipeline.orchestration.instance.run_storage import naming

_ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
_SUFFIXES = ("", "-wal", "-shm")


@dataclass(frozen=True, kw_only=True)
class OldRuns:
    """What of Dagster's records may go.

    Attributes:
        run_ids: ended runs that hold the newest record of nothing.
        bytes: of their files; on PostgreSQL, of the text of their events.
        kept: ended runs as old that stay, because something rests on them.
    """

    run_ids: tuple[str, ...]
    bytes: int
    kept: int


def old_runs(instance: dg.DagsterInstance, *, before: datetime) -> OldRuns:
    """Return the runs made before a moment that may go; nothing is changed.

    Raises:
        StoreError: the records are not where hi keeps them.
    """
    storage = _ours(instance)
    filters = dg.RunsFilter(statuses=list(_ENDED), created_before=before)
    ended = [record.dagster_run.run_id for record in instance.get_run_records(filters)]
    needed = _needed(storage)
    chosen = tuple(run_id for run_id in ended if run_id not in needed)
    return OldRuns(run_ids=chosen, bytes=_size(storage, chosen), kept=len(ended) - len(chosen))


def remove_runs(instance: dg.DagsterInstance, old: OldRuns, *, before: datetime) -> None:
    """Remove runs with their events and logs, and all ticks before a moment; then give the room back to the disk.

    PostgreSQL uses the room again by itself (autovacuum) and gives none back.

    Raises:
        StoreError: a run goes on; or a database cannot be written, which it names.
    """
    last_run(instance)
    storage = _ours(instance)
    for run_id in old.run_ids:
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        instance.delete_run(run_id)
        with storage.index_connection() as index:
            index.execute(AssetCheckExecutionsTable.delete().where(AssetCheckExecutionsTable.c.run_id == run_id))
    for state in instance.all_instigator_state():
        instance.purge_ticks(state.instigator_origin_id, state.selector_id, before.timestamp())
    if isinstance(storage, BatchedSqliteEventLogStorage):
        _give_back(storage, old.run_ids)


def _ours(instance: dg.DagsterInstance) -> BatchedEventLogStorage:
    storage = instance.event_log_storage
    if isinstance(storage, BatchedEventLogStorage):
        return storage
    raise StoreError("dagster.yaml names another event log than those of hi, and hi prunes only its own")


def _needed(storage: BatchedEventLogStorage) -> set[str]:
    """Return the runs that hold the newest record of anything."""
    events, checks = SqlEventLogStorageTable.c, AssetCheckExecutionsTable.c
    newest = db.select(db.func.max(events.id)).where(events.asset_key.is_not(None))
    newest = newest.group_by(events.asset_key, events.partition, events.dagster_event_type)
    answers = db.select(db.func.max(checks.id)).group_by(checks.asset_key, checks.check_name, checks.partition)
    # A check that was only planned since has its last answer in an older run.
    answered = answers.where(checks.execution_status != "PLANNED")
    with storage.index_connection() as index:
        found = {row[0] for row in index.execute(db.select(events.run_id).where(events.id.in_(newest)))}
        for query in (answers, answered):
            found |= {row[0] for row in index.execute(db.select(checks.run_id).where(checks.id.in_(query)))}
    return found


def _size(storage: BatchedEventLogStorage, run_ids: Sequence[str]) -> int:
    if isinstance(storage, BatchedSqliteEventLogStorage):
        return sum(p.stat().st_size for run_id in run_ids for p in _files(storage, run_id) if p.is_file())
    events = SqlEventLogStorageTable.c
    by_run = db.select(events.run_id, db.func.sum(db.func.octet_length(events.event))).group_by(events.run_id)
    with storage.index_connection() as index:
        sizes = {run_id: int(size) for run_id, size in index.execute(by_run)}
    return sum(sizes.get(run_id, 0) for run_id in run_ids)


def _give_back(storage: BatchedSqliteEventLogStorage, run_ids: Sequence[str]) -> None:
    """Remove the files of runs that are gone, and let the others be as small as they can."""
    places = [path for run_id in run_ids for path in _files(storage, run_id)]
    index = Path(storage.path_for_shard(INDEX_SHARD_NAME))
    storage.dispose()
    for path in places:
        path.unlink(missing_ok=True)
    for path in (index, index.parent.parent / "runs.db"):
        _shrink(path)


def _files(storage: BatchedSqliteEventLogStorage, run_id: str) -> list[Path]:
    return [Path(f"{storage.path_for_shard(run_id)}{suffix}") for suffix in _SUFFIXES]


def _shrink(path: Path) -> None:
    if path.is_file():
        with naming(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
            try:
                connection.execute("VACUUM")
            except sqlite3.OperationalError as error:
                raise StoreError(
                    f"{path}: could not be made smaller ({error}); old records are gone, their room is used again. "
                    "Stop hi ui and prune again to give it back to the disk"
                ) from error
