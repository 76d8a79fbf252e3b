"""The batched event log: made as Dagster's own, whole after a crash, seen at once by its readers."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from hi_pipeline.orchestration.instance import batched_log, event_log
from hi_pipeline.orchestration.instance.event_log import BatchedSqliteEventLogStorage
from hi_pipeline.storage.locks import locked
from hi_pipeline_tests.unit.orchestration.instance.event_logs import (
    KEY,
    index_rows,
    materialised,
    open_home,
    storage_of,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def test_dagster_yaml_names_it(home: Path) -> None:
    instance = open_home(home)
    assert type(instance.event_log_storage) is not SqliteEventLogStorage
    assert storage_of(instance).is_run_sharded
    assert not instance.telemetry_enabled
    instance.dispose()


def _made(path: Path) -> tuple[object, ...]:
    """What a file of the log holds when nothing has happened: its mode, its tables and their version."""
    with closing(sqlite3.connect(path)) as connection:
        (mode,) = connection.execute("pragma journal_mode").fetchone()
        tables = sorted(connection.execute("select type, name, tbl_name, sql from sqlite_master").fetchall(), key=str)
        version = connection.execute("select * from alembic_version").fetchall()
        return mode, tables, version, connection.execute("pragma integrity_check").fetchall()


def _without(made: tuple[object, ...], unused: tuple[str, ...]) -> tuple[object, ...]:
    """The same less the indices that nobody's question uses; each must have been there."""
    mode, tables, *rest = made
    assert isinstance(tables, list)
    kept = [table for table in tables if table[1] not in unused]
    assert len(kept) == len(tables) - len(unused)
    return mode, kept, *rest


def test_the_empty_index_is_as_dagster_makes_it_less_unused_indices(home: Path) -> None:
    made = []
    for name, storage in (("ours", BatchedSqliteEventLogStorage), ("dagsters", SqliteEventLogStorage)):
        storage(str(home / name)).dispose()
        made.append(_made(home / name / "index.db"))
    assert made[0] == _without(made[1], event_log.UNUSED_IN_INDEX)


def test_a_runs_empty_file_is_as_dagster_makes_it_less_unused_indices(home: Path) -> None:
    made = []
    for name, storage in (("ours", BatchedSqliteEventLogStorage), ("dagsters", SqliteEventLogStorage)):
        log = storage(str(home / name))
        with log.run_connection("a-run"):
            pass
        log.dispose()
        made.append(_made(home / name / "a-run.db"))
    assert made[0] == _without(made[1], event_log.UNUSED_IN_RUN)
    assert made[0][0] == "wal"
    assert not list(home.rglob("*.tmp"))


def test_a_runs_file_that_another_process_made_meanwhile_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, path = BatchedSqliteEventLogStorage(str(home)), home / "a-run.db"

    @contextmanager
    def meanwhile(folder: Path, name: str) -> Iterator[None]:
        path.write_bytes(log._empty_file())
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("create table theirs (x)")
        with locked(folder, name):
            yield

    monkeypatch.setattr(event_log, "locked", meanwhile)
    with log.run_connection("a-run"):
        pass
    log.dispose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from theirs").fetchone() == (0,)
    assert not list(home.rglob("*.tmp"))


def test_events_are_kept_until_somebody_reads_in_this_process(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched_log, "INTERVAL_S", 60.0)
    instance = open_home(home)
    materialised(instance, "p1", "p2")
    assert index_rows(home) == 0, "not written yet"
    assert instance.get_materialized_partitions(KEY) == {"p1", "p2"}, "a reader sees them"
    assert index_rows(home) == 2
    instance.dispose()


def test_events_are_written_after_the_interval_without_any_reader(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched_log, "INTERVAL_S", 0.05)
    instance = open_home(home)
    materialised(instance, "p1")
    deadline = time.monotonic() + 120
    while index_rows(home) == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert index_rows(home) == 1
    instance.dispose()


def test_a_full_batch_is_written_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched_log, "INTERVAL_S", 60.0)
    monkeypatch.setattr(batched_log, "BATCH_SIZE", 3)
    instance = open_home(home)
    materialised(instance, "p1", "p2", "p3", "p4")
    assert index_rows(home) == 3
    instance.dispose()
    assert index_rows(home) == 4, "the rest is written when the instance is closed"


def test_a_failed_write_keeps_the_events_for_the_next_try(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = open_home(home)
    storage = storage_of(instance)
    materialised(instance, "p1")
    write = BatchedSqliteEventLogStorage._insert

    def breaks(*_: object) -> list[int]:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(BatchedSqliteEventLogStorage, "_insert", breaks)
    with pytest.raises(sqlite3.OperationalError):
        storage.flush()
    monkeypatch.setattr(BatchedSqliteEventLogStorage, "_insert", write)
    assert instance.get_materialized_partitions(KEY) == {"p1"}
    assert index_rows(home) == 1
    instance.dispose()


def test_several_threads_lose_nothing(home: Path) -> None:
    instance = open_home(home)
    keys = [[f"t{t}-{n}" for n in range(25)] for t in range(4)]
    threads = [threading.Thread(target=materialised, args=(instance, *own)) for own in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert instance.get_materialized_partitions(KEY) == {key for own in keys for key in own}
    instance.dispose()


def test_kill_leaves_whole_batches_and_a_usable_log(home: Path) -> None:
    script = textwrap.dedent(
        f"""
        import itertools, sys
        from pathlib import Path
        import hi_pipeline_tests.unit.orchestration.instance.event_logs as t
        from hi_pipeline.orchestration.instance import batched_log
        batched_log.BATCH_SIZE = 7
        instance = t.open_home(Path({str(home)!r}))
        for n in itertools.count():
            t.materialised(instance, f"p{{n}}")
            if n == 30:
                print("going", flush=True)
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment)
    assert child.stdout is not None
    assert child.stdout.readline() == b"going\n"
    time.sleep(0.2)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    instance = open_home(home)
    found = instance.get_materialized_partitions(KEY)
    assert len(found) >= 28
    assert len(found) % 7 == 0, "each batch is there or not"
    assert found == {f"p{n}" for n in range(len(found))}
    materialised(instance, "after")
    assert "after" in instance.get_materialized_partitions(KEY)
    instance.dispose()


def test_who_reads_and_who_writes_never_wait_for_each_other(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader is on its way to the index when a run ends: one of the two must always be able to go on."""
    instance = open_home(home)
    materialised(instance, "2021-22")
    storage, opens = storage_of(instance), BatchedSqliteEventLogStorage._engine
    storage.flush()
    on_its_way, writing = threading.Event(), threading.Event()

    def engine(self: BatchedSqliteEventLogStorage, shard: str) -> object:
        if threading.current_thread() is reader:
            on_its_way.set()
            assert writing.wait(60)
        return opens(self, shard)

    def write() -> None:
        assert on_its_way.wait(60)
        with storage._lock:
            writing.set()
            materialised(instance, "2022-23")
            storage.flush()

    reader = threading.Thread(target=lambda: instance.get_materialized_partitions(KEY), daemon=True)
    writer = threading.Thread(target=write, daemon=True)
    monkeypatch.setattr(BatchedSqliteEventLogStorage, "_engine", engine)
    for thread in (reader, writer):
        thread.start()
    for thread in (reader, writer):
        thread.join(30)
    assert not reader.is_alive() and not writer.is_alive()
    assert instance.get_materialized_partitions(KEY) == {"2021-22", "2022-23"}
    instance.dispose()
