"""Versions of code and schemas, for telling which files were built by an older program."""

import hashlib
from functools import cache
from pathlib import Path

import pandera.polars as pa

PACKAGE = Path(__file__).parents[1]
# Catalogues hold declarations: each counts for itself, so that a new indicator does not make the others stale.
_DECLARATIONS = "catalogue"

# The rooms whose code decides what is built.
PROGRAM = ("core", "stats", "sources", "tables", "indicators", "publishing", "storage", "engine")


@cache
def code_digest(*rooms: str) -> str:
    """Return a short hash of the Python files of some rooms (folders below the package, or files)."""
    digest = hashlib.sha256()
    for room in rooms:
        place = PACKAGE / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if path.parent.name != _DECLARATIONS and path.is_file():
                digest.update(path.relative_to(PACKAGE).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def text_digest(*texts: str) -> str:
    """Return a short hash of some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def schema_version(schema: object) -> str:
    """Return a short hash of a pandera schema: columns, types, nullability, names of checks, key."""
    if not isinstance(schema, pa.DataFrameSchema):
        return text_digest(repr(schema))
    columns = [
        f"{name} {column.dtype} {column.nullable} {sorted(str(c) for c in column.checks)}"
        for name, column in schema.columns.items()
    ]
    return text_digest(*columns, *sorted(str(c.name) for c in schema.checks), str(schema.unique))
