"""A second look at the sentences: their words and numbers against the rows, worked out apart from the templates.

Every numeral must be a number of one of the sentence's rows (rounded, with or without its sign), a count of the pack,
or part of a name or a period. Every word of direction must be what the row's own limits say.
"""

import re
from collections.abc import Iterable, Mapping

from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.indicator import Polarity
from hi_pipeline.core.status import Status
from hi_pipeline.publishing.report.covers import NOT_FOR_FOOTPRINT, PARTED
from hi_pipeline.publishing.report.document import Document, Sentence
from hi_pipeline.publishing.report.facts import IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.judged import JudgedTarget
from hi_pipeline.publishing.report.numbers import MINUS, month_words, numerals, rounded
from hi_pipeline.publishing.report.verifying.people_again import OF_PEOPLE, counted_people, is_one_of
from hi_pipeline.publishing.report.wording import (
    CHANGES,
    COUNTS,
    END_HIDDEN,
    ENDS_HIDDEN,
    REASONS,
    RECALLED,
    STANDS_BESIDE,
    TARGETS,
)

_COUNTED = {
    "summary", "summary_one", "summary_ends", "summary_bare_ends", "summary_none",
    "against_england", "against_england_one",
    "hidden", "hidden_none", "ethnic", "ethnic_alike",
    "ethnic_one", "changes", "changes_alike", "changes_one", "worst_groups", "worst_none", "statement", "undivided",
    "current", "stale", "revised", "older", "target_groups", "unseen",
    "apart_sum",
}  # fmt: skip
# What the note of a figure holds that each of these sentences counts.
_NOTED = {"stale": "stale:", "revised": "not accepted yet", "older": "an earlier version of the program"}
_UNCHECKED = {"plain", "target"}
# Sentences that name as many indicators as there are.
_LISTS = {"absent", "unseen", "largest_contested"}
_UNIT_NUMERALS = {"95", "1,000", "100,000"}
_LONGEST = 30


def audit(document: Document, facts: PackFacts) -> list[str]:
    """Return what the sentences of a pack say that their rows do not."""
    figures = {f.id: f for found in facts.indicators for f in found.figures}
    owners = {f.id: found for found in facts.indicators for f in found.figures}
    faults = []
    for sentence in document.sentences:
        if sentence.kind in _UNCHECKED:
            continue
        if sentence.kind in OF_PEOPLE:
            faults += counted_people(sentence, facts)
            continue
        rows = [figures[key] for key in sentence.rows if key in figures]
        if len(rows) < len(sentence.rows):
            faults.append(f"{sentence.text!r} rests on rows that are not in the results")
            continue
        names = [facts.board.short_name, facts.year, *(owners[r.id].card.short for r in rows)]
        changes = [owners[r.id].gap_change for r in rows if sentence.kind in ("gap_change", "changed")]
        names += [change.start_year for change in changes if change is not None]
        names += [t.words for r in rows for t in owners[r.id].targets if sentence.kind.startswith("target_")]
        names += [r.year for r in rows if sentence.kind == "largest"]
        if sentence.kind not in _COUNTED:
            faults += _loose_numerals(sentence, rows, names, _beside(sentence, rows, owners))
        faults += _directions(sentence, rows, owners)
        faults += _counted(sentence, rows, facts)
    return faults


def words_of(sentence: Sentence, names: Iterable[str]) -> int:
    """Return how many words a sentence has; a name of more than six counts as six, as short names have at most six."""
    text, extra = sentence.text, 0
    for name in names:
        if len(name.split()) > 6 and name in text:
            text, extra = text.replace(name, ""), extra + 6
    return len(text.split()) + extra


def too_long(document: Document, facts: PackFacts) -> list[Sentence]:
    """Return the sentences of templates that have more than 30 words."""
    names = [found.card.short for found in facts.indicators] + [found.card.target for found in facts.indicators]
    names += [judged.words for found in facts.indicators for judged in found.targets] + [facts.board.short_name]
    checked = (s for s in document.sentences if s.kind not in _UNCHECKED | _LISTS)
    return [s for s in checked if words_of(s, [n for n in names if n]) > _LONGEST]


