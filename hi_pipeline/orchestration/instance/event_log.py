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
reader of this process looks and before a run or a step changes its state (``batched_log``), and each batch is one
transaction of the run's file and one of the index.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
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
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool, StaticPool

from hi_pipeline.orchestration.instance.batched_log import BatchedEventLogStorage
from hi_pipeline.orchestration.instance.run_storage import STORAGE_CONFIG, folder_of, naming
from hi_pipeline.orchestration.instance.slim_events import Row, in_short, is_planned_cell, type_of
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.locks import locked

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


class BatchedSqliteEventLogStorage(BatchedEventLogStorage, SqliteEventLogStorage):
    """SQLite event log that writes events in batches; same files, same tables, same records."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._begin()
        self._engines: dict[str, Engine] = {}
        self._inside = threading.local()
        self._empty: bytes | None = None
        index = Path(base_dir) / f"{INDEX_SHARD_NAME}.db"
        is_new = not index.exists()
        super().__init__(base_dir, inst_data)
        if is_new:
            self._engines.pop(INDEX_SHARD_NAME).dispose()
            _shape(index)

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

    def dispose(self) -> None:
        """Write what is pending and close."""
        self._flush_quietly()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()

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
        with naming(self._path(shard)):
            # Before Dagster's lock: who writes a batch holds ours when it asks for that one, and each would wait for
            # the other for good (seen in a daemon, 2026-11).
            engine = self._engine(shard)
            with self._db_lock, engine.connect() as connection, connection.begin():
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
            if not self._place(shard):
                self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def _place(self, shard: str) -> bool:
        """Put a whole empty file in a shard's place, unless there is one; tell whether it was put there.

        Making it there takes dozens of syncs, and a file of another time is looked at by all of Dagster's migrations.
        """
        path = self._path(shard)
        if path.exists():
            return False
        with locked(path.parent, "making"):
            if path.exists():  # another process may have been faster
                return False
            write_bytes(path, self._empty_file())
            return True

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
        rows = [self._event_to_row(event) for event in events]
        own = [in_short(event, row) for event, row in zip(events, rows, strict=True) if not is_planned_cell(event)]
        indexed = [(event, row) for event, row in zip(events, rows, strict=True) if _is_indexed(event)]
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
                if own:
                    self._insert(run, own)
                if indexed:
                    about, of_index = zip(*indexed, strict=True)
                    self._index(index, about, self._insert(index, of_index))
            finally:
                self._inside.connections = {}

    def _insert(self, connection: Connection, rows: Sequence[Row]) -> list[int]:
        """Insert rows in order and return their ids: neighbours, because the first insert locks the file."""
        first, *rest = rows
        result = connection.execute(SqlEventLogStorageTable.insert().values(**first))
        start = int((result.inserted_primary_key or (0,))[0])
        if rest:
            connection.execute(SqlEventLogStorageTable.insert(), rest)
        return list(range(start, start + len(rows)))


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
