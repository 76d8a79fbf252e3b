"""Who asked for a run: the name under which somebody signed in at the proxy becomes a tag of the runs that he starts.

The proxy says the name in ``USER_HEADER`` and lets no visitor say it (deploy/nginx). Without a proxy there is no tag.
"""

import dagster as dg
from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext

USER_HEADER = "X-Forwarded-User"
USER_TAG = "hi/user"
_LONGEST = 200


class NamingRunCoordinator(QueuedRunCoordinator):
    """Dagster's queue of runs, which says of each run who asked for it; named in dagster.yaml."""

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        """Tag a run with the name of whoever started it in the web interface, and put it into the queue."""
        tags = tags_of_visitor(context.get_request_header(USER_HEADER))
        if tags:
            self._instance.add_run_tags(context.dagster_run.run_id, tags)
        return super().submit_run(context)


def tags_of_visitor(name: str | None) -> dict[str, str]:
    """Return the tag that names a visitor; none where he has no name."""
    plain = "".join(c for c in name or "" if c.isprintable()).strip()[:_LONGEST]
    return {USER_TAG: plain} if plain else {}
