"""The pages about people: population (age, ethnic group, deprivation, places) and pockets of deprivation."""

from collections.abc import Sequence

from hi_pipeline.publishing.report.document import Block, Table
from hi_pipeline.publishing.report.facts import PackFacts
from hi_pipeline.publishing.report.numbers import NO_FIGURE, month_words, printed
from hi_pipeline.publishing.report.pages.parts import heading, plain, said
from hi_pipeline.publishing.report.people import Part, People, Place
from hi_pipeline.publishing.report.sentences import say_of_people, say_of_pockets

MOST_POCKETS = 20
_ABSENT = "This release has no table of small areas, so nothing is said here of {}."
_LIES_IN = {"authority": "authority", "board": "board", "both": "authority and board"}


def population(facts: PackFacts) -> list[Block]:
    """Return who lives in the board: people, age, ethnic groups, national beside local fifths, places."""
    blocks: list[Block] = [heading(1, "Population", new_page=True)]
    people = facts.people
    if people is None:
        return [*blocks, plain(_ABSENT.format("the population"))]
    return [
        *blocks,
        *said(say_of_people(people, facts.board.short_name)),
        *_ages(people),
        _parts(
            people.ethnic,
            anchor="ethnic-groups",
            caption="Residents by ethnic group, Census 2021",
            first="Ethnic group",
        ),
        _fifths(people),
        _places(people),
        plain(_NOTE.format(people.imd_vintage, _core20(facts), month_words(facts.vintage)), role="small"),
    ]


_NOTE = (
    "Residents by ethnic group, deprivation and place are those of Census 2021; by age, mid-year estimates. "
    "Deprivation is that of the small area (LSOA), Indices of Deprivation {}; local fifths rank the small areas of the "
    "board alone.{} Fuel poverty is an estimate of a model. Authorities are those of 2022. Footprint: boards from {}."
)


def _core20(facts: PackFacts) -> str:
    """Return in what the indicator of Core20 is another count than this page's, where the board has it."""
    found = next((f for f in facts.shown if f.card.id == _CORE20), None)
    if found is None or found.total is None:
        return ""
    vintage = found.total.imd_vintage
    index = f" and uses the Indices of {vintage}" if vintage else ""
    return (
        f" The Core20 indicator counts registered patients by their practice{index}, so it differs from the share here."
    )


_CORE20 = "core20_share_pct"


def _ages(people: People) -> list[Block]:
    if people.mid_year is None:
        return [plain("No residents by age are known for this board, year and footprint.")]
    caption = f"Residents by age, mid-{people.mid_year}"
    return [_parts(people.ages, anchor="ages", caption=caption, first="Age")]


def _parts(parts: Sequence[Part], *, anchor: str, caption: str, first: str) -> Table:
    return Table(
        anchor=anchor,
        caption=caption,
        header=(first, "Residents", "Share of the board", "Share of England"),
        rows=tuple((p.name, f"{p.number:,}", _percent(p.share), _percent(p.england_share)) for p in parts),
        widths=(2, 1, 1, 1),
        numeric=frozenset({1, 2, 3}),
    )


def _fifths(people: People) -> Table:
    local = {fifth.order: fifth for fifth in people.local}
    rows = []
    for order, part in enumerate(people.national, start=1):
        own = local.get(order)
        tenths = NO_FIGURE if own is None else _span(own.first_tenth, own.last_tenth)
        residents = NO_FIGURE if own is None else f"{own.residents:,}"
        rows.append(
            (part.name, f"{part.number:,}", _percent(part.share), _percent(part.england_share), residents, tenths)
        )
    return Table(
        anchor="fifths",
        caption=f"National and local fifths of deprivation, Indices of {people.imd_vintage}",
        header=(
            "Fifth",
            "Residents in the national fifth",
            "Share of the board",
            "Share of England",
            "Residents in the local fifth",
            "National tenths of the local fifth",
        ),
        rows=tuple(rows),
        widths=(1.6, 1.4, 1.1, 1.1, 1.4, 1.6),
        numeric=frozenset({1, 2, 3, 4, 5}),
    )


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _places(people: People) -> Table:
    return Table(
        anchor="places",
        caption="Places: local authorities of the board",
        header=("Authority", "Residents", "Registered patients", "Core20 share", "Ethnic minorities", "Fuel poverty"),
        rows=tuple(_place(place) for place in people.places),
        widths=(2.4, 1, 1.1, 1, 1.1, 1),
        numeric=frozenset({1, 2, 3, 4, 5}),
    )


def _place(place: Place) -> tuple[str, ...]:
    fuel = (
        "not in hand"
        if place.fuel_poor is None or not place.households
        else _percent(100 * place.fuel_poor / place.households)
    )
    return (
        place.name if place.whole else f"{place.name} (part)",
        f"{place.residents:,}",
        printed(place.patients, 0),
        _percent(100 * place.core20 / place.residents),
        _percent(100 * place.minority / place.residents),
        fuel,
    )


def _percent(value: float) -> str:
    return f"{printed(value, 1)}%"


def pockets(facts: PackFacts) -> list[Block]:
    """Return the pockets of deprivation, ranked, and what counts as one."""
    blocks: list[Block] = [heading(1, "Pockets of deprivation")]
    people = facts.people
    if people is None:
        return [*blocks, plain(_ABSENT.format("pockets of deprivation"))]
    blocks += [
        *said(say_of_pockets(people, facts.board.short_name)),
        plain(_RULE.format(people.imd_vintage), role="small"),
    ]
    shown = people.pockets[:MOST_POCKETS]
    if not shown:
        return blocks
    more = f", the {MOST_POCKETS} most deprived" if len(people.pockets) > MOST_POCKETS else ""
    table = Table(
        anchor="pockets",
        caption=f"Pockets of deprivation{more}",
        header=(
            "Small area",
            "ONS code",
            "Rank",
            "Authority",
            "National tenth",
            "Residents",
            "Patients",
            "Where deprivation is low on average",
        ),
        rows=tuple(
            (
                pocket.name,
                pocket.code,
                str(pocket.place),
                pocket.authority,
                str(pocket.tenth),
                f"{pocket.residents:,}",
                printed(pocket.patients, 0),
                _LIES_IN[pocket.lies_in],
            )
            for pocket in shown
        ),
        widths=(2.3, 1.1, 0.6, 2, 0.9, 1, 1, 1.5),
        numeric=frozenset({2, 4, 5, 6}),
    )
    return [*blocks, table]


_RULE = (
    "A pocket is a small area in the most deprived fifth of England (Indices of {}) with at least 1,000 residents. Its "
    "authority, or its board, is among the least deprived two fifths on average. There is no map: boundaries are not "
    "among the files used."
)
