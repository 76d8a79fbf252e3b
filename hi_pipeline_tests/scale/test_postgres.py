"""Records on PostgreSQL: the same as on the embedded log, in batches, whole though the server drops its connections."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as db
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, SqlEventLogStorageTable
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value
from dagster_postgres import PostgresEventLogStorage

from hi_pipeline.core.errors import StoreError
from hi_pipeline.engine.grid import RANGE_END, RANGE_START
from hi_pipeline.orchestration.instance import batched_log, postgres
from hi_pipeline.orchestration.instance.between_runs import last_run
from hi_pipeline.orchestration.instance.health import examine_records
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.instance.postgres import BatchedPostgresEventLogStorage
from hi_pipeline.orchestration.instance.recovery import PID_TAG, mend, tags_of_process
from hi_pipeline.orchestration.partitions import GRID
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.standing import check_records
from hi_pipeline_tests.flow.test_command_line_backfill import hi
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, YEARS, rows_of, with_too_many_helped, write_release
from hi_pipeline_tests.scale.servers import Servers, refuses_plain
from hi_pipeline_tests.unit.orchestration.instance.test_retention import BOARDS, NOW, look, make_run, release

pytestmark = pytest.mark.scale
KEY = dg.AssetKey(["indicator", "tiny_1_pct"])
WHOLE = {RANGE_START: GRID.get_first_partition_key(), RANGE_END: GRID.get_last_partition_key()}
DROP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"


@pytest.fixture
def on_postgres(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database; returns its name."""
    address = servers.fresh_database()
    for name, value in {**servers.environment, "HI_POSTGRES": address, "HI_PROFILE": "postgres"}.items():
        monkeypatch.setenv(name, value)
    return address.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def bench(on_postgres: str, tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    yield made
    made.instance.dispose()


def storage_of(bench: Bench) -> BatchedPostgresEventLogStorage:
    storage = bench.instance.event_log_storage
    assert isinstance(storage, BatchedPostgresEventLogStorage)
    return storage


def recorded(bench: Bench, *partitions: str) -> None:
    for partition in partitions:
        bench.instance.report_runless_asset_event(
            dg.AssetMaterialization(KEY, partition=partition, tags={"dagster/data_version": "1"})
        )


def statuses(bench: Bench) -> tuple[set[str], set[str]]:
    """Cells that Dagster shows as materialised and as failed."""
    value = get_and_update_asset_status_cache_value(bench.instance, KEY, GRID)
    assert value is not None
    return (
        set(value.deserialize_materialized_partition_subsets(GRID).get_partition_keys()),
        set(value.deserialize_failed_partition_subsets(GRID).get_partition_keys()),
    )


def test_a_wrong_cell_alone_reads_failed_as_on_the_embedded_log(bench: Bench) -> None:
    for year in YEARS:
        rows = rows_of(year)
        wrong = year == "2022-23"
        write_release(bench.mirror, year, with_too_many_helped(rows, WRONG_BOARD) if wrong else rows)
    bench.run(icbs=("E54000071",))
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    job = definitions.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(instance=bench.instance, asset_selection=[KEY], tags=WHOLE, raise_on_error=False)
    assert not result.success
    good, failed = statuses(bench)
    assert failed == {f"2022-23|{WRONG_BOARD}"}, "cells that cannot exist are no failure"
    assert good == bench.on_disk()
    check_records(bench.pipeline, bench.instance)
    bench.run()
    assert [found for found in examine_records(bench.settings, port=1) if found.state.value == "fails"] == []


def test_a_batch_is_one_transaction_over_a_connection_that_is_kept(
    bench: Bench, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batched_log, "INTERVAL_S", 60.0)
    storage = storage_of(bench)
    keys = [f"2021-22|{n}" for n in range(200)]
    recorded(bench, *keys)
    storage.flush()
    # The first write of all made the connection.
    log = servers.folder / "database.log"
    before = log.read_text().count("connection authorized")
    recorded(bench, *[f"{key}x" for key in keys])
    storage.flush()
    assert log.read_text().count("connection authorized") == before
    assert bench.instance.get_materialized_partitions(KEY) == {key for k in keys for key in (k, f"{k}x")}


def test_a_dropped_connection_is_no_failure_of_the_work(
    bench: Bench, servers: Servers, on_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As dagster issue 33886 has it: the log raises, and the work was done."""
    monkeypatch.setattr(batched_log, "INTERVAL_S", 60.0)
    recorded(bench, "before")
    storage_of(bench).flush()
    recorded(bench, "a", "b")
    servers.ask(DROP.format(on_postgres))
    storage_of(bench).flush()
    assert bench.instance.get_materialized_partitions(KEY) == {"before", "a", "b"}


def test_a_server_that_stays_away_is_named_and_what_it_missed_is_written_later(
    bench: Bench, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batched_log, "INTERVAL_S", 60.0)
    monkeypatch.setattr(postgres, "RETRY_S", 1.0)
    recorded(bench, "a")
    servers.stop_postgres()
    try:
        with pytest.raises(StoreError, match=rf"PostgreSQL localhost:{servers.postgres_port}/.* run again") as refused:
            storage_of(bench).flush()
        assert servers.password not in str(refused.value)
        (record, *_) = examine_records(bench.settings, port=1)
        assert (record.what, record.state.value) == ("records", "fails")
        assert "PostgreSQL localhost" in record.said
    finally:
        servers.start_postgres()
    storage_of(bench).flush()
    assert bench.instance.get_materialized_partitions(KEY) == {"a"}


def test_records_that_the_database_lost_are_made_up_for_at_the_next_look(
    bench: Bench, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way from the embedded default to PostgreSQL, and back from an empty database: files are what counts."""
    for year in YEARS:
        write_release(bench.mirror, year)
    assert bench.run().success
    cells = bench.on_disk()
    bench.instance.dispose()
    monkeypatch.setenv("HI_POSTGRES", servers.fresh_database())
    bench.instance = open_instance(bench.settings)
    assert not bench.built("indicator", "tiny_1_pct")
    mended = mend(bench.pipeline, bench.instance)
    assert mended.recorded > len(cells)
    assert bench.built("indicator", "tiny_1_pct") == cells
    check_records(bench.pipeline, bench.instance)
    assert mend(bench.pipeline, bench.instance).recorded == 0


def test_a_run_of_another_machine_is_left_alone(bench: Bench) -> None:
    """Whether its process lives cannot be seen from here; the monitor ends it at the longest time of a run."""

    @dg.job
    def left_open() -> None:
        return None

    runs = {}
    for host in ("", "another"):
        tags = {**tags_of_process(), PID_TAG: "999999999"} | ({"hi/host": host} if host else {})
        run = bench.instance.create_run_for_job(left_open, tags=tags)
        event = dg.DagsterEvent(event_type_value="PIPELINE_START", job_name=run.job_name)
        bench.instance.report_dagster_event(event, run.run_id)
        runs[host] = run.run_id
    assert mend(bench.pipeline, bench.instance, alone=True).closed == 1
    found = {host: bench.instance.get_run_by_id(run_id) for host, run_id in runs.items()}
    assert {host: run.status.value for host, run in found.items() if run} == {"": "FAILURE", "another": "STARTED"}
    with pytest.raises(StoreError, match="goes on"):
        last_run(bench.instance)


def test_a_prune_leaves_the_newest_record_of_everything(bench: Bench) -> None:
    """Half a year of old looks and editions, before a run of today that holds what stands."""
    write_release(bench.mirror, YEARS[0])
    old = [NOW - timedelta(days=400 - n) for n in range(12)]
    looks = [look(bench.instance, day) for day in old]
    editions = [release(bench.instance, day, "monthly_pct", "2023-24") for day in old]
    once = release(bench.instance, old[0], "yearly_pct", "2021-22")
    storage_of(bench).flush()
    assert bench.run(years=(YEARS[0],)).success
    built, runs = bench.built("indicator", "tiny_1_pct"), bench.instance.get_runs_count()
    assert built
    would = hi(bench, "prune", "--dry-run")
    assert (would.returncode, "Would remove 22 runs older than 180 days" in would.stdout) == (0, True), would.stdout
    assert bench.instance.get_runs_count() == runs, "a dry run removes nothing"
    done = hi(bench, "prune")
    said = " ".join(done.stdout.split())
    assert (done.returncode, "Removed 22 runs" in said, "; 3 as old stay" in said) == (0, True, True), done.stdout
    assert float(re.findall(r"\(([\d.]+) MB and", said)[0]) > 1, "the text of 11 editions of 49 cells, 3 kB each"

    left = {run.run_id for run in bench.instance.get_runs()}
    assert {*looks, *editions, once} & left == {looks[-1], editions[-1], once}
    assert len(left) == runs - 22
    gone = sorted({*looks[:-1], *editions[:-1]})
    events, checks = SqlEventLogStorageTable, AssetCheckExecutionsTable
    with storage_of(bench).index_connection() as connection:
        for table in (events, checks):
            query = db.select(db.func.count()).select_from(table).where(table.c.run_id.in_(gone))
            assert connection.execute(query).scalar_one() == 0, table.name
    for name, year in (("monthly_pct", "2023-24"), ("yearly_pct", "2021-22")):
        key = dg.AssetKey(["indicator", name])
        assert set(bench.instance.get_materialized_partitions(key)) == {f"{year}|{board}" for board in BOARDS}
    assert bench.built("indicator", "tiny_1_pct") == built
    assert mend(bench.pipeline, bench.instance).recorded == 0, "no file lost its record"
    assert bench.run(years=(YEARS[0],)).runs == 0
    assert "Removed 0 runs" in hi(bench, "prune").stdout


def test_nothing_is_pruned_while_a_run_goes_on(bench: Bench) -> None:
    going = make_run(bench.instance, NOW, dg.DagsterRunStatus.STARTED)
    old = look(bench.instance, NOW - timedelta(days=400))
    look(bench.instance, NOW)
    refused = hi(bench, "prune")
    assert (refused.returncode, f"run {going} goes on" in " ".join(refused.stderr.split())) == (2, True)
    assert bench.instance.get_run_by_id(old), "nothing was removed"


def test_what_dagster_sees_is_what_its_own_log_would_show(bench: Bench) -> None:
    """Dagster's own class reads the tables that ours wrote."""
    recorded(bench, "a", "b", "a")
    storage_of(bench).flush()
    theirs = PostgresEventLogStorage(postgres.address())
    assert set(theirs.get_materialized_partitions(KEY)) == {"a", "b"}
    ids = [record.storage_id for record in theirs.get_event_records(dg.EventRecordsFilter(
        event_type=dg.DagsterEventType.ASSET_MATERIALIZATION, asset_key=KEY))]  # fmt: skip
    assert sorted(ids, reverse=True) == ids
    assert len(ids) == 3
    theirs.dispose()


def test_both_servers_speak_tls_and_want_a_password(servers: Servers) -> None:
    assert refuses_plain(servers.redis_port)
    assert servers.ask("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == [(True,)]
    assert servers.ask("SHOW password_encryption") == [("scram-sha-256",)]
