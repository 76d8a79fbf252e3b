"""What the step of one asset does, its checks' questions included: the same here and in another process. No Dagster."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from hi_pipeline.engine.checks import by_layer as found
from hi_pipeline.engine.checks.findings import Finding
from hi_pipeline.engine.grid import keys_between
from hi_pipeline.engine.layers.clean import build_clean, parts_of
from hi_pipeline.engine.layers.indicator import build_years
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.outcome import Outcome
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.plan import Layer, Stage

# The layers whose steps are done here; the others are one step each, or ask the network.
BUILT = (Layer.CLEAN, Layer.LINKED, Layer.INDICATOR)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One asset and the partitions that are to be built.

    Attributes:
        layer: clean, linked or indicator.
        name: of the source, the linked table or the indicator.
        partitions: editions or financial years; of an indicator the keys of its cells.
    """

    layer: Layer
    name: str
    partitions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a step did.

    Attributes:
        outcomes: one for each partition.
        findings: one for each check.
        details: by partition, what the UI shows of it.
        others: as ``Pipeline.others``, of the step alone where another process did it.
    """

    outcomes: list[Outcome]
    findings: list[Finding]
    details: found.Details
    others: dict[tuple[str, str], tuple[str, pl.DataFrame]] = field(default_factory=dict)


def steps_of(pipeline: Pipeline, stage: Stage) -> list[Step]:
    """Return the steps of a stage of clean or linked tables or of figures, one for each asset."""
    sources = pipeline.catalogue.sources
    keys = keys_between(stage.tags) if stage.tags else None
    return [
        Step(layer=stage.layer, name=name, partitions=parts_of(sources[name]) if keys is None else keys)
        for _, name in stage.keys
    ]


def do(pipeline: Pipeline, step: Step) -> Done:
    """Build what a step is asked for, then ask its checks; a wrong partition is an outcome, never an exception."""
    catalogue = pipeline.catalogue
    match step.layer:
        case Layer.CLEAN:
            source = catalogue.sources[step.name]
            built = [build_clean(pipeline, source, part) for part in step.partitions]
            return _judged(built, found.CLEAN_CHECKS, partial(found.of_clean, pipeline, source))
        case Layer.LINKED:
            table = catalogue.tables_by_name[step.name]
            built = [build_linked(pipeline, table, year) for year in step.partitions]
            return _judged(built, found.linked_checks(table), partial(found.of_linked, pipeline, table))
        case Layer.INDICATOR:
            indicator = catalogue.indicators_by_id[step.name]
            by_year = build_years(pipeline, indicator, _boards_by_year(step.partitions))
            built = [outcome for cells in by_year.values() for outcome in cells.values()]
            return _judged(built, found.INDICATOR_CHECKS, partial(found.of_indicator, pipeline, indicator))
    raise ValueError(f"{step.layer.value} is not built by steps")


def _boards_by_year(cells: Iterable[str]) -> dict[str, list[str]]:
    by_year: dict[str, list[str]] = {}
    for key in cells:
        year, icb = key.split("|")
        by_year.setdefault(year, []).append(icb)
    return by_year


def _judged(
    outcomes: list[Outcome],
    checks: Sequence[tuple[str, str]],
    ask: Callable[[list[Outcome]], tuple[list[Finding], found.Details]],
) -> Done:
    findings, details = found.guarded(checks, partial(ask, outcomes))
    return Done(outcomes=outcomes, findings=findings, details=details)
