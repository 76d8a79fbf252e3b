"""The last pages: similar boards, what cannot be said, the review, methods, sources and a glossary."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.document import Block, OwnWords, Table
from hi_pipeline.publishing.report.facts import PackFacts
from hi_pipeline.publishing.report.numbers import day_words, printed, with_unit
from hi_pipeline.publishing.report.pages.opening import DIMENSIONS, name_of
from hi_pipeline.publishing.report.pages.parts import heading, plain
from hi_pipeline.publishing.report.wording import REASONS

REVIEW = "Review against the statement"
_DRAFT = (
    "[Draft, for the board to confirm or to replace.] The board reviewed the extent to which it exercised its "
    "functions consistently with NHS England's views set out in the statement on information on health inequalities."
)
_EXPECTATIONS = (
    ("Understand need from data and local knowledge", "the pages of each area"),
    ("Break figures down at least by deprivation, ethnicity, age and sex", "Coverage"),
    ("Find gaps in the data, unknown and not stated included", "Data quality"),
    ("Act, and see whether it made a difference", "the boxes for the board's own words"),
    ("Publish in the annual report and in year", "this pack"),
)
GLOSSARY = (
    ("95% CI", "95% confidence interval: the range in which the true figure lies if chance alone is at work"),
    ("better, worse", "said only where it is agreed which direction is good"),
    ("board", "integrated care board, the NHS body that plans services for an area of England"),
    ("Core20", "people who live in the most deprived 20% of small areas of England"),
    ("fifth, tenth", "the areas of England in five or ten equal groups, by deprivation"),
    ("footprint", "the set of boards in force from a month on"),
    ("gap", "difference between the most and the least deprived group; positive is worse for the most deprived"),
    ("percentage points", "the difference of two percentages"),
    ("ratio", "the figure of the most deprived group divided by that of the least deprived"),
    ("similar", "the 95% limits include England's figure"),
    ("suppressed", "hidden by the publisher because few people are counted"),
)


def beside(facts: PackFacts) -> list[Block]:
    """Return the board beside its region and similar boards, as far as there is a table of them."""
    blocks: list[Block] = [heading(1, "Region and similar boards")]
    if facts.comparisons is None:
        return [*blocks, plain("This release has no figures of the region or of similar boards beside this board's.")]
    return [*blocks, plain(_BESIDE), _comparators(facts)]


_BESIDE = (
    "The same figure beside England as published, the region and the most similar boards taken together. A word stands "
    "only where the limits allow one."
)
_COMPARATORS = ("England as published", "region", "most similar boards")


def _comparators(facts: PackFacts) -> Table:
    known = {(row["indicator_id"], row["comparator"]): row for row in facts.comparisons or ()}
    rows = []
    for found in facts.shown:
        cells = [_beside(known.get((found.card.id, name)), found.card) for name in _COMPARATORS]
        rows.append((found.card.short, found.total.said if found.total is not None else "", *cells))
    return Table(
        anchor="comparators",
        caption="This board beside England, its region and similar boards",
        header=("Indicator", "Board", "England as published", "Region", "Most similar boards"),
        rows=tuple(rows),
        widths=(2.6, 1.3, 1.8, 1.8, 1.8),
        numeric=frozenset({1}),
    )


def _beside(row: Mapping[str, Any] | None, card: Card) -> str:
    """Return a comparator's value and how the board stands against it."""
    if row is None or row["comparator_value"] is None:
        return "not computed"
    value = with_unit(printed(row["comparator_value"], card.decimals), card.unit)
    return f"{value} ({row['comparison'].replace('_', ' ')})"


def cannot_say(facts: PackFacts) -> list[Block]:
    """Return what is not shown, by its reason: who holds it, how it could be supplied, and of which indicators."""
    told: dict[str, dict[str, list[str]]] = {}
    for name, group, reason in [*_dark(facts), *_covered(facts)]:
        told.setdefault(reason, {}).setdefault(name, []).append(group)
    rows = [
        (reason[:1].upper() + reason[1:], "; ".join(_of(name, groups) for name, groups in names.items()))
        for reason, names in told.items()
    ]
    table = Table(
        anchor="cannot-say",
        caption="What is not shown, and why",
        header=("Reason, who holds it, and how it could be supplied", "Indicators and groups"),
        rows=tuple(rows),
        widths=(1, 1.1),
    )
    supply = (
        "Activity by group is held by NHS England (SUS and ECDS), vaccination by the UK Health Security Agency "
        "(ImmForm), and services by site by the trusts."
    )
    return [heading(1, "What we cannot say", new_page=True), plain(supply), table] if rows else []


