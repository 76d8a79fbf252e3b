"""What every test of a source does: read, parse and validate a file as the pipeline does."""

from pathlib import Path

from hi_pipeline.core.source import Source, Tables
from hi_pipeline.core.validation import validate
from hi_pipeline.storage.archives import read_tables


def clean(source: Source, edition: str, path: Path) -> Tables:
    """Return the clean tables of an edition's file."""
    release = source.release(edition)
    tables = source.parse(read_tables(path, source.layouts[release.layout]), release)
    for name, frame in tables.items():
        validate(frame, source.schemas[name], where=f"{source.name} {edition} {name}")
    return tables


def changed(path: Path, into: Path, *, old: str, new: str) -> Path:
    """Return a copy of a text file in which every ``old`` is ``new``; ``old`` must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} holds no {old!r}"
    copy = into / path.name
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy
