"""Jobs, schedules and the sensor: a new or changed release is refreshed, and it alone."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dagster as dg
from dagster._core.definitions.sensor_definition import SensorExecutionData

from hi_pipeline.orchestration.build import build_definitions
from hi_pipeline.orchestration.pipeline import open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import rows_of, with_too_many_helped, write_release


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder as an http mirror on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _look(bench: Bench, cursor: str | None) -> SensorExecutionData:
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    context = dg.build_sensor_context(
        instance=bench.instance, cursor=cursor, definitions=definitions, resources={"pipeline": bench.pipeline}
    )
    return definitions.resolve_sensor_def("new_releases").evaluate_tick(context)


def test_the_sensor_asks_for_what_is_new_or_changed_and_nothing_else(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    first = _look(bench, None)
    assert [r.partition_key for r in first.run_requests or []] == ["2021-22"]
    nothing = _look(bench, first.cursor)
    assert not nothing.run_requests
    assert nothing.skip_message == "no release is new or changed"

    write_release(bench.mirror, "2022-23")
    second = _look(bench, first.cursor)
    assert [r.partition_key for r in second.run_requests or []] == ["2022-23"]

    write_release(bench.mirror, "2021-22", with_too_many_helped(rows_of("2021-22"), "E54000010"))
    third = _look(bench, second.cursor)
    assert [r.partition_key for r in third.run_requests or []] == ["2021-22"]
    keys = {r.run_key for result in (first, second, third) for r in (result.run_requests or [])}
    assert len(keys) == 3, "the same change is asked for once"


def test_refresh_release_fetches_and_cleans_one_year(bench: Bench) -> None:
    for year in ("2021-22", "2022-23"):
        write_release(bench.mirror, year)
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    result = definitions.resolve_job_def("refresh_release").execute_in_process(
        instance=bench.instance, partition_key="2022-23", raise_on_error=False
    )
    assert result.success
    assert bench.built("snapshot", "tiny") == {"2022-23"}
    assert bench.built("clean", "tiny") == {"2022-23"}


def test_a_run_started_in_dagster_asks_the_publisher_again(bench: Bench) -> None:
    write_release(bench.mirror, "2022-23")
    with served(bench.mirror) as address:
        settings = Settings(source=f"mirror:{address}", data_dir=bench.settings.data_dir / "http")
        definitions = build_definitions(settings, catalogue=bench.pipeline.catalogue)
        refresh = definitions.resolve_job_def("refresh_release")

        def refreshed() -> str:
            assert refresh.execute_in_process(instance=bench.instance, partition_key="2022-23").success
            kept = open_pipeline(settings, bench.pipeline.catalogue).snapshots.latest("tiny", "2022-23")
            assert kept is not None
            return kept.sha256

        first = refreshed()
        write_release(bench.mirror, "2022-23", rows_of("2022-23")[:-1])
        for file in (path for path in bench.mirror.rglob("*") if path.is_file()):
            os.utime(file, (time.time() + 60,) * 2)  # Last-Modified counts in seconds
        assert refreshed() != first, "the new bytes are noticed without hi fetch --again"


def test_publish_is_a_job_of_its_own(bench: Bench) -> None:
    write_release(bench.mirror, "2022-23")
    bench.run()
    for path in (bench.settings.root / "published").iterdir():
        path.unlink()
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    result = definitions.resolve_job_def("publish").execute_in_process(instance=bench.instance)
    assert result.success
    assert (bench.settings.root / "published" / "results.parquet").is_file()


def test_schedules_ask_for_each_source_of_their_cadence(bench: Bench) -> None:
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    schedule = definitions.resolve_schedule_def("refresh_annual")
    context = dg.build_schedule_context(
        instance=bench.instance, scheduled_execution_time=datetime(2026, 11, 1, 10, 30, tzinfo=UTC)
    )
    (request,) = schedule(context)  # type: ignore[misc]
    assert request.tags["hi/source"] == "tiny"
    assert request.partition_key == "2023-24"
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
