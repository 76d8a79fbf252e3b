"""Sentences over facts: the row decides the words, its polarity whether "better" may be said, its limits how sure.

A figure is called different from another only where its 95% limits exclude no difference.
"""

import re
from collections.abc import Mapping, Sequence

from hi_pipeline.core.groups import UNKNOWN, WHITE, WHITE_BRITISH
from hi_pipeline.core.status import Measure, PeriodType, Status
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.document import Sentence
from hi_pipeline.publishing.report.facts import IndicatorFacts
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.judged import JudgedTarget
from hi_pipeline.publishing.report.numbers import day_words, number_of, printed, rounded, with_unit
from hi_pipeline.publishing.report.people import Part, People
from hi_pipeline.publishing.report.wording import (
    AGAINST,
    CHANGES,
    COMPARATORS,
    COUNTS,
    DIMENSION_WORDS,
    END_HIDDEN,
    ENDS_HIDDEN,
    REASONS,
    RECALLED,
    STANDS,
    STANDS_BESIDE,
    TARGETS,
    TEMPLATES,
)

# How a note begins that tells whom figures by group count (2026-11: the waiting list by group).
_BASIS = "provider based: "


def say(kind: str, *rows: Figure, **words: object) -> Sentence:
    """Return the sentence of a kind, bound to its rows."""
    return Sentence(kind=kind, text=TEMPLATES[kind].format(**words), rows=tuple(row.id for row in rows))


def when(figure: Figure) -> str:
    """Return the period of a figure after its preposition: "in 2023-24", "on 31 January 2026"."""
    before = {PeriodType.SNAPSHOT.value: "on "}.get(figure.period_type, "in ")
    words = period(figure)
    return words if " to " in words else before + words


def period(figure: Figure) -> str:
    """Return the period of a figure: "2023-24", "31 January 2026", "from 1 May 2023 to 30 June 2023"."""
    start, end = figure.period_start, figure.period_end
    match figure.period_type:
        case PeriodType.FINANCIAL_YEAR.value:
            return figure.year
        case PeriodType.SNAPSHOT.value:
            return day_words(end)
        case PeriodType.CALENDAR_YEAR.value:
            return str(start.year)
        case PeriodType.MONTH.value:
            return f"{end:%B %Y}"
        case _:
            return f"from {day_words(start)} to {day_words(end)}"


def level(found: IndicatorFacts, board: str) -> list[Sentence]:
    """Say the board's figure for everybody, and how it stands against England; nothing where there is none."""
    figure = found.total
    if figure is None or figure.value is None:
        return []
    words = {"indicator": found.card.short, "v": figure.said, "board": board, "when": when(figure)}
    if figure.lower is None or figure.upper is None:
        first = say("level_bare", figure, **words)
    else:
        limits = {"l": printed(figure.lower, figure.decimals), "u": printed(figure.upper, figure.decimals)}
        first = say("level", figure, **words, **limits)
    if figure.comparison not in AGAINST or figure.comparator is None:
        return [first, say("against_none", figure)]
    against = with_unit(figure.comparator_text, figure.unit)
    named = COMPARATORS.get(figure.compared_with, figure.compared_with)
    words = {"word": AGAINST[figure.comparison], "comparator": named, "e": against}
    if _is_told_by_more_decimals(figure):
        return [first, say("against_rounded", figure, **words)]
    return [first, say("against", figure, **words)]


def _is_told_by_more_decimals(figure: Figure) -> bool:
    """Tell whether a figure differs from England by so little that its limits as printed include England's figure."""
    if figure.comparison == "similar" or None in (figure.lower, figure.upper, figure.comparator):
        return False
    ends = (figure.lower or 0.0, figure.comparator or 0.0, figure.upper or 0.0)
    low, england, high = (rounded(number, figure.decimals) for number in ends)
    return low <= england <= high