def _of(name: str, groups: list[str]) -> str:
    """Return an indicator with what of it is not shown; nothing is added where that is all of it."""
    return name if set(groups) >= set(DIMENSIONS) or groups == ["everybody"] else f"{name} ({', '.join(groups)})"


def _dark(facts: PackFacts) -> list[tuple[str, str, str]]:
    """Return indicator, group and reason of every figure of the results that is not there."""
    rows = []
    for found in facts.indicators:
        if not found.shown:
            figure = found.total
            status = figure.status if figure is not None else "not_published"
            note = figure.note if figure is not None and figure.note else REASONS[status]
            rows.append((found.card.short, "everybody", note))
            continue
        for dimension, members in found.groups.items():
            for figure in members:
                if figure.value is None and figure.category != UNKNOWN:
                    rows.append((found.card.short, f"{dimension}: {figure.category}", REASONS[figure.status]))
    if facts.coverage is None:
        rows += [(c.short, "everybody", "nothing is published for this board and year") for c in facts.absent]
    return rows


def _covered(facts: PackFacts) -> list[tuple[str, str, str]]:
    """Return what the coverage table says of the breakdowns of indicators without rows in the results."""
    known = {found.card.id for found in facts.indicators}
    return [
        (name_of(row["indicator_id"], facts.cards), row["dimension"], _why(row))
        for row in facts.coverage or ()
        if row["indicator_id"] not in known and row["state"] not in _THERE
    ]


def _why(row: Mapping[str, Any]) -> str:
    """Return the reason of a cell, who holds it and how to supply it; breakdowns that no file has share one reason."""
    reason = _NO_BREAKDOWN if row["state"] == Cover.NO_SUCH_BREAKDOWN.value else row["reason"]
    named = (("", reason), ("Held by: ", row.get("held_by")), ("To supply it: ", row.get("how_to_supply")))
    parts = [f"{before}{str(text).rstrip('.')}" for before, text in named if text]
    return ". ".join(parts) or row["state"].replace("_", " ")


# Cells that hold figures, of other indicators' rows too.
_THERE = (Cover.SHOWN.value, Cover.PARTLY_SHOWN.value)
_NO_BREAKDOWN = "no public file has it by this breakdown"


def review(facts: PackFacts, words: Mapping[str, tuple[str, ...]]) -> list[Block]:
    """Return the draft of the statutory review, in the board's own box, and where each expectation is answered."""
    table = Table(
        anchor="expectations",
        caption="The statement's expectations",
        header=("Expectation", "Where this pack answers it"),
        rows=_EXPECTATIONS,
        widths=(2, 1),
    )
    prompt = "The board's statement under the NHS Act 2006, section 14Z58(2)(c). The draft says nothing for the board."
    box = OwnWords(key="review", title=REVIEW, prompt=prompt, paragraphs=words.get(REVIEW, (_DRAFT,)))
    return [heading(1, "Statutory review", new_page=True), box, table]


def methods(facts: PackFacts) -> list[Block]:
    """Return how figures are compared, where they come from, and the glossary."""
    text = (
        "Proportions have Wilson's limits, rates exact or Byar's. A figure differs from England where its 95% limits "
        "exclude England's. A difference is called clear where its printed limits exclude none. Limits describe "
        "chance, not errors of recording."
    )
    sources = [
        (source["title"], source["publisher"], release["edition"], _published(release), _hash(release))
        for source in facts.sources
        for release in source["releases"]
    ]
    table = Table(
        anchor="sources",
        caption="Sources",
        header=("Publication", "Publisher", "Edition", "Published", "SHA-256 of the file"),
        rows=tuple(sources),
        widths=(2.6, 2, 1.6, 1.3, 1.6),
    )
    licences = dict.fromkeys(f"{source['attribution']}".rstrip(".") + "." for source in facts.sources)
    glossary = Table(anchor="glossary", caption="Glossary", header=("Word", "Meaning"), rows=GLOSSARY, widths=(1, 3.5))
    return [
        heading(1, "Methods and sources"),
        plain(text),
        table,
        plain(" ".join(licences), role="small"),
        heading(1, "Glossary"),
        glossary,
    ]


def _published(release: Mapping[str, Any]) -> str:
    return day_words(date.fromisoformat(release["published"])) if release["published"] else "not known"


def _hash(release: Mapping[str, object]) -> str:
    known = str(release["sha256"] or "")
    return known[:12] or "not pinned"
