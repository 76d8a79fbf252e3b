"""Asks again, without a run of their assets, the checks whose answer changes by itself: freshness and staleness.

A release becomes overdue while nobody does anything, and a partition stale because something else was built. Once a
day, and after each ``hi run``, the answers are brought up to date.
"""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from hi_pipeline.engine.checks.by_layer import check_freshness, check_stale
from hi_pipeline.engine.checks.findings import Finding
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.standing import asset_standings
from hi_pipeline.orchestration.events import evaluation
from hi_pipeline.orchestration.schedules import TIMEZONE

NAME = "judge_standing"


def standing_findings(pipeline: Pipeline, *, today: date) -> Iterable[tuple[tuple[str, str], Finding]]:
    """Return, by asset, whether its releases are on time (snapshots) and its partitions current (all others)."""
    for source in pipeline.catalogue.sources.values():
        yield ("snapshot", source.name), check_freshness(pipeline, source, today=today)
    for standing in asset_standings(pipeline):
        yield standing.key, check_stale(standing)


def judge(pipeline: Pipeline, instance: dg.DagsterInstance, *, today: date) -> None:
    """Record how every asset stands today."""
    for key, found in standing_findings(pipeline, today=today):
        instance.report_runless_asset_event(evaluation(dg.AssetKey(list(key)), found))


def judging_job() -> dg.JobDefinition:
    """Return the job that judges every asset; no asset is built by it."""

    @dg.op(name="judge", required_resource_keys={"pipeline"})
    def judge_all(context: dg.OpExecutionContext) -> None:
        judge(context.resources.pipeline.look(), context.instance, today=date.today())

    @dg.job(name=NAME, description="Ask the checks freshness and stale_partitions of every asset again.")
    def judge_standing() -> None:
        judge_all()

    return judge_standing


def judging_schedule(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Return the daily schedule of the job; stopped until somebody starts it."""
    return dg.ScheduleDefinition(
        name=f"{NAME}_daily",
        job=job,
        cron_schedule="0 7 * * *",
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="What became overdue or stale overnight turns yellow in the morning.",
    )
