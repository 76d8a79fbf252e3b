"""Sentences over all indicators of a pack: counts, largest gaps, how gaps changed, what is hidden or out of date."""

import math

from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.indicator import Polarity
from hi_pipeline.core.status import Measure
from hi_pipeline.publishing.report.document import Sentence
from hi_pipeline.publishing.report.facts import IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.numbers import number_of, printed
from hi_pipeline.publishing.report.sentences import counts, direction, gap_change, say, sure_ratio
from hi_pipeline.publishing.report.wording import CHANGES, COUNTS

_LARGEST = 3


def summary(facts: PackFacts) -> list[Sentence]:
    """Count the indicators by where the most deprived group stands, and by the comparison with England."""
    shown = facts.shown
    if not shown:
        return [say("summary_none")]
    stands = [direction(found) for found in shown]
    rows = [found.gap for found in shown if found.gap is not None]
    totals = [found.total for found in shown if found.total is not None]
    words = [figure.comparison for figure in totals]
    return [
        say("summary", *rows, indicators=number_of(len(shown), "indicator"), counts=_counts("summary", stands)),
        say("against_england", *totals, counts=_counts("against_england", words)),
    ]


def _counts(kind: str, words: list[str]) -> str:
    return counts(kind, {word: words.count(word) for word in COUNTS[kind]})


def largest(facts: PackFacts) -> list[Sentence]:
    """Say the three largest gaps by ratio, one an area, of indicators whose direction is agreed, where clear."""
    best: dict[str, tuple[float, IndicatorFacts]] = {}
    for found in facts.shown:
        size = _disadvantage(found)
        if size is not None and size > best.get(found.card.area, (0.0, found))[0]:
            best[found.card.area] = (size, found)
    ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].card.order))[:_LARGEST]
    said = []
    for _, found in ranked:
        ratio = found.derived[Measure.RATIO.value]
        low, high = ratio.limits.split(" to ")
        named = {"indicator": found.card.short, "most": found.card.ends[0]}
        said.append(say("largest", ratio, **named, r=ratio.text, l=low, u=high))
    return said or [say("largest_none")]


def _disadvantage(found: IndicatorFacts) -> float | None:
    """Return how far apart the ends are, by ratio, where the most deprived are clearly worse off."""
    ratio = sure_ratio(found)
    worse = {Polarity.LOWER_IS_BETTER: "higher", Polarity.HIGHER_IS_BETTER: "lower"}.get(found.card.polarity)
    if found.card.contested or ratio is None or not ratio.value or direction(found) != worse:
        return None
    return abs(math.log(ratio.value))


def changes(facts: PackFacts) -> list[Sentence]:
    """Count the gaps by how they changed, then say the three that narrowed most and the three that widened most."""
    judged = [(f, f.gap_change, f.gap) for f in facts.shown if gap_change(f)]
    if not judged:
        return [say("changes_none")]
    verdicts = [change.verdict.value for _, change, _ in judged if change is not None]
    gaps = [gap for _, _, gap in judged if gap is not None]
    said = [say("changes", *gaps, gaps=number_of(len(judged), "gap"), counts=_counts("changes", verdicts))]
    for word in (CHANGES["narrowed"], CHANGES["widened"]):
        alike = [f for f, change, _ in judged if change is not None and CHANGES[change.verdict.value] == word]
        sized = [(_size(f), f) for f in alike]
        ranked = sorted(sized, key=lambda pair: (-pair[0], pair[1].card.order))
        said += [_changed(found, word) for _, found in ranked[:_LARGEST]]
    return said


def _size(found: IndicatorFacts) -> float:
    """Return by how much a gap changed, relative to the earlier one."""
    change, gap = found.gap_change, found.gap
    if change is None or gap is None or gap.value is None or not change.start_value:
        return 0.0
    return abs(gap.value / change.start_value - 1)


def _changed(found: IndicatorFacts, word: str) -> Sentence:
    change, gap = found.gap_change, found.gap
    if change is None or gap is None:
        raise ValueError(f"{found.card.id}: no change of its gap was judged")
    before = printed(change.start_value, gap.decimals)
    years = {"x": before, "y0": change.start_year, "y": gap.said, "y1": gap.year}
    return say("changed", gap, indicator=found.card.short, word=word, **years)


def hidden(facts: PackFacts) -> list[Sentence]:
    """Count the figures of groups that publishers hide, among those that they publish or hide for the board."""
    groups = [f for found in facts.indicators for members in found.groups.values() for f in members]
    groups = [f for f in groups if f.category != UNKNOWN and (f.value is not None or f.status == "suppressed")]
    suppressed = [f for f in groups if f.status == "suppressed"]
    if not groups:
        return []
    if not suppressed:
        return [say("hidden_none", *groups, n=len(groups))]
    return [say("hidden", *suppressed, n=len(groups), h=len(suppressed))]


def age_of(facts: PackFacts) -> list[Sentence]:
    """Say how many figures of the board are out of date, by what is known of the files behind them."""
    figures = [figure for figure in facts.own_figures if figure.value is not None]
    said = []
    if stale := [f for f in figures if f.is_stale]:
        said.append(say("stale", *stale, n=len(figures), k=len(stale)))
    if revised := [f for f in figures if f.is_revised]:
        said.append(say("revised", *revised, n=len(figures), k=len(revised)))
    if older := [f for f in figures if f.is_older]:
        said.append(say("older", *older, n=len(figures), k=len(older)))
    return said or ([say("current", *figures, figures=number_of(len(figures), "figure"))] if figures else [])


def statement(facts: PackFacts) -> list[Sentence]:
    """Count the statement's indicators, by number, as the coverage table shows them; nothing where there is none.

    In full: every breakdown that a public file has is shown, with all its groups. In part: some is. An indicator of
    which the table says nothing for the year is not shown.
    """
    if facts.coverage is None:
        return []
    numbers = {card.id: card.statement_number for card in facts.cards.values() if card.statement_number is not None}
    states: dict[int, set[str]] = {number: set() for number in numbers.values()}
    for row in facts.coverage:
        if row["indicator_id"] in numbers:
            states[numbers[row["indicator_id"]]].add(row["state"])
    shown = [_extent(found - {Cover.NO_SUCH_BREAKDOWN.value}) for found in states.values()]
    return [say("statement", n=len(shown), counts=_counts("statement", shown))] if shown else []


def _extent(states: set[str]) -> str:
    if states == {Cover.SHOWN.value}:
        return "full"
    return "part" if states & {Cover.SHOWN.value, Cover.PARTLY_SHOWN.value} else "none"
