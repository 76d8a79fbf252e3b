"""Requests for runs: a publication's refresh, or a stage of a plan; for sensors and schedules."""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.source import Release, Source
from hi_pipeline.engine.grid import year_ranges
from hi_pipeline.engine.plan import Stage
from hi_pipeline.orchestration.jobs import JOB_OF

# Limits what a run asks publishers for to these editions, separated by spaces.
EDITIONS_TAG = "hi/editions"
_REASON_TAG = "hi/reason"


def editions_asked_for(tags: Mapping[str, str]) -> frozenset[str] | None:
    """Return the editions that a run's tags limit it to, None where they do not."""
    return frozenset(tags[EDITIONS_TAG].split()) if EDITIONS_TAG in tags else None


def request_release(source: Source, release: Release, *, reason: str, run_key: str) -> list[dg.RunRequest]:
    """Return the requests that refresh one release and nothing else: a run for each range of its financial years."""
    return _requests(source, release.financial_years, reason=reason, run_key=run_key, edition=release.edition)


def request_newest(source: Source, *, reason: str) -> list[dg.RunRequest]:
    """Return the request that refreshes a publication's newest declared year, or all its editions."""
    return _requests(source, source.years[-1:], reason=reason)


def request_stage(stage: Stage, *, reason: str) -> dg.RunRequest:
    """Return the request for a stage of a plan."""
    return dg.RunRequest(
        job_name=JOB_OF[stage.layer],
        asset_selection=[dg.AssetKey(list(key)) for key in stage.keys],
        tags={**stage.tags, "hi/layer": stage.layer.value, _REASON_TAG: reason},
    )


def _requests(
    source: Source, years: Iterable[str], *, reason: str, run_key: str | None = None, edition: str = ""
) -> list[dg.RunRequest]:
    tags = {"hi/source": source.name, _REASON_TAG: reason} | ({EDITIONS_TAG: edition} if edition else {})
    ranges = year_ranges(year for year in years if year in ALL_YEARS) if source.by_year else [{}]
    return [
        dg.RunRequest(
            run_key=f"{run_key}:{'-'.join(years_of_run.values())}" if run_key else None,
            asset_selection=[dg.AssetKey(["snapshot", source.name]), dg.AssetKey(["clean", source.name])],
            **_partitions(years_of_run, tags),
        )
        for years_of_run in ranges
    ]


def _partitions(years: dict[str, str], tags: dict[str, str]) -> dict[str, Any]:
    """Return a run's partitions: one by its key, which the UI shows best, several by the tags of their range."""
    if years and len(set(years.values())) == 1:
        return {"partition_key": next(iter(years.values())), "tags": tags}
    return {"tags": tags | years}
