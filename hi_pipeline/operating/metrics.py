"""The state of a data root as Prometheus text metrics (exposition format 0.0.4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.calendar import Freshness, standings
from hi_pipeline.engine.standing import asset_standings

_DAY_S = 86_400.0
HELP = {
    "hi_synthetic": "1 where the figures are made up.",
    "hi_release_age_days": "Days since the kept file of an edition was fetched.",
    "hi_release_overdue_days": "Days by which a release is overdue.",
    "hi_partitions": "Partitions of an asset that are built, stale or missing.",
    "hi_failed_cells": "Cells of an indicator that failed when they were last built.",
    "hi_published_timestamp_seconds": "When the published figures were last written.",
    "hi_run_seconds": "How long the newest ended run of a job took.",
    "hi_run_success": "1 where the newest ended run of a job did not fail.",
    "hi_run_end_timestamp_seconds": "When the newest ended run of a job ended.",
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One value of a metric that ``HELP`` names."""

    name: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def root_samples(pipeline: Pipeline, *, now: datetime) -> Iterator[Sample]:
    """Yield what the files of a data root tell."""
    yield Sample(name="hi_synthetic", value=float(pipeline.settings.synthetic))
    for source in pipeline.catalogue.sources.values():
        for release in source.releases:
            kept = pipeline.snapshots.latest(source.name, release.edition)
            if kept is not None:
                labels = {"source": source.name, "edition": release.edition}
                age = (now - kept.fetched_at).total_seconds() / _DAY_S
                yield Sample(name="hi_release_age_days", value=round(age, 2), labels=labels)
        for found in standings(pipeline, source, today=now.date()):
            if found.freshness is Freshness.OVERDUE:
                labels = {"source": source.name, "part": found.part}
                yield Sample(name="hi_release_overdue_days", value=found.days_overdue, labels=labels)
    for standing in asset_standings(pipeline):
        for state in ("built", "stale", "missing"):
            labels = {"layer": standing.key[0], "name": standing.key[1], "state": state}
            yield Sample(name="hi_partitions", value=getattr(standing, state), labels=labels)
    results = pipeline.lake.path("published", "results")
    if results.is_file():
        yield Sample(name="hi_published_timestamp_seconds", value=round(results.stat().st_mtime))


def exposition(samples: Iterable[Sample]) -> str:
    """Return samples as text: by name, each name with its help, all gauges."""
    ordered = sorted(samples, key=lambda s: (s.name, sorted(s.labels.items())))
    lines = []
    for name, group in groupby(ordered, key=lambda s: s.name):
        lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge"]
        lines += [f"{name}{_labels(sample.labels)} {sample.value:.15g}" for sample in group]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    said = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{said}}}" if said else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
