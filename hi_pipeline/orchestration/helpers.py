"""Further processes of this machine, which do the steps of a run before the run comes to record them.

A step's work takes one core, and Dagster's in-process executor takes one step after the other. So the steps of a stage
are handed to helpers at its start, and each asset takes what was done of it. The files are those that one process
writes, to the byte. Helpers read and write the data root alone: records stay with the run.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial

from hi_pipeline.core.source import Source
from hi_pipeline.engine.pipeline import Pipeline, bind, load_catalogue, open_store
from hi_pipeline.engine.processes import how_many, pool_of
from hi_pipeline.engine.steps import Done, Step, do
from hi_pipeline.settings import Settings

_log = logging.getLogger(__name__)
# To start takes a helper some seconds, in which one process builds about as many files of a year's table or figures.
_MANY_FILES = 150
# The pipeline of a helper, opened once.
_opened: list[Pipeline] = []


class Helpers:
    """A few processes that are started with the first steps and end with the run, or when its process dies."""

    def __init__(self, opening: Callable[[], Pipeline], number: int) -> None:
        """Take what opens the pipeline in each helper (it is sent there, so a function of a module), and how many."""
        self._pool = pool_of(number, partial(_begin, opening))
        self._waiting: dict[Step, Future[Done]] = {}

    def start(self, steps: Iterable[Step]) -> None:
        """Hand out steps, in the order in which they will be asked for."""
        try:
            self._waiting = {step: self._pool.submit(_do, step) for step in steps}
        except BrokenProcessPool:
            self._waiting = {}

    def take(self, step: Step) -> Done | None:
        """Wait for a step; None where it was not handed out, or a helper was killed: then all else is left to the run.

        A step may be done again: what was written stands, and nothing is left half.
        """
        try:
            return self._waiting.pop(step).result() if step in self._waiting else None
        except BrokenProcessPool:
            _log.warning("a helper was ended from outside (short of memory?); the run goes on without")
            self._waiting = {}
            return None

    def close(self) -> None:
        """End the helpers; a step that one is at is done first, the others are dropped."""
        self._pool.shutdown(cancel_futures=True)


def helpers_of(pipeline: Pipeline, steps: Sequence[Step]) -> Helpers | None:
    """Return the helpers of this machine; None where they would gain nothing.

    They share the disk of the run, so a data root on an object store has none: there, workers do.

    Args:
        pipeline: of the run, with the editions that were found.
        steps: of the stage that comes next.
    """
    number = how_many()
    files = sum(len({key.split("|")[0] for key in step.partitions}) for step in steps)
    if number == 1 or files < _MANY_FILES or pipeline.settings.store:
        return None
    return Helpers(partial(_open, pipeline.settings, pipeline.catalogue.sources), number)


def _open(settings: Settings, sources: Mapping[str, Source]) -> Pipeline:
    return bind(settings, replace(load_catalogue(), sources=sources), open_store(settings))


def _begin(opening: Callable[[], Pipeline]) -> None:
    _opened[:] = [opening()]


def _do(step: Step) -> Done:
    (pipeline,) = _opened
    done = do(pipeline, step)
    others = dict(pipeline.others)
    pipeline.others.clear()
    return replace(done, others=others)
