"""A process for the tests of files of cells: writes generations of some cells of the same files until it is killed.

Run as ``python cells_writer.py ROOT FIRST GENERATIONS CELL ...``; says "ready" before the first generation.
"""

import sys
from pathlib import Path

import polars as pl

from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.storage.cells import Cell, CellFiles
from hi_pipeline.storage.lake import Lake

YEARS = ("2022-23", "2023-24", "2024-25")
ROWS = 3_000


def files_in(root: Path) -> CellFiles:
    return CellFiles(Lake(root), layer="indicator", column="icb_code")


def cell_of(name: str, generation: int) -> Cell:
    frame = pl.DataFrame({"icb_code": [name] * ROWS, "generation": [generation] * ROWS, "row": range(ROWS)})
    made_from = (Input(name="made up", sha256=f"{generation:064x}"),)
    return Cell(frame=frame, provenance=Provenance(inputs=made_from, code_version="1", schema_version="1"))


def cells_of(names: list[str], generation: int) -> dict[str, dict[str, Cell]]:
    return {year: {name: cell_of(name, generation) for name in names} for year in YEARS}


def main() -> None:
    root, first, count, names = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    files = files_in(root)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for generation in range(first, first + count):
        files.write("made_up", cells_of(names, generation))


if __name__ == "__main__":
    main()
