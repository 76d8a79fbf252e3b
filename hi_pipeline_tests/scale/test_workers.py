"""The grid on two workers: one is killed in the middle, PostgreSQL stops while a run writes; nothing is lost."""

import os
import signal
import time
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from hi_pipeline.cli.services import Service
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.instance.recovery import mend
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.conftest import cells_of
from hi_pipeline_tests.flow.standing import Tree, check_records, tree_of
from hi_pipeline_tests.flow.tiny import make_catalogue
from hi_pipeline_tests.scale.conftest import MODULE, Installation
from hi_pipeline_tests.scale.held import INDICATORS

pytestmark = pytest.mark.scale
_PATIENCE_S = 240.0
# A run holds an indicator and a rectangle of years and boards: at most all cells of it.
CELLS_OF_A_RUN = 3 * 49
# Longer than Dagster's own storages try to connect, about 6 seconds.
AWAY_S = 10.0
KILLED, WRITING = "tiny_3_pct", "tiny_5_pct"


def embedded(settings: Settings, folder: Path) -> Tree:
    """What the same run writes on the embedded default, in one process."""
    alone = Settings(source=settings.source, data_dir=folder, profile="embedded")
    pipeline = open_pipeline(alone, make_catalogue(indicators=INDICATORS))
    instance = open_instance(alone)
    report = Runner(pipeline, instance).run(Selection())
    assert report.success, report.broken
    instance.dispose()
    return tree_of(alone.root)


def wait_for(path: Path, running: "Future[Report]") -> int:
    """Wait until a worker is held; return its process."""
    deadline = time.monotonic() + _PATIENCE_S
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, "no worker came to it"
        assert not running.done(), running.result()
        time.sleep(0.1)
    return int(path.read_text())


def test_a_killed_worker_and_a_stopped_database_lose_nothing(installation: Installation, tmp_path: Path) -> None:
    expected = embedded(installation.settings, tmp_path / "alone")
    held = installation.folder
    for name in (KILLED, WRITING):
        (held / f"hold-{name}").touch()
    installation.start(Service.DAEMON)
    workers = [installation.start(Service.WORKER) for _ in range(2)]
    runner = Runner(installation.pipeline, installation.instance, module=MODULE)
    with ThreadPoolExecutor(1) as pool, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        running = pool.submit(runner.run, Selection())
        killed = wait_for(held / f"held-{KILLED}", running)
        assert killed in [worker.pid for worker in workers]
        os.kill(killed, signal.SIGKILL)
        (held / f"hold-{KILLED}").unlink()
        writing = wait_for(held / f"held-{WRITING}", running)
        assert writing in [worker.pid for worker in workers if worker.pid != killed]
        installation.servers.stop_postgres()
        (held / f"hold-{WRITING}").unlink()
        installation.until_asked_again(writing)
        time.sleep(AWAY_S)
        installation.servers.start_postgres()
        report = running.result(timeout=_PATIENCE_S)
    runs = installation.instance.get_runs()
    failed = [run for run in runs if run.status is dg.DagsterRunStatus.FAILURE]
    assert report.success, report.broken
    assert report.runs == len(runs)
    assert len(failed) >= 1, "the killed worker's run failed at its limit, and another took its place"
    # What a lost answer of the database, or a worker that died late, left unrecorded is made up for at the next look.
    mend(installation.pipeline, installation.instance)
    assert tree_of(installation.settings.root) == expected, "one good file for each cell, as in one process"
    check_records(installation.pipeline, installation.instance)
    again = recorded_again(installation)
    assert again <= CELLS_OF_A_RUN * (len(failed) + 1), "at most the cells of the runs that were disturbed"
    print(f"{len(runs)} runs, {len(failed)} of them failed and tried again; {again} cells recorded again")  # noqa: T201
    assert runner_again(installation).runs == 0, "nothing is left to be done"


def recorded_again(installation: Installation) -> int:
    """How many records name a cell that another one names too; all of them name the bytes that are there."""
    count = 0
    for indicator in installation.pipeline.catalogue.indicators:
        on_disk = cells_of(installation.pipeline, indicator.id)
        key = dg.AssetKey(["indicator", indicator.id])
        records = installation.instance.fetch_materializations(key, limit=10_000).records
        for record in records:
            made = record.asset_materialization
            assert made is not None
            assert (made.tags or {})["dagster/data_version"] == on_disk[made.partition or ""], "no record without bytes"
        count += len(records) - len({record.partition_key for record in records})
    return count


def runner_again(installation: Installation) -> Report:
    return Runner(installation.pipeline, installation.instance, module=MODULE).run(Selection())
