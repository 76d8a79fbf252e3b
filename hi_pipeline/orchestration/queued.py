"""Runs that workers execute: made here, put into Dagster's queue, waited for, with what became of each.

One run holds one asset and one range of its partitions: an indicator and its years. The daemon hands runs to workers,
and one that failed because its worker died is tried again under another id, which is followed here.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import dagster as dg
from dagster._core.events import DagsterEvent
from dagster._core.storage.tags import AUTO_RETRY_RUN_ID_TAG, WILL_RETRY_TAG

from hi_pipeline.core.errors import StoreError
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.plan import Key, Stage
from hi_pipeline.orchestration.code_location import code_of_job, place_of_job
from hi_pipeline.orchestration.instance.celery_launcher import SettingsCeleryRunLauncher
from hi_pipeline.orchestration.instance.postgres import RETRY_S, again
from hi_pipeline.orchestration.jobs import JOB_OF, QUIET

_LOOK_AGAIN_S = 1.0
_SILENT_S = 120.0
_DECIDES_S = 60.0
_EVENTS = {
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.RUN_FAILURE,
}


@dataclass(kw_only=True)
class Ended:
    """What became of a stage.

    Attributes:
        runs: how many it took; more than one where a worker died.
        outcomes: the partitions that were recorded.
        evaluations: answers of checks.
        said: why it failed; empty where it did not.
    """

    runs: int
    outcomes: list[tuple[Key, Outcome]] = field(default_factory=list)
    evaluations: list[dg.AssetCheckEvaluation] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class Queue:
    """Stages of one layer, on their way through the workers."""

    def __init__(self, instance: dg.DagsterInstance, definitions: dg.Definitions, *, module: str) -> None:
        """Begin empty.

        Args:
            instance: with workers.
            definitions: those of ``module``.
            module: what daemon and workers load.

        Raises:
            StoreError: runs of this instance cannot be begun from here.
        """
        if not isinstance(instance.run_launcher, SettingsCeleryRunLauncher):
            raise StoreError(
                "the workers of this dagster.yaml take runs from the web interface and the daemon alone: start the "
                "sensors new_releases and rebuild_stale there"
            )
        self._instance = instance
        self._definitions = definitions
        self._module = module
        self._waiting: dict[str, int] = {}
        self._failed: dict[str, float] = {}
        self._began = time.time()

    def add(self, stage: Stage) -> None:
        """Put a stage into the queue, as one run."""
        job = self._definitions.resolve_job_def(JOB_OF[stage.layer])
        run = self._instance.create_run_for_job(
            job_def=job,
            asset_selection={dg.AssetKey(list(key)) for key in stage.keys},
            tags={**stage.tags, "hi/layer": stage.layer.value},
            run_config=QUIET,
            remote_job_origin=place_of_job(job.name, self._module),
            job_code_origin=code_of_job(job.name, self._module),
        )
        self._instance.report_dagster_event(DagsterEvent.job_enqueue(run), run_id=run.run_id)
        self._waiting[run.run_id] = 1

    def ended(self) -> Iterator[Ended]:
        """Yield what became of each stage, as it ends.

        Raises:
            StoreError: no daemon hands runs to workers, or the database is gone for long.
        """
        while self._waiting:
            filters = dg.RunsFilter(run_ids=list(self._waiting))
            for run in again(lambda filters=filters: self._instance.get_runs(filters), for_s=RETRY_S):  # type: ignore[misc]
                if run.is_finished:
                    yield from self._one_ended(run)
            if self._waiting:
                self._check_daemon()
                time.sleep(_LOOK_AGAIN_S)

    def _one_ended(self, run: dg.DagsterRun) -> Iterator[Ended]:
        if run.status is dg.DagsterRunStatus.FAILURE:
            # A failed run is first seen, then said to be tried again or not, then tried again under another id.
            decided = run.tags.get(WILL_RETRY_TAG, "")
            since = self._failed.setdefault(run.run_id, time.monotonic())
            if AUTO_RETRY_RUN_ID_TAG in run.tags:
                self._waiting[run.tags[AUTO_RETRY_RUN_ID_TAG]] = self._waiting.pop(run.run_id) + 1
                return
            if decided == "true" or (not decided and time.monotonic() - since < _DECIDES_S):
                return
        yield self._told(run, runs=self._waiting.pop(run.run_id))

    def _told(self, run: dg.DagsterRun, *, runs: int) -> Ended:
        ended = Ended(runs=runs)
        for entry in again(lambda: self._instance.all_logs(run.run_id, of_type=_EVENTS), for_s=RETRY_S):
            event = entry.dagster_event
            if event is None:
                continue
            if event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
                ended.outcomes.append(_outcome(event))
            elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                ended.evaluations.append(event.asset_check_evaluation_data)
            else:
                ended.said += _why(event)
        if run.status is not dg.DagsterRunStatus.SUCCESS:
            ended.said = [f"run {run.run_id} {run.status.value.lower()}: {'; '.join(ended.said[:3])}"]
        return ended

    def _check_daemon(self) -> None:
        beats = again(self._instance.get_daemon_heartbeats, for_s=RETRY_S)
        last = max([self._began, *(beat.timestamp for beat in beats.values())])
        if time.time() - last > _SILENT_S:
            raise StoreError(
                f"{len(self._waiting)} runs wait, and no daemon hands them to workers; start hi serve daemon, then run "
                "again"
            )


def _outcome(event: DagsterEvent) -> tuple[Key, Outcome]:
    record = event.step_materialization_data.materialization
    said = record.metadata.get("written")
    state = State.UNCHANGED if said is not None and said.value is False else State.WRITTEN
    path = record.asset_key.path
    return (path[0], path[1]), Outcome(partition=record.partition or "", state=state)


def _why(event: DagsterEvent) -> list[str]:
    error = getattr(event.event_specific_data, "error", None)
    if error is None:
        return [event.message] if event.message else []
    cause = error.cause or error
    return [f"{event.step_key or 'the run'}: {cause.message.strip()}"]
