"""The sample against the real files: the same headers, line ends and marks, and none of their rows."""

import zipfile
from pathlib import Path

from hi_pipeline.core.source import Container
from hi_pipeline.sources import SOURCES
from hi_pipeline_tests.unit.sample.sample_files import Sample

# Lookups of codes and names are facts: their rows are the same.
_FACTS = ("ons_geography",)
# The copy of the real file holds the index's own columns only; the sample has the population beside them.
_MORE_COLUMNS = ("iod2025",)
_HEAD = 1 << 20


def _members(path: Path) -> dict[str, bytes]:
    if path.suffix != ".zip":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _style(data: bytes) -> tuple[bool, bool]:
    return data.startswith(b"\xef\xbb\xbf"), b"\r\n" in data[:_HEAD]


def _pairs(sample: Sample, mirror: Path) -> list[tuple[str, Path, Path]]:
    """Return source, the sample's file and the real one, of every text file that both have."""
    found = []
    for source in SOURCES.values():
        for release in source.releases:
            ours, theirs = sample.folder / release.mirror_file, mirror / release.mirror_file
            text = source.layouts[release.layout].container in (Container.CSV, Container.ZIP)
            if text and ours.is_file() and theirs.is_file():
                found.append((source.name, ours, theirs))
    return found


def test_headers_and_marks_are_the_publishers(written: Sample, real_mirror: Path) -> None:
    pairs = _pairs(written, real_mirror)
    assert len(pairs) >= 18
    for source, ours, theirs in pairs:
        made = _members(ours)
        for name, data in _members(theirs).items():
            assert _style(made[name]) == _style(data), name
            own, real = (text.splitlines()[0].lower() for text in (made[name], data))
            assert own.startswith(real) if source in _MORE_COLUMNS else own == real, name


def test_no_row_of_a_real_file_was_copied(written: Sample, real_mirror: Path) -> None:
    """Rows with figures: a rounded row may be alike by chance, so one in two hundred is borne."""
    for source, ours, theirs in _pairs(written, real_mirror):
        if source in _FACTS:
            continue
        made = _members(ours)
        for name, data in _members(theirs).items():
            if "MAPPING" in name:
                continue
            own, real = (set(text.splitlines()[1:]) for text in (made[name], data))
            alike = {line for line in own & real if any(c.isdigit() and int(c) > 9 for c in line.split(b",")[2:])}
            assert len(alike) <= len(own) / 200, f"{name}: {sorted(alike)[:3]}"
