"""At the start: leftovers are swept, dead runs closed, figures without their record recorded."""

import os
import signal
import subprocess
import sys
import textwrap

import dagster as dg

from hi_pipeline.orchestration.recovery import PID_TAG, is_alive, mend
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.tiny import YEARS, write_release

KEY = dg.AssetKey(["indicator", "tiny_1_pct"])


def test_figures_without_their_record_are_recorded_at_the_next_start(bench: Bench) -> None:
    write_release(bench.mirror, "2023-24")
    bench.run()
    before = bench.built("indicator", "tiny_1_pct")
    bench.instance.wipe_assets([KEY, dg.AssetKey(["linked", "tiny_counts"]), dg.AssetKey(["clean", "tiny"])])
    assert not bench.built("indicator", "tiny_1_pct")
    mended = mend(bench.pipeline, bench.instance)
    assert mended.recorded == len(before) + 2
    assert bench.built("indicator", "tiny_1_pct") == before
    assert bench.built("linked", "tiny_counts") == {"2023-24"}
    assert mend(bench.pipeline, bench.instance).recorded == 0


def test_a_file_newer_than_its_record_is_recorded_again(bench: Bench) -> None:
    write_release(bench.mirror, "2023-24")
    bench.run()
    bench.instance.report_runless_asset_event(
        dg.AssetMaterialization(KEY, partition="2023-24|E54000010", tags={"dagster/data_version": "other bytes"})
    )
    assert mend(bench.pipeline, bench.instance).recorded == 1


def test_runs_of_dead_processes_are_closed_and_those_of_living_ones_left(bench: Bench) -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    dead = bench.instance.create_run_for_job(_job(), tags={PID_TAG: str(child.pid)})
    alive = bench.instance.create_run_for_job(_job(), tags={PID_TAG: str(os.getpid())})
    for run in (dead, alive):
        bench.instance.report_dagster_event(
            dg.DagsterEvent(event_type_value="PIPELINE_START", job_name=run.job_name), run.run_id
        )
    assert is_alive(os.getpid())
    assert mend(bench.pipeline, bench.instance).closed == 1
    assert bench.instance.get_run_by_id(dead.run_id).status is dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
    assert bench.instance.get_run_by_id(alive.run_id).status is dg.DagsterRunStatus.STARTED  # type: ignore[union-attr]


def test_a_run_that_was_killed_ends_with_the_same_bytes(bench: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from hi_pipeline_tests.flow.conftest import open_bench
        import hi_pipeline.orchestration.running as running
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
