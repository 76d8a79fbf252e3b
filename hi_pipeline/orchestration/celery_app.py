"""What Celery workers load: ``celery -A hi_pipeline.orchestration.celery_app worker --pool solo``, as hi serve does.

Polars is not safe in a process that was forked from one that used it, so that the pool is ``solo``: one run at a time
in the worker's own process, and one worker a core.
"""

from celery.signals import setup_logging
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task

from hi_pipeline.orchestration.instance.celery_launcher import celery_options
from hi_pipeline.orchestration.logs import set_up_logs
from hi_pipeline.settings import Settings

app = make_app(celery_options())
execute_job = create_execute_job_task(app)


@setup_logging.connect
def _log_as_asked(**_: object) -> None:
    """Log as the other services do; without a receiver of this signal Celery sets up its own."""
    set_up_logs(Settings(), level="WARNING")
