"""The embedded event log: SQLite as Dagster ships it, with writes gathered into one transaction.

Dagster's own SQLite log opens several connections for each event, which makes a grid of partitions unusably
slow (2026-11: 42 ms a partition). Named in dagster.yaml, a public extension point:

    event_log_storage:
      module: hi_pipeline.orchestration.instance.event_log
      class: BatchedSqliteEventLogStorage
      config: {base_dir: ...}

It is still needed where figures stand in one file a year: Dagster's partitions stay year x board, because the UI shows,
backfills and fails them so, and that is about 39,000 records of 66 indicators, 27 minutes of Dagster's own log.

It is kept small too, because 39,000 records of three events each are most of a data root (2026-11: 11.7 kB a record
without what follows, see docs/performance.md): events leave out what they say twice (``slim``) and those of cells
their empty fields (``in_brief``), a run's file holds the headline of a cell and the index the rest (``in_short``),
JSON has no spaces, and the indices that nobody's question uses are not made (``UNUSED_IN_RUN``).

Safe against a crash: events are kept in memory for at most ``INTERVAL_S`` seconds, are written before any
reader of this process looks and before a run or a step changes its state, and each batch is one transaction of the
run's file and one of the index. What a killed process had not written yet is a figure without its record, which
``orchestration.reconcile`` records at the next start.
"""

import atexit
import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as db
from dagster import AssetKey, DagsterEventType
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from dagster_shared.serdes import deserialize_value
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool, StaticPool

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.run_storage import STORAGE_CONFIG, folder_of, naming
from hi_pipeline.orchestration.instance.slim_events import in_brief, in_short, is_planned_cell, slim, type_of
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.locks import locked

_log = logging.getLogger(__name__)
BATCH_SIZE = 1000
INTERVAL_S = 1.0
_OPEN_SHARDS = 8
# A page of the index holds several whole records of about 3 kB. A run's file keeps SQLite's own 4 kB: its many empty
# tables take a page each, and most runs are short (in pages of 16 kB each took 0.43 MB, 2026-11).
_INDEX_PAGE_BYTES = 32_768
# Indices of Dagster's tables by which nothing is looked up. Questions about assets go to the index; a run's file holds
# one run; steps are looked up in the run's file; tags are found by their event, and the events of an asset by the index
# with partitions, which begins alike (2026-11, dagster 1.13).
UNUSED_IN_INDEX = ("idx_step_key", "idx_asset_event_tags", "idx_events_by_asset")
UNUSED_IN_RUN = ("idx_events_by_asset", "idx_events_by_asset_partition", "idx_events_by_run_id")
# Where the header of an SQLite file says how it is written and read, and what stands there for WAL (its file format).
_MODE_BYTES, _WAL = slice(18, 20), b"\x02\x02"
# Metadata of an observation that tells which planned partitions of a run do not apply (no release, no such board).
NOT_APPLICABLE = "partitions_not_applicable"

# After these the state that other processes see must be whole at once.
_WRITE_NOW = {
    *EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
    DagsterEventType.STEP_SUCCESS,
    DagsterEventType.STEP_FAILURE,
    DagsterEventType.STEP_SKIPPED,
}