def absent(members: Sequence[IndicatorFacts], board: str, year: str) -> list[Sentence]:
    """Name the indicators that have no figure for everybody."""
    if not members:
        return []
    named = "; ".join(found.card.short for found in members)
    totals = [found.total for found in members if found.total is not None]
    return [say("absent", *totals, board=board, year=year, indicators=named)]


def unseen(cards: Sequence[Card]) -> list[Sentence]:
    """Name indicators of the statement of which the results say nothing, each with its number there."""
    named = "; ".join(f"{card.short} ({card.statement_number})" for card in cards)
    return [say("unseen", indicators=named)] if cards else []


def none_of(number: int, noun: str) -> str:
    """Return the subject of a sentence that says of several things that none is so: "Neither of the 2 gaps"."""
    return f"Neither of the 2 {noun}s" if number == 2 else f"None of {number} {noun}s"


def counts(kind: str, numbers: Mapping[str, int]) -> str:
    """Return the parts of a sentence that counts, without those of which there is none: "2 narrowed and 1 widened"."""
    parts = [words.format(numbers[name]) for name, words in COUNTS[kind].items() if numbers[name]]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def direction(found: IndicatorFacts) -> str:
    """Return where the most deprived group stands: higher, lower, unclear, or unknown (no gap, or no limits)."""
    difference = most_less_least(found)
    if difference is None or found.gap is None:
        return "unknown"
    # Judged by the limits as printed, so that no sentence calls a difference clear beside a limit of 0.0.
    _, low, high = (rounded(number, found.gap.decimals) for number in difference)
    return "higher" if low > 0 else "lower" if high < 0 else "unclear"


def most_less_least(found: IndicatorFacts) -> tuple[float, float, float] | None:
    """Return the most deprived group's value less the least deprived's, with its limits; None where not compared."""
    if found.card.mixes_age or found.gap is None:
        return None
    gap = found.most_less_least(found.gap)
    if gap.value is None or gap.lower is None or gap.upper is None:
        return None
    return gap.value, gap.lower, gap.upper


def apart(found: IndicatorFacts) -> list[Sentence]:
    """Say of whom the figures by group are where they are not of those that the figure for everybody counts."""
    if not found.apart or found.total is None:
        return []
    first = found.apart[0]
    basis = [part.removeprefix(_BASIS) for part in first.note.split("; ") if part.startswith(_BASIS)]
    said = [say("apart", first, who=basis[0] if basis else "another publication has them", when=when(first))]
    alike = [f for f in found.groups[first.dimension] if f.status != Status.NOT_APPLICABLE.value]
    held = [f.numerator if f.denominator is None else f.denominator for f in (*alike, found.total)]
    numbers = [n for n in held if n is not None]
    if len(numbers) < len(held):
        return said
    together, everybody = printed(sum(numbers[:-1]), 0), printed(numbers[-1], 0)
    dimension = DIMENSION_WORDS[first.dimension]
    return [*said, say("apart_sum", found.total, *alike, dimension=dimension, n=together, m=everybody)]


def gap(found: IndicatorFacts) -> list[Sentence]:
    """Say the two ends of deprivation, their difference and, where it is clear, their ratio."""
    if "deprivation" not in found.card.dimensions or found.card.fifths == 0 or found.gap is None:
        return []
    figure, ends, names = found.gap, found.ends, found.card.ends
    said = [] if ends is None else [say("ends", *ends, a=ends[0].said, b=ends[1].said, most=names[0], least=names[1])]
    if figure.value is None:
        return [*said, say("gap_absent", figure, reason=_why_no_gap(found, figure.status))]
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


def _why_no_gap(found: IndicatorFacts, status: str) -> str:
    """Return why the ends are not compared: what is hidden is an end, never their difference."""
    hidden = [f for f in found.bare_ends if f.status == Status.SUPPRESSED.value]
    if len(hidden) == 1:
        return END_HIDDEN.format(end=found.card.ends[0 if hidden[0].order == 1 else 1])
    return ENDS_HIDDEN if hidden else REASONS[status]


