"""Fifty random corruptions of each format are all found: a digit, a word turned round, a row changed."""

import dataclasses
import io
import random
import re
import zipfile
from collections.abc import Callable
from functools import cache

import pytest

from hi_pipeline.publishing.report.layouts.pdf import report_pdf
from hi_pipeline.publishing.report.making import FORMATS, Pack, faults_of, make
from hi_pipeline_tests.unit.publishing.report import made_up

WORDS = {
    "higher": "lower",
    "lower": "higher",
    "better": "worse",
    "worse": "better",
    "most": "least",
    "least": "most",
    "Made-up": "Real",
    "suppressed": "missing",
}
TURNED = re.compile(r"\d|" + "|".join(WORDS))
OWN = re.compile(r'<div class="own-words">.*?</div>|<w:sdt>.*?</w:sdt>', re.DOTALL)
FEW, MANY = 6, 50


@cache
def sound() -> tuple[Pack, dict[str, bytes]]:
    """A pack with a clear gap, an unclear one and hidden figures, and its files."""
    pack = made_up.pack(made_up.rows_of(7), words={"What we are doing: Mental health": ("We do 5 things.",)})
    return pack, make(pack, tuple(FORMATS))


def turned(text: str, chance: random.Random, within: re.Pattern[str]) -> str:
    """A text with one digit or one word changed, in one of the stretches that a pattern finds outside own words."""
    own = [m.span() for m in OWN.finditer(text)]
    stretches = [m.span(1) for m in within.finditer(text) if not any(a <= m.start() < b for a, b in own)]
    places = [m.span() for a, b in stretches for m in TURNED.finditer(text, a, b)]
    first, last = chance.choice(places)
    there = text[first:last]
    new = WORDS.get(there) or chance.choice([d for d in "123456789" if d != there])
    return text[:first] + new + text[last:]


def in_member(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            content = source.read(entry)
            archive.writestr(entry, change(content.decode()).encode() if entry.filename == name else content)
    return target.getvalue()


def html(data: bytes, chance: random.Random) -> bytes:
    head, main, rest = re.split(r"(<main.*</main>)", data.decode(), flags=re.DOTALL)
    return (head + turned(main, chance, re.compile(r">([^<>]+)<")) + rest).encode()


def docx(data: bytes, chance: random.Random) -> bytes:
    return in_member(data, "word/document.xml", lambda t: turned(t, chance, re.compile(r"<w:t[^>]*>([^<]*)</w:t>")))


def xlsx(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.5:
        number = re.compile(r'<c r="[A-Z]+\d+" s="\d+"><v>([^<]{1,12})[^<]*</v>')
        return in_member(data, "xl/worksheets/sheet5.xml", lambda t: turned(t, chance, number))
    words = re.compile(r"<t[^>]*>((?!We do|\[Draft)[^<]*)</t>")
    return in_member(data, "xl/sharedStrings.xml", lambda t: turned(t, chance, words))


def ods(data: bytes, chance: random.Random) -> bytes:
    shown, stored = re.compile(r"<text:p>((?!We do|\[Draft)[^<]*)</text:p>"), re.compile(r'office:value="([^"]*)"')
    cell = shown if chance.random() < 0.5 else stored
    return in_member(data, "content.xml", lambda t: turned(t, chance, cell))


CHANGES = {"html": html, "docx": docx, "xlsx": xlsx, "ods": ods}


def test_the_pack_itself_is_sound() -> None:
    pack, files = sound()
    assert faults_of(pack, files) == []


@pytest.mark.parametrize("form", sorted(CHANGES))
def test_every_corruption_is_found_and_the_file_named(form: str) -> None:
    pack, files = sound()
    name = FORMATS[form]
    for seed in range(MANY):
        changed = CHANGES[form](files[name], random.Random(seed))
        assert changed != files[name]
        faults = faults_of(pack, {name: changed})
        assert any(fault.startswith(name) for fault in faults), f"{form}, seed {seed}"


def altered(seed: int) -> Pack:
    """The pack of the same rows with one figure of the board changed."""
    chance = random.Random(seed)
    rows = made_up.rows_of(7)
    mine = [r for r in rows if r["value"] is not None and r["icb_code"] == made_up.ICB]
    one = chance.choice([r for r in mine if r["financial_year"] == made_up.YEAR and r["measure"] in ("value", "gap")])
    moved = one["value"] + chance.choice([-0.2, 0.2, 5.0])
    step = moved - one["value"]
    one |= {"value": moved} | {n: one[n] + step for n in ("lower_95", "upper_95") if one[n] is not None}
    return made_up.pack(rows, words={"What we are doing: Mental health": ("We do 5 things.",)})


def pdf_corruptions_found(seeds: range) -> None:
    pack, _ = sound()
    for seed in seeds:
        other = altered(seed).document
        # The pages, not the edition on their feet, must give it away.
        other = dataclasses.replace(other, edition=pack.document.edition)
        faults = faults_of(pack, {"report.pdf": report_pdf(other)})
        assert any(fault.startswith("report.pdf") for fault in faults), f"seed {seed}"


def test_a_pdf_made_from_one_altered_fact_is_found() -> None:
    pdf_corruptions_found(range(FEW))


@pytest.mark.slow
def test_fifty_pdfs_made_from_altered_facts_are_found() -> None:
    pdf_corruptions_found(range(FEW, MANY))


def test_a_changed_row_of_the_results_makes_the_pack_stale_and_is_named() -> None:
    _, files = sound()
    faults = faults_of(altered(3), files)
    assert any("facts.json: the row" in fault and "changed" in fault for fault in faults)
    assert {fault.split(":")[0].split(",")[0] for fault in faults} >= {*FORMATS.values(), "facts.json"}


def test_the_boards_own_words_may_be_changed() -> None:
    pack, files = sound()
    page = files["report.html"].replace(b"We do 5 things.", b"We do 7 things, which is higher.")
    word = in_member(files["report.docx"], "word/document.xml", lambda t: t.replace("We do 5", "We do 900"))
    assert b"We do 7" in page
    assert faults_of(pack, {**files, "report.html": page, "report.docx": word}) == []


def test_words_outside_the_lines_of_the_pack_are_found() -> None:
    pack, files = sound()
    page = files["report.html"].replace(b"</main>", b"<div>All is well: 99%.</div></main>")
    assert any("words outside" in fault for fault in faults_of(pack, {**files, "report.html": page}))
    cut = {name: data for name, data in files.items() if not name.endswith(".csv")}
    assert any("is missing" in fault for fault in faults_of(pack, cut))
    assert any("belongs to no pack" in fault for fault in faults_of(pack, {**files, "more.txt": b"1"}))
