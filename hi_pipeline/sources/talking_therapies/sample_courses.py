"""Courses of talking therapy in the synthetic England: who finished, who recovered, by group, adding to one total."""

from collections.abc import Iterator
from math import fsum
from typing import NamedTuple

from hi_pipeline.core.groups import ETHNIC_BROAD, ETHNIC_DETAIL_2001
from hi_pipeline.sample.chance import chance, drawn, share_out, share_within
from hi_pipeline.sample.commissioners import Unit
from hi_pipeline.sample.planted import RECOVERY, RECOVERY_BY_GROUP, RECOVERY_OF_OTHERS, RELIABLE_RECOVERY

NOT_STATED = "Not stated/Not known/Invalid"
_FINISHED_PER_RESIDENT = {
    "2019-20": 0.064,
    "2020-21": 0.058,
    "2021-22": 0.066,
    "2022-23": 0.068,
    "2023-24": 0.070,
    "2024-25": 0.072,
}
_NOT_AT_CASENESS = 0.10
_UNKNOWN_SHARE = 0.03

_BANDS = {
    "2020-21": (
        ("Under 16", 0.01, 0.95),
        ("16 to 17", 0.03, 0.95),
        ("18 to 35", 0.46, 0.96),
        ("36 to 64", 0.42, 1.0),
        ("65 and over", 0.08, 1.25),
    ),
    "2024-25": (
        ("Under 18", 0.02, 0.9),
        ("18 to 25", 0.21, 0.93),
        ("26 to 64", 0.67, 1.0),
        ("65 to 74", 0.06, 1.2),
        ("75 to 89", 0.035, 1.3),
        ("90 and over", 0.005, 1.2),
    ),
}
_INDETERMINATE = "Indeterminate (unable to be classified as male or female)"
_DECILES = tuple(
    f"{n:02d} {word}"
    for n, word in enumerate(
        ("Least deprived", *("Less deprived",) * 4, *("More deprived",) * 4, "Most deprived"), start=1
    )
)
# Variables that no indicator uses, each with a label: their rows are there and hold nothing.
_EMPTY_VARIABLES = (
    ("Consultation Medium", "Telephone", ""),
    ("Disability Type", "02 Hearing", ""),
    ("Long Term Condition Status", "Long term condition", ""),
    ("Mental Health Care Cluster", "Psychosis", ""),
    ("Presenting Complaint", "Depression", ""),
    ("Religion", "None", ""),
    ("Sexual Orientation Type", "Heterosexual", ""),
    ("Stepped Care Pathway", "Received only high intensity therapy", ""),
    ("Waiting Time", "First treatment", "<=28 days"),
)
_EMPTY_BEFORE_2020 = ("Disability Type", "Sexual Orientation Type")


class Outcome(NamedTuple):
    """Counts of one group of one area, in the order of the publisher's columns."""

    referrals: int
    finished: int
    at_caseness: int
    not_at_caseness: int
    improved: int
    deteriorated: int
    unchanged: int
    reliably_recovered: int
    recovered: int


class Row(NamedTuple):
    """A group's words (dimension and place in it) with its counts."""

    dimension: str
    place: int
    outcome: Outcome


NO_FIGURES = Outcome(*(0,) * 9)
_DIMENSIONS = ("Total", "Age Group", "Gender", "Ethnic Group", "Indices of Deprivation Decile")


def add(left: list[Row], right: list[Row]) -> list[Row]:
    """Add the counts of two areas, group by group."""
    return [
        Row(a.dimension, a.place, Outcome(*(x + y for x, y in zip(a.outcome, b.outcome, strict=True))))
        for a, b in zip(left, right, strict=True)
    ]


def outcomes(unit: Unit, year: str) -> list[Row]:
    """Return a unit's rows of all groups; those of every dimension add to the same total.

    Tenths of deprivation stand from the most deprived, the unknown last. What is made by tenth fixes the totals;
    the other dimensions share them out.
    """
    generator = chance(f"talking therapies {unit.code} {year}")
    people = unit.people
    finished = round(people * _FINISHED_PER_RESIDENT[year] * generator.uniform(0.9, 1.1))
    local = generator.gauss(0, 0.012)
    # A part of those treated live in other places than the residents do: no tenth is left empty.
    weights = [(1 - _UNKNOWN_SHARE) * (0.7 * part / people + 0.03) for part in unit.by_decile] + [_UNKNOWN_SHARE]
    deciles = []
    for tenth, count in enumerate(share_out(finished, weights)):
        place = 0.5 if tenth == 10 else (tenth + 0.5) / 10
        at_caseness = count - drawn(generator, count, _NOT_AT_CASENESS)
        recovered = drawn(generator, at_caseness, RECOVERY.at(place) + local)
        ratio = RELIABLE_RECOVERY.at(place) / RECOVERY.at(place)
        deciles.append(_outcome(count, at_caseness, recovered, drawn(generator, recovered, ratio)))
    total = Outcome(*(sum(column) for column in zip(*deciles, strict=True)))
    rows = [Row("Total", 0, total)]
    for dimension, groups in _groups(unit, year).items():
        rows += [Row(dimension, place, outcome) for place, outcome in enumerate(_divide(total, groups))]
    return rows + [Row(_DIMENSIONS[4], place, outcome) for place, outcome in enumerate(deciles)]


