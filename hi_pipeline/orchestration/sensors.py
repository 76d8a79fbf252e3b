"""The sensor that watches the mirror for new editions and changed bytes, and refreshes those alone."""

import json

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from hi_pipeline.orchestration.pipeline import Catalogue, Pipeline
from hi_pipeline.orchestration.schedules import request_of
from hi_pipeline.orchestration.watching import changes, look, run_key

INTERVAL_S = 300


def build_sensors(catalogue: Catalogue, refresh: UnresolvedAssetJobDefinition) -> list[dg.SensorDefinition]:
    """Return the sensors; stopped until somebody starts them."""

    @dg.sensor(
        name="new_releases",
        job=refresh,
        minimum_interval_seconds=INTERVAL_S,
        default_status=dg.DefaultSensorStatus.STOPPED,
        required_resource_keys={"pipeline"},
        description="Watches the place of every declared release for a new edition or changed bytes.",
    )
    def new_releases(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        pipeline: Pipeline = context.resources.pipeline
        now = look(pipeline)
        found = changes(pipeline, json.loads(context.cursor or "{}"), now)
        requests = [
            request_of(
                change.source,
                reason=f"new or changed: {change.release.edition}",
                part=part or None,
                run_key=run_key(change, part),
            )
            for change in found
            for part in (change.release.financial_years if change.source.by_year else ("",))
        ]
        if not requests:
            return dg.SkipReason("no release is new or changed")
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(now, sort_keys=True))

    return [new_releases]
