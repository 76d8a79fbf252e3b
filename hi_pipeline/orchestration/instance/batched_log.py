"""What both event logs of ours share: events are kept for a moment and written many at a time, each in a few words.

Dagster writes each event by itself, over several connections, which makes a grid of partitions unusably slow (2026-11:
42 ms a partition on SQLite, 55 on PostgreSQL). Here events are kept in memory for at most ``INTERVAL_S`` seconds, are
written before any reader of this process looks and before a run or a step changes its state, each batch in one
transaction. What a killed process had not written yet is a figure without its record, which
``instance.records.reconcile`` records at the next start.
"""

import atexit
import json
import logging
import threading
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as db
from dagster import AssetKey, DagsterEventType
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster_shared.serdes import deserialize_value
from sqlalchemy.engine import Connection

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.slim_events import in_brief, slim, type_of

_log = logging.getLogger(__name__)
BATCH_SIZE = 1000
INTERVAL_S = 1.0
# Metadata of an observation that tells which planned partitions of a run do not apply (no release, no such board).
NOT_APPLICABLE = "partitions_not_applicable"

# After these the state that other processes see must be whole at once.
_WRITE_NOW = {
    *EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    DagsterEventType.STEP_SUCCESS,
    DagsterEventType.STEP_FAILURE,
    DagsterEventType.STEP_SKIPPED,
}


class BatchedEventLogStorage(SqlEventLogStorage):
    """An event log that writes events in batches; the same tables and records as Dagster's own.

    A class that puts it before one of Dagster's storages says how a batch is written (``_write``), calls ``flush``
    before anybody reads, and ``_begin`` before the constructor of that storage.
    """

    def _begin(self) -> None:
        self._pending: list[EventLogEntry] = []
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._migrated: set[str] = set()
        self._columns: set[str] = set()
        self._checks_there = False
        atexit.register(self._flush_quietly)

    @abstractmethod
    def _write(self, run_id: str, events: Sequence[EventLogEntry]) -> None:
        """Write events of one run, all or none.

        Raises:
            StoreError: it cannot be done.
        """

    def store_event(self, event: EventLogEntry) -> None:
        """Keep an event for the next batch; write at once where a run or a step changes its state."""
        with self._lock:
            self._pending.append(slim(event))
            if len(self._pending) >= BATCH_SIZE or type_of(event) in _WRITE_NOW:
                self.flush()
            elif self._timer is None:
                self._timer = threading.Timer(INTERVAL_S, self._flush_quietly)
                self._timer.daemon = True
                self._timer.start()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Keep several events for the next batch."""
        for event in events:
            self.store_event(event)

    def has_secondary_index(self, name: str) -> bool:
        """Tell whether a migration is done; asked for each record, and true for good once it is."""
        if name not in self._migrated and super().has_secondary_index(name):
            self._migrated.add(name)
        return name in self._migrated

    def has_asset_key_col(self, column_name: str) -> bool:
        """Tell whether the table of assets has a column; asked several times for each record."""
        if column_name not in self._columns and super().has_asset_key_col(column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    @property
    def supports_asset_checks(self) -> bool:
        """Tell whether there is a table of checks; asked for each check, of the file, and true for good once it is."""
        self._checks_there = self._checks_there or super().supports_asset_checks
        return self._checks_there

    def flush(self) -> None:
        """Write all pending events: one transaction for each run's file, one for the index."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            while self._pending:
                run_id, group = next(groupby(self._pending, key=lambda e: e.run_id))
                events = list(group)
                self._write(run_id, events)
                # Only now: what a failed transaction did not keep is tried again with the next batch.
                del self._pending[: len(events)]

    def _flush_quietly(self) -> None:
        """Write what is pending where nobody could answer an error: what fails is kept for the next batch.

        At the end of the process there is none; the next start then makes up for what is missing.
        """
        try:
            self.flush()
        except StoreError as error:
            _log.debug("%d events are not written yet: %s", len(self._pending), error)

    def dispose(self) -> None:
        """Write what is pending and close."""
        self._flush_quietly()
        atexit.unregister(self._flush_quietly)
        super().dispose()

    def get_latest_asset_partition_materialization_attempts_without_materializations(
        self, asset_key: AssetKey, after_storage_id: int | None = None
    ) -> Mapping[str, tuple[str, int]]:
        """As in Dagster, less the partitions of which the run itself said that they do not apply.

        A range of a grid names cells that cannot exist (a board outside its footprint, a year without a release).
        They are planned with the range and never written; without this they would read failed whenever another
        cell of the run fails.
        """
        attempts = super().get_latest_asset_partition_materialization_attempts_without_materializations(
            asset_key, after_storage_id
        )
        runs = {run_id for run_id, _ in attempts.values()}
        excused = self._not_applicable(asset_key, runs) if runs else {}
        return {key: found for key, found in attempts.items() if key not in excused.get(found[0], ())}

    def _event_to_row(self, event: EventLogEntry) -> dict[str, Any]:
        """Return an event's row as in Dagster, its JSON without spaces and, for most, without empty fields."""
        row = super()._event_to_row(event)
        return row | {"event": in_brief(event, row["event"])}

    def _index(self, index: Connection, events: Sequence[EventLogEntry], ids: Sequence[int]) -> None:
        """Bring the tables of assets, tags and checks up to date with new rows of the index."""
        about_assets = [(e, i) for e, i in zip(events, ids, strict=True) if type_of(e) in ASSET_EVENTS]
        if about_assets:
            self._store_asset_event_tags(index, [e for e, _ in about_assets], [i for _, i in about_assets])
        # The table of assets holds the newest event of each kind, so only the last one of each is written.
        newest = {(type_of(e), e.dagster_event.asset_key): (e, i) for e, i in about_assets if e.dagster_event}
        for event, event_id in sorted(newest.values(), key=lambda pair: pair[1]):
            self._store_asset_event(index, event, event_id)
        for event, event_id in zip(events, ids, strict=True):
            if type_of(event) in ASSET_CHECK_EVENTS:
                self.store_asset_check_event(event, event_id)

    def _not_applicable(self, asset_key: AssetKey, run_ids: set[str]) -> dict[str, set[str]]:
        """Return, by run, the partitions that the run's observations set aside."""
        table = SqlEventLogStorageTable.c
        query = db.select(table.run_id, table.event).where(
            table.asset_key == asset_key.to_string(),
            table.dagster_event_type == DagsterEventType.ASSET_OBSERVATION.value,
            table.partition.is_(None),
            table.run_id.in_(sorted(run_ids)),
        )
        with self.index_connection() as connection:
            rows = connection.execute(query).fetchall()
        found: dict[str, set[str]] = {}
        for run_id, text in rows:
            found.setdefault(run_id, set()).update(_excused(deserialize_value(text, EventLogEntry)))
        return found


def _excused(event: EventLogEntry) -> list[str]:
    observation = event.asset_observation
    said = observation.metadata.get(NOT_APPLICABLE) if observation else None
    if said is None:
        return []
    value = said.value
    keys = json.loads(value) if isinstance(value, str) else value
    return [key for group in keys.values() for key in group] if isinstance(keys, dict) else []
