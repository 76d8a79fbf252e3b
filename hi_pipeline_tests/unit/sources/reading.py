"""Short forms of what most tests of a source do with a file."""

import csv
import io
from pathlib import Path

from hi_pipeline.core.source import Source, Tables
from hi_pipeline.sample.containers import Cell
from hi_pipeline_tests.unit.sources.editions import parsed


def clean(source: Source, edition: str, path: Path) -> Tables:
    """Return the clean tables of an edition's file."""
    return dict(parsed(source, edition, path).tables)


def changed(path: Path, into: Path, *, old: str, new: str) -> Path:
    """Return a copy of a text file in which every ``old`` is ``new``; ``old`` must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} holds no {old!r}"
    copy = into / path.name
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def sheet_rows(path: Path, *, old: str = "", new: str = "") -> list[list[Cell]]:
    """Return a CSV's rows as cells of a sheet: numbers as numbers, blanks as empty cells; ``old`` becomes ``new``."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} holds no {old!r}"
    rows = csv.reader(io.StringIO(text.replace(old, new) if old else text, newline=""))
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(text: str) -> Cell:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
