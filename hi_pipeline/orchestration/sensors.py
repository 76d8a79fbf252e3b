"""The sensors: one brings in what is new and that alone, one builds on with what has become stale, one tells of it."""

import json
from datetime import date

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from hi_pipeline.core.errors import FetchError
from hi_pipeline.core.plain_text import shown
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.plan import Stage
from hi_pipeline.engine.releases.editions import look_for_editions, nearly_editions
from hi_pipeline.engine.releases.watch import Place, change_at, new_links, places, read_page
from hi_pipeline.engine.withdrawals import withdraw
from hi_pipeline.orchestration.alerting import build_alert_sensor
from hi_pipeline.orchestration.instance.launching import has_workers
from hi_pipeline.orchestration.next_work import OPEN_RUNS, last_event, next_work
from hi_pipeline.orchestration.requests import request_release, request_stage

FOLDER_INTERVAL_S = 300
# Over the network each place is a request, a second apart for each host, and a tick has a minute: a few places an
# hour, so that each is looked at about four times a day.
NETWORK_INTERVAL_S = 3600
NETWORK_PLACES = 20
REBUILD_INTERVAL_S = 30


def build_sensors(jobs: dict[str, UnresolvedAssetJobDefinition], *, network: bool) -> list[dg.SensorDefinition]:
    """Return the sensors; stopped until somebody starts them."""
    return [
        _new_releases(jobs["refresh_release"], network=network),
        _rebuild_stale(list(jobs.values())),
        build_alert_sensor(),
    ]


def _new_releases(refresh: UnresolvedAssetJobDefinition, *, network: bool) -> dg.SensorDefinition:
    @dg.sensor(
        name="new_releases",
        job=refresh,
        minimum_interval_seconds=NETWORK_INTERVAL_S if network else FOLDER_INTERVAL_S,
        default_status=dg.DefaultSensorStatus.STOPPED,
        required_resource_keys={"pipeline"},
        description="Looks at the place of every release, and at publishers' pages or in the mirror, for a new "
        "edition or changed bytes, and refreshes that edition alone.",
    )
    def new_releases(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        pipeline: Pipeline = context.resources.pipeline.look()
        today = date.today()
        for line in (*look_for_editions(pipeline, today=today, ask=False), *nearly_editions(pipeline).values()):
            _warn(context, line)
        found = places(pipeline, today=today)
        # What lies in a folder here asks nobody and is looked at every time: a mirror, files downloaded by hand, and
        # boards' own extracts, whatever the source is.
        here = [place for place in found if _is_here(pipeline, place)]
        others = tuple(place for place in found if not _is_here(pipeline, place))
        chosen, turn = _turn(others, int(context.cursor or 0), at_once=NETWORK_PLACES if network else None)
        chosen = [*here, *chosen]
        requests: list[dg.RunRequest] = []
        for place in chosen:
            try:
                requests += _look(context, pipeline, place)
            except FetchError as error:
                _warn(context, str(error))
        said = None if requests else f"no release is new or changed; looked at {len(chosen)} places"
        return dg.SensorResult(run_requests=requests, skip_reason=said, cursor=str(turn))

    return new_releases


def _rebuild_stale(jobs: list[UnresolvedAssetJobDefinition]) -> dg.SensorDefinition:
    @dg.sensor(
        name="rebuild_stale",
        jobs=jobs,
        minimum_interval_seconds=REBUILD_INTERVAL_S,
        default_status=dg.DefaultSensorStatus.STOPPED,
        required_resource_keys={"pipeline"},
        description="After each run, builds what it made stale or possible: layer by layer up to the published folder.",
    )
    def rebuild_stale(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        pipeline: Pipeline = context.resources.pipeline.look()
        memory = json.loads(context.cursor or '{"after": "", "tried": []}')
        if context.instance.get_runs_count(dg.RunsFilter(statuses=list(OPEN_RUNS))):
            return dg.SkipReason("a run is going on")
        withdrawn = withdraw(pipeline)
        for line in withdrawn:
            _warn(context, line)
        now = last_event(context.instance, day=date.today().isoformat())
        if memory["after"] == now and not withdrawn:
            return dg.SkipReason("nothing has happened since the last look")
        work = next_work(pipeline, context.instance, memory["tried"])
        split = Stage.by_asset if has_workers(context.instance) else _whole
        return dg.SensorResult(
            run_requests=[
                request_stage(part, reason="stale or missing") for stage in work.stages for part in split(stage)
            ],
            skip_reason=None if work.stages else "everything is built from what is there, or was tried and failed",
            cursor=json.dumps({"after": now, "tried": work.tried}),
        )

    return rebuild_stale


def _warn(context: dg.SensorEvaluationContext, line: str) -> None:
    """Log what may hold a publisher's words: Dagster itself writes it to the terminal as it is."""
    context.log.warning(shown(line))


def _whole(stage: Stage) -> list[Stage]:
    return [stage]


def _is_here(pipeline: Pipeline, place: Place) -> bool:
    return place.source.local or (place.release is not None and pipeline.snapshots.supply.is_here(place.release))


def _turn(found: tuple[Place, ...], start: int, *, at_once: int | None) -> tuple[list[Place], int]:
    """Return the next places, going round and round, and where the turn after this starts."""
    if at_once is None or at_once >= len(found):
        return list(found), 0
    first = start % len(found)
    return [found[(first + n) % len(found)] for n in range(at_once)], (first + at_once) % len(found)


def _look(context: dg.SensorEvaluationContext, pipeline: Pipeline, place: Place) -> list[dg.RunRequest]:
    if place.release is None:
        read_page(pipeline, place.source, place.page, today=date.today())
        for link in new_links(pipeline, pipeline.catalogue.sources[place.source.name]):
            _warn(context, f"{place.page} links to {link}, which no release of {place.source.name} declares")
        return []
    change = change_at(pipeline, place.source, place.release)
    if change is None:
        return []
    reason = f"new or changed: {place.name}"
    return request_release(place.source, place.release, reason=reason, run_key=change.run_key)