def _outcome(finished: int, at_caseness: int, recovered: int, reliably: int) -> Outcome:
    improved = recovered + (finished - recovered) // 3
    deteriorated = (finished - improved) // 5
    return Outcome(
        finished * 2 + finished // 3,
        finished,
        at_caseness,
        finished - at_caseness,
        improved,
        deteriorated,
        finished - improved - deteriorated,
        reliably,
        recovered,
    )


def _groups(unit: Unit, year: str) -> dict[str, list[tuple[float, float]]]:
    """Return, by dimension, each group's weight and how well it recovers relative to others; unknown last."""
    known = 1 - _UNKNOWN_SHARE
    ethnic = [
        (known * part / fsum(unit.by_group), RECOVERY_BY_GROUP.get(name.split(":")[0], RECOVERY_OF_OTHERS))
        for name, part in zip(ETHNIC_DETAIL_2001, unit.by_group, strict=True)
    ]
    sexes = [(0.66, 1.0), (0.31, 1.0)] if year == "2019-20" else [(0.005, 0.9), (0.655, 1.0), (0.31, 1.0)]
    return {
        "Age Group": [(weight, relative) for _, weight, relative in _bands(year)],
        "Gender": [*sexes, (_UNKNOWN_SHARE, 0.97)],
        "Ethnic Group": [*ethnic, (_UNKNOWN_SHARE, 0.95)],
    }


def _divide(total: Outcome, groups: list[tuple[float, float]]) -> list[Outcome]:
    finished = share_out(total.finished, [weight for weight, _ in groups])
    below = share_within(total.not_at_caseness, finished, finished)
    at_caseness = [count - less for count, less in zip(finished, below, strict=True)]
    wanted = [count * relative for count, (_, relative) in zip(at_caseness, groups, strict=True)]
    recovered = share_within(total.recovered, wanted, at_caseness)
    reliably = share_within(total.reliably_recovered, recovered, recovered)
    return [_outcome(*counts) for counts in zip(finished, at_caseness, recovered, reliably, strict=True)]


def _bands(year: str) -> tuple[tuple[str, float, float], ...]:
    return next(bands for last, bands in _BANDS.items() if year <= last)


def labelled(rows: list[Row], year: str) -> Iterator[tuple[str, str, str, Outcome]]:
    """Yield VariableType, VariableA, VariableB and the counts, in the publisher's words and order of the year."""
    by_dimension = {name: [row.outcome for row in rows if row.dimension == name] for name in _DIMENSIONS}
    yield "Total", "", "", by_dimension["Total"][0]
    for (band, _, _), outcome in zip(_bands(year), by_dimension["Age Group"], strict=True):
        yield "Age Group", band, "", outcome
    yield from _ethnic_rows(by_dimension["Ethnic Group"], year)
    sexes = ("Female", "Male") if year == "2019-20" else (_INDETERMINATE, "Female", "Male")
    for sex, outcome in zip((*sexes, NOT_STATED), by_dimension["Gender"], strict=True):
        yield "Gender", sex, "", outcome
    *deciles, unknown = by_dimension["Indices of Deprivation Decile"]
    for label, outcome in zip((*_DECILES, NOT_STATED), (*reversed(deciles), unknown), strict=True):
        yield "Indices of Deprivation Decile", label, "", outcome
    for variable, a, b in _EMPTY_VARIABLES:
        if year != "2019-20" or variable not in _EMPTY_BEFORE_2020:
            renamed = variable == "Presenting Complaint" and year == "2019-20"
            yield "Problem Descriptor" if renamed else variable, a, b, NO_FIGURES


def _ethnic_rows(outcomes_of: list[Outcome], year: str) -> Iterator[tuple[str, str, str, Outcome]]:
    *parts, unknown = outcomes_of
    for broad in ETHNIC_BROAD:
        own = [
            (name.split(": ")[1], outcome)
            for name, outcome in zip(ETHNIC_DETAIL_2001, parts, strict=True)
            if name.startswith(f"{broad}: ")
        ]
        whole = Outcome(*(sum(column) for column in zip(*(outcome for _, outcome in own), strict=True)))
        yield "Ethnic Group", broad, "All", whole
        for name, outcome in own:
            yield "Ethnic Group", broad, _spelt(name, year), outcome
    yield "Ethnic Group", NOT_STATED, "All", unknown
    if year >= "2020-21":
        british = parts[0]
        others = Outcome(*(sum(column) for column in zip(*parts[1:], strict=True)))
        yield "BME Group", "BME", "", others
        yield "BME Group", "White British", "", british
        yield "BME Group", NOT_STATED, "", unknown


def _spelt(name: str, year: str) -> str:
    """Spell as the year does: 2019-20 in capitals, later years only the group of all others."""
    if not name.startswith("Any other"):
        return name
    if year == "2019-20" or name.endswith("ethnic group"):
        return (
            name.replace("other", "Other").replace("background", "Background").replace("ethnic group", "Ethnic Group")
        )
    return name
