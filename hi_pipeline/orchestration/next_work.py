"""What a refresh leaves to be done: the first layer with stale or missing partitions that nobody has tried yet.

A stage that failed would fail again while its inputs are the same, so each is asked for once: it is remembered by
what it would build and from what, until it is done or its inputs change.
"""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

import dagster as dg

from hi_pipeline.engine.currency.code import program_code
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.plan import Plan, Selection, Stage
from hi_pipeline.orchestration.instance.latest import failed_cells

OPEN_RUNS = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be done next.

    Attributes:
        stages: those to run now, all of one layer.
        tried: what has been asked for and is not done, these stages included.
    """

    stages: list[Stage]
    tried: list[str]


def next_work(pipeline: Pipeline, instance: dg.DagsterInstance, tried: Collection[str]) -> Work:
    """Return the first stages, in the order of flow, that have not been tried.

    Args:
        pipeline: the data root.
        instance: its Dagster instance, which knows the cells that read failed.
        tried: as the last answer had it.
    """
    world = _world(pipeline)
    still: list[str] = []
    for stages in _layers(pipeline, instance):
        named = {_name(stage, world): stage for stage in stages}
        still += [name for name in named if name in tried]
        fresh = [name for name in named if name not in tried]
        if fresh:
            return Work(stages=[named[name] for name in fresh], tried=[*still, *fresh])
    return Work(stages=[], tried=still)


def last_event(instance: dg.DagsterInstance, *, day: str) -> str:
    """Return a word that changes when something may have become stale: a run ended, the program or the day changed."""
    newest = instance.get_run_records(limit=1)
    run = f"{newest[0].dagster_run.run_id} {newest[0].dagster_run.status.value}" if newest else "no run yet"
    return f"{run} {program_code()} {day}"


def _layers(pipeline: Pipeline, instance: dg.DagsterInstance) -> Iterator[list[Stage]]:
    plan = Plan(pipeline, Selection())
    yield plan.clean()
    for level in pipeline.catalogue.table_levels():
        yield plan.linked(level)
    yield plan.figures(partial(failed_cells, instance))
    yield plan.published()


def _world(pipeline: Pipeline) -> str:
    """Return a hash of all that decides what is built: the current bytes of every release, and the program."""
    kept = [
        (source.name, release.edition, snapshot.sha256)
        for source in pipeline.catalogue.sources.values()
        for release in source.releases
        if (snapshot := pipeline.snapshots.latest(source.name, release.edition)) is not None
    ]
    return f"{kept} {program_code()}"


def _name(stage: Stage, world: str) -> str:
    text = json.dumps([stage.layer, stage.keys, stage.tags, world])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
