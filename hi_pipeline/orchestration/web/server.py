"""Dagster's webserver in a process of our own, behind the guard: ``python -m hi_pipeline.orchestration.web.server``."""

import argparse
import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Collection
from typing import Any

import dagster as dg
import uvicorn
from dagster._utils.interrupts import setup_interrupt_handlers
from dagster_webserver.version import __version__
from dagster_webserver.webserver import DagsterWebserver
from graphql import ASTValidationRule, GraphQLError, OperationDefinitionNode, OperationType
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hi_pipeline.orchestration.code_location import target_of
from hi_pipeline.orchestration.logs import set_up_logs
from hi_pipeline.orchestration.web.guard import Guard, hosts_of, not_json
from hi_pipeline.orchestration.web.visitors import NamedProcessContext
from hi_pipeline.settings import Settings

HOST = "127.0.0.1"
_LOG_LEVEL = "warning"
_ASKED = ("query", "variables", "operationName")
_POLL_MS = 2000
# As dagster-webserver's own command sets them (2026-11, dagster 1.13).
_STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_S, _POOL_OVERFLOW = 15_000, 3_600, 20


class OnlyReads(ASTValidationRule):
    """Refuses every command. Dagster's own read-only mode lets some pass, such as freeing slots (2026-11)."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Look at one operation of a request."""
        if node.operation is OperationType.MUTATION:
            self.report_error(GraphQLError("this page was started with hi ui --read-only: it only shows", node))


class GuardedWebserver(DagsterWebserver):
    """Dagster's webserver, which takes commands as the guard does, by whatever path they came."""

    async def graphql_http_endpoint(self, request: Request) -> Response:
        """Answer what a JSON body asks; Dagster's own also reads the address, and breaks at other JSON."""
        refused = not_json(request.scope)
        if refused is not None:
            return _said(*refused)
        try:
            asked = json.loads(await request.body())
        except (ValueError, RecursionError):
            return _said(400, "the body is no JSON")
        query, variables, name = (asked.get(key) for key in _ASKED) if isinstance(asked, dict) else (None, None, None)
        if not (isinstance(query, str) and isinstance(variables, dict | None) and isinstance(name, str | None)):
            return _said(400, "the body is no JSON object with a query, its variables and its operationName")
        return await self.execute_graphql_request(request, query, variables, name)

    async def download_debug_file_endpoint(self, request: Request) -> Response:
        """Answer with a run's records; Dagster's own breaks at a run that is not there."""
        with self.request_context(request) as context:
            if not context.instance.has_run(request.path_params["run_id"]):
                return _said(404, "there is no such run")
        return await super().download_debug_file_endpoint(request)

    async def download_captured_logs_endpoint(self, request: Request) -> Response:
        """Answer with a log; Dagster's own breaks at a place outside of its folder."""
        try:
            return await super().download_captured_logs_endpoint(request)
        except ValueError:
            return _said(404, "there is no such log")


def _said(status: int, words: str) -> Response:
    return PlainTextResponse(f"{words}\n", status_code=status)


class ReadOnlyWebserver(GuardedWebserver):
    """The same for viewers."""

    def build_graphql_validation_rules(self) -> Collection[type[ASTValidationRule]]:
        """Return Dagster's rules and ours."""
        return (*super().build_graphql_validation_rules(), OnlyReads)


def serve(module: str, port: int, *, read_only: bool) -> None:
    """Serve the definitions of a module until a signal comes, on the instance that DAGSTER_HOME names.

    Args:
        module: what Dagster loads.
        port: on 127.0.0.1.
        read_only: show everything and take no command.
    """
    settings = Settings()
    set_up_logs(settings, level=_LOG_LEVEL.upper())
    setup_interrupt_handlers()
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(_STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_S, _POOL_OVERFLOW)
        with NamedProcessContext(
            instance, target_of(module), version=__version__, read_only=read_only, code_server_log_level=_LOG_LEVEL
        ) as context:
            kind = ReadOnlyWebserver if read_only else GuardedWebserver
            app = kind(context, "", _POLL_MS).create_asgi_app(lifespan=_lifespan)
            hosts = hosts_of(port, settings.ui_hosts)
            uvicorn.run(
                Guard(app, hosts), host=HOST, port=port, log_level=_LOG_LEVEL, log_config=None, server_header=False
            )


@contextlib.asynccontextmanager
async def _lifespan(_: object) -> AsyncIterator[None]:
    # Ctrl-C ends uvicorn by cancelling this (its issue 1160).
    with contextlib.suppress(asyncio.exceptions.CancelledError):
        yield


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--read-only", action="store_true")
    asked = parser.parse_args()
    serve(asked.module, asked.port, read_only=asked.read_only)


if __name__ == "__main__":
    main()
