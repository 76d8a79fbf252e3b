"""The grid on two workers: one is killed in the middle, PostgreSQL stops while a run writes; nothing is lost."""

import time
from pathlib import Path

import dagster as dg
import pytest

from hi_pipeline.cli.services import Service
from hi_pipeline.engine.plan import Selection
from hi_pipeline_tests.flow.conftest import cells_of
from hi_pipeline_tests.flow.standing import check_records, tree_of
from hi_pipeline_tests.flow.test_object_store import shared
from hi_pipeline_tests.scale.conftest import TINY, installed, make_machine
from hi_pipeline_tests.scale.disturbed import embedded, run_disturbed, same_machine
from hi_pipeline_tests.scale.servers import Servers

pytestmark = pytest.mark.scale
KILLED, WRITING = "tiny_3_pct", "tiny_5_pct"


def test_a_killed_worker_and_a_stopped_database_lose_nothing(
    servers: Servers, tiny_mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed(TINY, servers, tmp_path, monkeypatch) as installation:
        alone = same_machine(installation.settings, tmp_path / "alone")
        embedded(TINY, alone, Selection())
        run_disturbed(installation, Selection(), killed=KILLED, writing=WRITING)
        assert tree_of(installation.settings.root) == tree_of(alone.root), "one good file a cell, as in one process"
        check_records(installation.pipeline, installation.instance)


def test_what_a_lost_queue_held_is_handed_out_again(
    servers: Servers, tiny_mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis loses a run that no worker has begun: after the start limit it fails, and another takes its place."""
    selection = Selection(years=("2023-24",), icbs=("E54000010",), indicators=(KILLED,))
    with installed(TINY, servers, tmp_path, monkeypatch) as installation:
        installation.start(Service.DAEMON)
        running = installation.begin(selection)
        deadline = time.monotonic() + TINY.patience_s
        while not servers.waiting():
            assert time.monotonic() < deadline and not running.done(), "nothing came into the queue"
            time.sleep(0.2)
        servers.lose_redis()
        servers.start_redis()
        installation.start(Service.WORKER)
        report = running.result(timeout=TINY.patience_s)
        assert report.success, report.broken
        failed = installation.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
        assert len(failed) == 1
        assert report.runs == len(installation.instance.get_runs())
        check_records(installation.pipeline, installation.instance)
        assert cells_of(installation.pipeline, KILLED).keys() == {"2023-24|E54000010"}


def test_workers_on_machines_of_their_own_share_an_object_store(
    servers: Servers, tiny_mirror: Path, tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records on PostgreSQL, runs by Celery, files in an object store: no folder is shared but the mirror."""
    monkeypatch.setenv("HI_STORE", store_url)
    with installed(TINY, servers, tmp_path, monkeypatch) as installation:
        machines = [make_machine(tmp_path / name, TINY) for name in ("one", "two")]
        alone = same_machine(installation.settings, tmp_path / "alone")
        embedded(TINY, alone, Selection())
        expected = shared(alone.root)
        run_disturbed(installation, Selection(), killed=KILLED, writing=WRITING, machines=machines)
        store = installation.pipeline.lake.store
        store.fresh_below(installation.settings.root)
        assert shared(installation.settings.root) == expected != {}, "the same bytes as on the disk of one process"
        check_records(installation.pipeline, installation.instance)
        assert store.verify() == [], "each object is what its name says"
        for machine in machines:
            held = shared(machine.root)
            assert held, "each worker had its part"
            assert held.items() <= expected.items()