def _beside(sentence: Sentence, rows: list[Figure], owners: Mapping[str, IndicatorFacts]) -> list[float]:
    """Return the numbers that a sentence may say beside those of its rows: the earlier gap, the worst case."""
    changes = [owners[r.id].gap_change for r in rows if sentence.kind == "changed"]
    worst = [owners[r.id].worst.get(r.category) for r in rows if sentence.kind == "worst_group"]
    earlier = [change.start_value for change in changes if change is not None]
    return earlier + [end for case in worst if case is not None for end in (case.low, case.high)]


def _loose_numerals(sentence: Sentence, rows: list[Figure], names: list[str], beside: list[float]) -> list[str]:
    text = sentence.text
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    periods = {str(n) for r in rows for day in (r.period_start, r.period_end) for n in (day.year, day.day)}
    known = beside + [n for r in rows for n in (r.value, r.lower, r.upper, r.comparator) if n is not None]
    known += [100 * r.unknown_share for r in rows if r.unknown_share is not None]
    loose = [n for n in numerals(text) if n not in _UNIT_NUMERALS | periods and not is_one_of(n, known)]
    return [f"the numeral {n} in {sentence.text!r} belongs to no row" for n in loose]


def _directions(sentence: Sentence, rows: list[Figure], owners: Mapping[str, IndicatorFacts]) -> list[str]:
    """Check the words better, worse, higher, lower and similar of one row's sentence."""
    text = sentence.text
    if sentence.kind in ("against", "against_rounded"):
        figure, polarity = rows[0], owners[rows[0].id].card.polarity
        said = re.search(r"is (better|worse|higher|lower|similar)", text)
        return (
            [] if said and said[1] in _against_england(figure, polarity) else [f"{text!r} is not what {figure.id} says"]
        )
    if sentence.kind == "gap_clear":
        figure = rows[0]
        turned = owners[figure.id].card.polarity is Polarity.HIGHER_IS_BETTER
        above = ((figure.lower or 0) > 0) != turned if (figure.lower or 0) * (figure.upper or 0) > 0 else None
        due = {True: "higher", False: "lower", None: ""}[above]
        return [] if due and f" {due} in" in text else [f"{text!r} is not what {figure.id} says"]
    if sentence.kind in ("gap_change", "changed"):
        return [] if _changed_so(owners[rows[0].id], text) else [f"{text!r} is not how {rows[0].id} changed"]
    if sentence.kind in ("target_judged", "target_groups"):
        targets = owners[rows[0].id].targets if rows else ()
        return [] if _is_verdict(text, targets) else [f"{text!r} is not the verdict on the target"]
    if sentence.kind == "largest_contested" and text.partition(": ")[2] != _contested(rows, owners):
        return [f"{text!r} is not what the ratios of {len(rows)} indicators are"]
    apart = rows if sentence.kind == "largest_contested" else rows[:1]
    if sentence.kind in ("ratio", "largest", "largest_contested") and not all(_is_apart(row) for row in apart):
        return [f"{text!r}: limits of {[row.id for row in apart]} include 1"]
    if sentence.kind == "gap_unclear" and not _has_sign(owners[rows[0].id], rows[0], text):
        return [f"{text!r} has not the sign of most deprived less least deprived"]
    if sentence.kind == "gap_unclear" and (rows[0].lower or 0) * (rows[0].upper or 0) > 0:
        sure = min(abs(rows[0].lower or 0), abs(rows[0].upper or 0)) >= 0.5 * 10 ** -rows[0].decimals
        return [f"{text!r}: the limits of {rows[0].id} exclude none"] if sure else []
    if sentence.kind == "gap_absent" and "suppressed" in text:
        ends = set(_hidden_ends(owners[rows[0].id]).values())
        due = (
            ENDS_HIDDEN
            if len(ends) == 2
            else "".join(END_HIDDEN.format(end=end) for end in ends) or REASONS["suppressed"]
        )
        return [] if due in text else [f"{text!r}: hidden are {sorted(ends)}"]
    return []


def _contested(rows: list[Figure], owners: Mapping[str, IndicatorFacts]) -> str:
    """Return the list of ratios that a sentence must say, each with the name of its indicator."""
    return "; ".join(f"{owners[r.id].card.short} ({rounded(r.value or 0, r.decimals):,} times)" for r in rows) + "."


def _hidden_ends(found: IndicatorFacts) -> dict[int, str]:
    """Return the names of the ends of deprivation that are suppressed, by the order of the group."""
    places = dict(zip((1, found.card.fifths), found.card.ends, strict=True)) if found.card.fifths else {}
    known = [f for f in found.groups.get("deprivation", ()) if f.category != UNKNOWN]
    return {f.order: places[f.order] for f in known if f.order in places and f.status == "suppressed"}


