"""Who executes runs: this machine, or workers elsewhere. Names no engine, so that the embedded default needs none."""

from typing import Protocol, runtime_checkable

import dagster as dg
from dagster._core.launcher import DefaultRunLauncher
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher


@runtime_checkable
class LooksAtBroker(Protocol):
    """A launcher that can say whether what hands its runs to workers answers."""

    def wrong_with_broker(self) -> str:
        """Return what is wrong, "" where nothing is."""
        ...


def has_workers(instance: dg.DagsterInstance) -> bool:
    """Tell whether runs are executed by workers (Celery, Kubernetes) and not by processes of this machine."""
    return not isinstance(instance.run_launcher, (DefaultRunLauncher, SyncInMemoryRunLauncher))
