"""The second look at sentences about people: each counted again from the places and the pockets."""

from collections.abc import Iterable

from hi_pipeline.publishing.report.document import Sentence
from hi_pipeline.publishing.report.facts import PackFacts
from hi_pipeline.publishing.report.numbers import numerals
from hi_pipeline.publishing.report.people import People

OF_PEOPLE = {
    "people", "core20", "minority", "pockets", "pockets_of_board", "pockets_of_authorities", "pockets_of_no_authority",
    "pockets_none",
}  # fmt: skip


def counted_people(sentence: Sentence, facts: PackFacts) -> list[str]:
    """Count the people of a sentence again, from the places and the pockets."""
    people = facts.people
    if people is None or sentence.rows != (people.id,):
        return [f"{sentence.text!r} rests on rows that are not in the small areas"]
    places = people.places
    residents = sum(place.residents for place in places)
    others = sum(p.number for p in people.ethnic if p.name != "White British")
    england = {p.name: 100 * p.england / p.england_of for p in (*people.national, *people.ethnic)}
    due: dict[str, list[float]] = {
        # The census of 2021 is part of the words.
        "people": [
            residents,
            2021,
            sum(f.areas for f in people.local) or people.areas,
            sum(p.patients for p in places),
        ],
        "core20": [100 * sum(p.core20 for p in places) / residents, england[people.national[0].name]],
        "minority": [100 * others / residents, 100 - england["White British"]],
        "pockets": [len(people.pockets), sum(p.residents for p in people.pockets)],
        "pockets_of_board": [len(people.pockets), *_not_all(people), sum(p.residents for p in people.pockets)],
        "pockets_of_authorities": [sum(1 for p in people.pockets if p.lies_in == "both")],
        "pockets_of_no_authority": [],
        "pockets_none": [],
    }
    by_authority = any(p.lies_in == "authority" for p in people.pockets)
    by_both = any(p.lies_in == "both" for p in people.pockets)
    false = {"pockets_of_board": by_authority, "pockets_of_no_authority": by_authority or by_both}
    said = numerals(sentence.text.replace(facts.board.short_name, ""))
    wanted = due[sentence.kind]
    same = len(said) == len(wanted) and all(is_one_of(n, [d]) for n, d in zip(said, wanted, strict=True))
    empty = sentence.kind != "pockets_none" or not people.pockets
    return (
        []
        if same and empty and not false.get(sentence.kind, False)
        else [f"{sentence.text!r}: counted again it is {wanted}"]
    )


def _not_all(people: People) -> list[int]:
    """Return the number of deprived small areas where not all of them are pockets."""
    return [people.deprived] if people.deprived != len(people.pockets) else []


def is_one_of(numeral: str, known: Iterable[float]) -> bool:
    """Tell whether a numeral is one of some numbers, rounded; signs apart."""
    size = float(numeral.replace(",", ""))
    decimals = len(numeral.partition(".")[2])
    return any(abs(abs(number) - size) <= 0.5 * 10**-decimals + 1e-9 for number in known)
