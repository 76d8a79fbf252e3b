"""The generated pages are those that the declarations give now."""

import importlib.util
from pathlib import Path

from hi_pipeline.core.indicator import Indicator, Listed
from hi_pipeline.engine.pipeline import load_catalogue
from hi_pipeline.indicators.catalogue import ENTRIES, INDICATORS
from hi_pipeline.publishing.reference_pages import indicator_page, overview_page, sources_page

REPOSITORY = Path(__file__).parents[3]


def test_the_generated_pages_are_current() -> None:
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.pages()
    assert len(made) > 30
    for path, text in made.items():
        assert path.exists() and path.read_text(encoding="utf-8") == text, f"{path} is out of date: run `make docs`"
    for folder in ("sources", "indicators"):
        kept = set((REPOSITORY / "docs" / folder).glob("*.md"))
        assert kept == {p for p in made if p.parent.name == folder}, f"docs/{folder} holds pages nobody makes"


def test_the_page_of_publications_says_of_each_how_a_new_edition_comes_in() -> None:
    sources = load_catalogue().sources
    lines = {line.split("](")[1].split(".md)")[0]: line for line in sources_page(sources).splitlines() if "| [" in line}
    assert set(lines) == set(sources)
    for name, source in sources.items():
        for series in source.series:
            assert series.example in lines[name]
        assert source.needs_a_line in lines[name]
    assert "hi import" in lines["local_extracts"]
    assert "The file itself says no period." in lines["wlmds"] and "no period" not in lines["rtt"]


def test_the_overview_has_the_24_the_annexes_every_area_and_every_entry() -> None:
    lines = overview_page(ENTRIES).splitlines()
    first = [line.split(" | ")[0].removeprefix("| ") for line in lines]
    assert [n for n in first if n.isdecimal()][:24] == [str(n) for n in range(1, 25)]
    assert {annex for e in ENTRIES for annex in e.annex} <= set(first)
    areas = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert set(areas) == {e.area for e in ENTRIES} and len(areas) == len(set(areas))
    assert {e.area for e in ENTRIES if e.statement_number} == set(areas[:11])
    for entry in ENTRIES:
        name = f"[{entry.title}]({entry.id}.md)" if isinstance(entry, Indicator) else entry.title
        (own,) = (line for line in lines if f" {name}: {entry.definition} |" in line)
        assert entry.unconfirmed in own
        assert not isinstance(entry, Listed) or entry.because in own


def test_the_page_of_an_indicator_has_what_is_declared_of_it() -> None:
    sources = load_catalogue().sources
    pages = {i.id: indicator_page(i, sources) for i in INDICATORS}
    for i in INDICATORS:
        for told in (*i.annex, *i.children, *i.code_lists, i.contested, i.held_by, i.how_to_supply, i.target_by):
            assert told in pages[i.id]
    assert pages["stroke_adm_dsr"].count("I61") >= 2
