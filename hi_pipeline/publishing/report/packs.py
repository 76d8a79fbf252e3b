"""One pack from start to end: made where its facts have changed, read back, and placed whole or not at all.

An edited Word document is never written over: the board's stays, and the new one stands beside it.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hi_pipeline.core.area_search import when
from hi_pipeline.core.errors import SelectionError, StoreError, ValidationError
from hi_pipeline.core.geography import Vintage, board, is_valid, vintage_of
from hi_pipeline.publishing.report.building import document_of
from hi_pipeline.publishing.report.facts import facts_of
from hi_pipeline.publishing.report.making import FORMATS, Pack, faults_of, make
from hi_pipeline.publishing.report.published import Published
from hi_pipeline.publishing.report.words import read_words, words_path
from hi_pipeline.storage.atomic import reporting, sync_folder, write_bytes
from hi_pipeline.storage.locks import locked

MANIFEST = "pack.json"
_WORD = FORMATS["docx"]
NEW_WORD = "report-new.docx"
_LIBRARIES = ("typst", "pikepdf", "python-docx", "xlsxwriter", "jinja2", "font-roboto")


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is asked for.

    Attributes:
        icb: ONS code; vintage: the footprint.
        root: the data root that the pack goes to.
        local: ``data/local``, which holds the board's own words.
        formats: of ``making.FORMATS``.
        png: charts as pictures too.
    """

    icb: str
    year: str
    vintage: Vintage
    root: Path
    local: Path
    formats: tuple[str, ...] = tuple(FORMATS)
    png: bool = False

    @property
    def folder(self) -> Path:
        """Return where the pack lies: by year, and by footprint where it is not the year's own, and board."""
        own = self.vintage is vintage_of(self.year)
        year = self.year if own else f"{self.year}-on-{self.vintage.value}"
        return self.root / "packs" / year / self.icb


class Outcome(StrEnum):
    """What became of an order."""

    MADE = "made"
    UNCHANGED = "unchanged"
    BESIDE = "made; report.docx was edited, so the new one is report-new.docx"


def fulfil(published: Published, order: Order) -> Outcome:
    """Make a pack where it is not there as its facts are now, verify it, and place it.

    Raises:
        SelectionError: the board or year has no figures on the footprint.
        ValidationError: what was made does not say what the facts say; nothing is placed.
        StoreError: it could not be written.
    """
    pack = pack_of(published, order)
    key = _key(pack, order)
    folder = order.folder
    with locked(order.root / "locks", f"packs.{folder.parent.name}.{folder.name}"):
        _mend(folder)
        if _is_current(folder, key):
            return Outcome.UNCHANGED
        files = make(pack, order.formats, png=order.png)
        faults = faults_of(pack, files)
        if faults:
            raise ValidationError(
                f"the pack of {order.icb} for {order.year} contradicts its facts: {'; '.join(faults)}"
            )
        return _place(folder, files, key)


def pack_of(published: Published, order: Order) -> Pack:
    """Return the facts and the document of an order."""
    facts = facts_of(published, icb=order.icb, year=order.year, vintage=order.vintage)
    path = words_path(order.local, order.icb, order.year)
    return Pack(facts=facts, document=document_of(facts, read_words(path), words_path=path))


def verify_folder(published: Published, folder: Path, *, root: Path, local: Path) -> list[str]:
    """Read a placed pack back and return all that is not what the published results say now.

    Raises:
        StoreError: the folder holds no pack.
        SelectionError: its board or year is not published any more.
    """
    manifest = manifest_of(folder)
    if manifest is None:
        raise StoreError(f"{folder}: holds no pack ({MANIFEST} is missing or cannot be read); make one with hi pack")
    key = manifest["key"]
    order = Order(
        icb=key["icb"],
        year=key["year"],
        vintage=Vintage(key["vintage"]),
        root=root,
        local=local,
        formats=tuple(key["formats"]),
        png=key["png"],
    )
    names = [name for name in (*manifest["files"], _WORD, NEW_WORD) if (folder / name).is_file()]
    files = {name: (folder / name).read_bytes() for name in dict.fromkeys(names)}
    lost = [f"{name}: is missing" for name in manifest["files"] if name not in files]
    return lost + faults_of(pack_of(published, order), files)


