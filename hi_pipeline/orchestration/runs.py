"""Runs the plan through Dagster, in this process, on the persistent instance: one run for each layer and range.

Each layer runs by itself, so that what failed in one does not keep the next from what is good (in one run Dagster
would skip everything after a failed step).
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run
from dagster._core.execution.execution_result import ExecutionResult
from dagster._core.remote_origin import RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.workspace.load_target import ModuleTarget

from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.plan import Key, Plan, Selection, Stage
from hi_pipeline.orchestration.checks import judge
from hi_pipeline.orchestration.instance.latest import failed_cells
from hi_pipeline.orchestration.instance.recovery import PID_TAG
from hi_pipeline.orchestration.jobs import JOB_OF
from hi_pipeline.orchestration.repository import build_definitions

# What Dagster loads, and shows in its web interface, unless it is told otherwise.
DEFINITIONS = "hi_pipeline.definitions"
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, kw_only=True)
class FailedCheck:
    """A check that did not pass."""

    key: Key
    check: str
    said: str
    warning: bool


@dataclass(kw_only=True)
class Report:
    """What a run did.

    Attributes:
        outcomes: by asset and partition, the last one of each.
        runs: number of Dagster runs.
        broken: runs that failed without a failed partition (an error of the program or of Dagster).
    """

    outcomes: dict[tuple[Key, str], Outcome] = field(default_factory=dict)
    failed_checks: list[FailedCheck] = field(default_factory=list)
    runs: int = 0
    broken: list[str] = field(default_factory=list)

    def count(self, state: State) -> int:
        """Return how many partitions ended in a state."""
        return sum(o.state is state for o in self.outcomes.values())

    @property
    def failures(self) -> dict[tuple[Key, str], Outcome]:
        """Return the partitions that failed."""
        return {place: o for place, o in self.outcomes.items() if o.state is State.FAILED}

    @property
    def success(self) -> bool:
        """Tell whether nothing failed (warnings of checks do not count)."""
        return not self.failures and not self.broken and all(f.warning for f in self.failed_checks)


@dataclass(kw_only=True)
class Watcher:
    """What is told while a run goes on; both do nothing by default."""

    stage: Callable[[Stage], None] = lambda stage: None
    outcome: Callable[[Key, Outcome], None] = lambda key, outcome: None


class Runner:
    """Builds what a selection asks for: as runs of the jobs that the web interface shows."""

    def __init__(
        self,
        pipeline: Pipeline,
        instance: dg.DagsterInstance,
        watcher: Watcher | None = None,
        *,
        module: str = DEFINITIONS,
    ) -> None:
        self._pipeline = pipeline
        self._instance = instance
        self._watcher = watcher or Watcher()
        self._report = Report()
        self._definitions = build_definitions(pipeline.settings, pipeline=pipeline)
        self._module = module
        pipeline.told = self._told

    def run(self, selection: Selection) -> Report:
        """Run every layer in turn, publish, and return what became of each partition.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed; the run that it stopped is closed, and no other is started.
        """
        self.build(selection)
        for stage in Plan(self._pipeline, selection).published():
            self._execute(stage)
        return self._judged(selection)

    def build(self, selection: Selection) -> Report:
        """Run every layer but the last."""
        plan = Plan(self._pipeline, selection)
        for stage in plan.snapshots():
            self._execute(stage)
        for stage in plan.clean():
            self._execute(stage)
        for level in self._pipeline.catalogue.table_levels():
            for stage in plan.linked(level):
                self._execute(stage)
        for stage in plan.figures(partial(failed_cells, self._instance)):
            self._execute(stage)
        return self._report

    def fetch(self, selection: Selection, *, again: bool = False) -> Report:
        """Bring in what is new or changed, and nothing else; with again, ask for what is kept too."""
        plan = Plan(self._pipeline, selection)
        self._pipeline.ask_again = again
        for stage in plan.snapshots(again=again):
            self._execute(stage)
        return self._judged(selection)

    def _judged(self, selection: Selection) -> Report:
        """Judge the assets that were not built too, after a run of everything, and return the report."""
        if self._report.runs and selection == Selection():
            judge(self._pipeline, self._instance, today=date.today())
        return self._report

    def _execute(self, stage: Stage) -> None:
        self._watcher.stage(stage)
        failed_before = len(self._report.failures)
        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        result = self._execute_job(stage)
        if _interrupted(result):
            raise KeyboardInterrupt
        self._report.runs += 1
        for evaluation in result.get_asset_check_evaluations():
            if not evaluation.passed:
                self._report.failed_checks.append(_failed_check(evaluation))
        if not result.success and len(self._report.failures) == failed_before:
            self._report.broken.append(_why(result))

    def _execute_job(self, stage: Stage) -> ExecutionResult:
        """Execute a stage as a run of its job, with the place of that job: the timeline leaves out runs without one.

        ``execute_in_process`` takes no place (2026-11, dagster 1.13), so the run is made first.
        """
        job = self._definitions.resolve_job_def(JOB_OF[stage.layer])
        (location,) = ModuleTarget(self._module, None, None, None).create_origins()
        run = self._instance.create_run_for_job(
            job_def=job,
            asset_selection={dg.AssetKey(list(key)) for key in stage.keys},
            tags={**stage.tags, "hi/layer": stage.layer.value, PID_TAG: str(os.getpid())},
            run_config=_QUIET,
            remote_job_origin=RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job.name),
        )
        return execute_run(InMemoryJob(job), run, self._instance)

    def _told(self, key: tuple[str, ...], outcome: Outcome) -> None:
        name = (key[0], key[1])
        self._report.outcomes[(name, outcome.partition)] = outcome
        self._watcher.outcome(name, outcome)


def _failed_check(evaluation: dg.AssetCheckEvaluation) -> FailedCheck:
    path = evaluation.asset_key.path
    return FailedCheck(
        key=(path[0], path[1]),
        check=evaluation.check_name,
        said=str(evaluation.metadata["found"].value),
        warning=evaluation.severity is dg.AssetCheckSeverity.WARN,
    )


def _interrupted(result: ExecutionResult) -> bool:
    """Tell whether Ctrl-C ended a run: Dagster closes the run, and keeps the interrupt to itself."""
    errors = (getattr(event.event_specific_data, "error", None) for event in result.all_events)
    return any(e is not None and e.cls_name == dg.DagsterExecutionInterruptedError.__name__ for e in errors)


def _why(result: ExecutionResult) -> str:
    said = []
    for event in result.all_events:
        error = getattr(event.event_specific_data, "error", None)
        if error is not None:
            cause = error.cause or error
            said.append(f"{event.step_key or 'the run'}: {cause.message.strip()}")
    return f"run {result.run_id} failed: {'; '.join(said[:3])}"
