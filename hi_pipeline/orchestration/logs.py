"""What services write to their output: lines for people, or with HI_LOG_FORMAT=json one JSON object a line."""

import logging

from dagster._utils.log import configure_loggers

from hi_pipeline.settings import Settings

_DAGSTERS = ("dagster", "dagster-webserver", "dagit")


def dagster_format(settings: Settings) -> str:
    """Return Dagster's word for the format that is asked for."""
    return "json" if settings.log_format == "json" else "colored"


def set_up_logs(settings: Settings, *, level: str) -> None:
    """Let everything in this process log as is asked for: Dagster's own set-up leaves out other libraries."""
    configure_loggers(formatter=dagster_format(settings), log_level=level)
    (handler,) = logging.getLogger("dagster").handlers
    logging.getLogger().addHandler(handler)
    for name in _DAGSTERS:
        logging.getLogger(name).propagate = False
