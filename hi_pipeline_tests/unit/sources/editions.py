"""Read, parse, account for and validate an edition's file, as the pipeline does."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from hi_pipeline.core.account import Accounted, take_account
from hi_pipeline.core.row_index import schema_of
from hi_pipeline.core.source import Layout, Release, Source
from hi_pipeline.core.validation import validate
from hi_pipeline.storage.archives import read_tables

FIXTURES = Path(__file__).parents[2] / "fixtures"


def parsed(source: Source, release: Release | str, path: Path, *, layout: Layout | None = None) -> Accounted:
    """Return the validated clean tables of a file and the account of them."""
    if isinstance(release, str):
        release = source.release(release)
    raw = read_tables(path, layout or source.layouts[release.layout])
    found = take_account(source.parse(raw, release))
    for name, frame in found.tables.items():
        validate(frame, schema_of(source, name), where=f"{source.name} {release.edition} {name}")
    return found


def unknown_labels(found: Accounted) -> str:
    """Return the labels for which rows were left out, each with its column and number of rows, in one text."""
    return str([labels for labels in found.unknown_labels.values() if all(labels.values())])


def zipped(path: Path, members: Mapping[str, Path | str]) -> Path:
    """Write a zip of files or texts by member name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            text = content if isinstance(content, str) else content.read_text(encoding="utf-8")
            archive.writestr(name, text)
    return path


def figure(observations: pl.DataFrame, **where: str) -> dict[str, object]:
    """Return the one row with these words, as a dictionary."""
    row = observations.filter(**where)
    assert row.height == 1, f"{row.height} rows of {where}"
    return row.row(0, named=True)


def real(source: Source, edition: str, mirror: Path) -> Accounted:
    """Return the clean tables of the real file of an edition."""
    return parsed(source, edition, mirror / source.release(edition).mirror_file)
