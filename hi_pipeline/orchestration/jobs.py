"""Three jobs: bring a release in, build figures from what is in, publish what is built."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def build_jobs() -> dict[str, UnresolvedAssetJobDefinition]:
    """Return the jobs by name; each takes a partition (or a range) and a selection within its layers."""
    return {
        "refresh_release": dg.define_asset_job(
            "refresh_release",
            selection=dg.AssetSelection.groups("snapshot", "clean"),
            description="Fetch releases and rebuild their clean tables.",
        ),
        "build_indicators": dg.define_asset_job(
            "build_indicators",
            selection=dg.AssetSelection.groups("indicator"),
            description="Compute figures for a financial year x board, or a range of them.",
        ),
        "publish": dg.define_asset_job(
            "publish",
            selection=dg.AssetSelection.groups("published"),
            description="Collect every figure and write the published folder.",
        ),
    }
