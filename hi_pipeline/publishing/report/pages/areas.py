"""One page an area: for each indicator its sentences, its charts, its tables, its method, and the board's own box."""

from collections.abc import Mapping, Sequence

from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.publishing.report import charts, sentences
from hi_pipeline.publishing.report.document import Block, Chart, OwnWords
from hi_pipeline.publishing.report.facts import Figure, IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.pages.parts import DIMENSION_WORDS, anchor_of, figures_table, heading, plain, said
from hi_pipeline.publishing.report.wording import REASONS

_PROMPT = "What the board is doing about it: actions, who leads them, and when they are reviewed."
# What is drawn as well as printed; age and sex have few groups.
_DRAWN = ("deprivation", "ethnicity")


def box_title(area: str) -> str:
    """Return the title of an area's box for the board's own words."""
    return f"What we are doing: {area}"


def areas(facts: PackFacts, words: Mapping[str, tuple[str, ...]]) -> list[Block]:
    """Return the pages of all areas, in the statement's order."""
    blocks: list[Block] = []
    for area, members in facts.areas.items():
        # An area with a drawing begins a page; the others follow one another.
        blocks.append(heading(1, area, new_page=any(found.shown and found.groups for found in members)))
        for found in members:
            blocks += _indicator(found, facts)
        title = box_title(area)
        blocks.append(OwnWords(key=anchor_of(area), title=title, prompt=_PROMPT, paragraphs=words.get(title, ())))
    return blocks


def _indicator(found: IndicatorFacts, facts: PackFacts) -> list[Block]:
    board = facts.board.short_name
    blocks: list[Block] = [heading(2, sentences.title_of(found, board))]
    blocks += said(sentences.level(found, board, facts.year))
    if found.shown:
        gap = [*sentences.gap(found), *sentences.gap_change(found)]
        blocks += [*said(gap), *said(sentences.ethnicity(found))]
    if found.total is None:
        return blocks
    if found.shown:
        blocks += said(sentences.targets(found))
    if not found.shown:
        return [*blocks, plain(f"Reason: {found.total.note}.", role="small", rows=[found.total.id])]
    blocks += _years(found, facts)
    blocks += _groups(found, facts)
    return [*blocks, plain(_method(found, facts), role="small", rows=[found.total.id])]


def _years(found: IndicatorFacts, facts: PackFacts) -> list[Block]:
    """Return the totals and the gaps of up to three years, where there is more than one."""
    chart = charts.years(
        found.years,
        found.gaps,
        anchor=anchor_of("chart", found.card.id, "years"),
        title=f"{found.card.short} by year",
        synthetic=facts.synthetic,
    )
    return [] if chart is None else [chart]


def _groups(found: IndicatorFacts, facts: PackFacts) -> list[Block]:
    """Return the drawings, why a breakdown is not there, and one table of everybody and all groups."""
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
    return [*blocks, figures_table([found.total, *printed], anchor=anchor_of("table", found.card.id), caption=caption)]


def _chart(found: IndicatorFacts, dimension: str, facts: PackFacts) -> Chart | None:
    drawn = charts.without_unknown(found.groups.get(dimension, ()))
    return charts.dots(
        drawn,
        anchor=anchor_of("chart", found.card.id, dimension),
        title=f"{found.card.short} by {DIMENSION_WORDS[dimension]}, {facts.year}",
        labels=[charts.group_label(f) for f in drawn],
        pattern=_pattern(found, dimension, drawn),
        synthetic=facts.synthetic,
    )


def _pattern(found: IndicatorFacts, dimension: str, drawn: Sequence[Figure]) -> str:
    known = [f for f in drawn if f.value is not None]
    if dimension == "deprivation":
        stands = {"higher": "Higher in the most deprived group", "lower": "Lower in the most deprived group"}
        clear = stands.get(sentences.direction(found), "No clear difference between the two ends")
        return f"{clear}; {len(known)} of {len(drawn)} groups have a figure."
    return f"{len(known)} of {len(drawn)} groups have a figure."


def _method(found: IndicatorFacts, facts: PackFacts) -> str:
    card, total = found.card, found.total
    vintages = sorted({f.imd_vintage for f in found.groups.get("deprivation", ()) if f.imd_vintage})
    schemes = sorted({f.ethnicity_scheme for f in found.groups.get("ethnicity", ()) if f.ethnicity_scheme})
    parts = [card.definition, f"Number: {card.numerator_words}.", f"Of: {card.denominator_words}."]
    if total is not None:
        parts.append(f"Period: {total.period_start:%d %B %Y} to {total.period_end:%d %B %Y}.")
        parts.append(f"Compared with: {total.compared_with}.")
    parts.append(f"Footprint: boards from {facts.vintage.value}.")
    if "deprivation" in found.groups:
        known = (
            f"Indices of Deprivation {' and '.join(vintages)}" if vintages else "the source does not say which index"
        )
        parts.append(f"Deprivation: {known}.")
    parts += [f"Ethnic groups: list of the census of {scheme}." for scheme in schemes]
    parts += list(card.caveats)
    if card.unconfirmed:
        parts.append(f"Not confirmed: {card.unconfirmed}.")
    return " ".join(parts)
