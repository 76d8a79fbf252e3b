"""What Dagster knows last of each asset: failed checks, by indicator."""

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from hi_pipeline.orchestration.findings_by_layer import INDICATOR_CHECKS
from hi_pipeline.orchestration.pipeline import Catalogue


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
