"""A run on two workers that is disturbed: a worker is killed in the middle, PostgreSQL stops while a run writes."""

import os
import signal
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import dagster as dg

from hi_pipeline.cli.services import Service
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.instance.recovery import mend
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.conftest import cells_of
from hi_pipeline_tests.scale.conftest import Grid, Installation

# A run holds an indicator and a rectangle of years and boards: at most all cells of it.
CELLS_OF_A_RUN = 3 * 49
# Longer than Dagster's own storages try to connect, about 6 seconds.
_AWAY_S = 10.0


def embedded(grid: Grid, alone: Settings, selection: Selection) -> None:
    """Do the same run on the embedded default, in one process."""
    instance = open_instance(alone)
    report = Runner(open_pipeline(alone, grid.catalogue()), instance).run(selection)
    assert report.success, report.broken
    instance.dispose()


def run_disturbed(
    installation: Installation,
    selection: Selection,
    *,
    killed: str,
    writing: str,
    machines: Sequence[Settings | None] = (None, None),
) -> None:
    """Run on two workers to the end, and check that nothing is lost, nothing is left and no record is without its file.

    Args:
        installation: on which nothing was started yet.
        selection: what is built.
        killed: the indicator in whose computation the worker is killed; it is started again, as any installation does.
        writing: the indicator whose figures are written while the database is away.
        machines: of each worker, where it has a data folder of its own.
    """
    for name in (killed, writing):
        (installation.folder / f"hold-{name}").touch()
    installation.start(Service.DAEMON)
    workers = {installation.start(Service.WORKER, machine=machine).pid: machine for machine in machines}
    running = installation.begin(selection)
    dead = _held(installation, killed, running)
    os.kill(dead, signal.SIGKILL)
    _let_go(installation, killed)
    again = installation.start(Service.WORKER, machine=workers.pop(dead)).pid
    writer = _held(installation, writing, running)
    assert writer in {*workers, again}
    installation.servers.stop_postgres()
    _let_go(installation, writing)
    installation.until_asked_again(writer)
    time.sleep(_AWAY_S)
    installation.servers.start_postgres()
    report = running.result(timeout=installation.grid.patience_s)
    _check(installation, selection, report)


def _held(installation: Installation, indicator: str, running: "Future[Report]") -> int:
    """Wait until a worker is held in the computation of an indicator; return its process."""
    path = installation.folder / f"held-{indicator}"
    deadline = time.monotonic() + installation.grid.patience_s
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, "no worker came to it"
        assert not running.done(), running.result()
        time.sleep(0.1)
    return int(path.read_text())


def _let_go(installation: Installation, indicator: str) -> None:
    (installation.folder / f"hold-{indicator}").unlink()


def _check(installation: Installation, selection: Selection, report: Report) -> None:
    runs = installation.instance.get_runs()
    failed = [run for run in runs if run.status is dg.DagsterRunStatus.FAILURE]
    assert report.success, report.broken
    assert report.runs == len(runs)
    assert {len(run.asset_selection or ()) for run in runs} == {1}, "one run holds one asset and a range of it"
    assert len(failed) >= 1, "the killed worker's run failed at its limit, and another took its place"
    # What a lost answer of the database, or a worker that died late, left unrecorded is made up for at the next look.
    installation.pipeline.look()
    mend(installation.pipeline, installation.instance)
    cells, again = _recorded(installation)
    assert again <= CELLS_OF_A_RUN * (len(failed) + 1), "at most the cells of the runs that were disturbed"
    print(f"{len(runs)} runs, {len(failed)} failed and tried again; {cells} cells, {again} recorded again")  # noqa: T201
    assert mend(installation.pipeline, installation.instance).recorded == 0, "every file has its record"
    assert installation.runner().run(selection).runs == 0, "nothing is left to be done"


def _recorded(installation: Installation) -> tuple[int, int]:
    """Return how many cells are recorded and how many records name a cell that another one names too.

    Each cell on disk has its record and the other way round, and all of them name the bytes that are there.
    """
    cells = count = 0
    for indicator in installation.pipeline.catalogue.indicators:
        on_disk = cells_of(installation.pipeline, indicator.id)
        key = dg.AssetKey(["indicator", indicator.id])
        records = installation.instance.fetch_materializations(key, limit=10_000).records
        for record in records:
            made = record.asset_materialization
            assert made is not None
            assert (made.tags or {})["dagster/data_version"] == on_disk[made.partition or ""], "no record without bytes"
        recorded = {record.partition_key for record in records}
        assert recorded == set(on_disk)
        cells += len(recorded)
        count += len(records) - len(recorded)
    return cells, count


def same_machine(settings: Settings, folder: Path) -> Settings:
    """Return the settings of the embedded run beside an installation."""
    return Settings(source=settings.source, data_dir=folder, profile="embedded", store="")
