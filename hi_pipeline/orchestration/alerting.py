"""Alerts of failed runs: what Dagster knows of them, in words."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.operating.alerts.message import Message, failed_run
from hi_pipeline.operating.alerts.telling import looked_from, tell

INTERVAL_S = 300
_FAULTS = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}


def tell_of(pipeline: Pipeline, instance: dg.DagsterInstance) -> int:
    """Send one round of alerts; return how many messages went out.

    Raises:
        FetchError, SelectionError: as ``tell``.
    """
    now = datetime.now(UTC)
    since = looked_from(pipeline.settings.root, now=now)
    return tell(pipeline, failed_runs(instance, since=since, synthetic=pipeline.settings.synthetic), now=now)


def failed_runs(instance: dg.DagsterInstance, *, since: datetime, synthetic: bool) -> Iterator[tuple[str, Message]]:
    """Yield each run that failed after a moment, oldest first: its id and its message."""
    filters = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=since)
    for record in instance.get_run_records(filters, ascending=True):
        run = record.dagster_run
        said = list(_said(instance, run.run_id))
        yield run.run_id, failed_run(run_id=run.run_id, job=run.job_name, said=said, synthetic=synthetic)


def _said(instance: dg.DagsterInstance, run_id: str) -> Iterator[str]:
    for entry in instance.all_logs(run_id, of_type=_FAULTS):
        data = entry.dagster_event.event_specific_data if entry.dagster_event else None
        error = getattr(data, "error", None)
        if error is not None:
            cause = error.cause or error
            yield cause.message if cause.cls_name in cause.message else f"{cause.cls_name}: {cause.message}"


def build_alert_sensor() -> dg.SensorDefinition:
    """Return the sensor that sends alerts while the daemon runs; stopped until somebody starts it."""

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=INTERVAL_S,
        default_status=dg.DefaultSensorStatus.STOPPED,
        required_resource_keys={"pipeline"},
        description="Sends one digest for each publication of figures and one message for each failed run to the "
        "addresses in HI_ALERT_TO. It starts no run.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        try:
            return dg.SkipReason(f"{tell_of(context.resources.pipeline.look(), context.instance)} messages were sent")
        except SelectionError as error:
            return dg.SkipReason(str(error))

    return alerts
