"""Where Dagster finds the code: this module, loaded by each service, or a code server that all of them ask."""

import sys
from dataclasses import dataclass

from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.remote_origin import RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.workspace.load_target import GrpcServerTarget, ModuleTarget, WorkspaceLoadTarget

from hi_pipeline.settings import Settings

# What Dagster loads, and shows in its web interface, unless it is told otherwise.
DEFINITIONS = "hi_pipeline.definitions"
_NAME = "defs"


@dataclass(frozen=True, kw_only=True)
class CodeServer:
    """Where ``hi serve code`` listens."""

    host: str
    port: int


def code_server(settings: Settings) -> CodeServer | None:
    """Return the code server that HI_CODE_SERVER names."""
    host, _, port = settings.code_server.rpartition(":")
    return CodeServer(host=host, port=int(port)) if host else None


def target_of(module: str) -> WorkspaceLoadTarget:
    """Return what webserver and daemon load."""
    server = code_server(Settings())
    if server is None:
        return ModuleTarget(module, None, None, None)
    return GrpcServerTarget(host=server.host, port=server.port, socket=None, location_name=None)


def place_of_job(job: str, module: str) -> RemoteJobOrigin:
    """Return the place of a job, by which web interface and daemon find it."""
    (location,) = target_of(module).create_origins()
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job)


def code_of_job(job: str, module: str) -> JobPythonOrigin:
    """Return how a worker loads a job."""
    pointer = ModuleCodePointer(module, _NAME)
    return JobPythonOrigin(
        job, RepositoryPythonOrigin(executable_path=sys.executable, code_pointer=pointer, entry_point=["dagster"])
    )
