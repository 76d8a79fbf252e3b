"""The pack can be read by everybody: axe in a real browser, PDF/UA's tags, the language and headers of office files."""

import importlib.util
import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from hi_pipeline.publishing.report import svg
from hi_pipeline.publishing.report.layouts.pdf import report_pdf
from hi_pipeline.publishing.report.making import FORMATS, Pack, make
from hi_pipeline.publishing.report.verifying.accessible import accessibility_faults
from hi_pipeline.publishing.report.verifying.tagged_pdf import read_pdf
from hi_pipeline_tests.flow.browser import Page, chromium_or_skip, open_browser
from hi_pipeline_tests.unit.publishing.report import made_up

NARROW, ORDINARY = 320, 1280
LONGEST_ALT = 250


@cache
def sound() -> tuple[Pack, dict[str, bytes]]:
    pack = made_up.pack(made_up.rows_of(7))
    return pack, make(pack, tuple(FORMATS))


def axe_script() -> str:
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None and found.submodule_search_locations
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    page.evaluate(axe_script())
    ask = "axe.run().then(r => JSON.stringify(r.violations.map(v => v.id + ': ' + v.nodes[0].html)))"
    answer = page.call("Runtime.evaluate", expression=ask, awaitPromise=True, returnByValue=True)
    return [str(found) for found in json.loads(answer["result"]["value"])]


@pytest.mark.browser
def test_axe_finds_nothing_and_no_page_scrolls_sideways(tmp_path: Path) -> None:
    pack, files = sound()
    with open_browser(chromium_or_skip(), tmp_path / "profile") as page:
        for name in ("report.html", "summary.html"):
            (tmp_path / name).write_bytes(files[name])
            for width in (ORDINARY, NARROW, ORDINARY // 2):  # the last is 200% zoom
                metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
                page.call("Emulation.setDeviceMetricsOverride", **metrics)
                page.open((tmp_path / name).as_uri())
                page.wait_for(pack.document.title, "Largest gaps")
                assert violations(page) == [], f"{name} at {width}"
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width}"
                # The words of a chart stay large enough to read: it moves in its frame instead of shrinking.
                narrowest = "Math.min(640, ...[...document.querySelectorAll('svg')].map(s => s.clientWidth))"
                assert page.evaluate(narrowest) >= 500, f"{name} at {width}"


@pytest.mark.browser
def test_axe_sees_a_fault_that_is_planted(tmp_path: Path) -> None:
    broken = sound()[1]["summary.html"].replace(b"<main", b"<img src='data:,x'><main", 1)
    (tmp_path / "broken.html").write_bytes(broken)
    with open_browser(chromium_or_skip(), tmp_path / "profile") as page:
        page.open((tmp_path / "broken.html").as_uri())
        page.wait_for("Largest gaps")
        assert any(fault.startswith("image-alt") for fault in violations(page))


def test_a_page_needs_no_script_and_nothing_from_elsewhere() -> None:
    text = sound()[1]["report.html"].decode()
    assert "<script" not in text
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"', text)
    assert '<html lang="en-GB">' in text
    anchors = re.findall(r' id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))


def test_the_pdf_has_all_that_a_screen_reader_needs() -> None:
    assert read_pdf(sound()[1]["report.pdf"]).faults == []


def without(change: str) -> bytes:
    """The PDF with one thing taken away."""
    with pikepdf.open(io.BytesIO(sound()[1]["report.pdf"])) as pdf:
        if change == "language":
            del pdf.Root.Lang
        elif change == "bookmarks":
            del pdf.Root.Outlines
        elif change == "marked":
            del pdf.Root.MarkInfo
        else:
            for element in pdf.objects:
                if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/Figure":
                    element.Alt = pikepdf.String(" ")
        target = io.BytesIO()
        pdf.save(target)
        return target.getvalue()


@pytest.mark.parametrize("change", ["language", "bookmarks", "marked", "alternative"])
def test_what_is_taken_from_the_pdf_is_missed(change: str) -> None:
    assert any(
        change in fault or change in fault.replace("marked", "mark") for fault in read_pdf(without(change)).faults
    )


def test_the_word_document_speaks_english_and_repeats_its_headers() -> None:
    pack, files = sound()
    with zipfile.ZipFile(io.BytesIO(files["report.docx"])) as archive:
        body, styles = archive.read("word/document.xml").decode(), archive.read("word/styles.xml").decode()
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r'<w:lang w:val="([^"]+)"', styles)) == {"en-GB"}
    assert "<dc:language>en-GB</dc:language>" in core and pack.document.title in core
    assert body.count("<w:tbl>") == body.count("w:tblHeader") == body.count("w:tblCaption")
    pictures = re.findall(r'descr="([^"]*)"', body)
    assert len(pictures) == len(pack.document.charts) and all(pictures)
    assert body.count('w:tag w:val="own-words"') == 3
    assert {f'w:pStyle w:val="Heading{level}"' in body for level in (1, 2)} == {True}


