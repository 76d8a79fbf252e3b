"""What changed between two kept files of a release, kept beside the newer one."""

from pathlib import Path

import polars as pl

from hi_pipeline.storage.store import Store


def write_changes(store: Store, newer: Path, older_sha256: str, changes: pl.DataFrame | str) -> Path:
    """Keep what changed (see ``core.revisions``) beside the newer file; return its place.

    Args:
        store: that holds it.
        newer: the file that took, or would take, the other's place.
        older_sha256: of that other one.
        changes: the cells that differ; or, in words, why the two cannot be compared.

    Raises:
        StoreError: it cannot be written.
    """
    table, words = _places(newer, older_sha256)
    if isinstance(changes, str):
        data = f"{changes}\n".encode()
        if not words.is_file() or words.read_bytes() != data:
            store.write(words.parent, {words.name: data})
        return words
    store.write(table.parent, {table.name: changes.write_csv().encode()})
    if words.is_file():
        store.remove(words.parent, [words.name])
    return table


def find_changes(newer: Path, older_sha256: str) -> Path | None:
    """Return where it is kept what changed: a .csv, or a .txt that says why it is not known; None where neither is."""
    return next((place for place in _places(newer, older_sha256) if place.is_file()), None)


def _places(newer: Path, older_sha256: str) -> tuple[Path, Path]:
    stem = f"{newer.name}.changes-from-{older_sha256[:16]}"
    return newer.with_name(f"{stem}.csv"), newer.with_name(f"{stem}.txt")
