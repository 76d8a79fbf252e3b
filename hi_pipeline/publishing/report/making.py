"""Makes the files of a pack, and reads them back against the facts before anything is placed."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.publishing.report.building import facts_json
from hi_pipeline.publishing.report.document import Chart, Document
from hi_pipeline.publishing.report.facts import PackFacts
from hi_pipeline.publishing.report.layouts import docx, html, ods, pdf, xlsx
from hi_pipeline.publishing.report.verifying.audit import audit
from hi_pipeline.publishing.report.verifying.compare import (
    compare_facts,
    compare_lines,
    compare_pdf,
    compare_sheets,
    expected_lines,
    without_own,
)
from hi_pipeline.publishing.report.verifying.pages import docx_lines, html_lines
from hi_pipeline.publishing.report.verifying.sheets import ods_grids, xlsx_grids
from hi_pipeline.publishing.report.verifying.tagged_pdf import read_pdf
from hi_pipeline.publishing.report.workbook import Sheet, sheets_of

FORMATS = {
    "html": "report.html",
    "pdf": "report.pdf",
    "docx": "report.docx",
    "xlsx": "figures.xlsx",
    "ods": "figures.ods",
}
SUMMARY, FACTS, CHARTS = "summary.html", "facts.json", "charts"


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A pack in hand: its facts and its document."""

    facts: PackFacts
    document: Document


def make(pack: Pack, formats: Sequence[str], *, png: bool = False) -> dict[str, bytes]:
    """Return the files of a pack by their path in its folder.

    Args:
        pack: facts and document.
        formats: of ``FORMATS``; summary.html, the charts and facts.json are always there.
        png: whether each chart stands beside its drawing as a picture too.
    """
    document = pack.document
    sheets = sheets_of(document, pack.facts)
    title = f"{document.title}: {document.subtitle}"
    makers: Mapping[str, Callable[[], bytes]] = {
        "html": lambda: html.report_page(document),
        "pdf": lambda: pdf.report_pdf(document),
        "docx": lambda: docx.report_docx(document, pdf.picture_png),
        "xlsx": lambda: xlsx.workbook_xlsx(sheets, title=title),
        "ods": lambda: ods.workbook_ods(sheets, title=title),
    }
    files = {FORMATS[name]: makers[name]() for name in FORMATS if name in formats}
    files[SUMMARY] = html.summary_page(document)
    files[FACTS] = facts_json(document)
    for chart in document.charts:
        files |= _chart_files(chart)
        if png:
            files[f"{CHARTS}/{chart.anchor}.png"] = pdf.picture_png(chart)
    return files


def _chart_files(chart: Chart) -> dict[str, bytes]:
    """Return a chart's drawing, its alternative text, and the figures that it draws."""
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(chart.drawn)
    place = f"{CHARTS}/{chart.anchor}"
    return {
        f"{place}.svg": chart.svg.encode(),
        f"{place}.txt": f"{chart.title}\n{chart.alt}\n".encode(),
        f"{place}.csv": target.getvalue().encode(),
    }


def faults_of(pack: Pack, files: Mapping[str, bytes]) -> list[str]:
    """Read the files of a pack back and return all that is not what the results say, each with its file.

    Args:
        pack: facts and document as the published results make them now.
        files: by path in the pack's folder; further Word documents are read as report.docx is.
    """
    faults = [f"facts: {fault}" for fault in audit(pack.document, pack.facts)]
    due = json.loads(facts_json(pack.document))
    sheets = sheets_of(pack.document, pack.facts)
    charts = {name: data for chart in pack.document.charts for name, data in _chart_files(chart).items()}
    for name, data in files.items():
        try:
            faults += _file_faults(name, data, pack.document, sheets=sheets, due=due, charts=charts)
        except (LayoutError, ValueError) as error:
            faults.append(f"{name}: {error}")
    absent = [name for name in (SUMMARY, FACTS, *charts) if name not in files]
    return faults + [f"{name}: is missing" for name in absent]


def _file_faults(
    name: str,
    data: bytes,
    document: Document,
    *,
    sheets: tuple[Sheet, ...],
    due: Mapping[str, Any],
    charts: Mapping[str, bytes],
) -> list[str]:
    if name in (SUMMARY, FORMATS["html"]):
        return _html_faults(name, data, document)
    if name.endswith(".docx"):
        lines, pictures = docx_lines(data)
        faults = compare_lines(name, without_own(lines), expected_lines(document, document.blocks))
        same = pictures == [pdf.picture_png(chart) for chart in document.charts]
        return faults if same else [*faults, f"{name}: a picture is not what the results draw"]
    if name == FORMATS["pdf"]:
        return compare_pdf(name, read_pdf(data), document)
    if name == FORMATS["xlsx"]:
        return compare_sheets(name, xlsx_grids(data), sheets)
    if name == FORMATS["ods"]:
        return compare_sheets(name, ods_grids(data), sheets)
    if name == FACTS:
        return compare_facts(name, json.loads(data), due)
    if name in charts:
        return [] if data == charts[name] else [f"{name}: is not what the results draw"]
    chart = next((c for c in document.charts if name == f"{CHARTS}/{c.anchor}.png"), None)
    if chart is not None:
        return [] if data == pdf.picture_png(chart) else [f"{name}: is not what the results draw"]
    return [f"{name}: belongs to no pack"]


def _html_faults(name: str, data: bytes, document: Document) -> list[str]:
    blocks = document.blocks if name == FORMATS["html"] else document.blocks[: document.summary]
    lines, drawings = html_lines(data)
    faults = compare_lines(name, without_own(lines), expected_lines(document, blocks))
    if drawings != [block.svg for block in blocks if isinstance(block, Chart)]:
        faults.append(f"{name}: a drawing is not what the results draw")
    if document.notice and document.notice.encode() not in data:
        faults.append(f"{name}: does not say SYNTHETIC")
    return faults
