"""Kept files that nothing rests on any more: bytes that others took the place of, long ago."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.records import Edition, Record
from hi_pipeline.storage.store import Store

# Sidecars name a file by its whole sha256 or by its first digits.
_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Superseded:
    """A kept file that may go, and its size in bytes (its sidecar goes with it)."""

    path: Path
    size: int


def superseded_files(store: Store, *, before: datetime) -> list[Superseded]:
    """Return the kept files of a data root that may go.

    A file may go where it was fetched before a moment and is not the current one of its edition, does not wait for
    acceptance, is not what was accepted, is not what the current or waiting one is compared with, and where no sidecar,
    published file or pack names its hash. An edition always keeps its current file, also where a final one stands
    beside it: without it the edition would be fetched again.
    """
    store.fresh_below(store.root)
    editions = [Edition(pointer.parent, store) for pointer in _pointers(store.root)]
    candidates = [found for kept in editions for found in _replaced(kept, before=before)]
    if not candidates:
        return []
    named = _named(store.root, {record.sha256[:_DIGITS] for _, record in candidates})
    return [
        Superseded(path=path, size=record.size) for path, record in candidates if record.sha256[:_DIGITS] not in named
    ]


def remove(store: Store, files: list[Superseded]) -> None:
    """Remove files and their sidecars: first the file, so that a sidecar never names what another has taken away.

    Raises:
        StoreError: naming the file that could not be removed.
    """
    for file in files:
        store.remove(file.path.parent, (file.path.name, f"{file.path.name}.json"))


def _pointers(root: Path) -> list[Path]:
    return sorted((root / "snapshots").glob("*/*/current.json"))


def _replaced(kept: Edition, *, before: datetime) -> Iterator[tuple[Path, Record]]:
    pointer, records = kept.pointer(), kept.records()
    if pointer is None:
        raise StoreError(f"{kept.folder}: its current.json is empty; run hi fetch, then prune")
    in_use = [r for r in records if r.file in (pointer.file, pointer.pending)]
    held = {r.sha256 for r in in_use} | {r.supersedes for r in in_use}
    if pointer.accepted:
        held.add(pointer.accepted.sha256)
    for record in records:
        if record.sha256 not in held and datetime.fromisoformat(record.fetched_at) < before:
            yield kept.folder / record.file, record


def _named(root: Path, hashes: set[str]) -> set[str]:
    """Return the hashes that a text file of the tables, the published folder or the packs holds."""
    found: set[str] = set()
    for folder, folders, files in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in ("snapshots", "publications", "dagster", "locks")]
        for name in files:
            if name.endswith(".json"):
                text = (Path(folder) / name).read_text(encoding="utf-8", errors="replace")
                found |= {digits for digits in hashes - found if digits in text}
    return found
