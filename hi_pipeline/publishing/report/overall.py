"""Sentences over all indicators of a pack: counts, largest gaps, how gaps changed, what is hidden or out of date."""

import math
from collections.abc import Sequence

from hi_pipeline.core.beside import Verdict
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.groups import UNKNOWN, Dimension
from hi_pipeline.core.indicator import Polarity
from hi_pipeline.core.status import Measure, Status
from hi_pipeline.publishing.report.covers import NOT_FOR_FOOTPRINT
from hi_pipeline.publishing.report.document import Sentence
from hi_pipeline.publishing.report.facts import IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.numbers import month_words, number_of, printed
from hi_pipeline.publishing.report.sentences import counts, direction, gap_change, none_of, period, say, sure_ratio
from hi_pipeline.publishing.report.wording import AGAINST, CHANGES, COUNTS, NOT_AGAINST

_LARGEST = 3


def summary(facts: PackFacts) -> list[Sentence]:
    """Count the indicators by where the most deprived group stands, and by the comparison with England."""
    shown = facts.shown
    if not shown:
        return [say("summary_none")]
    grouped = [found for found in shown if has_groups(found)]
    rows = [found.gap for found in grouped if found.gap is not None]
    totals = [found.total for found in shown if found.total is not None]
    named = number_of(len(shown), "indicator")
    have = f"{len(grouped) or 'none'} {'have' if len(grouped) > 1 else 'has'}"
    stands = [_stands(found) for found in grouped]
    said = [say("summary", *totals, indicators=named, have=have)]
    if len(shown) == 1:
        said = [say("summary_one", *totals, have="figures" if grouped else "no figures")]
    if ends := _counts("summary_ends", stands):
        said.append(say("summary_ends", *rows, counts=ends))
    if bare := _counts("summary_bare_ends", stands):
        said.append(say("summary_bare_ends", *rows, counts=bare))
    words = [figure.comparison for figure in totals]
    if len(shown) == 1:
        return [*said, say("against_england_one", *totals, word=AGAINST.get(words[0], NOT_AGAINST))]
    return [*said, say("against_england", *totals, counts=_counts("against_england", words))]


def has_groups(found: IndicatorFacts) -> bool:
    """Tell whether a group of deprivation has a figure."""
    return any(f.value is not None and f.category != UNKNOWN for f in found.groups.get("deprivation", ()))


def _stands(found: IndicatorFacts) -> str:
    """Return where the most deprived group stands, as good or bad where that is agreed."""
    word = direction(found)
    if word == "unknown":
        return "suppressed" if any(f.status == Status.SUPPRESSED.value for f in found.bare_ends) else word
    if found.card.contested or word == "unclear":
        return word
    return "worse" if word == _WORSE[found.card.polarity] else "better"


_WORSE = {Polarity.LOWER_IS_BETTER: "higher", Polarity.HIGHER_IS_BETTER: "lower"}


def _counts(kind: str, words: list[str]) -> str:
    return counts(kind, {word: words.count(word) for word in COUNTS[kind]})


def largest(facts: PackFacts) -> list[Sentence]:
    """Say the three largest gaps by ratio, one an area, of indicators whose direction is agreed, where clear.

    Then the clear ratios that are left out because no direction is agreed, in one sentence.
    """
    best: dict[str, tuple[float, IndicatorFacts]] = {}
    for found in facts.shown:
        size = _disadvantage(found)
        if size is not None and size > best.get(found.card.area, (0.0, found))[0]:
            best[found.card.area] = (size, found)
    ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].card.order))[:_LARGEST]
    said = [_largest(found) for _, found in ranked] or [say("largest_none")]
    contested = [(found, ratio) for found in facts.shown if found.card.contested and (ratio := sure_ratio(found))]
    if not contested:
        return said
    ratios = "; ".join(f"{found.card.short} ({ratio.text} times)" for found, ratio in contested)
    return [*said, say("largest_contested", *(ratio for _, ratio in contested), ratios=ratios)]


def _largest(found: IndicatorFacts) -> Sentence:
    ratio, ends = found.derived[Measure.RATIO.value], found.ends
    if ends is None:
        raise ValueError(f"{found.card.id}: a ratio without both of its ends")
    low, high = ratio.limits.split(" to ")
    named = {"indicator": found.card.short, "period": period(ratio), "most": found.card.ends[0]}
    return say("largest", ratio, *ends, **named, a=ends[0].said, b=ends[1].said, r=ratio.text, l=low, u=high)


def _disadvantage(found: IndicatorFacts) -> float | None:
    """Return how far apart the ends are, by ratio, where the most deprived are clearly worse off."""
    ratio = sure_ratio(found)
    if ratio is None or not ratio.value or _stands(found) != "worse":
        return None
    return abs(math.log(ratio.value))


def changes(facts: PackFacts) -> list[Sentence]:
    """Count the gaps by how they changed, then say the three that narrowed most and the three that widened most."""
    judged = [(f, f.gap_change, f.gap) for f in facts.shown if gap_change(f)]
    if not judged:
        return [say("changes_none")]
    verdicts = [change.verdict.value for _, change, _ in judged if change is not None]
    gaps = [gap for _, _, gap in judged if gap is not None]
    years = {change.start_year for _, change, _ in judged if change is not None}
    said = [_counted(gaps, verdicts, earlier=years.pop() if len(years) == 1 else "an earlier year")]
    for word in (CHANGES["narrowed"], CHANGES["widened"]):
        alike = [f for f, change, _ in judged if change is not None and CHANGES[change.verdict.value] == word]
        sized = [(_size(f), f) for f in alike]
        ranked = sorted(sized, key=lambda pair: (-pair[0], pair[1].card.order))
        said += [_changed(found, word) for _, found in ranked[:_LARGEST]]
    return said


def _counted(gaps: Sequence[Figure], verdicts: list[str], *, earlier: str) -> Sentence:
    """Return the sentence that counts the gaps by how they changed; of one, or where none did, without a count."""
    if len(gaps) == 1:
        return say("changes_one", *gaps, earlier=earlier, word=CHANGES[verdicts[0]])
    if set(verdicts) == {Verdict.CANNOT_TELL.value}:
        return say("changes_alike", *gaps, gaps=none_of(len(gaps), "gap"), earlier=earlier)
    numbers = {"gaps": number_of(len(gaps), "gap"), "counts": _counts("changes", verdicts)}
    return say("changes", *gaps, earlier=earlier, **numbers)


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
    before, now = printed(found.turned(change.start_value), gap.decimals), found.most_less_least(gap)
    years = {"x": before, "y0": change.start_year, "y": now.said, "y1": gap.year}
    return say("changed", gap, indicator=found.card.short, word=word, **years)


def hidden(facts: PackFacts) -> list[Sentence]:
    """Count the figures of groups that are hidden, among those that are published or hidden for the board."""
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
    return said or ([say("current", *figures)] if figures else [])


def undivided(facts: PackFacts) -> list[Sentence]:
    """Count the indicators of the statement whose publication cannot be divided for the board's footprint."""
    cells = [row for row in facts.coverage or () if row["dimension"] == Dimension.TOTAL.value]
    found = {row["indicator_id"] for row in cells if row["state"] == NOT_FOR_FOOTPRINT}
    number = sum(card.id in found for card in facts.cards.values() if card.statement_number is not None)
    named = {"indicators": number_of(number, "indicator"), "month": month_words(facts.vintage)}
    return [say("undivided", **named)] if number else []


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
