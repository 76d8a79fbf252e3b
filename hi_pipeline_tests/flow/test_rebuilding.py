"""A refresh goes on by itself: layer by layer up to the published folder, and no failed stage is asked for twice."""

from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from hi_pipeline.core.geography import footprints_of
from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration import sensors
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.orchestration.runs import Runner
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, make_catalogue, rows_of, with_too_many_helped, write_release


def _tick(bench: Bench, cursor: str | None) -> SensorExecutionData:
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    context = dg.build_sensor_context(
        instance=bench.instance, cursor=cursor, definitions=definitions, resources={"pipeline": bench.pipeline}
    )
    return definitions.resolve_sensor_def("rebuild_stale").evaluate_tick(context)


def _until_quiet(bench: Bench, cursor: str | None = None) -> tuple[list[str], str | None]:
    """Play the daemon until the sensor asks for nothing; return the layers that were run, and the cursor."""
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    layers: list[str] = []
    for _ in range(12):
        found = _tick(bench, cursor)
        cursor = found.cursor or cursor
        if not found.run_requests:
            return layers, cursor
        for request in found.run_requests:
            layers.append(request.tags["hi/layer"])
            definitions.resolve_job_def(str(request.job_name)).execute_in_process(
                instance=bench.instance,
                tags=dict(request.tags),
                asset_selection=request.asset_selection,
                raise_on_error=False,
            )
    raise AssertionError(f"the sensor never came to rest: {layers}")


def _fetch(bench: Bench) -> None:
    assert Runner(bench.pipeline, bench.instance).fetch(Selection()).success


def _published(bench: Bench) -> pl.DataFrame:
    return bench.pipeline.lake.read("published", "results")


def test_what_was_fetched_is_built_up_to_the_published_folder(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    _fetch(bench)
    layers, cursor = _until_quiet(bench)
    assert layers[:2] == ["clean", "linked"]
    assert set(layers[2:-1]) == {"indicator"}
    assert layers[-1] == "published"
    assert set(_published(bench)["financial_year"]) == {"2021-22"}
    assert _tick(bench, cursor).skip_message == "nothing has happened since the last look"

    write_release(bench.mirror, "2022-23")
    _fetch(bench)
    layers, _ = _until_quiet(bench, cursor)
    assert layers[0] == "clean"
    assert set(_published(bench)["financial_year"]) == {"2021-22", "2022-23"}


def test_a_stage_that_fails_is_tried_once_and_again_when_its_input_changes(bench: Bench) -> None:
    write_release(bench.mirror, "2023-24", with_too_many_helped(rows_of("2023-24"), WRONG_BOARD))
    _fetch(bench)
    layers, cursor = _until_quiet(bench)
    # The rectangle with the wrong cell, then what is left of it: the cell alone.
    assert layers.count("indicator") <= 3
    assert layers[-1] == "published"
    wrong = pl.col("icb_code") == WRONG_BOARD
    assert _published(bench).filter(wrong)["status"].to_list() == ["missing"] * len(footprints_of("2023-24"))
    # A run without anything to do with it, here the schedule's daily one, does not start it all over.
    build_definitions(bench.settings, pipeline=bench.pipeline).resolve_job_def("judge_standing").execute_in_process(
        instance=bench.instance, resources={"pipeline": bench.pipeline}
    )
    found = _tick(bench, cursor)
    assert not found.run_requests
    assert found.skip_message == "everything is built from what is there, or was tried and failed"

    write_release(bench.mirror, "2023-24")
    _fetch(bench)
    layers, _ = _until_quiet(bench, found.cursor)
    assert layers[0] == "clean"
    assert _published(bench).filter(wrong & (pl.col("measure") == "value"))["status"].to_list() == ["ok"] * len(
        footprints_of("2023-24")
    )


def test_a_file_that_somebody_removed_is_built_again(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    _fetch(bench)
    _, cursor = _until_quiet(bench)
    path = bench.pipeline.lake.path("indicator", "tiny_1_pct", "2021-22")
    path.unlink()
    # Nothing ran, so nothing is looked at until the day or a run changes; then the missing cell is found.
    assert _tick(bench, cursor).skip_message == "nothing has happened since the last look"
    build_definitions(bench.settings, pipeline=bench.pipeline).resolve_job_def("judge_standing").execute_in_process(
        instance=bench.instance, resources={"pipeline": bench.pipeline}
    )
    layers, _ = _until_quiet(bench, cursor)
    assert layers == ["indicator"]
    assert path.is_file()


def test_while_a_run_goes_on_nothing_is_asked_for(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    _fetch(bench)
    bench.instance.create_run_for_job(
        build_definitions(bench.settings, pipeline=bench.pipeline).resolve_job_def("judge_standing"),
        status=dg.DagsterRunStatus.STARTED,
    )
    found = _tick(bench, None)
    assert not found.run_requests
    assert found.skip_message == "a run is going on"


def test_workers_are_asked_for_one_asset_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = open_bench(tmp_path, make_catalogue(indicators=2))
    monkeypatch.setattr(sensors, "has_workers", lambda instance: True)
    write_release(bench.mirror, "2021-22")
    _fetch(bench)
    Runner(bench.pipeline, bench.instance).build(Selection(indicators=()))
    layers, _ = _until_quiet(bench)
    assert layers[-1] == "published"
    runs = bench.instance.get_runs(dg.RunsFilter(job_name="build_indicators"))
    assert {len(run.asset_selection or ()) for run in runs} == {1}
    assert len(runs) % 2 == 0, "each range for each of the two indicators"
    bench.instance.dispose()
