"""Runs, events and schedules on PostgreSQL, where HI_POSTGRES says: named in dagster.yaml by ``hi instance``.

As Dagster ships them (dagster-postgres), but for these:

- Address and password come from the settings, so that dagster.yaml, and the message that tells a worker what to run,
  hold neither.
- Each storage keeps a connection: many short ones are a burden on the server (dagster issue 20325). Where the server is
  away it is asked for ``RETRY_S`` seconds, by the web interface for ``WEB_RETRY_S``: Dagster's own gives up after six.
- Events are written in batches, as in the embedded log (``batched_log``); Dagster inserts planned events one at a time.
- A batch whose connection drops is tried again as long. Dagster's own log raises, after the work of a
  step is done (dagster issue 33886). Where the server had kept a batch and its answer was lost, the batch is there
  twice: a cell recorded again, with the same hash.
- Batches wait for one another: ids are then in the order in which they can be read. Whoever reads on from the last id
  that he saw (Dagster's cache of the state of partitions does) would otherwise miss what is committed later.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import sqlalchemy as db
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData
from dagster_postgres import PostgresEventLogStorage, PostgresRunStorage, PostgresScheduleStorage
from dagster_postgres.utils import DagsterPostgresException
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.batched_log import BatchedEventLogStorage
from hi_pipeline.settings import Settings

_log = logging.getLogger(__name__)
RETRY_S, WEB_RETRY_S = 90.0, 5.0
_PAUSE_S = 0.5
# Any number that nobody else locks in this database.
_WRITING = 7_202_611
_T = TypeVar("_T")
Rows = list[dict[str, Any]]


def address() -> str:
    """Return the address of the database with its password, as SQLAlchemy takes it.

    Raises:
        StoreError: HI_POSTGRES names none.
    """
    settings = Settings()
    if not settings.postgres:
        raise StoreError("dagster.yaml keeps the records on PostgreSQL, and HI_POSTGRES names no server; set it")
    # Without a driver's name SQLAlchemy 2.1 looks for another one than dagster-postgres ships (dagster issue 33958).
    url = db.make_url(settings.postgres).set(drivername="postgresql+psycopg2")
    return url.set(password=settings.secret("postgres_password") or None).render_as_string(hide_password=False)


def place() -> str:
    """Return where the database is, in words that hold no password."""
    url = db.make_url(Settings().postgres)
    return f"PostgreSQL {url.host or 'on a socket'}{f':{url.port}' if url.port else ''}/{url.database}"


@contextmanager
def naming() -> Iterator[None]:
    """Turn a failed access to the database into an error that says where it is and what to do."""
    try:
        yield
    except (OperationalError, DagsterPostgresException) as error:
        cause = error.__cause__ if isinstance(error, DagsterPostgresException) else error
        said = " ".join(str(getattr(cause, "orig", None) or cause).split())
        raise StoreError(
            f"{place()}: {said}; look whether it runs, HI_POSTGRES and its password, and run again. Data files are "
            "whole; records that are missing are made up for then."
        ) from error


class _FromSettings:
    """Builds a storage from the settings, with a connection that is kept; dagster.yaml says nothing but its name."""

    _engine: Engine
    _is_web = False
    postgres_url: str

    @classmethod
    def config_type(cls) -> Any:
        """Return what dagster.yaml may say: nothing."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """Return the storage that dagster.yaml names."""
        make: Callable[..., Any] = cls
        with naming():
            made = make(postgres_url=address(), inst_data=inst_data)
        made.keep_connection()
        return made

    def keep_connection(self, **options: Any) -> None:
        """Take the place of an engine that opens a connection for every question."""
        self._engine.dispose()
        self._engine = db.create_engine(
            self.postgres_url,
            isolation_level="AUTOCOMMIT",
            poolclass=QueuePool,
            pool_pre_ping=True,
            **{"pool_size": 1, "max_overflow": 20, **options},
        )

    def optimize_for_webserver(self, statement_timeout: int, pool_recycle: int, max_overflow: int) -> None:
        """Let no question of the web interface take longer than so many milliseconds."""
        self._is_web = True
        limit = f"-c statement_timeout={statement_timeout}"
        self.keep_connection(max_overflow=max_overflow, pool_recycle=pool_recycle, connect_args={"options": limit})

    @contextmanager
    def patient(self) -> Iterator[Connection]:
        """Yield a connection, waiting for a server that is away."""
        connection = again(self._engine.connect, for_s=WEB_RETRY_S if self._is_web else RETRY_S)
        try:
            yield connection
        finally:
            connection.close()

    def dispose(self) -> None:
        """Close."""
        super().dispose()  # type: ignore[misc]
        self._engine.dispose()


class SettingsRunStorage(_FromSettings, PostgresRunStorage):
    """Dagster's list of runs on PostgreSQL."""

    def connect(self) -> AbstractContextManager[Connection]:
        """Return a connection."""
        return self.patient()


class SettingsScheduleStorage(_FromSettings, PostgresScheduleStorage):
    """Dagster's schedules, sensors and ticks on PostgreSQL."""

    def connect(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """Return a connection."""
        return self.patient()


class BatchedPostgresEventLogStorage(_FromSettings, BatchedEventLogStorage, PostgresEventLogStorage):
    """PostgreSQL event log that writes events in batches; same tables, same records."""

    def __init__(self, postgres_url: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._begin()
        self._inside = threading.local()
        super().__init__(postgres_url, inst_data=inst_data)

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        """Yield a connection; readers see everything that this process stored."""
        inside = getattr(self._inside, "connection", None)
        if inside is not None:
            yield inside
            return
        self.flush()
        with self.patient() as connection:
            yield connection

    def _write(self, run_id: str, events: Sequence[EventLogEntry]) -> None:
        # Made before the others are kept waiting: a third of the time that a batch takes.
        rows = [self._event_to_row(event) for event in events]
        with naming():
            again(lambda: self._write_once(events, rows), for_s=RETRY_S)

    def _write_once(self, events: Sequence[EventLogEntry], rows: Rows) -> None:
        with self._engine.connect() as connection:
            connection = connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                connection.execute(db.select(db.func.pg_advisory_xact_lock(_WRITING)))
                self._inside.connection = connection
                try:
                    self._store(connection, events, rows)
                finally:
                    self._inside.connection = None

    def _store(self, connection: Connection, events: Sequence[EventLogEntry], rows: Rows) -> None:
        insert = SqlEventLogStorageTable.insert().returning(SqlEventLogStorageTable.c.id, sort_by_parameter_order=True)
        self._index(connection, events, [int(row[0]) for row in connection.execute(insert, rows)])


def again(work: Callable[[], _T], *, for_s: float) -> _T:
    """Do something on the database, again where the connection drops, for at most so many seconds."""
    until = time.monotonic() + for_s
    while True:
        try:
            return work()
        except (DBAPIError, DagsterPostgresException) as error:
            if (isinstance(error, DBAPIError) and not _has_dropped(error)) or time.monotonic() > until:
                raise
            _log.warning("%s does not answer; it is asked again: %s", place(), " ".join(str(error).split())[:200])
        time.sleep(_PAUSE_S)


def _has_dropped(error: DBAPIError) -> bool:
    return error.connection_invalidated or isinstance(error, OperationalError)
