"""At the start: leftovers are swept, dead runs closed, figures without their record recorded."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.engine.outcome import State
from hi_pipeline.orchestration.instance.opening import open_instance, prepare_home
from hi_pipeline.orchestration.instance.recovery import PID_TAG, is_alive, mend, tags_of_process
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import Staged
from hi_pipeline_tests.conftest import Once
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.standing import check_records
from hi_pipeline_tests.flow.tiny import YEARS, write_release

KEY = dg.AssetKey(["indicator", "tiny_1_pct"])


@pytest.fixture(scope="module")
def kept(once: Once) -> Path:
    """A folder with a mirror of one release, built."""
    return once("kept", _one_release)


def _one_release(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        made = open_bench(folder)
        write_release(made.mirror, "2023-24")
        assert made.run().success
        made.instance.dispose()


@pytest.fixture
def built(kept: Path, tmp_path: Path) -> Iterator[Bench]:
    shutil.copytree(kept, tmp_path / "built")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        made = open_bench(tmp_path / "built")
        yield made
        made.instance.dispose()


def test_figures_without_their_record_are_recorded_at_the_next_start(bench: Bench) -> None:
    write_release(bench.mirror, "2023-24")
    bench.run()
    before = bench.built("indicator", "tiny_1_pct")
    bench.instance.wipe_assets([KEY, dg.AssetKey(["linked", "tiny_counts"]), dg.AssetKey(["clean", "tiny"])])
    assert not bench.built("indicator", "tiny_1_pct")
    mended = mend(bench.pipeline, bench.instance)
    assert mended.recorded == len(before) + 2
    check_records(bench.pipeline, bench.instance)
    assert bench.built("indicator", "tiny_1_pct") == before
    assert bench.built("linked", "tiny_counts") == {"2023-24"}
    assert mend(bench.pipeline, bench.instance).recorded == 0


@pytest.mark.parametrize(
    ("layer", "name", "partition"),
    [
        ("snapshot", "tiny", "2023-24"),
        ("clean", "tiny", "2023-24"),
        ("linked", "tiny_counts", "2023-24"),
        ("indicator", "tiny_1_pct", "2023-24|E54000010"),
        ("published", "results", None),
    ],
)
def test_a_file_newer_than_its_record_is_recorded_again(
    built: Bench, layer: str, name: str, partition: str | None
) -> None:
    key = dg.AssetKey([layer, name])
    other = {"dagster/data_version": "other bytes"}
    built.instance.report_runless_asset_event(
        dg.AssetMaterialization(key, partition=partition, tags=other, metadata={"sha256": "other bytes"})
    )
    assert mend(built.pipeline, built.instance).recorded == 1
    check_records(built.pipeline, built.instance)
    assert mend(built.pipeline, built.instance).recorded == 0


def test_runs_of_dead_processes_are_closed_and_those_of_living_ones_left(bench: Bench) -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    dead = _open_run(bench, child.pid, started=True)
    not_begun = _open_run(bench, child.pid, started=False)
    alive = _open_run(bench, os.getpid(), started=True)
    assert is_alive(os.getpid(), since=datetime.now(UTC))
    assert mend(bench.pipeline, bench.instance).closed == 2
    assert _status(bench, dead) is dg.DagsterRunStatus.FAILURE
    assert _status(bench, not_begun) is dg.DagsterRunStatus.FAILURE
    assert _status(bench, alive) is dg.DagsterRunStatus.STARTED


def test_the_name_of_the_machine_does_not_count_where_records_are_on_it(bench: Bench) -> None:
    """A container that is made anew has another name, and the same data folder."""
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    dead = _open_run(bench, child.pid, started=True)
    bench.instance.add_run_tags(dead, {**tags_of_process(), PID_TAG: str(child.pid), "hi/host": "the one before"})
    assert mend(bench.pipeline, bench.instance).closed == 1


def test_a_run_of_the_same_number_but_of_an_older_process_is_closed(bench: Bench) -> None:
    """In a container every process may be number 1."""
    run = _open_run(bench, os.getpid(), started=True)
    with sqlite3.connect(bench.settings.dagster_home / "history" / "runs.db") as runs:
        runs.execute("UPDATE runs SET create_timestamp = '2020-01-01 00:00:00.000000'")
    runs.close()
    assert mend(bench.pipeline, bench.instance).closed == 1
    assert _status(bench, run) is dg.DagsterRunStatus.FAILURE


def test_runs_that_wait_for_the_daemon_are_left(bench: Bench) -> None:
    run = bench.instance.create_run_for_job(_job())
    assert mend(bench.pipeline, bench.instance, alone=True).closed == 0
    assert _status(bench, run.run_id) is dg.DagsterRunStatus.NOT_STARTED


@pytest.mark.parametrize("name", ["results.csv", "indicators.json", "datapackage.json"])
def test_a_published_folder_that_is_half_new_is_written_again(built: Bench, name: str) -> None:
    before = _tree(built)
    (built.settings.root / "published" / name).write_text("of another run")
    mend(built.pipeline, built.instance)
    assert built.run().outcomes[("published", "results"), ""].state is State.WRITTEN
    assert _tree(built) == before


@pytest.mark.parametrize("at", [0, 4])
def test_publishing_that_stops_on_the_way_is_done_again(built: Bench, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even without a start in between: what says that the folder is built is written last."""
    write_release(built.mirror, "2022-23")
    done: list[Path] = []

    commit = Staged.commit

    def stop(file: Staged, path: Path | None = None) -> None:
        if file.path.parent.name == "published":
            if len(done) == at:
                raise StoreError(f"{file.path}: no room")
            done.append(file.path)
        commit(file, path)

    with monkeypatch.context() as patch:
        patch.setattr(Staged, "commit", stop)
        assert "no room" in built.run().failures[("published", "results"), ""].reason
    half = _tree(built)
    mend(built.pipeline, built.instance)
    assert set(half) - set(_tree(built)) == ({"published/results.parquet.json"} if at else set())
    assert built.run().success
    after = _tree(built)
    shutil.rmtree(built.settings.root / "published")
    assert built.run().success
    assert _tree(built) == after


