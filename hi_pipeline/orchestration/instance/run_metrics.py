"""What Dagster's records tell a monitor: failed cells, and the newest ended run of each job."""

from collections.abc import Iterator

import dagster as dg

from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.operating.metrics import Sample
from hi_pipeline.orchestration.instance.latest import failed_cells
from hi_pipeline.orchestration.jobs import build_jobs

_ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)


def run_samples(pipeline: Pipeline, instance: dg.DagsterInstance) -> Iterator[Sample]:
    """Yield what the records of a data root tell."""
    for indicator in pipeline.catalogue.indicators:
        failed = len(failed_cells(instance, indicator.id))
        yield Sample(name="hi_failed_cells", value=failed, labels={"indicator": indicator.id})
    for job in build_jobs():
        newest = instance.get_run_records(dg.RunsFilter(job_name=job, statuses=list(_ENDED)), limit=1)
        start, end = (newest[0].start_time, newest[0].end_time) if newest else (None, None)
        if start is None or end is None:
            continue
        ok, labels = newest[0].dagster_run.status is dg.DagsterRunStatus.SUCCESS, {"job": job}
        yield Sample(name="hi_run_seconds", value=round(end - start, 2), labels=labels)
        yield Sample(name="hi_run_success", value=float(ok), labels=labels)
        yield Sample(name="hi_run_end_timestamp_seconds", value=round(end), labels=labels)
