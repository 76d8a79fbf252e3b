"""One page an area: for each indicator its sentences, its charts, its tables, its method, and the board's own box."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.status import Status
from hi_pipeline.publishing.report import charts, sentences
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.document import Block, Chart, OwnWords
from hi_pipeline.publishing.report.facts import IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.numbers import day_words, month_words, number_of
from hi_pipeline.publishing.report.pages.parts import (
    anchor_of,
    figures_table,
    heading,
    plain,
    said,
)
from hi_pipeline.publishing.report.wording import DIMENSION_WORDS, REASONS, WORDING_OF_STATEMENT

_PROMPT = "What the board is doing about it: actions, who leads them, and when they are reviewed."
# How a note begins that tells of what the board was made, not why it has no figure (tables/complete).
_OF_A_BOARD = "footprint from "
# How a note tells of a list of patients that stands for several years (2026-11).
NEAREST = "the nearest in hand to"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What is drawn as well as printed; age and sex have few groups.
_DRAWN = ("deprivation", "ethnicity")


def box_title(area: str) -> str:
    """Return the title of an area's box for the board's own words."""
    return f"What we are doing: {area}"


def areas(facts: PackFacts, words: Mapping[str, tuple[str, ...]]) -> list[Block]:
    """Return the pages of all areas, in the statement's order: what is shown, what is not, the board's own box.

    An indicator of the statement has its charts and its table; one of the annexes has its sentences alone. All groups
    of both stand in the workbook.
    """
    blocks: list[Block] = []
    for area, members in facts.areas.items():
        shown = [found for found in members if found.shown]
        blocks.append(heading(1, area))
        for found in shown:
            blocks += _indicator(found, facts)
        blocks += _not_shown([found for found in members if not found.shown], facts)
        blocks += said(sentences.unseen([card for card in facts.unseen if card.area == area]))
        title = box_title(area)
        blocks.append(OwnWords(key=anchor_of(area), title=title, prompt=_PROMPT, paragraphs=words.get(title, ())))
    return blocks


def _stated(found: IndicatorFacts) -> bool:
    return found.card.statement_number is not None


def _indicator(found: IndicatorFacts, facts: PackFacts) -> list[Block]:
    board = facts.board.short_name
    level, gap = sentences.level(found, board), [*sentences.gap(found), *sentences.gap_change(found)]
    apart, ethnicity, targets = sentences.apart(found), sentences.ethnicity(found), sentences.targets(found)
    method = plain(_method(found, facts), role="small", rows=[found.total.id] if found.total is not None else [])
    blocks: list[Block] = [heading(2, sentences.title_of(found))]
    if not _stated(found):
        return [*blocks, *said([*level, *apart, *gap, *ethnicity, *targets]), method]
    blocks += [*said(level), *said(apart), *said(gap), *said(ethnicity), *said(targets)]
    return [*blocks, *_years(found, facts), *_groups(found, facts), method]


def _not_shown(members: Sequence[IndicatorFacts], facts: PackFacts) -> list[Block]:
    """Return the indicators of an area without a figure, together for each reason."""
    by_reason: dict[str, list[IndicatorFacts]] = {}
    for found in members:
        by_reason.setdefault(_reason(found.total), []).append(found)
    blocks: list[Block] = []
    for reason, alike in by_reason.items():
        blocks += said(sentences.absent(alike, facts.board.short_name, facts.year))
        rows = [found.total.id for found in alike if found.total is not None]
        blocks.append(plain(f"Reason: {reason}.", role="small", rows=rows))
    return blocks


def _reason(figure: Figure | None) -> str:
    """Return why there is no figure, without the status that a note may begin with and how its board was made."""
    if figure is None:
        return REASONS[Status.NOT_PUBLISHED.value]
    note = figure.note.removeprefix(f"{figure.status.replace('_', ' ')}: ")
    parts = [part for part in note.split("; ") if not part.startswith(_OF_A_BOARD)]
    return "; ".join(parts) or REASONS[figure.status]


def _years(found: IndicatorFacts, facts: PackFacts) -> list[Block]:
    """Return the totals and the gaps of up to three years, where there is more than one."""
    chart = charts.years(
        found.years,
        [found.most_less_least(gap) for gap in found.gaps],
        anchor=anchor_of("chart", found.card.id, "years"),
        title=f"{found.card.short} by year",
        synthetic=facts.synthetic,
    )
    return [] if chart is None else [chart]


def _groups(found: IndicatorFacts, facts: PackFacts) -> list[Block]:
    """Return the drawings, why a breakdown is not there, and a table of all groups, with everybody if of one source."""
    blocks: list[Block] = [chart for d in _DRAWN if (chart := _chart(found, d, facts)) is not None]
    printed: list[Figure] = []
    for dimension, figures in found.groups.items():
        if any(f.value is not None for f in charts.without_unknown(figures)):
            printed += figures
            continue
        figure = next((f for f in figures if f.category != UNKNOWN), figures[0])
        reason = REASONS[figure.status] if figure.value is None else "no known group has a figure"
        why = f"By {DIMENSION_WORDS[dimension]} nothing is shown: {reason}."
        blocks.append(plain(why, rows=[f.id for f in figures]))
    if not printed or found.total is None:
        return blocks
    names = " and ".join(DIMENSION_WORDS[d] for d in dict.fromkeys(f.dimension for f in printed))
    caption = f"{found.card.short} by {names.replace(' and ', ', ', names.count(' and ') - 1)}, {facts.year}"
    whole = [] if found.apart else [found.total]
    return [*blocks, figures_table([*whole, *printed], anchor=anchor_of("table", found.card.id), caption=caption)]


def _chart(found: IndicatorFacts, dimension: str, facts: PackFacts) -> Chart | None:
    drawn = charts.without_unknown(found.groups.get(dimension, ()))
    return charts.dots(
        drawn,
        anchor=anchor_of("chart", found.card.id, dimension),
        title=f"{found.card.short} by {DIMENSION_WORDS[dimension]}, {facts.year}",
        labels=[f.group for f in drawn],
        pattern=_pattern(found, dimension, drawn),
        synthetic=facts.synthetic,
    )


def _pattern(found: IndicatorFacts, dimension: str, drawn: Sequence[Figure]) -> str:
    known = [f for f in drawn if f.value is not None]
    if dimension == "deprivation":
        return f"{_PATTERNS[sentences.direction(found)]}; {len(known)} of {len(drawn)} groups have a figure."
    return f"{len(known)} of {len(drawn)} groups have a figure."


_PATTERNS = {
    "higher": "Higher in the most deprived group",
    "lower": "Lower in the most deprived group",
    "unclear": "No clear difference between the two ends",
    "unknown": "The two ends are not compared",
}


def _method(found: IndicatorFacts, facts: PackFacts) -> str:
    """Return what is counted, of what, when and how; of an indicator of the annexes what others have not in common."""
    card, total = found.card, found.total
    parts = [f"{card.short}. {card.definition}"]
    if _stated(found):
        parts.append(f"Number: {card.numerator_words}.")
        if not card.denominator_words.startswith("None"):
            parts.append(f"Of: {card.denominator_words}.")
    if total is not None:
        first, last = day_words(total.period_start), day_words(total.period_end)
        parts.append(f"Period: {first}." if first == last else f"Period: {first} to {last}.")
        if found.apart:
            parts.append(f"The groups: {sentences.period(found.apart[0])}.")
        if _stated(found) and total.comparator is not None and total.comparison != "not_compared":
            parts.append(f"Compared with: {_compared_with(found, total)}.")
    if _stated(found):
        parts.append(f"Footprint: boards from {month_words(facts.vintage)}.")
    return " ".join([*parts, *_groups_of(found), *_list_of_patients(found), *card.caveats, *_unconfirmed(card)])


def _compared_with(found: IndicatorFacts, total: Figure) -> str:
    """Return the comparator of the total, and the other ones with the number of groups that are compared with them."""
    others = [f.compared_with for group in found.groups.values() for f in group if f.comparison != "not_compared"]
    apart = {name: others.count(name) for name in dict.fromkeys(others) if name != total.compared_with}
    said = [f"for {number_of(number, 'group')}, {_OTHERS.get(name, name)}" for name, number in apart.items()]
    return "; ".join([_OTHERS.get(total.compared_with, total.compared_with), *said])


_OTHERS = {"all boards of England": "all boards of England together"}


def _groups_of(found: IndicatorFacts) -> list[str]:
    """Return by which index and which list of ethnic groups people are grouped."""
    grouped = found.groups.get("deprivation", () if found.total is None else (found.total,))
    vintages = sorted({f.imd_vintage for f in grouped if f.imd_vintage})
    schemes = sorted({f.ethnicity_scheme for f in found.groups.get("ethnicity", ()) if f.ethnicity_scheme})
    known = f"Indices of Deprivation {' and '.join(vintages)}" if vintages else "the source does not say which index"
    said = [f"Deprivation: {known}."] if vintages or "deprivation" in found.groups else []
    return said + [f"Ethnic groups: list of the census of {scheme}." for scheme in schemes]


def _list_of_patients(found: IndicatorFacts) -> list[str]:
    """Return what the note of a total says of a list of another year, which stands for this one."""
    parts = found.total.note.split("; ") if found.total is not None else []
    said = [_DAY.sub(lambda day: day_words(date.fromisoformat(day[0])), part) for part in parts if NEAREST in part]
    return [f"{part[:1].upper()}{part[1:]}." for part in said]


def _unconfirmed(card: Card) -> list[str]:
    """Return what nobody has read of this indicator alone; what all of the statement share stands once in Methods."""
    special = [part for part in card.unconfirmed.split("; ") if part and part != WORDING_OF_STATEMENT]
    return [f"Not checked: {'; '.join(special)}."] if special else []
