"""Helpers do the steps of a run in processes of their own: the same files, the same records, and nothing lost."""

import os
import signal
from functools import partial

import psutil
import pytest

from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.engine.plan import Layer, Selection
from hi_pipeline.engine.steps import BUILT, Done, Step
from hi_pipeline.orchestration.helpers import Helpers, helpers_of
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.broken import hashes_of
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, YEARS, make_catalogue, rows_of, with_too_many_helped, write_release

LAYERS = ("clean", "linked", "indicator", "published")


class Watched(Helpers):
    """Helpers that note what was taken of them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(partial(opened, settings), 2)
        self.taken: list[tuple[Step, bool]] = []

    def take(self, step: Step) -> Done | None:
        done = super().take(step)
        self.taken.append((step, done is not None))
        return done


def opened(settings: Settings) -> Pipeline:
    return open_pipeline(settings, make_catalogue())


def broken(settings: Settings) -> Pipeline:
    os._exit(3)


def run_with(bench: Bench, helpers: Helpers) -> Report:
    return Runner(bench.pipeline, bench.instance, helpers=lambda *_: helpers).run(Selection())


def files(bench: Bench) -> dict[str, str]:
    return hashes_of(bench.settings.root, *LAYERS)


def helper_processes() -> list[psutil.Process]:
    children = [p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
    return [p for p in children if any("spawn_main" in word for word in p.cmdline())]


@pytest.fixture
def alone(bench: Bench) -> Bench:
    """The same releases, run by one process."""
    other = open_bench(bench.mirror.parent / "alone")
    for year in YEARS:
        for each in (bench, other):
            write_release(each.mirror, year)
    assert other.run().success
    other.instance.dispose()
    return other


def test_every_step_is_done_by_helpers_and_gives_the_files_and_records_of_one_process(
    bench: Bench, alone: Bench
) -> None:
    helpers = Watched(bench.settings)
    report = run_with(bench, helpers)
    assert report.success
    assert {step.layer for step, _ in helpers.taken} == set(BUILT)
    assert all(helped for _, helped in helpers.taken)
    assert files(bench) == files(alone)
    for key in (("clean", "tiny"), ("linked", "tiny_counts"), ("indicator", "tiny_1_pct")):
        assert bench.built(*key) == alone.built(*key)
    assert {o.state for (key, _), o in report.outcomes.items() if key[0] == "indicator"} >= {State.WRITTEN}
    assert not helper_processes(), "they end with the run"
    assert bench.run().runs == 0, "nothing is left to do"


def test_what_is_wrong_is_told_as_by_one_process(bench: Bench, alone: Bench) -> None:
    for each in (bench, alone):
        write_release(each.mirror, YEARS[-1], with_too_many_helped(rows_of(YEARS[-1]), WRONG_BOARD))
    helped = run_with(bench, Watched(bench.settings))
    again = open_bench(alone.mirror.parent)
    same = again.run()
    assert {p: o.reason for p, o in helped.failures.items()} == {p: o.reason for p, o in same.failures.items()} != {}
    assert [f for f in helped.failed_checks if not f.warning] == [f for f in same.failed_checks if not f.warning] != []
    again.instance.dispose()


@pytest.mark.parametrize("layer", BUILT)
def test_a_run_goes_on_without_a_helper_that_was_killed(bench: Bench, alone: Bench, layer: Layer) -> None:
    class Killed(Watched):
        def take(self, step: Step) -> Done | None:
            if step.layer is layer:
                for process in helper_processes():
                    process.send_signal(signal.SIGKILL)
            return super().take(step)

    helpers = Killed(bench.settings)
    assert run_with(bench, helpers).success
    assert not all(helped for _, helped in helpers.taken) or layer is Layer.INDICATOR
    assert files(bench) == files(alone)


def test_a_run_goes_on_where_no_helper_can_start(bench: Bench, alone: Bench) -> None:
    assert run_with(bench, Helpers(partial(broken, bench.settings), 2)).success
    assert files(bench) == files(alone)


def test_only_a_long_stage_on_several_cores_and_a_disk_has_helpers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    few = [Step(layer=Layer.LINKED, name="a", partitions=YEARS)]
    many = [Step(layer=Layer.LINKED, name=str(n), partitions=YEARS) for n in range(50)]
    one_year = [Step(layer=Layer.INDICATOR, name="a", partitions=tuple(f"2023-24|{n}" for n in range(200)))]
    assert helpers_of(bench.pipeline, few) is None
    assert helpers_of(bench.pipeline, one_year) is None, "cells of a year stand in one file"
    found = helpers_of(bench.pipeline, many)
    assert found is not None
    found.close()
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert helpers_of(bench.pipeline, many) is None
