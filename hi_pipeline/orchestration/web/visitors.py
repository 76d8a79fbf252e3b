"""Requests that say who makes them: Dagster tags a backfill and its runs with what the request's context says.

Runs that are started one by one are tagged by the run coordinator (``instance.coordinator``; 2026-11, dagster 1.13).
"""

from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext

from hi_pipeline.orchestration.instance.coordinator import USER_HEADER, tags_of_visitor


class NamedRequestContext(WorkspaceRequestContext):
    """A request that says who makes it."""

    def get_viewer_tags(self) -> dict[str, str]:
        """Return what Dagster tags a backfill and its runs with."""
        return tags_of_visitor(getattr(self.source, "headers", {}).get(USER_HEADER))


class NamedProcessContext(WorkspaceProcessContext):
    """Dagster's workspace, whose requests say who makes them."""

    def create_request_context(self, source: object | None = None) -> WorkspaceRequestContext:
        """Return the context of one request."""
        return NamedRequestContext(
            instance=self.instance,
            current_workspace=self.get_current_workspace(),
            process_context=self,
            version=self.version,
            source=source,
            read_only=self._read_only,
        )
