"""The words of a pack: the page for review prints all of them, and the glossary explains what is used."""

import inspect
import re
from pathlib import Path

import pytest

from docs.wording_page import wording_page
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.status import Comparison, Status
from hi_pipeline.indicators.catalogue import ENTRIES
from hi_pipeline.publishing.report import wording
from hi_pipeline.publishing.report.covers import NOT_FOR_FOOTPRINT
from hi_pipeline.publishing.report.missing import NO_RELEASE
from hi_pipeline.publishing.report.sentences import counts
from hi_pipeline.publishing.report.wording import AGAINST, COUNTS, COVERS, GLOSSARY, REASONS, TARGETS, TEMPLATES

PAGE = wording_page()
ROOM = Path(wording.__file__).parent
# Words of the field that a board's member may not know.
TECHNICAL = (
    "95% CI", "95% limits", "percentage points", "fifth", "tenth", "Core20", "LSOA", "small area", "footprint",
    "Indices of Deprivation", "suppressed", "similar", "ratio", "gap", "pocket", "most similar boards", "annexes",
    "partly shown", "not in hand", "England only", "not public", "no breakdown", "reporters present", "not confirmed",
    "changed direction", "clearly", "all boards of England together", "statement", "unknown", "SMI", "breakdown",
    "standardised", "place", "target",
)  # fmt: skip
# What a pack prints of each indicator.
DECLARED = tuple(
    dict.fromkeys(
        text
        for e in ENTRIES
        for text in (e.title, e.short, e.definition, e.numerator_words, e.denominator_words, e.target, *e.caveats)
    )
)
ABBREVIATION = re.compile(r"\b[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*\b")
# Codes of measures and of diagnoses; the glossary says what such codes are.
OWN_CODE = re.compile(r"[A-Z]+\d\d+[A-Z]*")
# Words that everybody knows, and names as they are spelt.
EVERYDAY = {"NHS", "GP", "UK", "COVID", "HDL", "LDL", "MBRRACE", "BAME"}


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_the_page_prints_every_template_and_its_parts(kind: str) -> None:
    assert f"| `{kind}` | {TEMPLATES[kind]} |" in PAGE
    assert ("{counts}" in TEMPLATES[kind]) == (kind in COUNTS)
    assert all(f"| `{kind}` | {words.format('{n}')} |" in PAGE for words in COUNTS.get(kind, {}).values())


def test_every_absence_has_a_reason_and_every_comparison_its_words() -> None:
    assert set(REASONS) == {s.value for s in Status} - {Status.OK.value}
    assert set(AGAINST) == {c.value for c in Comparison} - {Comparison.NOT_COMPARED.value}
    assert set(COVERS) == {c.value for c in Cover} - {Cover.SHOWN.value, Cover.PARTLY_SHOWN.value} | {
        NO_RELEASE,
        NOT_FOR_FOOTPRINT,
    }
    assert all(f"| `{status}` | {reason} |" in PAGE for status, reason in REASONS.items())
    assert all(f"| {word} | {meaning} |" in PAGE for word, meaning in GLOSSARY.items())


@pytest.mark.parametrize("word", TECHNICAL)
def test_a_technical_word_that_packs_use_is_in_the_glossary(word: str) -> None:
    assert any(word.lower() in f"{entry} ".lower() for entry in GLOSSARY), word


@pytest.mark.parametrize("entry", sorted(GLOSSARY))
def test_the_glossary_explains_no_word_that_no_pack_uses(entry: str) -> None:
    source = inspect.getsource(wording).partition("GLOSSARY = {")[0]
    source += "".join(p.read_text() for p in ROOM.rglob("*.py") if p.name != "wording.py")
    used = " ".join(source.replace('"\n', "").split()) + " ".join(DECLARED)
    used += " ".join(word.replace("_", " ") for word in (*(c.value for c in Cover), NO_RELEASE, NOT_FOR_FOOTPRINT))
    words = entry.removesuffix(" and the like").split(", ")
    assert any(re.search(rf"{re.escape(word)}", used, re.I) for word in words), entry


def test_the_glossary_is_in_alphabetical_order() -> None:
    assert list(GLOSSARY) == sorted(GLOSSARY, key=str.casefold)


def test_every_abbreviation_is_explained() -> None:
    explained = " ".join(f"{word} {meaning}" for word, meaning in GLOSSARY.items())
    texts = [*DECLARED, *TEMPLATES.values(), *GLOSSARY.values()]
    found = {word for text in texts for word in ABBREVIATION.findall(text) if not OWN_CODE.fullmatch(word)}
    assert {"SMI", "QOF", "CCGs"} <= found
    assert {word for word in found - EVERYDAY if word.removesuffix("s") not in explained} == set()


@pytest.mark.parametrize("kind", sorted(COUNTS))
def test_a_sentence_that_says_all_its_parts_has_thirty_words_at_most(kind: str) -> None:
    # Groups of one target are all due, or none is.
    numbers = {name: 20 for name in COUNTS[kind] if name != "not_yet_due"}
    words = {"target": "narrow the gap to White British", "groups": "21 groups", "reference": "White British"}
    words |= {"rest": "; 3 are suppressed", "gaps": "16 gaps", "earlier": "an earlier year", "n": "24", "recalled": ""}
    told = counts(kind, dict.fromkeys(COUNTS[kind], 0) | numbers)
    text = TEMPLATES[kind].format(counts=told, verdict=TARGETS["cannot_tell"], **words)
    assert len(text.split()) <= 30, text