@pytest.mark.parametrize("table", ["runs/index.db", "runs.db"])
def test_an_instance_that_was_left_half_made_is_made_anew(tmp_path: Path, table: str) -> None:
    settings = Settings(source=f"mirror:{tmp_path}", data_dir=tmp_path / "data")
    home = prepare_home(settings)
    (home / "being_made").touch()
    database = home / "history" / table
    database.parent.mkdir(parents=True)
    with sqlite3.connect(database) as half:
        half.execute("CREATE TABLE runs (id INTEGER)")
        half.execute("CREATE TABLE event_logs (id INTEGER)")
    half.close()
    instance = open_instance(settings)
    run = instance.create_run_for_job(_job())
    assert instance.get_run_by_id(run.run_id) is not None
    assert instance.event_log_storage.has_secondary_index("asset_key_table")
    instance.dispose()
    assert not (home / "being_made").exists()
    again = open_instance(settings)
    assert again.get_run_by_id(run.run_id) is not None, "a whole one is left as it is"
    again.dispose()


def test_a_run_that_was_killed_ends_with_the_same_bytes(bench: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from hi_pipeline_tests.flow.conftest import open_bench
        import hi_pipeline.orchestration.runs as running
        bench = open_bench(Path({str(bench.mirror.parent)!r}))
        def told(key, outcome):
            if key[0] == "indicator":
                print("indicator", flush=True)
                import time; time.sleep(60)
        runner = running.Runner(bench.pipeline, bench.instance, running.Watcher(outcome=told))
        runner.run(running.Selection())
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"indicator\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    mended = mend(bench.pipeline, bench.instance)
    assert mended.closed == 1
    assert mended.recorded > 0, "the first year's files were written, their records not yet"
    assert bench.run().success
    other = open_bench(bench.mirror.parent / "other")
    for year in YEARS:
        write_release(other.mirror, year)
    assert other.run().success
    assert _tree(bench) == _tree(other)
    other.instance.dispose()


def test_running_in_another_folder_gives_the_same_bytes_in_the_published_folder(bench: Bench) -> None:
    write_release(bench.mirror, "2023-24")
    bench.run()
    first = _tree(bench)
    for path in bench.settings.root.glob("indicator/**/*.parquet"):
        path.unlink()
    assert bench.run().runs == 1, "only the figures are built again; what was published still holds"
    assert _tree(bench) == first


def _open_run(bench: Bench, pid: int, *, started: bool) -> str:
    run = bench.instance.create_run_for_job(_job(), tags={PID_TAG: str(pid)})
    if started:
        event = dg.DagsterEvent(event_type_value="PIPELINE_START", job_name=run.job_name)
        bench.instance.report_dagster_event(event, run.run_id)
    return run.run_id


def _status(bench: Bench, run_id: str) -> dg.DagsterRunStatus:
    run = bench.instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def _job() -> dg.JobDefinition:
    @dg.op
    def nothing() -> None:
        return None

    @dg.job
    def left_open() -> None:
        nothing()

    return left_open


def _tree(bench: Bench) -> dict[str, bytes]:
    root = bench.settings.root
    layers = ("clean", "linked", "indicator", "published")
    return {
        str(p.relative_to(root)): p.read_bytes()
        for layer in layers
        for p in sorted((root / layer).rglob("*"))
        if p.is_file()
    }
