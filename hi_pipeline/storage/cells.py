"""Files that hold the rows of many cells, each cell built, hashed and replaced by itself.

A cell counts as built when its rows have the sha256 that the file's sidecar gives for them. Writing some cells of a
file keeps the rows of all others, whoever wrote them: it reads, merges and writes under a lock, and reads and merges
again where a writer on another machine was first.
"""

import hashlib
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import polars as pl

from hi_pipeline.core.errors import Overtaken, StoreError
from hi_pipeline.core.provenance import CellsProvenance, Provenance
from hi_pipeline.storage.lake import Item, Lake
from hi_pipeline.storage.locks import locked


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The rows of one cell, and what made them."""

    frame: pl.DataFrame
    provenance: Provenance


class CellFiles:
    """The files of one layer, ``<layer>/<name>/<part>.parquet``; a column of text says which cell a row belongs to."""

    def __init__(self, lake: Lake, *, layer: str, column: str) -> None:
        self._lake = lake
        self._layer = layer
        self._column = column

    def write(self, name: str, cells: Mapping[str, Mapping[str, Cell]]) -> dict[tuple[str, str], Provenance]:
        """Write cells into the files of one name; the cells that are not given stay as they are.

        Args:
            name: the table's name.
            cells: by part and cell, the rows; every row names its cell.

        Returns:
            By part and cell the provenance with rows and sha256 filled in.

        Raises:
            StoreError: a row names another cell, rows that stay have other columns, a file cannot be written; what
                stood there before is untouched.
        """
        written = {part: {cell: self._sealed(cell, made) for cell, made in own.items()} for part, own in cells.items()}
        with locked(self._lake.locks, f"cells.{self._layer}.{name}"):
            self._lake.sweep_table(self._layer, name)
            while not self._put(name, cells, written):
                pass
        return {(part, cell): known for part, own in written.items() for cell, known in own.items()}

    def drop_older_layout(self) -> int:
        """Remove the folders in which a file held one cell (until November 2026): nobody reads them any more.

        Returns:
            How many files are gone.
        """
        folders = [folder for folder in (self._lake.root / self._layer).glob("*/*") if folder.is_dir()]
        files = sum(1 for folder in folders for _ in folder.glob("*.parquet"))
        for folder in folders:
            shutil.rmtree(folder)
        return files

    def provenance(self, name: str, part: str) -> dict[str, Provenance]:
        """Return what made each cell that is built; empty where there is no file.

        In a file that is not the one its sidecar tells of, the cells whose rows agree still count: a process may have
        died between the two, or somebody changed a row.
        """
        sidecar = self._lake.cells_sidecar(self._layer, name, part)
        if sidecar is None:
            return {}
        if self._lake.current_sha256(self._layer, name, part) == sidecar.sha256:
            return dict(sidecar.cells)
        try:
            rows = self._by_cell(self._lake.read(self._layer, name, part))
        except StoreError:
            return {}
        return {
            cell: known
            for cell, known in sidecar.cells.items()
            if cell in rows and rows_sha256(rows[cell]) == known.sha256
        }

    def read(self, name: str, part: str, cells: Collection[str]) -> pl.DataFrame:
        """Return the rows of several cells, in the order of the file: by cell.

        Raises:
            StoreError: the file cannot be read.
        """
        return self._lake.read(self._layer, name, part).filter(pl.col(self._column).is_in(list(cells)))

    def parts(self, name: str) -> list[str]:
        """Return the parts for which a file exists, in order."""
        return [parts[0] for parts in self._lake.parts(self._layer, name) if len(parts) == 1]

    def _put(
        self, name: str, cells: Mapping[str, Mapping[str, Cell]], sealed: Mapping[str, Mapping[str, Provenance]]
    ) -> bool:
        """Merge cells into what stands there now; False where another machine changed it meanwhile."""
        over = self._lake.store.newest(self._lake.root / self._layer / name)
        try:
            self._lake.write_many(
                (
                    self._merged(name, part, {c: made.frame for c, made in cells[part].items()}, own)
                    for part, own in sealed.items()
                    if own
                ),
                over=over,
            )
        except Overtaken:
            return False
        return True

    def _sealed(self, cell: str, made: Cell) -> Provenance:
        if not (found := {*made.frame[self._column].to_list()}) <= {cell}:
            raise StoreError(
                f"{self._layer}: rows of {sorted(map(str, found))} given for the cell {cell}; nothing was written"
            )
        return replace(made.provenance, rows=made.frame.height, sha256=rows_sha256(made.frame))

    def _merged(
        self, name: str, part: str, fresh: Mapping[str, pl.DataFrame], sealed: Mapping[str, Provenance]
    ) -> Item[CellsProvenance]:
        """Return the whole file with new cells in the place of old ones, sorted by cell."""
        known = {cell: made for cell, made in self.provenance(name, part).items() if cell not in sealed}
        kept = self._by_cell(self.read(name, part, list(known))) if known else {}
        frames = kept | dict(fresh)
        if len({tuple(frame.columns) for frame in frames.values()}) > 1:
            raise StoreError(other_columns(f"{self._layer} {name} {part}"))
        return Item(
            frame=pl.concat([frames[cell] for cell in sorted(frames)]),
            provenance=CellsProvenance(cells={**known, **sealed}),
            layer=self._layer,
            name=name,
            parts=(part,),
        )

    def _by_cell(self, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
        return {str(cell): own for (cell,), own in rows.partition_by(self._column, as_dict=True).items()}


def other_columns(what: str) -> str:
    """Say that rows of an earlier version cannot stand beside those of this one, and what to do."""
    return (
        f"{what}: an earlier version of the program made rows with other columns; run hi run --stale, which makes all "
        "of them again. Until then what was published stays"
    )


def rows_sha256(rows: pl.DataFrame) -> str:
    """Return the sha256 of rows as CSV text, which does not depend on how they lie in memory or in a file."""
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()
