"""Stores that read over http, hurried: a mirror, or publishers."""

from pathlib import Path

from hi_pipeline.storage.download import HttpLimits
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.kept import Snapshot
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.fault_server import FaultServer, body
from hi_pipeline_tests.unit.storage.releases import CSV, source_of

FAST = HttpLimits(
    connect=5.0, idle=5.0, total=20.0, tries=3, first_wait=0.01, preparing=0.02, longest_wait=2.0, between=0.0
)


class Client:
    """A store that reads a mirror over http, and how long it was told to sleep."""

    def __init__(self, root: Path, address: str, limits: HttpLimits = FAST) -> None:
        self.root = root
        self.slept: list[float] = []
        downloader = Downloader(
            contact="someone@board.nhs.uk", trusted_origin=address, limits=limits, sleep=self.slept.append
        )
        self.store = Snapshots(root, mode="mirror", mirror=address, contact="", downloader=downloader)

    def fetch(self, **changes: object) -> Snapshot:
        return self.store.fetch(*source_of(**changes))  # type: ignore[arg-type]

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file() and path.suffix != ".lock")
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}


def live_store(root: Path, server: FaultServer) -> Snapshots:
    """Return a store that asks publishers, all of whom are the server."""
    downloader = Downloader(contact="", trusted_origin=server.address, limits=FAST, sleep=lambda seconds: None)
    return Snapshots(root, mode="live", mirror="", contact="", downloader=downloader)


GOOD = body(CSV)
