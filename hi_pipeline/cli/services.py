"""The services that ``hi serve`` runs, by name."""

from enum import StrEnum


class Service(StrEnum):
    """One process of an installation that has several."""

    WEB = "web"
    VIEWER = "viewer"
    DAEMON = "daemon"
    CODE = "code"
    WORKER = "worker"


# Where those listen that do, on 127.0.0.1, unless told otherwise.
PORTS = {Service.WEB: 3000, Service.VIEWER: 3001, Service.CODE: 4000}
