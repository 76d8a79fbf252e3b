"""Jobs, schedules and the sensor: a new or changed release is refreshed, and it alone."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from hi_pipeline.engine.layers.clean import fetch_part
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.orchestration import sensors
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.orchestration.requests import EDITIONS_TAG, request_release
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import YEARS, make_source, rows_of, with_too_many_helped, write_release


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder as an http mirror on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _look(bench: Bench, cursor: str | None, *, sensor: str = "new_releases") -> SensorExecutionData:
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    context = dg.build_sensor_context(
        instance=bench.instance, cursor=cursor, definitions=definitions, resources={"pipeline": bench.pipeline}
    )
    return definitions.resolve_sensor_def(sensor).evaluate_tick(context)


def _asked(found: SensorExecutionData) -> list[str | None]:
    return [request.partition_key for request in found.run_requests or []]


def _refresh(bench: Bench, found: SensorExecutionData) -> None:
    """Do what the daemon does with the requests of a tick."""
    job = build_definitions(bench.settings, pipeline=bench.pipeline).resolve_job_def("refresh_release")
    for request in found.run_requests or []:
        job.execute_in_process(
            instance=bench.instance,
            partition_key=request.partition_key,
            tags=dict(request.tags),
            asset_selection=request.asset_selection,
            raise_on_error=False,
        )


def test_a_publishers_words_in_a_warning_steer_no_terminal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sensors, "look_for_editions", lambda *_, **__: ["nearly a\x1b[2Jb\u202ec.csv"])
    monkeypatch.setattr(sensors, "withdraw", lambda _: ["withdrawn a\x1b[2Jb\u202ec.csv"])
    _look(bench, None)
    _look(bench, None, sensor="rebuild_stale")
    said = capfd.readouterr().err
    assert "nearly a<U+001B>[2Jb<U+202E>c.csv" in said and "withdrawn a<U+001B>[2Jb<U+202E>c.csv" in said
    assert "\x1b[2J" not in said and "\u202e" not in said


def test_the_sensor_asks_for_what_is_new_or_changed_and_nothing_else(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    first = _look(bench, None)
    assert _asked(first) == ["2021-22"]
    again = _look(bench, first.cursor)
    assert [r.run_key for r in again.run_requests or []] == [r.run_key for r in first.run_requests or []], (
        "not fetched yet: the same request, which Dagster runs once"
    )
    _refresh(bench, first)
    nothing = _look(bench, first.cursor)
    assert not nothing.run_requests
    assert nothing.skip_message == "no release is new or changed; looked at 3 places"

    write_release(bench.mirror, "2022-23")
    second = _look(bench, first.cursor)
    assert _asked(second) == ["2022-23"]

    old = rows_of("2021-22")
    write_release(bench.mirror, "2021-22", with_too_many_helped(old, "E54000010"))
    third = _look(bench, second.cursor)
    assert _asked(third) == ["2021-22", "2022-23"]
    _refresh(bench, third)
    write_release(bench.mirror, "2021-22", old)
    back = _look(bench, third.cursor)
    assert _asked(back) == ["2021-22"]
    keys = [r.run_key for found in (first, third, back) for r in found.run_requests or [] if r.partition_key]
    assert len(set(keys)) == len(keys), "going back to old bytes is a change too"


def test_a_refresh_asks_for_its_edition_alone(bench: Bench) -> None:
    (release, other, _) = bench.pipeline.catalogue.sources["tiny"].releases
    both = replace(release, financial_years=("2021-22",), edition="first half")
    source = replace(make_source(), releases=(both, replace(other, financial_years=("2021-22",), edition="second")))
    for year in ("2021-22", "2022-23"):
        write_release(bench.mirror, year)
    outcome = fetch_part(bench.pipeline, source, "2021-22", editions={"second"})
    assert outcome.releases == ("tiny:second",)
    assert bench.pipeline.snapshots.latest("tiny", "first half") is None
    fetch_part(bench.pipeline, source, "2021-22")
    kept = fetch_part(bench.pipeline, source, "2021-22", editions={"second"})
    assert kept.releases == ("tiny:first half", "tiny:second"), "the other counts as it is kept"


def test_several_years_of_a_release_are_one_run() -> None:
    source = make_source()
    (first, *_) = source.releases
    (request,) = request_release(source, replace(first, financial_years=YEARS), reason="new", run_key="key")
    assert request.tags["dagster/asset_partition_range_start"] == "2021-22"
    assert request.tags["dagster/asset_partition_range_end"] == "2023-24"
    assert request.tags[EDITIONS_TAG] == "2021-22"


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
