"""What services write to their output: lines for people, or with HI_LOG_FORMAT=json one JSON object a line."""

import logging

from dagster._utils.log import configure_loggers, default_date_format_string, default_format_string

from hi_pipeline.core.plain_text import let_pass, shown
from hi_pipeline.settings import Settings

_DAGSTERS = ("dagster", "dagster-webserver", "dagit")


class PlainFormatter(logging.Formatter):
    """Writes a line, or a stack trace, as text: nothing in it steers the terminal, and it has no colours."""

    def __init__(self) -> None:
        super().__init__(default_format_string(), default_date_format_string())

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return shown(super().format(record))


def dagster_format(settings: Settings) -> str:
    """Return Dagster's word for the format that is asked for."""
    return "json" if settings.log_format == "json" else "colored"


def set_up_logs(settings: Settings, *, level: str) -> None:
    """Let everything in this process log as is asked for: Dagster's own set-up leaves out other libraries."""
    configure_loggers(formatter=dagster_format(settings), log_level=level)
    (handler,) = logging.getLogger("dagster").handlers
    if isinstance(handler, logging.StreamHandler):
        let_pass(handler.stream)
    if settings.log_format == "text":
        handler.setFormatter(PlainFormatter())
    logging.getLogger().addHandler(handler)
    for name in _DAGSTERS:
        logging.getLogger(name).propagate = False