def _is_verdict(text: str, targets: tuple[JudgedTarget, ...]) -> bool:
    """Tell whether a sentence says the verdicts that the table of targets has, all of its kind and no other."""
    if "“" in text:
        judged = next((t for t in targets if f"“{t.words}”" in text), None)
        if judged is None:
            return False
        told = text.partition("”: ")[2]
        due = [judged.groups[name] for name in COUNTS["target_groups"] if judged.groups.get(name)]
        phrases = [COUNTS["target_groups"][name].format(number) for name, number in judged.groups.items()]
        same = [int(n) for n in numerals(told)] == [sum(due), *due] and all(phrase in told for phrase in phrases)
        marked = (RECALLED in text) == judged.recalled
        return same and marked and told.endswith(f"; together {TARGETS[judged.verdict.value]}.")
    recalled = RECALLED in text
    alike = [t for t in targets if not t.groups and t.recalled == recalled]
    said = text.partition(": ")[2].removesuffix(".").split("; ")
    return bool(alike) and said == [f"{t.words}: {TARGETS[t.verdict.value]}" for t in alike]


def _has_sign(found: IndicatorFacts, gap: Figure, text: str) -> bool:
    """Tell whether a difference is said as most deprived less least deprived, by the ends where both have a figure."""
    if found.ends is None or found.ends[0].value is None or found.ends[1].value is None:
        return True
    negative = found.ends[0].value < found.ends[1].value
    nought = rounded(gap.value or 0, gap.decimals) == 0
    return nought or (f"of {MINUS}" in text) == negative


def _changed_so(found: IndicatorFacts, text: str) -> bool:
    """Tell whether the word for a change of the gap is one that its two values allow."""
    if found.gap is None or found.gap.value is None or found.gap_change is None:
        return False
    end, start = found.gap.value, found.gap_change.start_value
    turned = end * start < 0
    sure = {"changed direction": turned, "narrowed": not turned and abs(end) < abs(start)}
    sure["widened"] = not turned and abs(end) > abs(start)
    return "did not clearly change" in text or any(holds for word, holds in sure.items() if word in text)


def _is_apart(ratio: Figure) -> bool:
    return ratio.lower is not None and ratio.upper is not None and (ratio.lower > 1 or ratio.upper < 1)


def _against_england(figure: Figure, polarity: Polarity) -> set[str]:
    """Return the words that a row's limits allow."""
    if figure.lower is None or figure.upper is None or figure.comparator is None:
        return set()
    if figure.lower > figure.comparator:
        return {"higher", "worse" if polarity is Polarity.LOWER_IS_BETTER else "better"} - _not_for(polarity)
    if figure.upper < figure.comparator:
        return {"lower", "better" if polarity is Polarity.LOWER_IS_BETTER else "worse"} - _not_for(polarity)
    return {"similar"}


def _not_for(polarity: Polarity) -> set[str]:
    agreed = polarity in (Polarity.HIGHER_IS_BETTER, Polarity.LOWER_IS_BETTER)
    return set() if agreed else {"better", "worse"}


