"""A Dagster home with the batched event log, and what stands in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg

from hi_pipeline.orchestration.instance import opening
from hi_pipeline.orchestration.instance.event_log import BatchedSqliteEventLogStorage
from hi_pipeline.orchestration.instance.profiles import dagster_yaml

KEY = dg.AssetKey(["indicator", "a"])


def materialised(instance: dg.DagsterInstance, *partitions: str, version: str = "1") -> None:
    for partition in partitions:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(KEY, partition=partition, tags={"dagster/data_version": version})
        )


def open_home(folder: Path) -> dg.DagsterInstance:
    (folder / "dagster.yaml").write_text(dagster_yaml("embedded"))
    return opening.open_home(folder)


def index_rows(folder: Path) -> int:
    """Rows that another process would see."""
    with closing(sqlite3.connect(folder / "history" / "runs" / "index.db")) as connection:
        return int(connection.execute("select count(*) from event_logs").fetchone()[0])


def storage_of(instance: dg.DagsterInstance) -> BatchedSqliteEventLogStorage:
    storage = instance._event_storage
    assert isinstance(storage, BatchedSqliteEventLogStorage)
    return storage
