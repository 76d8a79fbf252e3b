"""One page an area: for each indicator its sentences, its charts, its tables, its method, and the board's own box."""

from collections.abc import Mapping, Sequence

from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.publishing.report import charts, sentences
from hi_pipeline.publishing.report.document import Block, OwnWords
from hi_pipeline.publishing.report.facts import Figure, IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.pages.parts import anchor_of, figures_table, heading, plain, said
from hi_pipeline.publishing.report.wording import REASONS

_PROMPT = "What the board is doing about it: actions, who leads them, and when they are reviewed."
_NAMES = {"deprivation": "deprivation", "ethnicity": "ethnic group", "age": "age", "sex": "sex"}


def box_title(area: str) -> str:
    """Return the title of an area's box for the board's own words."""
    return f"What we are doing: {area}"


def areas(facts: PackFacts, words: Mapping[str, tuple[str, ...]]) -> list[Block]:
    """Return the pages of all areas, in the statement's order."""
    blocks: list[Block] = []
    for area, members in facts.areas.items():
        blocks.append(heading(1, area))
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
    for dimension in found.groups:
        blocks += _dimension(found, dimension, facts)
    return [*blocks, plain(_method(found, facts), role="small", rows=[found.total.id])]


def _years(found: IndicatorFacts, facts: PackFacts) -> list[Block]:
    """Return the totals of up to three years, where there is more than one."""
    blocks: list[Block] = []
    for name, figures in (("everybody", found.years), ("gap by deprivation", found.gaps)):
        known = [f for f in figures if f.value is not None]
        if len(known) < 2:
            continue
        title = f"{found.card.short}: {name}, {known[0].year} to {known[-1].year}"
        chart = charts.dots(
            figures,
            anchor=anchor_of("chart", found.card.id, name, "years"),
            title=title,
            labels=[f.year for f in figures],
            pattern=f"{name.capitalize()} by year, {figures[0].year} to {figures[-1].year}.",
            synthetic=facts.synthetic,
        )
        blocks += [chart] if chart is not None else []
    return blocks


def _dimension(found: IndicatorFacts, dimension: str, facts: PackFacts) -> list[Block]:
    figures = found.groups[dimension]
    drawn = charts.without_unknown(figures)
    name = _NAMES[dimension]
    caption = f"{found.card.short} by {name}, {facts.year}"
    chart = charts.dots(
        drawn,
        anchor=anchor_of("chart", found.card.id, dimension),
        title=caption,
        labels=[charts.group_label(f) for f in drawn],
        pattern=_pattern(found, dimension, drawn),
        synthetic=facts.synthetic,
    )
    if chart is None:
        figure = next(f for f in figures if f.category != UNKNOWN or len(figures) == 1)
        reason = REASONS[figure.status] if figure.value is None else "no known group has a figure"
        return [plain(f"By {name} nothing is shown: {reason}.", rows=[f.id for f in figures])]
    first = [found.total] if found.total is not None and dimension == next(iter(found.groups)) else []
    return [chart, figures_table([*first, *figures], anchor=f"table-{chart.anchor}", caption=caption)]


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
    if total is not None:
        parts.append(f"Releases: {', '.join(total.releases)}.")
    return " ".join(parts)
