"""A process for the tests of the snapshots: fetches a file that changes each time, until it is killed.

Run as ``python -m ... ROOT MIRROR FIRST``; says "ready" before the first fetch.
"""

import logging
import sys
from pathlib import Path

from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.releases import source_of


def bytes_of(generation: int) -> bytes:
    return b"generation,row\n" + b"".join(b"%d,%d\n" % (generation, n) for n in range(20_000))


def main() -> None:
    root, mirror, first = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    logging.disable(logging.WARNING)
    store = Snapshots(root, mode="mirror", mirror=str(mirror), contact="")
    store.sweep()
    place = mirror / "files.digital.nhs.uk/AA/BBBBBB/data file.csv"
    place.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for generation in range(first, first + 100_000):
        place.write_bytes(bytes_of(generation))
        store.fetch(*source_of())


if __name__ == "__main__":
    main()
