"""The last pages: similar boards, what cannot be said, the review, methods, sources and a glossary."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hi_pipeline.publishing.report import overall
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.document import Block, OwnWords, Table, lines_of
from hi_pipeline.publishing.report.facts import PackFacts
from hi_pipeline.publishing.report.missing import NO_NUMBER, NO_RELEASE, Missing, missing
from hi_pipeline.publishing.report.numbers import day_words, number_of, printed, with_unit
from hi_pipeline.publishing.report.pages.parts import heading, plain, said
from hi_pipeline.publishing.report.wording import COVERS, GLOSSARY, WORDING_OF_STATEMENT

REVIEW = "Review against the statement"
_DRAFT = (
    "[Draft, for the board to confirm or to replace.] The board reviewed the extent to which it exercised its "
    "functions consistently with NHS England's views set out in the statement on information on health inequalities."
)
_EXPECTATIONS = (
    ("Understand need from data and local knowledge", "the pages of each area"),
    ("Break figures down at least by deprivation, ethnicity, age and sex", "“Coverage”"),
    ("Find gaps in the data, unknown and not stated included", "“Data quality”"),
    ("Act, and see whether it made a difference", "the boxes for the board's own words"),
    ("Publish in the annual report and in year", "this pack"),
)


def beside(facts: PackFacts) -> list[Block]:
    """Return the board beside its region and similar boards, as far as there is a table of them."""
    blocks: list[Block] = [heading(1, "Region and similar boards")]
    if facts.comparisons is None:
        return [*blocks, plain("This release has no figures of the region or of similar boards beside this board's.")]
    others = [row for row in facts.comparisons if row["comparator"] == _OTHERS and row["comparator_value"] is not None]
    said = [_BESIDE]
    if facts.similar:
        said.append(_SIMILAR.format("; ".join(facts.similar)))
    if others:
        said.append(_OF_OTHERS)
    return [*blocks, plain(" ".join(said)), _comparators(facts, others=bool(others))]


_BESIDE = (
    "The same figure beside England, the region and the five most similar boards taken together. “Better” or “worse” "
    "is said only where the 95% limits are clear."
)
_SIMILAR = "Similar in deprivation, ethnicity and age of residents, the nearest first: {}."
_OF_OTHERS = (
    "What boards count in their own extracts stands beside the median of the other boards that gave the same extract "
    "here, where these are three or more. It names none of them."
)
_OTHERS = "other boards with an extract here"
_COMPARATORS = ("England", "region", "most similar boards")


def _comparators(facts: PackFacts, *, others: bool) -> Table:
    names = (*_COMPARATORS, *([_OTHERS] if others else []))
    known = {(row["indicator_id"], row["comparator"]): row for row in facts.comparisons or ()}
    rows = []
    for found in facts.shown:
        cells = [_beside(known.get((found.card.id, name)), found.card) for name in names]
        rows.append((found.card.short, found.total.said if found.total is not None else "", *cells))
    return Table(
        anchor="comparators",
        caption="This board beside England, its region and similar boards",
        header=("Indicator", "Board", *(f"{name[0].upper()}{name[1:]}" for name in names)),
        rows=tuple(rows),
        widths=(2.6, 1.3, *(1.8 for _ in names)),
        numeric=frozenset({1}),
    )


def _beside(row: Mapping[str, Any] | None, card: Card) -> str:
    """Return a comparator's value and how the board stands against it."""
    if row is None or row["comparator_value"] is None:
        return "not computed"
    value = with_unit(printed(row["comparator_value"], card.decimals), card.unit)
    return f"{value} ({row['comparison'].replace('_', ' ')})"


def cannot_say(facts: PackFacts) -> list[Block]:
    """Return what is not shown, one row for each reason and way to supply it; the workbook lists every cell."""
    cells = missing(facts)
    # An indicator without any figure stands at the reason of its total, or of the one breakdown that it has.
    first: dict[str, Missing] = {}
    for cell in cells:
        if cell.whole and (cell.indicator not in first or cell.breakdown == "total"):
            first[cell.indicator] = cell
    kept = [cell for cell in cells if not cell.whole or first[cell.indicator] is cell]
    gathered: dict[tuple[str, str, str], list[Missing]] = {}
    for cell in kept:
        if cell.statement != NO_NUMBER:
            gathered.setdefault((cell.state, cell.held_by, cell.how_to_supply), []).append(cell)
    order = list(COVERS.values())
    rows = [
        (state, _named(alike), held or "not known", _without_command(how) or "not known")
        for (state, held, how), alike in sorted(gathered.items(), key=lambda pair: _place(pair[0][0], order))
    ]
    others = [cell for cell in kept if cell.statement == NO_NUMBER]
    if others:
        rows.append(("Indicators of the annexes", _counted(others), _IN_WORKBOOK, _IN_WORKBOOK))
    table = Table(
        anchor="cannot-say",
        caption="What is not shown, and why",
        header=("Reason", "Indicators", "Held by", "How it could be supplied"),
        rows=tuple(rows),
        widths=(1.2, 2.1, 1.6, 1.6),
    )
    return [heading(1, "What we cannot say"), plain(_CANNOT), table] if rows else []