def gap_change(found: IndicatorFacts) -> list[Sentence]:
    """Say how the gap changed from an earlier year, where that was judged and the gap does not mix age."""
    change, gap = found.gap_change, found.gap
    if change is None or gap is None or found.card.mixes_age:
        return []
    return [say("gap_change", gap, y0=change.start_year, y1=gap.year, word=CHANGES[change.verdict.value])]


def targets(found: IndicatorFacts) -> list[Sentence]:
    """Say the target as it is worded where no verdict names it, then the verdicts on what can be judged."""
    if found.total is None or not found.card.target:
        return []
    said = [] if _is_named(found) else [say("target", found.total, target=found.card.target)]
    for recalled in (False, True):
        alike = [judged for judged in found.targets if not judged.groups and judged.recalled == recalled]
        if alike:
            head = ("Target" if len(alike) == 1 else "Targets") + (RECALLED if recalled else "")
            verdicts = "; ".join(f"{judged.words}: {TARGETS[judged.verdict.value]}" for judged in alike)
            said.append(say("target_judged", found.total, targets=head, verdicts=verdicts))
    return said + [
        _of_groups(judged, found.groups.get(judged.dimension, ())) for judged in found.targets if judged.groups
    ]


def _is_named(found: IndicatorFacts) -> bool:
    """Tell whether the verdicts name all that the target says, or say it more closely."""
    left = found.card.target
    for judged in found.targets:
        left = "" if left in judged.words else left.replace(judged.words, "")
    return not set(re.findall(r"\w+", left)) - {"then", "and"}


def _of_groups(judged: JudgedTarget, rows: Sequence[Figure]) -> Sentence:
    words = {
        "recalled": RECALLED if judged.recalled else "",
        "groups": number_of(sum(judged.groups.values()), "group"),
        "counts": counts("target_groups", {name: judged.groups.get(name, 0) for name in COUNTS["target_groups"]}),
        "verdict": TARGETS[judged.verdict.value],
    }
    return say("target_groups", *rows, target=judged.words, **words)


def _ratio(found: IndicatorFacts) -> list[Sentence]:
    ratio = sure_ratio(found)
    if ratio is None:
        return []
    low, high = ratio.limits.split(" to ")
    return [say("ratio", ratio, r=ratio.text, l=low, u=high)]


def sure_ratio(found: IndicatorFacts) -> Figure | None:
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
    said = _ethnic(sure, rows, reference.replace(": ", " ")) if sure else say("ethnic_none", *rows)
    return [said, unknown(groups, "ethnicity"), *_worst_case(sure, found)]


def _ethnic(sure: Sequence[Figure], rows: Sequence[Figure], reference: str) -> Sentence:
    """Say how many of the groups differ from the reference group, and how many are left out."""
    sides = [_side(f) for f in sure]
    left = [f for f in rows if f not in sure]
    words = {"reference": reference, "rest": _left_out(left)}
    if len(sure) == 1:
        return say("ethnic_one", *rows, stands=STANDS_BESIDE[sides[0]], **words)
    if set(sides) == {"unclear"}:
        return say("ethnic_alike", *rows, groups=none_of(len(sure), "ethnic group"), **words)
    said = counts("ethnic", {side: sides.count(side) for side in COUNTS["ethnic"]})
    return say("ethnic", *rows, groups=number_of(len(sure), "ethnic group"), counts=said, **words)


def _side(figure: Figure) -> str:
    """Return on which side of no difference the limits of a difference lie."""
    return "higher" if (figure.lower or 0) > 0 else "lower" if (figure.upper or 0) < 0 else "unclear"


def _left_out(figures: Sequence[Figure]) -> str:
    if not figures:
        return ""
    if all(f.status == Status.SUPPRESSED.value for f in figures):
        return f"; {len(figures)} {'is' if len(figures) == 1 else 'are'} suppressed"
    return f"; {len(figures)} could not be compared"


