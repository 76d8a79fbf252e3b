"""What Dagster knows last of each asset: failed checks and failed cells, by indicator."""

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from hi_pipeline.engine.checks.by_layer import INDICATOR_CHECKS
from hi_pipeline.engine.pipeline import Catalogue
from hi_pipeline.orchestration.partitions import GRID


def failed_checks(instance: dg.DagsterInstance, catalogue: Catalogue) -> dict[str, int]:
    """Return, by indicator, how many of its checks failed when they were last asked."""
    keys = [
        dg.AssetCheckKey(dg.AssetKey(["indicator", indicator.id]), name)
        for indicator in catalogue.indicators
        for name, _ in INDICATOR_CHECKS
    ]
    found = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    failed: dict[str, int] = {}
    for key, record in found.items():
        if record.status is AssetCheckExecutionRecordStatus.FAILED:
            name = key.asset_key.path[-1]
            failed[name] = failed.get(name, 0) + 1
    return failed


def failed_cells(instance: dg.DagsterInstance, indicator_id: str) -> frozenset[str]:
    """Return the cells of an indicator that read failed in the UI."""
    key = dg.AssetKey(["indicator", indicator_id])
    status = get_and_update_asset_status_cache_value(instance, key, GRID)
    if status is None:
        return frozenset()
    return frozenset(status.deserialize_failed_partition_subsets(GRID).get_partition_keys())
