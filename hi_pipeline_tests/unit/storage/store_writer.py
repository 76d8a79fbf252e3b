"""A process for the tests of the object store: writes generations of cells until it is killed.

Run as ``python -m ... ROOT STORE FIRST GENERATIONS CELL ...``; says "ready" before the first generation.
"""

import sys
import time
from pathlib import Path

from hi_pipeline.storage.bucket import Bucket
from hi_pipeline.storage.cells import CellFiles
from hi_pipeline.storage.lake import Lake
from hi_pipeline.storage.object_store import ObjectStore
from hi_pipeline_tests.unit.storage.cells_writer import cells_of


def lake_on(root: Path, url: str) -> Lake:
    """The tables of a store, with a working copy of its own: another machine."""
    return Lake(root, ObjectStore(root, Bucket(url)))


def files_on(root: Path, url: str) -> CellFiles:
    return CellFiles(lake_on(root, url), layer="indicator", column="icb_code")


def main() -> None:
    root, url, first, count, names = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:]
    files = files_on(root, url)
    files.provenance("made_up", "2022-23")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for generation in range(first, first + count):
        files.write("made_up", cells_of(names, generation))
        time.sleep(0.2)  # a slow server answers two that never pause so that the same one is first each time


if __name__ == "__main__":
    main()