class BatchedSqliteEventLogStorage(SqliteEventLogStorage):
    """SQLite event log that writes events in batches; same files, same tables, same records."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._pending: list[EventLogEntry] = []
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._engines: dict[str, Engine] = {}
        self._inside = threading.local()
        self._migrated: set[str] = set()
        self._columns: set[str] = set()
        self._checks_there = False
        self._empty: bytes | None = None
        index = Path(base_dir) / f"{INDEX_SHARD_NAME}.db"
        is_new = not index.exists()
        super().__init__(base_dir, inst_data)
        if is_new:
            self._engines.pop(INDEX_SHARD_NAME).dispose()
            _shape(index)
        atexit.register(self._flush_quietly)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "BatchedSqliteEventLogStorage":
        """Return the storage that dagster.yaml describes (the parent would return its own class)."""
        return cls(inst_data=inst_data, base_dir=folder_of(config_value, "history", "runs"))

    @classmethod
    def config_type(cls) -> Any:
        """Return what dagster.yaml may say."""
        return STORAGE_CONFIG

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
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
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

    def get_asset_partitions_for_run(
        self, run_id: str, of_type: DagsterEventType | set[DagsterEventType] | None = None
    ) -> Mapping[AssetKey, AbstractSet[str | None]]:
        """As in Dagster, asked of the index: it holds all events of assets, and the run's file no plans of cells."""
        with self.index_connection() as index:
            self._inside.connections = {run_id: index}
            try:
                return super().get_asset_partitions_for_run(run_id, of_type)
            finally:
                self._inside.connections = {}

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """Yield a connection; readers see everything that this process stored."""
        nested = getattr(self._inside, "connections", {})
        if shard in nested:
            yield nested[shard]
            return
        if not nested:
            self.flush()
        with (
            naming(self._path(shard)),
            self._db_lock,
            self._engine(shard).connect() as connection,
            connection.begin(),
        ):
            yield connection

    def _path(self, shard: str) -> Path:
        return Path(self.path_for_shard(shard))

    def _engine(self, shard: str) -> Engine:
        """Return a shard's engine, with a connection that stays open: closing the last one rewrites the file."""
        with self._lock:
            if shard not in self._engines:
                while len(self._engines) > _OPEN_SHARDS:
                    oldest = next(name for name in self._engines if name != INDEX_SHARD_NAME)
                    self._engines.pop(oldest).dispose()
                self._engines[shard] = self._open(shard)
            return self._engines[shard]

    def _open(self, shard: str) -> Engine:
        engine = db.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=20,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        # In WAL mode a kill loses nothing that was committed; a power cut may lose the last batches, never part of
        # one, and what they recorded is reconciled from the files at the next start.
        db.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=NORMAL"))
        if shard not in self._initialized_dbs:
            self._place(shard)
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def _place(self, shard: str) -> None:
        """Put a whole empty file in a shard's place, unless there is one: making it there takes dozens of syncs."""
        path = self._path(shard)
        if path.exists():
            return
        with locked(path.parent, "making"):
            if not path.exists():  # another process may have been faster
                write_bytes(path, self._empty_file())

    def _empty_file(self) -> bytes:
        """Return the bytes of a run's file without events, in WAL mode: made once, in memory, as Dagster makes it."""
        if self._empty is None:
            engine = db.create_engine("sqlite://", poolclass=StaticPool)
            self._initdb(engine)
            with engine.connect() as connection:
                for name in UNUSED_IN_RUN:
                    connection.execute(db.text(f"DROP INDEX {name}"))
                connection.commit()
                made = bytearray(connection.connection.driver_connection.serialize())  # type: ignore[union-attr]
            engine.dispose()
            made[_MODE_BYTES] = _WAL
            self._empty = bytes(made)
        return self._empty

    def _write(self, run_id: str, events: Sequence[EventLogEntry]) -> None:
        """Write events of one run to its file and, where other runs ask for them, to the index."""
        indexed = [event for event in events if _is_indexed(event)]
        with naming(self._path(run_id)):
            run_engine = self._engine(run_id)
        with naming(self._path(INDEX_SHARD_NAME)):
            index_engine = self._engine(INDEX_SHARD_NAME)
        with (
            naming(self._path(run_id)),
            self._db_lock,
            run_engine.connect() as run,
            index_engine.connect() as index,
            index.begin(),
            run.begin(),
        ):
            self._inside.connections = {run_id: run, INDEX_SHARD_NAME: index}
            try:
                own = [in_short(event) for event in events if not is_planned_cell(event)]
                if own:
                    self._insert(run, own)
                if indexed:
                    self._index(index, indexed, self._insert(index, indexed))
            finally:
                self._inside.connections = {}

    def _insert(self, connection: Connection, events: Sequence[EventLogEntry]) -> list[int]:
        """Insert events in order and return their ids: neighbours, because the first insert locks the file."""
        first, *rest = [self._event_to_row(event) for event in events]
        result = connection.execute(SqlEventLogStorageTable.insert().values(**first))
        start = int((result.inserted_primary_key or (0,))[0])
        if rest:
            connection.execute(SqlEventLogStorageTable.insert(), rest)
        return list(range(start, start + len(events)))

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


def _shape(path: Path) -> None:
    """Take the unused indices from a new index, and give it larger pages: SQLite changes them only outside of WAL."""
    with naming(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name in UNUSED_IN_INDEX:
            connection.execute(f"DROP INDEX {name}")
        for statement in ("journal_mode=DELETE", f"page_size={_INDEX_PAGE_BYTES}"):
            connection.execute(f"PRAGMA {statement}")
        connection.execute("VACUUM")
        connection.execute("PRAGMA journal_mode=WAL")


def _is_indexed(event: EventLogEntry) -> bool:
    """Tell whether an event is also kept in the index: as in ``SqliteEventLogStorage.store_event``."""
    kind = type_of(event)
    return kind in ASSET_EVENTS or kind in ASSET_CHECK_EVENTS or kind in EVENT_TYPE_TO_PIPELINE_RUN_STATUS


def _excused(event: EventLogEntry) -> list[str]:
    observation = event.asset_observation
    said = observation.metadata.get(NOT_APPLICABLE) if observation else None
    if said is None:
        return []
    value = said.value
    keys = json.loads(value) if isinstance(value, str) else value
    return [key for group in keys.values() for key in group] if isinstance(keys, dict) else []
