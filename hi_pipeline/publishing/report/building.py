"""From facts to the document: the pages in their order, and facts.json."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hi_pipeline.publishing.report.document import Block, Document, OwnWords
from hi_pipeline.publishing.report.facts import PackFacts
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.pages import areas, closing, opening, people, quality
from hi_pipeline.publishing.report.words import refuse_unknown

_NOTICE = "SYNTHETIC: every figure in this pack is made up. Use none of them."


def document_of(facts: PackFacts, words: Mapping[str, tuple[str, ...]], *, words_path: Path) -> Document:
    """Return the pack of a board and year.

    Args:
        facts: what it rests on.
        words: the board's own words by the title of their box.
        words_path: where they were read, for messages.

    Raises:
        LayoutError: the board's words have a heading that is no box.
    """
    figures = [_entry(figure) for found in facts.indicators for figure in found.figures]
    edition = hashlib.sha256(_json([figures, _rest(facts)])).hexdigest()[:12]
    first = [*opening.cover(facts, edition), *opening.summary(facts)]
    blocks: list[Block] = [
        *first,
        *opening.coverage(facts),
        *people.population(facts),
        *opening.overview(facts),
        *areas.areas(facts, words),
        *people.pockets(facts),
        *closing.beside(facts),
        *quality.quality(facts),
        *closing.cannot_say(facts),
        *closing.review(facts, words),
        *closing.methods(facts),
    ]
    blocks += closing.glossary(blocks)
    refuse_unknown(words, [b.title for b in blocks if isinstance(b, OwnWords)], path=words_path)
    return Document(
        title=f"Health inequalities in {facts.board.short_name}",
        subtitle=f"Board pack, {facts.year}",
        notice=_NOTICE if facts.synthetic else "",
        edition=edition,
        blocks=tuple(blocks),
        summary=len(first),
        facts={"figures": figures, **_rest(facts)},
    )


def facts_json(document: Document) -> bytes:
    """Return facts.json: the board, every figure with its row's key, and every sentence with its rows."""
    sentences = [asdict(sentence) for sentence in document.sentences]
    return _json({"edition": document.edition, **document.facts, "sentences": sentences}, indent=1)


def _rest(facts: PackFacts) -> dict[str, Any]:
    return {
        "icb_code": facts.board.ons,
        "icb_name": facts.board.name,
        "financial_year": facts.year,
        "geography_vintage": facts.vintage.value,
        "synthetic": facts.synthetic,
        "coverage": facts.coverage,
        "comparisons": facts.comparisons,
        "similar_boards": facts.similar,
        "completeness": facts.completeness,
        "gap_changes": {f.card.id: asdict(f.gap_change) for f in facts.indicators if f.gap_change is not None},
        "worst_cases": {f.card.id: {g: asdict(w) for g, w in f.worst.items()} for f in facts.indicators if f.worst},
        "people": asdict(facts.people) if facts.people is not None else None,
        "sources": [release["id"] for source in facts.sources for release in source["releases"]],
    }


def _entry(figure: Figure) -> dict[str, Any]:
    return {**asdict(figure), "printed": figure.text, "printed_limits": figure.limits}


def _json(content: object, indent: int | None = None) -> bytes:
    return (json.dumps(content, indent=indent, ensure_ascii=False, sort_keys=True, default=str) + "\n").encode()
