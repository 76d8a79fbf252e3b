"""Reads report.html and report.docx back: their texts in reading order, without the board's own words."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.publishing.report.layouts.docx import OWN_TAG

_DRAWING = re.compile(r"<svg .*?</svg>", re.DOTALL)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOC = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


def html_lines(data: bytes) -> tuple[list[str], list[str]]:
    """Return the texts of a page in order, and its drawings as they stand in it.

    Raises:
        LayoutError: it is no page of a pack, or words stand in it outside its lines.
    """
    source = data.decode("utf-8")
    page = html.fromstring(_DRAWING.sub("", source))
    main = page.find(".//main")
    if main is None:
        raise LayoutError("the page has no main part")
    lines = [flat(element.text_content()) for element in main.iter() if _is_line(element)]
    stray = [text for text in _stray(main) if text]
    if stray:
        raise LayoutError(f"words outside the lines of the pack: {stray[0]!r}")
    titles = [flat(e.text_content()) for e in page.iter("h1")]
    return [*titles[:1], *(flat(p.text_content()) for p in page.find_class("subtitle")), *lines], _DRAWING.findall(
        source
    )


def flat(text: str) -> str:
    """Return a text with each run of white space as one space."""
    return " ".join(text.split())


def _is_line(element: Any) -> bool:
    return "line" in str(element.get("class") or "").split()


def _stray(element: Any) -> Iterator[str]:
    """Give the words of an element that stand in no line and in no box."""
    if _is_line(element) or "own-words" in str(element.get("class") or "").split():
        return
    yield flat(element.text or "")
    for child in element:
        yield from _stray(child)
        yield flat(child.tail or "")


def docx_lines(data: bytes) -> tuple[list[str], list[bytes]]:
    """Return the texts of a Word document in order, without what stands in its own-words controls, and its pictures.

    Raises:
        LayoutError: it is no Word document.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _parsed(archive.read("word/document.xml")).find(f"{_W}body")
            relations = _parsed(archive.read("word/_rels/document.xml.rels"))
            targets = {r.get("Id"): str(r.get("Target")) for r in relations}
            lines: list[str] = []
            pictures: list[bytes] = []
            for kind, found in _walk(body):
                if kind == "text":
                    lines.append(found)
                else:
                    lines.append(flat(str(found.get("descr"))))
                    blip = found.getparent().find(f".//{_BLIP}")
                    pictures.append(archive.read(f"word/{targets[blip.get(_EMBED)]}"))
            return lines, pictures
    except (KeyError, AttributeError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise LayoutError(f"this is no Word document of a pack ({error})") from error


def _walk(element: Any) -> Iterator[tuple[str, Any]]:
    """Give paragraphs with text and pictures, in order; controls of the board's own words are passed over."""
    for child in element:
        if child.tag == f"{_W}sdt":
            tag = child.find(f"{_W}sdtPr/{_W}tag")
            if tag is not None and tag.get(f"{_W}val") == OWN_TAG:
                continue
        if child.tag == f"{_W}p":
            for drawing in child.iter(_DOC):
                yield "picture", drawing
            text = flat("".join(t.text or "" for t in child.iter(f"{_W}t")))
            if text:
                yield "text", text
        else:
            yield from _walk(child)


def _parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
