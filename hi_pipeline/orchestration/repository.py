"""All definitions of one data root: assets, checks, jobs, schedules, sensors. Loads without network and secrets."""

from dataclasses import replace

import dagster as dg

from hi_pipeline.engine.pipeline import Catalogue, Pipeline, load_catalogue, open_pipeline
from hi_pipeline.orchestration.assets import build_assets
from hi_pipeline.orchestration.checks import judging_job, judging_schedule
from hi_pipeline.orchestration.jobs import build_jobs
from hi_pipeline.orchestration.schedules import build_schedules
from hi_pipeline.orchestration.sensors import build_sensors
from hi_pipeline.settings import Settings


def build_definitions(
    settings: Settings, *, catalogue: Catalogue | None = None, pipeline: Pipeline | None = None
) -> dg.Definitions:
    """Return everything that Dagster shows and runs for one data root.

    Args:
        settings: where files come from and where data goes.
        catalogue: the declarations; the project's own when not given.
        pipeline: the declarations already bound to the data root (then ``catalogue`` is not used). When not given, a
            run asks publishers whether what is kept has changed: that is why somebody, or a schedule, started it.
    """
    bound = pipeline or replace(open_pipeline(settings, catalogue or load_catalogue()), looks_again=True)
    jobs, judging = build_jobs(), judging_job()
    return dg.Definitions(
        assets=build_assets(bound.catalogue, synthetic=settings.synthetic),
        jobs=[*jobs.values(), judging],
        schedules=[*build_schedules(bound.catalogue, jobs["refresh_release"]), judging_schedule(judging)],
        sensors=build_sensors(jobs, network=bound.snapshots.supply.asks_network),
        resources={"pipeline": bound},
        executor=dg.in_process_executor,
        metadata={"source": settings.kind, "SYNTHETIC": settings.synthetic},
    )
