"""Whether the published folder is what was written: every file by the data package, the data package by one digest."""

import json
from pathlib import Path

from hi_pipeline.core.errors import StoreError
from hi_pipeline.publishing.package import TABLES
from hi_pipeline.publishing.release import FILES_APART, LAYER, NAME
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline.storage.lake import Lake


def altered_files(lake: Lake) -> list[str]:
    """Return a line for each published file that is not the one that was written; empty where nothing is published.

    The data package names every file with its hash, and the sidecar of results.parquet the data package's own, so a
    line changed in any of them is seen.
    """
    parquet = lake.path(LAYER, NAME)
    package = parquet.with_name("datapackage.json")
    if not parquet.is_file() and not package.is_file():
        return []
    known = lake.provenance(LAYER, NAME)
    if known is None:
        return [f"{parquet}: not the file that its sidecar tells of; run again to write the published files anew"]
    if _sha256(package) != known.package:
        return [f"{package}: not the data package that was published with {parquet.name}; run again to write it anew"]
    said = {parquet.with_name(r["path"]): r["hash"].removeprefix("sha256:") for r in _resources(package)}
    return [
        f"{path}: sha256 {actual or 'of no file'}, the data package says {wanted}; run again to write it anew"
        for path, wanted in said.items()
        if (actual := _sha256(path)) != wanted
    ]


def packaged_tables(lake: Lake) -> list[Path]:
    """Return the places of the published tables without a sidecar: the data package vouches for them."""
    folder = lake.path(LAYER, NAME).parent
    return [folder / f"{name}.parquet" for name in (*FILES_APART.values(), *TABLES)]


def _resources(package: Path) -> list[dict[str, str]]:
    try:
        return list(json.loads(package.read_text(encoding="utf-8"))["resources"])
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"{package}: cannot be read ({error}); remove it and run again") from error


def _sha256(path: Path) -> str:
    try:
        return hash_of(path)
    except FileNotFoundError:
        return ""