def test_the_word_document_numbers_its_pages_and_keeps_headers_with_their_rows() -> None:
    with zipfile.ZipFile(io.BytesIO(sound()[1]["report.docx"])) as archive:
        body, styles = archive.read("word/document.xml").decode(), archive.read("word/styles.xml").decode()
        footers = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("word/footer"))
    assert 'w:instr="PAGE"' in footers
    headers = re.findall(r"<w:tr>(?:(?!</w:tr>).)*?w:tblHeader.*?</w:tr>", body, re.DOTALL)
    assert headers and all(row.count("<w:keepNext/>") == row.count("<w:tc>") for row in headers)
    headings = re.findall(r'<w:style [^>]*w:styleId="Heading[123]".*?</w:style>', styles, re.DOTALL)
    assert len(headings) == 3 and all("keepNext" in h and 'w:ascii="Arial"' in h for h in headings)


def test_the_workbooks_speak_english_and_mark_their_tables() -> None:
    _, files = sound()
    with zipfile.ZipFile(io.BytesIO(files["figures.ods"])) as archive:
        styles, content = archive.read("styles.xml").decode(), archive.read("content.xml").decode()
        meta = archive.read("meta.xml").decode()
    assert 'fo:language="en" fo:country="GB"' in styles and "<dc:language>en-GB</dc:language>" in meta
    sheets = content.count("<table:table ")
    assert sheets == content.count("<table:table-header-rows>") == content.count("<table:database-range ")
    with zipfile.ZipFile(io.BytesIO(files["figures.xlsx"])) as archive:
        names = archive.namelist()
        tables = [n for n in names if n.startswith("xl/tables/")]
        pages = [archive.read(n).decode() for n in names if n.startswith("xl/worksheets/sheet")]
    assert len(tables) == len(pages) == sheets
    assert not [p for p in pages if "mergeCell" in p or "autoFilter" in p or 'state="frozen"' in p]


def test_every_chart_has_words_of_at_most_250_characters_and_labels_of_its_own() -> None:
    for seed in range(20):
        for chart in made_up.pack(made_up.rows_of(seed)).document.charts:
            assert 0 < len(chart.alt) <= LONGEST_ALT
            assert 'role="img"' in chart.svg and f'<title id="{chart.anchor}-t">' in chart.svg
            assert any("SYNTHETIC" in label for label in chart.labels)
            drawn = {row[1] for row in chart.drawn[1:] if row[1]}
            said = " ".join(chart.labels).replace("\u2212", "-")
            assert all(value in said for value in drawn), chart.title


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [svg.INK, svg.SOFT, svg.MARK, svg.SECOND])
def test_marks_and_words_stand_out_from_the_page(colour: str) -> None:
    # WCAG 2.2 AA asks 4.5 of words; all four are used for words.
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_the_ends_of_deprivation_differ_in_shape_not_in_colour_alone() -> None:
    chart = next(c for c in sound()[0].document.charts if c.anchor == "chart-overview-1")
    assert "<circle" in chart.svg and "<path" in chart.svg


def test_the_font_of_charts_is_in_the_pdf() -> None:
    with pikepdf.open(io.BytesIO(report_pdf(sound()[0].document))) as pdf:
        fonts = {str(f.BaseFont) for page in pdf.pages for f in page.Resources.get("/Font", {}).values()}
    assert all("Roboto" in name or "DejaVu" in name for name in fonts), fonts


def replaced(name: str, old: str, new: str, member: str = "") -> dict[str, bytes]:
    """One file of the pack with a text replaced wherever it stands, in an archive within one member."""
    data = sound()[1][name]
    if not member:
        return {name: data.decode().replace(old, new).encode()}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w") as changed:
        for entry in archive.namelist():
            held = archive.read(entry)
            changed.writestr(entry, held.decode().replace(old, new).encode() if entry == member else held)
    return {name: target.getvalue()}


def test_a_sound_pack_has_no_barrier() -> None:
    assert accessibility_faults(sound()[1]) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "member", "said"),
    [
        ("report.html", 'lang="en-GB"', 'lang="fr"', "", "its language is 'fr'"),
        ("report.html", "h2", "h4", "", "a level of headings is skipped"),
        ("report.html", 'scope="', 'data-x="', "", "headers of no scope"),
        ("report.html", 'role="img"', "", "", "drawings without role"),
        ("summary.html", "<title>", "<title></title><x>", "", "it has no title"),
        ("report.docx", "en-GB", "en-US", "word/styles.xml", "its languages are ['en-US']"),
        ("report.docx", "w:tblHeader", "w:other", "word/document.xml", "a table has no header row"),
        ("report.docx", ' descr="', ' other="', "word/document.xml", "no alternative text"),
        ("figures.ods", 'fo:country="GB"', "", "styles.xml", "its language is not en-GB"),
        ("figures.ods", "table-header-rows", "table-rows", "content.xml", "no header row"),
    ],
)
def test_a_barrier_is_named(file: str, old: str, new: str, member: str, said: str) -> None:
    faults = accessibility_faults(replaced(file, old, new, member))
    assert any(said in fault and fault.startswith(f"{file}: ") for fault in faults), faults


def test_barriers_of_a_pdf_and_a_broken_file_are_named() -> None:
    assert any("language" in fault for fault in accessibility_faults({"report.pdf": without("language")}))
    assert "cannot be read" in accessibility_faults({"report.docx": b"nothing"})[0]
