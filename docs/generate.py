"""Writes the pages of docs that are made from the code. A test keeps them current."""

import sys
from pathlib import Path

from docs.methods_page import methods_page
from docs.wording_page import wording_page
from hi_pipeline.core.area_search import when
from hi_pipeline.core.geography import BOARDS, ENGLAND, ENGLAND_NAME, NHS_REGIONS, Region
from hi_pipeline.engine.pipeline import load_catalogue
from hi_pipeline.indicators.catalogue import ENTRIES, INDICATORS
from hi_pipeline.publishing.reference_pages import indicator_page, overview_page, source_page, sources_page, unread_page
from hi_pipeline.sources.unread import UNREAD

_BOARDS = "\n## Boards\n"
DOCS = Path(__file__).parent


def pages() -> dict[Path, str]:
    """Return every generated page by its place."""
    sources = load_catalogue().sources
    made = {DOCS / "sources" / f"{name}.md": source_page(source) for name, source in sources.items()}
    made |= {DOCS / "indicators" / f"{i.id}.md": indicator_page(i, sources) for i in INDICATORS}
    made[DOCS / "sources" / "unread.md"] = unread_page(UNREAD)
    made[DOCS / "sources" / "README.md"] = sources_page(sources)
    made[DOCS / "indicators" / "README.md"] = overview_page(ENTRIES)
    made[DOCS / "methods.md"] = methods_page()
    made[DOCS / "pack-wording.md"] = wording_page()
    made[DOCS / "glossary.md"] = _with_boards((DOCS / "glossary.md").read_text(encoding="utf-8"))
    return made


def _with_boards(glossary: str) -> str:
    """Return the glossary with the codes of all boards, of the regions and of England below it."""
    regions = {region.ods: region.name for region in NHS_REGIONS}
    above = [f"| {ENGLAND} | | {ENGLAND_NAME} | throughout |", *(row for r in NHS_REGIONS for row in _of_region(r))]
    rows = [f"| {b.ons} | {b.ods} | {b.short_name} | {regions[b.region_ods]} | {when(b)} |" for b in BOARDS]
    head = ["| ONS code | ODS code | board | region | exists |", "|---|---|---|---|---|"]
    further = ["## England and its regions", "", "| ONS code | ODS code | area | footprints |", "|---|---|---|---|"]
    return "\n".join([glossary.partition(_BOARDS)[0] + _BOARDS, *head, *rows, "", *further, *above, ""])


def _of_region(region: Region) -> list[str]:
    """Return a row for each ONS code that a region had."""
    vintages: dict[str, list[str]] = {}
    for vintage, code in region.ons.items():
        vintages.setdefault(code, []).append(vintage.value)
    return [f"| {code} | {region.ods} | {region.name} | {', '.join(on)} |" for code, on in vintages.items()]


def main() -> int:
    """Write the pages and remove those that are no longer made."""
    made = pages()
    for folder in (DOCS / "sources", DOCS / "indicators"):
        for old in set(folder.glob("*.md")) - set(made):
            old.unlink()
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
