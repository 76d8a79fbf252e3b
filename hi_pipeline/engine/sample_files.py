"""Writes the embedded sample, all sources' synthetic publications, and tells whether one that lies there is whole."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hi_pipeline.sample.chance import VERSION

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
_NOTE = "SYNTHETIC: every number in these files is made up; they show the publishers' layouts and nothing else."


@dataclass(frozen=True, kw_only=True)
class SampleManifest:
    """What the sample consists of.

    Attributes:
        version: changes with the code of the sample and of the declarations that it follows.
        files: sha256 of each file by its place below the folder.
    """

    version: str
    files: Mapping[str, str]


def write_sample(folder: Path) -> SampleManifest:
    """Write the synthetic publications below a folder, each at its place in a mirror.

    Files that an earlier version wrote there are removed.

    Args:
        folder: a mirror's root, as ``HI_SOURCE=mirror:`` would name it.

    Returns:
        The manifest, which is written last: a folder with a manifest is whole. ``SHA256SUMS`` says the same in
        the words of a mirror, so that a sample rewritten by newer code is no revision.
    """
    for file in _read_manifest(folder).get("files", ()):
        if (folder / file).resolve().is_relative_to(folder.resolve()):
            (folder / file).unlink(missing_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    for write in _writers():
        write(folder)
    manifest = SampleManifest(version=_version(), files=_hashes(folder))
    (folder / SUMS).write_text("".join(f"{sha256}  {file}\n" for file, sha256 in manifest.files.items()))
    text = {"note": _NOTE, "version": manifest.version, "files": dict(manifest.files)}
    (folder / MANIFEST).write_text(json.dumps(text, indent=1) + "\n")
    return manifest


def _writers() -> list[Callable[[Path], None]]:
    """Return what writes each publication: ``sources/<name>/sample.py``; every command asks ``is_current`` without."""
    from hi_pipeline.sources import SOURCES

    return [import_module(f"hi_pipeline.sources.{name}.sample").write for name in SOURCES]


def is_current(folder: Path) -> bool:
    """Tell whether a folder holds this version of the sample, every file as it was written."""
    found = _read_manifest(folder)
    return bool(found.get("version") == _version() and found.get("files") == _hashes(folder))


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _version() -> str:
    """Return the seed's version and a hash of the code that the files follow from."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for room in ("core", "sample", "sources"):
        for path in sorted((package / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return f"{VERSION}-{digest.hexdigest()[:16]}"


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (MANIFEST, SUMS))
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
