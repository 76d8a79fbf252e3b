"""The pack as report.pdf: PDF/UA-1 by Typst, with the row headers that Typst does not write (2026-11, 0.15.2).

Typst refuses a picture without alternative text and a skipped level of headings. Its fonts are those given here, so
that no font of the machine can change a page, and its date is fixed: the same document gives the same bytes.
"""

import importlib.util
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import typst

from hi_pipeline.core.errors import StoreError
from hi_pipeline.publishing.report.document import (
    OWN_BEGINS,
    OWN_ENDS,
    Block,
    Chart,
    Document,
    Heading,
    OwnWords,
    Paragraph,
    Table,
)

_TEMPLATE = Path(__file__).parents[1] / "templates" / "report.typ"
_KINDS = {Heading: "heading", Paragraph: "paragraph", Table: "table", Chart: "chart", OwnWords: "own"}


@cache
def _compiler() -> typst.Compiler:
    """Return a compiler with the fonts of the package font-roboto and Typst's own, and no other."""
    found = importlib.util.find_spec("font_roboto")
    if found is None or not found.submodule_search_locations:
        raise StoreError("the package font-roboto is not installed; install the project's requirements again")
    folder = Path(found.submodule_search_locations[0]) / "files"
    return typst.Compiler(font_paths=[str(folder)], ignore_system_fonts=True)


def report_pdf(document: Document) -> bytes:
    """Return report.pdf."""
    made = _compiler().compile(
        _TEMPLATE.read_bytes(), format="pdf", sys_inputs=_inputs(document), pdf_standards=["ua-1"], timestamp=0
    )
    return _with_row_headers(_bytes(made))


def page_pictures(document: Document) -> list[bytes]:
    """Return the pages of report.pdf as PNG."""
    made = _compiler().compile(_TEMPLATE.read_bytes(), format="png", ppi=110, sys_inputs=_inputs(document))
    return made if isinstance(made, list) else [_bytes(made)]


def _inputs(document: Document) -> dict[str, str]:
    pack = {
        "title": document.title,
        "subtitle": document.subtitle,
        "notice": document.notice,
        "edition": document.edition,
        "own_begins": OWN_BEGINS,
        "own_ends": OWN_ENDS,
        "groups": [[_entry(block) for block in group] for group in _kept(document.blocks)],
    }
    return {"pack": json.dumps(pack, ensure_ascii=False)}


@lru_cache(maxsize=256)
def picture_png(chart: Chart) -> bytes:
    """Return a chart as PNG, for formats that cannot hold drawings."""
    source = (
        "#set page(width: 640pt, height: auto, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 640pt, alt: sys.inputs.alt)'
    )
    inputs = {"svg": chart.svg, "alt": chart.alt}
    return _bytes(_compiler().compile(source.encode(), format="png", ppi=144, sys_inputs=inputs))


def _bytes(made: object) -> bytes:
    """Return what Typst made where it is one file.

    Raises:
        StoreError: it made several, or none.
    """
    if not isinstance(made, bytes):
        raise StoreError(f"Typst made {type(made).__name__} where one file was due")
    return made


def _kept(blocks: Sequence[Block]) -> list[list[Block]]:
    """Return the blocks in groups that stay together: headings and what they speak of, to the first chart or table.

    A box of the board's own words stays with the heading or the paragraph before it.
    """
    groups: list[list[Block]] = []
    joins = after_heading = after_text = False
    for block in blocks:
        is_heading = isinstance(block, Heading)
        begins = isinstance(block, Heading) and (block.new_page or not after_heading)
        if begins or not (after_text if isinstance(block, OwnWords) else joins):
            groups.append([])
        groups[-1].append(block)
        joins = is_heading or (joins and isinstance(block, Paragraph))
        after_text = is_heading or isinstance(block, Paragraph)
        after_heading = is_heading
    return groups


def _entry(block: Block) -> dict[str, Any]:
    entry = {"kind": _KINDS[type(block)], **asdict(block)}
    if isinstance(block, Paragraph):
        entry["text"] = block.text
    if isinstance(block, Table):
        entry["numeric"] = sorted(block.numeric)
    return entry


def _with_row_headers(data: bytes) -> bytes:
    """Make the first cell of each body row a header of its row, and name it in the row's cells."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        root = pdf.Root.StructTreeRoot
        rows = [row for table in _all(root, "/Table") for row in _all(table, "/TR")]
        names = pikepdf.NameTree(root.IDTree) if "/IDTree" in root else pikepdf.NameTree.new(pdf)
        for number, row in enumerate(rows):
            header = _mark(row, f"row-{number:06d}")
            if header is not None:
                names[f"row-{number:06d}"] = header
        root.IDTree = names.obj
        target = io.BytesIO()
        pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _mark(row: Any, name: str) -> Any | None:
    """Turn a body row's first cell into its header; return that cell, None for a row of column headers."""
    cells = [cell for cell in _children(row) if cell.get("/S") in ("/TD", "/TH")]
    if not cells or cells[0].S != "/TD":
        return None
    first = cells[0]
    first.S = pikepdf.Name.TH
    first.ID = pikepdf.String(name)
    _in_table(first).Scope = pikepdf.Name.Row
    for cell in cells[1:]:
        inside = _in_table(cell)
        inside.Headers = pikepdf.Array([*inside.get("/Headers", []), pikepdf.String(name)])
    return first


def _in_table(cell: Any) -> Any:
    """Return a cell's attributes as part of a table."""
    for entry in cell.A:
        if entry.O == "/Table":
            return entry
    raise StoreError("a cell of the PDF lacks its table attributes; Typst tags tables otherwise than it did")


def _all(element: Any, kind: str) -> list[Any]:
    """Return the elements of a kind below one, in order; tables within tables do not occur."""
    found = []
    for child in _children(element):
        if child.get("/S") == kind:
            found.append(child)
        else:
            found += _all(child, kind)
    return found


def _children(element: Any) -> list[Any]:
    kids = element.get("/K")
    if kids is None:
        return []
    every = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in every if isinstance(kid, pikepdf.Dictionary)]
