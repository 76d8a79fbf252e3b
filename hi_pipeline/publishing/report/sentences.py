"""Sentences over facts: the row decides the words, its polarity whether "better" may be said, its limits how sure.

A figure is called different from another only where its 95% limits exclude no difference.
"""

import math
from collections.abc import Callable, Sequence

from hi_pipeline.core.groups import UNKNOWN, WHITE, WHITE_BRITISH
from hi_pipeline.core.indicator import Polarity
from hi_pipeline.core.status import Measure, PeriodType
from hi_pipeline.publishing.report.document import Sentence
from hi_pipeline.publishing.report.facts import Figure, IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.numbers import printed, rounded, with_unit
from hi_pipeline.publishing.report.people import Part, People
from hi_pipeline.publishing.report.wording import AGAINST, CHANGES, REASONS, RECALLED, TARGETS, TEMPLATES

_LARGEST = 3


def say(kind: str, *rows: Figure, **words: object) -> Sentence:
    """Return the sentence of a kind, bound to its rows."""
    return Sentence(kind=kind, text=TEMPLATES[kind].format(**words), rows=tuple(row.id for row in rows))


def when(figure: Figure) -> str:
    """Return the period of a figure: "in 2023-24", "on 31 January 2026"."""
    start, end = figure.period_start, figure.period_end
    match figure.period_type:
        case PeriodType.FINANCIAL_YEAR.value:
            return f"in {figure.year}"
        case PeriodType.SNAPSHOT.value:
            return f"on {end.day} {end:%B %Y}"
        case PeriodType.CALENDAR_YEAR.value:
            return f"in {start.year}"
        case PeriodType.MONTH.value:
            return f"in {end:%B %Y}"
        case _:
            return f"from {start.day} {start:%B %Y} to {end.day} {end:%B %Y}"


def level(found: IndicatorFacts, board: str, year: str) -> list[Sentence]:
    """Say the board's figure for everybody, and how it stands against England where the row compares them."""
    figure, name = found.total, found.card.short
    if figure is None or figure.value is None:
        status = figure.status if figure is not None else "not_published"
        rows = [figure] if figure is not None else []
        return [say("absent", *rows, indicator=name, board=board, when=f"in {year}", reason=REASONS[status])]
    words = {"indicator": name, "v": figure.said, "board": board, "when": when(figure)}
    if figure.lower is None or figure.upper is None:
        first = say("level_bare", figure, **words)
    else:
        limits = {"l": printed(figure.lower, figure.decimals), "u": printed(figure.upper, figure.decimals)}
        first = say("level", figure, **words, **limits)
    if figure.comparison not in AGAINST or figure.comparator is None:
        return [first, say("against_none", figure)]
    against = with_unit(figure.comparator_text, figure.unit)
    return [first, say("against", figure, word=AGAINST[figure.comparison], comparator=figure.compared_with, e=against)]


def direction(found: IndicatorFacts) -> str:
    """Return where the most deprived group stands: higher, lower, unclear, or unknown (no gap, or no limits)."""
    difference = most_less_least(found)
    if difference is None or found.gap is None:
        return "unknown"
    # Judged by the limits as printed, so that no sentence calls a difference clear beside a limit of 0.0.
    _, low, high = (rounded(number, found.gap.decimals) for number in difference)
    return "higher" if low > 0 else "lower" if high < 0 else "unclear"


def most_less_least(found: IndicatorFacts) -> tuple[float, float, float] | None:
    """Return the most deprived group's value less the least deprived's, with its limits; None where not known.

    The gap of an indicator of which more is better is turned round: positive is worse for the most deprived.
    """
    gap = found.gap
    if found.card.mixes_age or gap is None or gap.value is None or gap.lower is None or gap.upper is None:
        return None
    if found.card.polarity is Polarity.HIGHER_IS_BETTER:
        return -gap.value, -gap.upper, -gap.lower
    return gap.value, gap.lower, gap.upper