def _worst_case(sure: Sequence[Figure], found: IndicatorFacts) -> list[Sentence]:
    """Say which groups differ wherever the unknown records belong, and what they leave open of the largest difference.

    A group counts only where its own limits and those of the worst case both exclude no difference. Nothing is said
    where no difference is clear in the first place.
    """
    known = [f for f in sure if f.category in found.worst]
    higher = [f for f in known if (f.lower or 0) > 0 and found.worst[f.category].lower > 0]
    lower = [f for f in known if (f.upper or 0) < 0 and found.worst[f.category].upper < 0]
    apart = [f for f in known if (f.lower or 0) > 0 or (f.upper or 0) < 0]
    if not apart:
        return []
    numbers = {"higher": len(higher), "lower": len(lower)}
    if not any(numbers.values()):
        return [say("worst_none", *known)]
    figure = max(apart, key=lambda f: (abs(f.value or 0), -f.order))
    worst = found.worst[figure.category]
    low, high = (printed(end, figure.decimals) for end in (worst.low, worst.high))
    named = {"group": figure.group.rpartition(": ")[2], "d": figure.said, "x": low, "y": high}
    return [say("worst_groups", *known, counts=counts("worst_groups", numbers)), say("worst_group", figure, **named)]


def unknown(groups: Sequence[Figure], dimension: str) -> Sentence:
    """Say for which share of records a dimension was not known, or where the pack says it.

    A figure has no such share where its groups are counted over other records than its total (2026-11: waiting lists).
    """
    share = next((f for f in groups if f.unknown_share is not None), None)
    if share is None or share.unknown_share is None:
        if any(f.category == UNKNOWN and f.numerator is not None for f in groups):
            return say("unknown_elsewhere", *groups[:1], dimension=dimension)
        return say("unknown_none", *groups[:1], dimension=dimension)
    return say("unknown", share, dimension=dimension.capitalize(), u=printed(100 * share.unknown_share, 1))


def title_of(found: IndicatorFacts) -> str:
    """Return an indicator's title as computed from its figures."""
    stands = direction(found)
    if stands != "unknown":
        return f"{found.card.short}: {STANDS[stands]}"
    figure = found.total
    if figure is not None and figure.value is not None and figure.comparison in AGAINST:
        return f"{found.card.short}: {AGAINST[figure.comparison]} England"
    return found.card.short


def say_of_people(people: People, board: str) -> list[Sentence]:
    """Say how many people live in the board, how many of them are most deprived or of ethnic minorities."""
    counts = {"n": f"{people.residents:,}", "a": f"{people.areas:,}", "p": printed(people.patients, 0)}
    return [
        _say("people", people, board=board, **counts),
        _say("core20", people, **_shares(people.core20)),
        _say("minority", people, **_shares(people.minority)),
    ]


def say_of_pockets(people: People, board: str) -> list[Sentence]:
    """Say how many pockets there are, how many people live in them, and where all are pockets by the board alone."""
    if not people.pockets:
        return [_say("pockets_none", people, board=board)]
    number = len(people.pockets)
    residents = f"{sum(pocket.residents for pocket in people.pockets):,}"
    authorities = sum(pocket.lies_in == "both" for pocket in people.pockets)
    if number == 1 or any(pocket.lies_in == "authority" for pocket in people.pockets):
        return [_say("pockets", people, board=board, pockets=number_of(number, "pocket"), p=residents)]
    part = f"all {number:,} of its" if number == people.deprived else f"{number:,} of its {people.deprived:,}"
    first = _say("pockets_of_board", people, board=board, part=part, p=residents)
    if not authorities:
        return [first, _say("pockets_of_no_authority", people)]
    lie = "lies" if authorities == 1 else "lie"
    return [first, _say("pockets_of_authorities", people, n=f"{authorities:,}", lie=lie)]


def _shares(part: Part) -> dict[str, str]:
    return {"c": printed(part.share, 1), "e": printed(part.england_share, 1)}


def _say(kind: str, people: People, **words: str) -> Sentence:
    """Return a sentence bound to the small areas of the board."""
    return Sentence(kind=kind, text=TEMPLATES[kind].format(**words), rows=(people.id,))
