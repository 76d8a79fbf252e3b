"""Whether any run goes on: some work is only for the time between runs."""

import dagster as dg

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.recovery import process_of
from hi_pipeline.orchestration.next_work import OPEN_RUNS


def last_run(instance: dg.DagsterInstance) -> tuple[str, int]:
    """Return the id of the newest run and how many there are, to see later whether one began.

    Raises:
        StoreError: a run goes on, or waits for the daemon.
    """
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(OPEN_RUNS))):
        # A run without a process of hi run belongs to the daemon, or waits for it.
        if process_of(instance, record)[1]:
            raise StoreError(
                f"run {record.dagster_run.run_id} goes on or waits for the daemon; wait for its end, then try again"
            )
    newest = instance.get_run_records(limit=1)
    return (newest[0].dagster_run.run_id if newest else "", instance.get_runs_count())