def _counted(sentence: Sentence, rows: list[Figure], facts: PackFacts) -> list[str]:
    """Count again what a sentence counts."""
    text = sentence.text
    years = [f.gap_change.start_year for f in facts.indicators if f.gap_change and sentence.kind.startswith("changes")]
    for year in [*years, facts.year]:
        text = text.replace(year, "")
    said = [n.replace(",", "") for n in numerals(text)]
    parts = _parts(sentence.kind, rows, facts)
    match sentence.kind:
        case "summary" | "summary_none":
            due, parts = [parts.pop("every"), sum(parts.values())], {}
        case "summary_one":
            one = (parts.pop("every"), "it has no figures" in text) == (1, not sum(parts.values()))
            due, parts = [] if one else [-1], {}
        case "against_england_one":
            due, parts = [] if _is_the_one(text, rows) else [-1], {}
        case "summary_ends" | "summary_bare_ends":
            parts = {word: parts[word] for word in COUNTS[sentence.kind]}
            due = [*parts.values()]
        case "changes":
            due = [sum(parts.values()), *parts.values()]
        case "changes_alike" | "ethnic_alike":
            number, alike = sum(parts.values()), parts.pop("unclear" if "unclear" in parts else "cannot_tell")
            left = len(rows) - number if sentence.kind == "ethnic_alike" else 0
            due = [number, left] if number == alike else [-1]
        case "changes_one" | "ethnic_one":
            words = CHANGES if sentence.kind == "changes_one" else STANDS_BESIDE
            (word,) = [name for name, number in parts.items() if number] if sum(parts.values()) == 1 else ("",)
            left = len(rows) - 1 if sentence.kind == "ethnic_one" else 0
            due, parts = [left] if words.get(word, "?") in text else [-1], {}
        case "ethnic":
            due = [sum(parts.values()), *parts.values(), len(rows) - sum(parts.values())]
        case "apart_sum":
            return _sum_faults(sentence, rows, facts)
        case "unseen":
            return _unseen_faults(sentence, facts)
        case "undivided":
            due = [_undivided(facts), *(int(n) for n in numerals(month_words(facts.vintage)))]
        case "statement":
            due = [sum(parts.values()), *parts.values()]
        case "against_england" | "worst_groups" | "worst_none":
            due = [*parts.values()]
        case "current" | "stale" | "revised" | "older":
            every = {f.id: f for found in facts.indicators for f in found.figures}
            here = [f for f in every.values() if f.area == facts.board.ons and f.year == facts.year]
            own = [f for f in here if f.value is not None]
            noted = {kind: sum(1 for f in own if words in f.note) for kind, words in _NOTED.items()}
            due = _out_of_date(sentence.kind, noted, len(own))
        case "hidden" | "hidden_none":
            groups = [f for found in facts.indicators for members in found.groups.values() for f in members]
            hidden = sum(1 for f in groups if f.category != "Unknown" and f.status == "suppressed")
            groups = [f for f in groups if f.category != "Unknown" and f.value is not None]
            due = [hidden, hidden + len(groups)] if sentence.kind == "hidden" or hidden else [len(groups)]
        case _:
            return []
    # What there is none of is not said.
    due = [n for n in due if n]
    phrases = [words.format(parts[name]) for name, words in COUNTS.get(sentence.kind, {}).items() if parts[name]]
    same = said == [str(n) for n in due] and all(phrase in sentence.text for phrase in phrases)
    return [] if same else [f"{sentence.text!r}: counted again it is {parts or due}"]


def _is_the_one(text: str, rows: list[Figure]) -> bool:
    """Tell whether a sentence says how the one figure of a pack stands against England's."""
    words = {"not_compared": "not compared with", "similar": "similar to"}
    return len(rows) == 1 and f" is {words.get(rows[0].comparison, rows[0].comparison + ' than')} England's" in text


def _parts(kind: str, rows: list[Figure], facts: PackFacts) -> dict[str, int]:
    """Count again the parts of a sentence that counts, by their word and in the order in which they are said."""
    match kind:
        case "summary" | "summary_one" | "summary_ends" | "summary_bare_ends" | "summary_none":
            shown = [f for f in facts.indicators if f.total is not None and f.total.value is not None]
            sides = [_stands(f) for f in shown if any(g.value is not None for g in _tenths(f))]
            both = (*COUNTS["summary_ends"], *COUNTS["summary_bare_ends"])
            return {"every": len(shown)} | {word: sides.count(word) for word in both}
        case "against_england":
            words = [r.comparison for r in rows]
            return {w: words.count(w) for w in ("better", "worse", "higher", "lower", "similar", "not_compared")}
        case "ethnic" | "ethnic_alike" | "ethnic_one":
            sure = [r for r in rows if r.value is not None and r.lower is not None and r.upper is not None]
            above = sum(1 for r in sure if r.lower is not None and r.lower > 0)
            below = sum(1 for r in sure if r.upper is not None and r.upper < 0)
            return {"higher": above, "lower": below, "unclear": len(sure) - above - below}
        case "worst_groups" | "worst_none":
            owner = next(f for f in facts.indicators if f.card.id == rows[0].indicator)
            ends = [(r, owner.worst[r.category]) for r in rows if r.category in owner.worst]
            return {
                "higher": sum(1 for r, w in ends if r.lower is not None and min(r.lower, w.lower) > 0),
                "lower": sum(1 for r, w in ends if r.upper is not None and max(r.upper, w.upper) < 0),
            }
        case "statement":
            return _extents(facts)
        case "changes" | "changes_alike" | "changes_one":
            judged = [f for f in facts.indicators if f.gap_change and f.gap and not f.card.mixes_age]
            shown = [f for f in judged if f.total is not None and f.total.value is not None]
            found = [f.gap_change.verdict.value for f in shown if f.gap_change is not None]
            return {word: found.count(word) for word in ("narrowed", "widened", "reversed", "cannot_tell")}
        case _:
            return {}