def gap(found: IndicatorFacts) -> list[Sentence]:
    """Say the two ends of deprivation, their difference and, where it is clear, their ratio."""
    if "deprivation" not in found.card.dimensions or found.card.fifths == 0 or found.gap is None:
        return []
    figure, ends, names = found.gap, found.ends, found.card.ends
    said = [] if ends is None else [say("ends", *ends, a=ends[0].said, b=ends[1].said, most=names[0], least=names[1])]
    if figure.value is None:
        return [*said, say("gap_absent", figure, reason=REASONS[figure.status])]
    if found.card.mixes_age:
        return [*said, say("gap_of_age", figure)]
    difference = most_less_least(found)
    if difference is None:
        return [*said, say("gap_bare", figure)]
    value, low, high = difference
    if direction(found) == "unclear":
        numbers = [printed(number, figure.decimals) for number in (value, low, high)]
        return [*said, say("gap_unclear", figure, d=with_unit(numbers[0], figure.unit), l=numbers[1], u=numbers[2])]
    sizes = sorted((abs(low), abs(high)))
    numbers = [printed(number, figure.decimals) for number in (abs(value), *sizes)]
    said.append(
        say(
            "gap_clear",
            figure,
            d=with_unit(numbers[0], figure.unit),
            word=direction(found),
            l=numbers[1],
            u=numbers[2],
        )
    )
    return [*said, *_ratio(found)]


def gap_change(found: IndicatorFacts) -> list[Sentence]:
    """Say how the gap changed from the year before, where that was judged and the gap does not mix age."""
    change, gap = found.gap_change, found.gap
    if change is None or gap is None or found.card.mixes_age:
        return []
    return [say("gap_change", gap, y0=change.start_year, y1=gap.year, word=CHANGES[change.verdict.value])]


def targets(found: IndicatorFacts) -> list[Sentence]:
    """Say the target as it is worded, and the verdict on each part of it that can be judged."""
    if found.total is None or not found.card.target:
        return []
    said = [say("target", found.total, target=found.card.target)]
    for judged in found.targets:
        rows = found.groups.get(judged.dimension, (found.total,))
        by = f" by {judged.dimension}" if judged.dimension in found.groups else ""
        verdict, recalled = TARGETS[judged.verdict.value], RECALLED if judged.recalled else ""
        said.append(say("target_judged", *rows, target=judged.words, by=by, verdict=verdict, recalled=recalled))
    return said


def _ratio(found: IndicatorFacts) -> list[Sentence]:
    ratio = _sure_ratio(found)
    if ratio is None:
        return []
    low, high = ratio.limits.split(" to ")
    return [say("ratio", ratio, r=ratio.text, l=low, u=high)]


def _sure_ratio(found: IndicatorFacts) -> Figure | None:
    """Return the ratio of the ends where its printed limits lie on the same side of 1 as the difference of 0."""
    ratio = found.derived.get(Measure.RATIO.value)
    if ratio is None or ratio.value is None or ratio.lower is None or ratio.upper is None:
        return None
    low, high = rounded(ratio.lower, ratio.decimals), rounded(ratio.upper, ratio.decimals)
    sure = {"higher": low > 1, "lower": high < 1}
    return ratio if sure.get(direction(found), False) else None


def ethnicity(found: IndicatorFacts) -> list[Sentence]:
    """Count the ethnic groups that differ from the reference group, and say for how many records none is known."""
    groups = found.groups.get("ethnicity", ())
    if not groups:
        return []
    detailed = [f for f in found.ethnic if ":" in f.category]
    rows = detailed or list(found.ethnic)
    reference = WHITE_BRITISH if detailed else WHITE
    sure = [f for f in rows if f.value is not None and f.lower is not None and f.upper is not None]
    higher = sum(1 for f in sure if (f.lower or 0) > 0)
    lower = sum(1 for f in sure if (f.upper or 0) < 0)
    said = []
    if sure:
        counted = {"h": higher, "l": lower, "s": len(sure) - higher - lower}
        said.append(say("ethnic", *sure, reference=reference.replace(": ", " "), **counted))
    else:
        said.append(say("ethnic_none", *rows))
    if sure and len(rows) > len(sure):
        left = [f for f in rows if f not in sure]
        said.append(say("ethnic_absent", *left, n=len(left)))
    return [*said, unknown(groups, "ethnicity")]


