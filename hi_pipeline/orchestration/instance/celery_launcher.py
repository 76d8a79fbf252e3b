"""Runs on Celery workers, through Redis where HI_REDIS says: named in dagster.yaml by ``hi instance``.

Dagster's own launcher (dagster-celery), with address and password from the settings. A worker executes a whole run in
its own process. It takes a message off the queue before it begins: what a killed worker had begun is not begun again
by Celery; Dagster's monitor lets the run fail after the longest time that a run may take, and tries it again.
"""

from typing import Any
from urllib.parse import quote, urlsplit

import dagster as dg
from celery import Celery
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_celery.config import DEFAULT_CONFIG
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
from kombu.exceptions import OperationalError

from hi_pipeline.core.errors import StoreError
from hi_pipeline.settings import Settings

QUEUE = "dagster"
_ANSWER_S = 5.0
_RESULTS_S = 86_400


def celery_options() -> dict[str, Any]:
    """Return what makes the Celery app of launcher and workers: broker, results and how both behave.

    Raises:
        StoreError: HI_REDIS names no server.
    """
    settings = Settings()
    if not settings.redis:
        raise StoreError("dagster.yaml hands runs to Celery workers, and HI_REDIS names no server; set it")
    return {
        "broker": _address(settings, database=0),
        "backend": _address(settings, database=1),
        "config_source": {
            **DEFAULT_CONFIG,
            "task_default_queue": QUEUE,
            "worker_prefetch_multiplier": 1,
            "broker_connection_retry_on_startup": True,
            "broker_connection_max_retries": None,
            "result_expires": _RESULTS_S,
        },
    }


def _address(settings: Settings, *, database: int) -> str:
    parts = urlsplit(settings.redis)
    password = settings.secret("redis_password")
    access = f"{quote(parts.username or '', safe='')}:{quote(password, safe='')}@" if password else ""
    place = parts.netloc.rpartition("@")[2]
    asked = "&".join(word for word in (parts.query, "ssl_cert_reqs=CERT_REQUIRED") if word)
    return f"{parts.scheme}://{access}{place}/{database}" + (f"?{asked}" if parts.scheme == "rediss" else "")


class SettingsCeleryRunLauncher(CeleryRunLauncher):
    """Dagster's launcher of runs as Celery tasks."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(default_queue=QUEUE, inst_data=inst_data, **celery_options())

    @classmethod
    def config_type(cls) -> Any:
        """Return what dagster.yaml may say: nothing."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """Return the launcher that dagster.yaml names."""
        return cls(inst_data)

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """As in Dagster; a run that no worker was given goes on elsewhere, or was not handed over yet."""
        if DAGSTER_CELERY_TASK_ID_TAG not in run.tags:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return super().check_run_worker_health(run)

    def wrong_with_broker(self) -> str:
        """Return why Redis does not answer, "" where it does."""
        app: Celery = self.celery
        try:
            with app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=0, timeout=_ANSWER_S)
        except OperationalError as error:
            return " ".join(str(error).split()) or type(error).__name__
        return ""
