"""Runs the plan through Dagster, on the persistent instance: one run for each layer and range, in this process.

Each layer runs by itself, so that what failed in one does not keep the next from what is good (in one run Dagster
would skip everything after a failed step).

Helpers may do the steps of a long stage (``helpers``); this process then records them.

Where dagster.yaml names workers, they execute the runs, one for each asset and range (``queued``): this process only
plans and waits.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run
from dagster._core.execution.execution_result import ExecutionResult

from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.plan import Key, Plan, Selection, Stage
from hi_pipeline.engine.steps import BUILT, Step, steps_of
from hi_pipeline.orchestration.checks import judge
from hi_pipeline.orchestration.code_location import DEFINITIONS, place_of_job
from hi_pipeline.orchestration.helpers import Helpers
from hi_pipeline.orchestration.instance.latest import failed_cells
from hi_pipeline.orchestration.instance.launching import has_workers
from hi_pipeline.orchestration.instance.recovery import tags_of_process
from hi_pipeline.orchestration.jobs import JOB_OF, QUIET
from hi_pipeline.orchestration.repository import build_definitions

if TYPE_CHECKING:
    from hi_pipeline.orchestration.queued import Ended


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
        helpers: Callable[[Pipeline, Sequence[Step]], Helpers | None] = lambda pipeline, steps: None,
    ) -> None:
        self._pipeline = pipeline
        self._instance = instance
        self._watcher = watcher or Watcher()
        self._report = Report()
        self._definitions = build_definitions(pipeline.settings, pipeline=pipeline)
        self._module = module
        self._opening = helpers
        self._helpers: Helpers | None = None
        pipeline.told = self._told

    def run(self, selection: Selection) -> Report:
        """Run every layer in turn, publish, and return what became of each partition.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed; the run that it stopped is closed, and no other is started.
        """
        self.build(selection)
        self._execute(Plan(self._pipeline, selection).published())
        return self._judged(selection)

    def build(self, selection: Selection) -> Report:
        """Run every layer but the last."""
        plan = Plan(self._pipeline, selection)
        self._execute(plan.snapshots())
        try:
            self._execute(plan.clean())
            for level in self._pipeline.catalogue.table_levels():
                self._execute(plan.linked(level))
            self._execute(plan.figures(partial(failed_cells, self._instance)))
        finally:
            self._dismiss_helpers()
        return self._report

    def fetch(self, selection: Selection, *, again: bool = False) -> Report:
        """Bring in what is new or changed, and nothing else; with again, ask for what is kept too."""
        plan = Plan(self._pipeline, selection)
        self._pipeline.ask_again = again
        self._execute(plan.snapshots(again=again))
        return self._judged(selection)

    def _judged(self, selection: Selection) -> Report:
        """Judge the assets that were not built too, after a run of everything, and return the report."""
        if self._report.runs and selection == Selection():
            judge(self._pipeline, self._instance, today=date.today())
        return self._report

    def _execute(self, stages: Sequence[Stage]) -> None:
        """Run stages of one layer: one after the other here, or all at once on the workers."""
        if has_workers(self._instance):
            self._execute_on_workers(stages)
            return
        for stage in stages:
            self._execute_here(stage)

    def _execute_on_workers(self, stages: Sequence[Stage]) -> None:
        # Engine and database of the workers are not installed where the embedded default suffices.
        from hi_pipeline.orchestration.queued import Queue

        queue = Queue(self._instance, self._definitions, module=self._module)
        for stage in stages:
            self._watcher.stage(stage)
            for part in stage.by_asset():
                queue.add(part)
        for ended in queue.ended():
            self._add(ended)
        self._pipeline.look()

    def _add(self, ended: "Ended") -> None:
        self._report.runs += ended.runs
        for key, outcome in ended.outcomes:
            self._told(key, outcome)
        self._report.failed_checks += [_failed_check(e) for e in ended.evaluations if not e.passed]
        self._report.broken += ended.said

    def _execute_here(self, stage: Stage) -> None:
        self._watcher.stage(stage)
        failed_before = len(self._report.failures)
        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        self._hand_out(stage)
        result = self._execute_job(stage)
        if _interrupted(result):
            raise KeyboardInterrupt
        self._report.runs += 1
        for evaluation in result.get_asset_check_evaluations():
            if not evaluation.passed:
                self._report.failed_checks.append(_failed_check(evaluation))
        if not result.success and len(self._report.failures) == failed_before:
            self._report.broken.append(_why(result))

    def _hand_out(self, stage: Stage) -> None:
        """Hand a stage's steps to helpers; these start with the first stage that is long enough and stay."""
        if stage.layer not in BUILT:
            return
        steps = steps_of(self._pipeline, stage)
        self._helpers = self._helpers or self._opening(self._pipeline, steps)
        if self._helpers is not None:
            self._pipeline.helped = self._helpers.take
            self._helpers.start(steps)

    def _dismiss_helpers(self) -> None:
        if self._helpers is not None:
            self._pipeline.helped = lambda step: None
            self._helpers.close()
            self._helpers = None

    def _execute_job(self, stage: Stage) -> ExecutionResult:
        """Execute a stage as a run of its job, with the place of that job: the timeline leaves out runs without one.

        ``execute_in_process`` takes no place (2026-11, dagster 1.13), so the run is made first.
        """
        job = self._definitions.resolve_job_def(JOB_OF[stage.layer])
        run = self._instance.create_run_for_job(
            job_def=job,
            asset_selection={dg.AssetKey(list(key)) for key in stage.keys},
            tags={**stage.tags, "hi/layer": stage.layer.value, **tags_of_process()},
            run_config=QUIET,
            remote_job_origin=place_of_job(job.name, self._module),
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
