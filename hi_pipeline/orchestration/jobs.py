"""The jobs: bring a release in, link tables, build figures, publish: a job takes one layer's partitions, or a range."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from hi_pipeline.engine.plan import Layer


def build_jobs() -> dict[str, UnresolvedAssetJobDefinition]:
    """Return the jobs by name; each takes a partition (or a range) and a selection within its layers."""
    groups = dg.AssetSelection.groups
    return {
        "refresh_release": dg.define_asset_job(
            "refresh_release",
            selection=groups("snapshot", "clean"),
            description="Fetch releases and rebuild their clean tables.",
        ),
        "link_tables": dg.define_asset_job(
            "link_tables",
            selection=groups("linked"),
            description="Build linked tables for a financial year, or a range of them.",
        ),
        "build_indicators": dg.define_asset_job(
            "build_indicators",
            selection=groups("indicator"),
            description="Compute figures for a financial year x board, or a range of them.",
        ),
        "publish": dg.define_asset_job(
            "publish",
            selection=dg.AssetSelection.assets(["published", "results"]),
            description="Collect every figure and write the published folder.",
        ),
        # A job of its own: one that holds cells cannot be started without choosing some.
        "make_packs": dg.define_asset_job(
            "make_packs",
            selection=dg.AssetSelection.assets(["published", "packs"]),
            description="Make the packs of the financial years and boards that are chosen, from the published folder.",
        ),
    }


# The job that runs a layer of the plan.
JOB_OF = {
    Layer.SNAPSHOT: "refresh_release",
    Layer.CLEAN: "refresh_release",
    Layer.LINKED: "link_tables",
    Layer.INDICATOR: "build_indicators",
    Layer.PUBLISHED: "publish",
}
# A run says nothing on its process's output: all of it stands in the event log.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
