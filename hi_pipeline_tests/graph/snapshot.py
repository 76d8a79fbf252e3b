"""What Dagster shows, as plain data: keys, dependencies, groups, partitions, checks, jobs, schedules, sensors.

``make docs`` writes the file anew; read the difference before committing it.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import dagster as dg

from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings

FILE = Path(__file__).parent / "snapshot.json"


def graph(folder: Path) -> dict[str, Any]:
    """Return the graph of the project's own declarations; nothing is read from the folder."""
    definitions = build_definitions(Settings(source="sample", data_dir=folder))
    assets = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    return {
        "assets": {key.to_user_string(): _asset(assets, key) for key in sorted(assets.get_all_asset_keys())},
        "jobs": {
            job.name: sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys)
            for job in repository.get_all_jobs()
            if not job.name.startswith("__")
        },
        "schedules": {
            s.name: {"cron": s.cron_schedule, "timezone": s.execution_timezone, "job": s.job_name}
            for s in repository.schedule_defs
        },
        "sensors": {s.name: [t.job_name for t in s.targets] for s in repository.sensor_defs},
    }


def _asset(assets: Any, key: dg.AssetKey) -> dict[str, Any]:
    node = assets.get(key)
    partitions = node.partitions_def
    names = [] if partitions is None else getattr(partitions, "partition_dimension_names", ["financial_year"])
    return {
        "group": node.group_name,
        "deps": {
            parent.to_user_string(): type(mapping).__name__
            for parent in sorted(node.parent_keys)
            for mapping in [node.partition_mappings.get(parent)]
        },
        "partitions": list(names),
        "checks": sorted(check.name for check in node.check_keys),
        "kinds": sorted(node.kinds),
        "owners": list(node.owners),
    }


def text(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        FILE.write_text(text(graph(Path(temporary))))
