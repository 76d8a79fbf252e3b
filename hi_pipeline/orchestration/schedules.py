"""Schedules by cadence, in London time, stopped until somebody starts them: each asks for what may be new."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from hi_pipeline.core.source import Cadence, Source
from hi_pipeline.engine.pipeline import Catalogue
from hi_pipeline.orchestration.requests import request_newest

TIMEZONE = "Europe/London"
# Publishers bring out statistics at 9:30; an hour later the files are there.
CRON = {
    Cadence.MONTHLY: "30 10 * * 4",
    Cadence.QUARTERLY: "30 10 * * 4",
    Cadence.ANNUAL: "30 10 1 * *",
    Cadence.IRREGULAR: "30 10 1 */3 *",
}


def build_schedules(catalogue: Catalogue, refresh: UnresolvedAssetJobDefinition) -> list[dg.ScheduleDefinition]:
    """Return one schedule for each cadence that a declared publication has."""
    by_cadence: dict[Cadence, list[Source]] = {}
    for source in catalogue.sources.values():
        by_cadence.setdefault(source.calendar.cadence, []).append(source)
    return [_schedule(cadence, sources, refresh) for cadence, sources in sorted(by_cadence.items())]


def _schedule(cadence: Cadence, sources: list[Source], refresh: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    names = ", ".join(source.name for source in sources)

    @dg.schedule(
        name=f"refresh_{cadence.value}",
        job=refresh,
        cron_schedule=CRON[cadence],
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"Look for new {cadence.value} editions of {names}.",
    )
    def refresh_cadence(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
        reason = f"schedule {cadence.value}"
        return [request for source in sources for request in request_newest(source, reason=reason)]

    return refresh_cadence