def ordered_vintage(icbs: Sequence[str], footprint: str | None, year: str) -> Vintage:
    """Return the footprint asked for, by default the year's own.

    Raises:
        SelectionError: there is no such footprint, or a board is not on it.
    """
    known = {v.value: v for v in Vintage}
    if footprint is not None and footprint not in known:
        raise SelectionError(f"{footprint!r} is no footprint; expected one of {', '.join(known)}")
    vintage = vintage_of(year) if footprint is None else known[footprint]
    for icb in icbs:
        if vintage not in board(icb).vintages:
            others = ", ".join(sorted(v.value for v in board(icb).vintages))
            became = "" if is_valid(icb, year) else f": it exists {when(board(icb))}"
            raise SelectionError(
                f"{board(icb).name} ({icb}) is on {others}, not on {vintage.value}{became}; use --footprint"
            )
    return vintage


def _key(pack: Pack, order: Order) -> dict[str, Any]:
    """Return all that decides the bytes of a pack."""
    words = words_path(order.local, order.icb, order.year)
    return {
        "icb": order.icb,
        "year": order.year,
        "vintage": order.vintage.value,
        "formats": [name for name in FORMATS if name in order.formats],
        "png": order.png,
        "edition": pack.document.edition,
        # Of all that is printed: the list of sources and the texts of the declarations change without a figure.
        "document": _sha256(repr(pack.document).encode()),
        "words": _sha256(words.read_bytes()) if words.is_file() else "",
        "program": _program(),
    }


@cache
def _program() -> str:
    """Return a short hash of this room's code and templates, and of the versions of its libraries."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted(p for p in here.rglob("*") if p.suffix in (".py", ".jinja", ".css", ".typ")):
        digest.update(path.relative_to(here).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    return digest.hexdigest()[:12]


def _is_current(folder: Path, key: Mapping[str, Any]) -> bool:
    manifest = manifest_of(folder)
    if manifest is None or manifest["key"] != key:
        return False
    known = {name: sha for name, sha in manifest["files"].items() if name != _WORD}
    there = all((folder / name).is_file() for name in manifest["files"])
    return there and all(_sha256((folder / name).read_bytes()) == sha for name, sha in known.items())


def _place(folder: Path, files: Mapping[str, bytes], key: Mapping[str, Any]) -> Outcome:
    """Put a pack in place of the one before, which goes only once the new one is whole on the disk."""
    fresh, old = _beside(folder, "new"), _beside(folder, "old")
    kept = _kept(folder)
    # A Word document that is not as it was made was edited by the board.
    named = {NEW_WORD if name == _WORD and _WORD in kept else name: data for name, data in files.items()}
    hashes = {name: _sha256(data) for name, data in named.items()}
    for name, data in named.items():
        write_bytes(fresh / name, data)
    with reporting(folder):
        for name in kept:
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / name, fresh / name)
    write_bytes(fresh / MANIFEST, (json.dumps({"key": key, "files": hashes}, indent=1) + "\n").encode())
    with reporting(folder):
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        sync_folder(folder.parent)
        shutil.rmtree(old, ignore_errors=True)
    return Outcome.BESIDE if NEW_WORD in named else Outcome.MADE


def _kept(folder: Path) -> list[str]:
    """Return the files of a folder that no pack made as they are: the board's own, and an edited Word document."""
    manifest = manifest_of(folder) or {"files": {}}
    made = {*manifest["files"], MANIFEST} - {_WORD}
    names = [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*")) if p.is_file()]
    as_made = manifest["files"].get(_WORD)
    return [
        name
        for name in names
        if name not in made and not (name == _WORD and as_made == _sha256((folder / name).read_bytes()))
    ]


def _mend(folder: Path) -> None:
    """Clear up after a process that died while it placed a pack."""
    fresh, old = _beside(folder, "new"), _beside(folder, "old")
    with reporting(folder):
        if old.exists() and not folder.exists():
            old.rename(folder)
        for rest in (fresh, old):
            if rest.exists():
                shutil.rmtree(rest)


def _beside(folder: Path, word: str) -> Path:
    return folder.with_name(f".{folder.name}.{word}")


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Return what a placed pack was made from and the hash of each of its files; None where there is no pack."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) and {"key", "files"} <= set(found) else None
    except (OSError, ValueError):
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
