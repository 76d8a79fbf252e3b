"""The step from the published folder to board packs, one a year and board: plain functions, no Dagster.

What packs need (Typst, python-docx ...) is imported only when one is made, so that whatever else runs without it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hi_pipeline.core.errors import HiPipelineError, SelectionError, StoreError
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import CURRENT, board, boards_of_year, vintage_of
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.engine.grid import cell
from hi_pipeline.engine.outcome import Outcome, State, absent, failed
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.storage.atomic import reporting

if TYPE_CHECKING:
    from hi_pipeline.publishing.report.packs import Order
    from hi_pipeline.publishing.report.published import Published

# The modules that make packs, by the name under which each is installed.
NEEDS = {
    "docx": "python-docx",
    "font_roboto": "font-roboto",
    "jinja2": "jinja2",
    "lxml": "lxml",
    "pikepdf": "pikepdf",
    "typst": "typst",
    "xlsxwriter": "xlsxwriter",
}
_FACTS, _MANIFEST = "facts.json", "pack.json"


@dataclass(frozen=True, kw_only=True)
class PackMade:
    """A pack that was asked for: what became of it, and its order where one could be given."""

    outcome: Outcome
    order: "Order | None" = None


def why_not() -> str:
    """Return why no pack can be made in this installation, "" where one can."""
    lacking = sorted(name for module, name in NEEDS.items() if find_spec(module) is None)
    if not lacking:
        return ""
    return f"packs are skipped: {', '.join(lacking)} are not installed; install the project's report requirements"


def order_of(pipeline: Pipeline, year: str, icb: str) -> "Order | None":
    """Return the order of a board's pack: on the year's own footprint, else the one in force.

    None where the board is on neither.
    """
    from hi_pipeline.publishing.report.packs import Order

    vintage = next((v for v in (vintage_of(year), CURRENT) if v in board(icb).vintages), None)
    if vintage is None:
        return None
    return Order(icb=icb, year=year, vintage=vintage, root=pipeline.settings.root, local=pipeline.settings.local)


def open_published(pipeline: Pipeline) -> "Published | None":
    """Return the published folder as packs read it; None where nothing is published, or no pack can be made."""
    results = pipeline.lake.path("published", "results")
    if why_not() or not results.is_file():
        return None
    from hi_pipeline.publishing.report.published import read_published

    return read_published(results.parent)


def build_packs(
    pipeline: Pipeline, published: "Published | None", cells: Iterable[tuple[str, str]]
) -> Iterator[PackMade]:
    """Make the packs of some years and boards, each where its facts, its words or the program changed.

    A board without figures in a year, one that is on no footprint of it, and all of them where packs cannot be made,
    are absent with the reason. A pack that contradicts its facts fails, and the last one stays.
    """
    for year, icb in cells:
        yield _pack(pipeline, published, year, icb)


def _pack(pipeline: Pipeline, published: "Published | None", year: str, icb: str) -> PackMade:
    key = cell(year, icb)
    if lacking := why_not():
        return PackMade(outcome=absent(key, lacking))
    if published is None:
        return PackMade(outcome=absent(key, "nothing is published yet; run hi run first"))
    order = order_of(pipeline, year, icb)
    if order is None:
        return PackMade(outcome=absent(key, f"{board(icb).name} is on no footprint of {year}"))
    from hi_pipeline.publishing.report import packs

    try:
        became = packs.fulfil(published, order)
        known = _provenance(pipeline, order.folder)
    except SelectionError as error:
        return PackMade(outcome=absent(key, str(error)))
    except Exception as error:
        return PackMade(outcome=failed(key, error), order=order)
    state = State.UNCHANGED if became is packs.Outcome.UNCHANGED else State.WRITTEN
    return PackMade(outcome=Outcome(partition=key, state=state, files={"": known}), order=order)


def placed_packs(pipeline: Pipeline) -> dict[str, Provenance]:
    """Return by cell the packs that lie in the data root as the asset names them; other footprints' are left out."""
    if why_not() or not (pipeline.settings.root / "packs").is_dir():
        return {}
    found = {}
    for year in ALL_YEARS:
        for icb in (b.ons for b in boards_of_year(year)):
            order = order_of(pipeline, year, icb)
            if order is not None and (order.folder / _MANIFEST).is_file():
                # A pack that cannot be read counts as not made; hi pack makes it anew.
                with suppress(HiPipelineError):
                    found[cell(year, icb)] = _provenance(pipeline, order.folder)
    return found


def remove_packs(pipeline: Pipeline, release: str) -> list[str]:
    """Remove the packs that rest on a release which was withdrawn, all footprints' and years'.

    Returns:
        One line for each file that stays because no pack made it as it is: a board's words, an edited Word document.
    """
    root, said = pipeline.settings.root / "packs", []
    for path in sorted(root.glob(f"*/*/{_FACTS}")):
        folder = path.parent
        if release not in json.loads(path.read_text(encoding="utf-8"))["sources"]:
            continue
        manifest = folder / _MANIFEST
        made = json.loads(manifest.read_text(encoding="utf-8"))["files"] if manifest.is_file() else {}
        with reporting(folder):
            for name, sha256 in sorted(made.items(), key=lambda item: item[0] == _FACTS):
                file = folder / name
                if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256:
                    file.unlink()
            manifest.unlink(missing_ok=True)
        left = sorted(file for file in folder.rglob("*") if file.is_file())
        said += [f"{file} was edited, and may hold figures of {release}: look through it" for file in left]
    return said


def summary_of(folder: Path) -> list[str]:
    """Return the sentences of a placed pack's summary, as its facts hold them."""
    kinds = ("summary", "against_england", "largest", "largest_none", "hidden")
    return [s["text"] for s in _facts(folder)["sentences"] if s["kind"] in kinds]


def _facts(folder: Path) -> dict[str, list[dict[str, str]]]:
    try:
        facts: dict[str, list[dict[str, str]]] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        return facts
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder / _FACTS}: cannot be read ({error}); make the pack anew with hi pack") from error


def _provenance(pipeline: Pipeline, folder: Path) -> Provenance:
    """Return what a placed pack is: its hash is that of pack.json, which names every file with its own."""
    facts = _facts(folder)
    results = pipeline.lake.provenance("published", "results")
    try:
        manifest = (folder / _MANIFEST).read_bytes()
    except OSError as error:
        raise StoreError(f"{folder / _MANIFEST}: cannot be read ({error}); make the pack anew with hi pack") from error
    return Provenance(
        inputs=(Input(name="published/results", sha256=results.sha256),) if results else (),
        code_version="",
        schema_version="",
        releases=tuple(str(release) for release in facts["sources"]),
        synthetic=pipeline.settings.synthetic,
        rows=len(facts["figures"]),
        sha256=hashlib.sha256(manifest).hexdigest(),
    )