def unknown(groups: Sequence[Figure], dimension: str) -> Sentence:
    """Say for which share of records a dimension was not known."""
    share = next((f for f in groups if f.unknown_share is not None), None)
    if share is None or share.unknown_share is None:
        return say("unknown_none", *groups[:1], dimension=dimension)
    return say("unknown", share, dimension=dimension.capitalize(), u=printed(100 * share.unknown_share, 1))


def summary(facts: PackFacts) -> list[Sentence]:
    """Count the indicators by where the most deprived group stands, and by the comparison with England."""
    shown = facts.shown
    stands = [direction(found) for found in shown]
    rows = [found.gap for found in shown if found.gap is not None]
    totals = [found.total for found in shown if found.total is not None]
    words = [figure.comparison for figure in totals]
    return [
        say(
            "summary",
            *rows,
            n=len(shown),
            k=stands.count("higher"),
            m=stands.count("lower"),
            j=stands.count("unclear"),
            x=stands.count("unknown"),
        ),
        say(
            "against_england",
            *totals,
            n=len(totals),
            b=words.count("better"),
            w=words.count("worse"),
            h=words.count("higher"),
            l=words.count("lower"),
            s=words.count("similar"),
            x=words.count("not_compared"),
        ),
    ]


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
    ratio = _sure_ratio(found)
    worse = {Polarity.LOWER_IS_BETTER: "higher", Polarity.HIGHER_IS_BETTER: "lower"}.get(found.card.polarity)
    if found.card.contested or ratio is None or not ratio.value or direction(found) != worse:
        return None
    return abs(math.log(ratio.value))


def hidden(facts: PackFacts) -> list[Sentence]:
    """Count the figures of groups that publishers hide."""
    groups = [f for found in facts.indicators for members in found.groups.values() for f in members]
    groups = [f for f in groups if f.category != UNKNOWN]
    suppressed = [f for f in groups if f.status == "suppressed"]
    return [say("hidden", *suppressed, n=len(groups), h=len(suppressed))] if groups else []


def title_of(found: IndicatorFacts, board: str) -> str:
    """Return an indicator's title as computed from its figures."""
    words: dict[str, Callable[[], str]] = {
        "higher": lambda: "higher in the most deprived group",
        "lower": lambda: "lower in the most deprived group",
        "unclear": lambda: "no clear difference by deprivation",
    }
    stands = words.get(direction(found))
    if stands is not None:
        return f"{found.card.short}: {stands()}"
    figure = found.total
    if figure is not None and figure.value is not None and figure.comparison in AGAINST:
        return f"{found.card.short}: {AGAINST[figure.comparison]} England"
    return found.card.short


def say_of_people(people: People, board: str) -> list[Sentence]:
    """Say how many people live in the board, how many in the most deprived fifth, and how many not White British."""
    counts = {"n": f"{people.residents:,}", "a": f"{people.areas:,}", "p": printed(people.patients, 0)}
    return [
        _say("people", people, board=board, **counts),
        _say("core20", people, **_shares(people.core20)),
        _say("minority", people, **_shares(people.minority)),
    ]


def say_of_pockets(people: People, board: str) -> list[Sentence]:
    """Say how many pockets there are, and how many people live in them."""
    if not people.pockets:
        return [_say("pockets_none", people, board=board)]
    residents = f"{sum(pocket.residents for pocket in people.pockets):,}"
    return [_say("pockets", people, board=board, n=f"{len(people.pockets):,}", p=residents)]


def _shares(part: Part) -> dict[str, str]:
    return {"c": printed(part.share, 1), "e": printed(part.england_share, 1)}


def _say(kind: str, people: People, **words: str) -> Sentence:
    """Return a sentence bound to the small areas of the board."""
    return Sentence(kind=kind, text=TEMPLATES[kind].format(**words), rows=(people.id,))
