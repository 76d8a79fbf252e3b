"""A process for the tests of the lake: writes generations of the same files until it is killed.

Run as ``python lake_writer.py ROOT FIRST GENERATIONS``; says "ready" once the first file stands.
"""

import sys
from pathlib import Path

import polars as pl

from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.storage.lake import Item, Lake

FILES = 6
ROWS = 20_000


def frame_of(generation: int) -> pl.DataFrame:
    return pl.DataFrame({"generation": [generation] * ROWS, "row": range(ROWS)})


def provenance_of(generation: int) -> Provenance:
    given = (Input(name="made up", sha256=f"{generation:064x}"),)
    return Provenance(inputs=given, code_version="1", schema_version="1")


def items_of(generation: int) -> list[Item]:
    return [
        Item(
            frame=frame_of(generation),
            provenance=provenance_of(generation),
            layer="indicator",
            name="made_up",
            parts=("2023-24", f"E{n}"),
        )
        for n in range(FILES)
    ]


def main() -> None:
    root, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    lake = Lake(root)
    lake.sweep()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for generation in range(first, first + count):
        lake.write_many(items_of(generation))


if __name__ == "__main__":
    main()
