"""What a reader with a screen reader needs and a placed pack lacks, read from its files: no browser is opened here.

The tests look at the pages with axe in a browser too; this is what can be said of every pack as it is placed.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree, html

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.publishing.report.verifying.tagged_pdf import read_pdf

_LANGUAGE = "en-GB"
_HEADING = re.compile(r"h([1-6])")


def accessibility_faults(files: Mapping[str, bytes]) -> list[str]:
    """Return a line for each thing that is missing, with the file that lacks it; files of other kinds are passed over.

    Args:
        files: by path in the pack's folder.
    """
    faults = []
    for name, data in files.items():
        read = _READERS.get(name.rpartition(".")[2])
        try:
            faults += [f"{name}: {fault}" for fault in read(data)] if read is not None else []
        except (LayoutError, KeyError, ValueError, zipfile.BadZipFile, etree.LxmlError) as error:
            faults.append(f"{name}: cannot be read ({error})")
    return faults


def _pdf(data: bytes) -> list[str]:
    return read_pdf(data).faults


def _html(data: bytes) -> list[str]:
    page = html.fromstring(data.decode("utf-8"))
    faults = [] if page.get("lang") == _LANGUAGE else [f"its language is {page.get('lang')!r}, not {_LANGUAGE}"]
    if not (page.findtext(".//title") or "").strip():
        faults.append("it has no title")
    levels = [int(found[1]) for e in page.iter() if (found := _HEADING.fullmatch(str(e.tag)))]
    if levels.count(1) != 1:
        faults.append(f"{levels.count(1)} headings of level 1, expected one")
    if any(after > before + 1 for before, after in zip(levels, levels[1:], strict=False)):
        faults.append("a level of headings is skipped")
    ids = [e.get("id") for e in page.iter() if e.get("id")]
    if len(ids) != len(set(ids)):
        faults.append("two elements have one id")
    pictures = [e for e in page.iter("svg") if not _is_named(e)]
    tables = [
        t for t in page.iter("table") if t.find("caption") is None or any(h.get("scope") is None for h in t.iter("th"))
    ]
    faults += [f"{len(pictures)} drawings without role, title or description"] if pictures else []
    faults += [f"{len(tables)} tables without a caption or with headers of no scope"] if tables else []
    return faults


def _is_named(drawing: Any) -> bool:
    words = [drawing.findtext(name) or "" for name in ("title", "desc")]
    return drawing.get("role") == "img" and all(word.strip() for word in words)


def _docx(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body, styles = (archive.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
    languages = set(re.findall(r'<w:lang w:val="([^"]+)"', styles))
    faults = [] if languages == {_LANGUAGE} else [f"its languages are {sorted(languages)}, not {_LANGUAGE}"]
    if body.count("<w:tbl>") != body.count("w:tblHeader"):
        faults.append("a table has no header row")
    if "<pic:pic" in body and not all(words.strip() for words in re.findall(r'<wp:docPr[^>]* descr="([^"]*)"', body)):
        faults.append("a picture has no alternative text")
    if body.count("<wp:docPr") != len(re.findall(r"<wp:docPr[^>]* descr=", body)):
        faults.append("a picture has no alternative text")
    return list(dict.fromkeys(faults))


def _ods(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles, content = (archive.read(f"{name}.xml").decode() for name in ("styles", "content"))
    spoken = 'fo:language="en"' in styles and 'fo:country="GB"' in styles
    faults = [] if spoken else [f"its language is not {_LANGUAGE}"]
    if content.count("<table:table ") != content.count("<table:table-header-rows>"):
        faults.append("a sheet has no header row")
    return faults


_READERS: Mapping[str, Callable[[bytes], list[str]]] = {"pdf": _pdf, "html": _html, "docx": _docx, "ods": _ods}
