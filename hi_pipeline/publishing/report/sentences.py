"""Sentences over facts: the row decides the words, its polarity whether "better" may be said, its limits how sure.

A figure is called different from another only where its 95% limits exclude no difference.
"""

from collections.abc import Mapping, Sequence

from hi_pipeline.core.groups import WHITE, WHITE_BRITISH
from hi_pipeline.core.indicator import Polarity
from hi_pipeline.core.status import Measure, PeriodType
from hi_pipeline.publishing.report.document import Sentence
from hi_pipeline.publishing.report.facts import Figure, IndicatorFacts
from hi_pipeline.publishing.report.numbers import day_words, number_of, printed, rounded, with_unit
from hi_pipeline.publishing.report.people import Part, People
from hi_pipeline.publishing.report.wording import (
    AGAINST,
    CHANGES,
    COMPARATORS,
    COUNTS,
    REASONS,
    RECALLED,
    STANDS,
    TARGETS,
    TEMPLATES,
)

_NAMED = 3  # indicators that a sentence names beside its other words


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
            return f"on {day_words(end)}"
        case PeriodType.CALENDAR_YEAR.value:
            return f"in {start.year}"
        case PeriodType.MONTH.value:
            return f"in {end:%B %Y}"
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
    return [first, say("against", figure, word=AGAINST[figure.comparison], comparator=named, e=against)]


def absent(members: Sequence[IndicatorFacts], board: str, year: str) -> list[Sentence]:
    """Name indicators that have no figure for everybody, a few in each sentence."""
    parts = [members[n : n + _NAMED] for n in range(0, len(members), _NAMED)]
    return [
        say(
            "absent",
            *(found.total for found in part if found.total is not None),
            board=board,
            year=year,
            indicators="; ".join(found.card.short for found in part),
        )
        for part in parts
    ]


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
    """Say how the gap changed from an earlier year, where that was judged and the gap does not mix age."""
    change, gap = found.gap_change, found.gap
    if change is None or gap is None or found.card.mixes_age:
        return []
    return [say("gap_change", gap, y0=change.start_year, y1=gap.year, word=CHANGES[change.verdict.value])]


def targets(found: IndicatorFacts) -> list[Sentence]:
    """Say the target as it is worded, and the verdict on each part of it that can be judged."""
    if found.total is None or not found.card.target:
        return []
    # A verdict on the whole of a target names it.
    whole = any(judged.words == found.card.target for judged in found.targets)
    said = [] if whole else [say("target", found.total, target=found.card.target)]
    for judged in found.targets:
        rows = found.groups.get(judged.dimension, (found.total,))
        verdict, recalled = TARGETS[judged.verdict.value], RECALLED if judged.recalled else ""
        said.append(say("target_judged", *rows, target=judged.words, verdict=verdict, recalled=recalled))
    return said


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
    higher = sum(1 for f in sure if (f.lower or 0) > 0)
    lower = sum(1 for f in sure if (f.upper or 0) < 0)
    said = []
    if sure:
        numbers = {"higher": higher, "lower": lower, "unclear": len(sure) - higher - lower}
        named = {"reference": reference.replace(": ", " "), "counts": counts("ethnic", numbers)}
        said.append(say("ethnic", *sure, groups=number_of(len(sure), "ethnic group"), **named))
    else:
        said.append(say("ethnic_none", *rows))
    if sure and len(rows) > len(sure):
        left = [f for f in rows if f not in sure]
        said.append(say("ethnic_absent", *left, n=len(left)))
    return [*said, unknown(groups, "ethnicity"), *_worst_case(sure, found, reference)]


def _worst_case(sure: Sequence[Figure], found: IndicatorFacts, reference: str) -> list[Sentence]:
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
    figure = max(apart, key=lambda f: (abs(f.value or 0), -f.order))
    worst = found.worst[figure.category]
    ends = [printed(end, figure.decimals) for end in (worst.low, worst.high)]
    named = {"group": figure.group.rpartition(": ")[2], "reference": reference.replace(": ", " "), "d": figure.said}
    numbers = {"higher": len(higher), "lower": len(lower)}
    stay = (
        say("worst_groups", *known, counts=counts("worst_groups", numbers))
        if any(numbers.values())
        else say("worst_none", *known)
    )
    return [stay, say("worst_group", figure, **named, x=ends[0], y=ends[1])]


def unknown(groups: Sequence[Figure], dimension: str) -> Sentence:
    """Say for which share of records a dimension was not known."""
    share = next((f for f in groups if f.unknown_share is not None), None)
    if share is None or share.unknown_share is None:
        return say("unknown_none", *groups[:1], dimension=dimension)
    return say("unknown", share, dimension=dimension.capitalize(), u=printed(100 * share.unknown_share, 1))


def title_of(found: IndicatorFacts, board: str) -> str:
    """Return an indicator's title as computed from its figures."""
    stands = direction(found)
    if stands != "unknown":
        return f"{found.card.short}: {STANDS[stands]}"
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
    residents, number = sum(pocket.residents for pocket in people.pockets), len(people.pockets)
    return [_say("pockets", people, board=board, pockets=number_of(number, "pocket"), p=f"{residents:,}")]


def _shares(part: Part) -> dict[str, str]:
    return {"c": printed(part.share, 1), "e": printed(part.england_share, 1)}


def _say(kind: str, people: People, **words: str) -> Sentence:
    """Return a sentence bound to the small areas of the board."""
    return Sentence(kind=kind, text=TEMPLATES[kind].format(**words), rows=(people.id,))
