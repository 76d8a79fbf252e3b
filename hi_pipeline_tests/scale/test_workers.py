"""The grid on two workers: one is killed in the middle, PostgreSQL stops while a run writes; nothing is lost."""

from pathlib import Path

import pytest

from hi_pipeline.engine.plan import Selection
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
