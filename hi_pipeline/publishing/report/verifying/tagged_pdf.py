"""Reads report.pdf back as a screen reader does: the texts of its tags in order, and whether the tags are whole."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from hi_pipeline.core.errors import LayoutError

_CHAR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_BLOCK = re.compile(r"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_Texts = dict[tuple[int, int], str]


@dataclass(frozen=True, kw_only=True)
class ReadPdf:
    """A PDF as it was read.

    Attributes:
        texts: of the tags, in reading order; a figure gives its alternative text and then its words.
        pages: all words of each page, those of no tag too.
        faults: what PDF/UA needs and is not there.
    """

    texts: list[str]
    pages: list[str]
    faults: list[str]


def read_pdf(data: bytes) -> ReadPdf:
    """Read a PDF.

    Raises:
        LayoutError: it is no tagged PDF.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if "/StructTreeRoot" not in pdf.Root:
                raise LayoutError("the PDF has no tags")
            texts: _Texts = {}
            pages = [_read_page(page, number, texts) for number, page in enumerate(pdf.pages)]
            numbers: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages)}
            root = pdf.Root.StructTreeRoot
            return ReadPdf(texts=list(_tags(root, numbers, texts, None)), pages=pages, faults=_faults(pdf))
    except pikepdf.PdfError as error:
        raise LayoutError(f"this is no PDF ({error})") from error


def _read_page(page: Any, number: int, texts: _Texts) -> str:
    """Read a page's words into ``texts`` by page and mark; return all of them."""
    fonts = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    open_marks: list[int | None] = []
    font: dict[int, str] = {}
    every = []
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        operator = instruction.operator
        match str(operator):
            case "BDC":
                mark = operands[1].get("/MCID") if isinstance(operands[1], pikepdf.Dictionary) else None
                open_marks.append(None if mark is None else int(mark))
            case "BMC":
                open_marks.append(None)
            case "EMC":
                open_marks.pop()
            case "Tf":
                font = fonts[str(operands[0])]
            case "Tj" | "TJ":
                shown = operands[0] if str(operator) == "TJ" else [operands[0]]
                words = "".join(_decoded(bytes(s), font) for s in shown if isinstance(s, pikepdf.String))
                every.append(words)
                within = next((m for m in reversed(open_marks) if m is not None), None)
                if within is not None:
                    texts[number, within] = texts.get((number, within), "") + words
    return "".join(every)


def _characters(font: Any) -> dict[int, str]:
    """Return the characters of a font's codes, from its ToUnicode table."""
    if "/ToUnicode" not in font:
        return {}
    known: dict[int, str] = {}
    for kind, block in _BLOCK.findall(font.ToUnicode.read_bytes().decode("latin-1")):
        if kind == "bfchar":
            known |= {int(code, 16): _text(words) for code, words in _CHAR.findall(block)}
        else:
            for first, last, words in _RANGE.findall(block):
                start = int(words, 16)
                known |= {c: chr(start + c - int(first, 16)) for c in range(int(first, 16), int(last, 16) + 1)}
    return known


def _text(words: str) -> str:
    return bytes.fromhex(words).decode("utf-16-be")


def _decoded(data: bytes, font: dict[int, str]) -> str:
    codes = (int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))
    return "".join(font.get(code, "\ufffd") for code in codes)


def _tags(element: Any, numbers: dict[tuple[int, int], int], texts: _Texts, page: int | None) -> Iterator[str]:
    """Give the texts below an element, in the order of the tags."""
    if "/Pg" in element:
        page = numbers[element.Pg.objgen]
    if element.get("/S") == "/Figure":
        yield str(element.get("/Alt", ""))
    kids = element.get("/K")
    for kid in () if kids is None else kids if isinstance(kids, pikepdf.Array) else (kids,):
        if isinstance(kid, pikepdf.Dictionary):
            if kid.get("/Type") == "/MCR":
                place = numbers[kid.Pg.objgen] if "/Pg" in kid else page
                yield texts.get((place if place is not None else -1, int(kid.MCID)), "")
            elif "/S" in kid:
                yield from _tags(kid, numbers, texts, page)
        else:
            yield texts.get((page if page is not None else -1, int(kid)), "")


def _faults(pdf: pikepdf.Pdf) -> list[str]:
    """Return what a reader with a screen reader would miss."""
    root: Any = pdf.Root
    faults = []
    if str(root.get("/Lang", "")) != "en-GB":
        faults.append("its language is not en-GB")
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        faults.append("it is not marked as tagged")
    if "/Outlines" not in root:
        faults.append("it has no bookmarks")
    with pdf.open_metadata() as metadata:
        if metadata.get("pdfuaid:part") != "1":
            faults.append("it does not say that it is PDF/UA-1")
        if not metadata.get("dc:title"):
            faults.append("it has no title")
    every = list(_elements(root.StructTreeRoot))
    if any(not str(e.get("/Alt", "")).strip() for e in every if e.S == "/Figure"):
        faults.append("a figure has no alternative text")
    for row in (e for e in every if e.S == "/TR"):
        faults += _row_faults([kid for kid in row.K if kid.S in ("/TH", "/TD")])
    faults += [f"the font {name} is not embedded" for name in _loose_fonts(pdf)]
    if any(page.get("/Tabs") != "/S" for page in pdf.pages):
        faults.append("a page's tab order is not that of its tags")
    return sorted(set(faults))


def _row_faults(cells: list[Any]) -> list[str]:
    if not cells or cells[0].S != "/TH":
        return ["a row of a table has no header"]
    faults = []
    for cell in cells:
        inside = [a for a in cell.get("/A", []) if a.get("/O") == "/Table"]
        if cell.S == "/TH" and not any("/Scope" in a for a in inside):
            faults.append("a header of a table has no scope")
        if cell.S == "/TD" and not any(len(a.get("/Headers", [])) == 2 for a in inside):
            faults.append("a cell of a table does not name its column's and its row's header")
    return faults


def _elements(element: Any) -> Iterator[Any]:
    kids = element.get("/K")
    for kid in () if kids is None else kids if isinstance(kids, pikepdf.Array) else (kids,):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def _loose_fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            for real in font.get("/DescendantFonts", [font]):
                described: Any = real.get("/FontDescriptor", {})
                if not any(name in described for name in ("/FontFile", "/FontFile2", "/FontFile3")):
                    yield str(font.get("/BaseFont"))