def _extents(facts: PackFacts) -> dict[str, int]:
    """Count again how far each number of the statement is shown."""
    numbers = {card.id: card.statement_number for card in facts.cards.values() if card.statement_number}
    cells = [(numbers[c["indicator_id"]], c["state"]) for c in facts.coverage or () if c["indicator_id"] in numbers]
    some = {number for number, state in cells if state in ("shown", "partly_shown")}
    lacking = {number for number, state in cells if state not in ("shown", "no_such_breakdown")}
    every = set(numbers.values())
    return {"full": len(some - lacking), "part": len(some & lacking), "none": len(every - some)}


def _out_of_date(kind: str, noted: Mapping[str, int], figures: int) -> list[int]:
    """Return the numerals that a sentence about figures out of date must have; none where it may not stand there."""
    if kind == "current":
        return [sum(noted.values())] if figures else [-1]
    return [noted[kind], figures]


def _unseen_faults(sentence: Sentence, facts: PackFacts) -> list[str]:
    """Check that a list names every indicator of the statement of one area of which the results say nothing."""
    by_area: dict[str, set[str]] = {}
    for card in facts.absent:
        if card.statement_number:
            by_area.setdefault(card.area, set()).add(f"{card.short} ({card.statement_number})")
    said = sentence.text.removeprefix("Not shown: ").partition("; see “")[0].split("; ")
    return [] if set(said) in by_area.values() else [f"{sentence.text!r} is not what the results lack of an area"]


def _sum_faults(sentence: Sentence, rows: list[Figure], facts: PackFacts) -> list[str]:
    """Add up again what the groups of one breakdown hold, all of them, beside what everybody's figure holds."""
    whole, *groups = rows
    (owner,) = [found for found in facts.indicators if found.card.id == whole.indicator]
    due = {f.id for f in owner.groups[groups[0].dimension] if f.status != Status.NOT_APPLICABLE.value}
    held = [f.numerator if f.denominator is None else f.denominator for f in (*groups, whole)]
    if {f.id for f in groups} != due or None in held:
        return [f"{sentence.text!r} does not add up all groups"]
    numbers = [n for n in held if n is not None]
    parts = [f"{rounded(n, 0):,.0f}" for n in (sum(numbers[:-1]), numbers[-1])]
    return [] if numerals(sentence.text) == parts else [f"{sentence.text!r}: added up again it is {parts}"]


def _undivided(facts: PackFacts) -> int:
    ids = {card.id for card in facts.cards.values() if card.statement_number}
    cells = [c for c in facts.coverage or () if c["dimension"] == "total" and c["indicator_id"] in ids]
    return sum(1 for c in cells if PARTED in c["reason"] and c["state"] == NOT_FOR_FOOTPRINT)


def _tenths(found: IndicatorFacts) -> list[Figure]:
    return [f for f in found.groups.get("deprivation", ()) if f.category != UNKNOWN]


def _stands(found: IndicatorFacts) -> str:
    """Return where the most deprived group stands, by the sign of the gap as the results give it."""
    side = _side(found)
    if side == "unknown":
        return "suppressed" if _hidden_ends(found) else side
    gap = found.derived["gap"]
    if side == "unclear" or found.card.contested:
        return side
    return "worse" if (gap.value or 0) > 0 else "better"


def _side(found: IndicatorFacts) -> str:
    gap = found.derived.get("gap")
    if found.card.mixes_age or gap is None or gap.lower is None or gap.upper is None:
        return "unknown"
    half = 0.5 * 10**-gap.decimals - 1e-9
    if gap.lower >= half:
        return "lower" if found.card.polarity is Polarity.HIGHER_IS_BETTER else "higher"
    if gap.upper <= -half:
        return "higher" if found.card.polarity is Polarity.HIGHER_IS_BETTER else "lower"
    return "unclear"