_IN_WORKBOOK = "see the workbook's sheet “Not shown”"
_CANNOT = (
    "An indicator without any figure for this board and year is named once. One that is shown is named with the "
    "breakdowns or the number of groups that are not. Indicators of the annexes are counted. The workbook's sheet “Not "
    "shown” lists each indicator, breakdown and group with its reason."
)


def _without_command(how: str) -> str:
    """Return how a figure could be supplied, without the command for it, which the workbook alone gives."""
    return how.partition(": hi ")[0]


def _place(state: str, order: Sequence[str]) -> int:
    return order.index(state) if state in order else len(order)


def _named(cells: Sequence[Missing]) -> str:
    """Return indicators by name, each with what of it is not shown; those that a year has not at all are counted."""
    if cells[0].state == COVERS[NO_RELEASE]:
        return f"{number_of(len(cells), 'indicator')}; “Coverage” names them"
    by_name: dict[str, list[Missing]] = {}
    for cell in cells:
        by_name.setdefault(cell.indicator, []).append(cell)
    return "; ".join(_with_parts(name, alike) for name, alike in by_name.items())


def _counted(cells: Sequence[Missing]) -> str:
    """Return how many indicators without any figure there are for each reason."""
    states = [cell.state for cell in cells if cell.whole]
    return "; ".join(f"{state}: {states.count(state)}" for state in dict.fromkeys(states))


def _with_parts(name: str, cells: Sequence[Missing]) -> str:
    if any(cell.whole for cell in cells):
        return name
    said = [cell.breakdown for cell in cells if not cell.group]
    if len(said) < len(cells):
        said.append(number_of(len(cells) - len(said), "group"))
    return f"{name}: {', '.join(said)}"


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
    counted = said(overall.statement(facts))
    return [heading(1, "Statutory review"), *counted, box, table]


def methods(facts: PackFacts) -> list[Block]:
    """Return how figures are compared and where they come from."""
    text = (
        "95% limits: Wilson's method for proportions, exact or Byar's for rates; widened where counts are rounded. A "
        "figure differs from England where its 95% limits, before rounding, do not include England's. A difference is "
        "called clear where its printed limits do not include zero. Limits describe chance, not errors of recording."
    )
    if any(WORDING_OF_STATEMENT in card.unconfirmed for card in facts.cards.values()):
        text += " The wording of the statement has not been checked against its appendix."
    sources = [
        (source["title"], source["publisher"], release["edition"], _published(release), _hash(release))
        for source in facts.sources
        for release in source["releases"]
    ]
    table = Table(
        anchor="sources",
        caption="Sources",
        header=("Publication", "Publisher", "Edition", "Published", "File hash"),
        rows=tuple(sources),
        widths=(3.1, 2.1, 1.5, 1.5, 1.3),
    )
    licences = dict.fromkeys(f"{source['attribution']}".rstrip(".") + "." for source in facts.sources)
    return [heading(1, "Methods and sources"), plain(text), table, plain(" ".join(licences), role="small")]


def glossary(pages: Sequence[Block]) -> list[Block]:
    """Return the words of the glossary that the pages use, on a page of their own."""
    text = " ".join(lines_of(pages))
    table = Table(
        anchor="glossary",
        caption="Words of this pack",
        header=("Word", "Meaning"),
        rows=tuple(entry for entry in GLOSSARY.items() if _is_used(entry[0], text)),
        widths=(1, 3.5),
    )
    return [heading(1, "Glossary", new_page=True), table]


def _is_used(entry: str, text: str) -> bool:
    """Tell whether a text has one of the words of an entry; codes are too many to look for each."""
    if entry.endswith(_CODES):
        return True
    return any(re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", text, re.IGNORECASE) for word in entry.split(", "))


_CODES = "and the like"


def _published(release: Mapping[str, Any]) -> str:
    return day_words(date.fromisoformat(release["published"])) if release["published"] else "not known"


def _hash(release: Mapping[str, object]) -> str:
    known = str(release["sha256"] or "")
    return known[:12] or "not pinned"
