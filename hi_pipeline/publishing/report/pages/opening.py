"""The cover, the summary and the coverage of the statement's indicators."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.publishing.report import charts, overall, sentences
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.document import Block, Table
from hi_pipeline.publishing.report.facts import IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.figures import ABSENT, Figure
from hi_pipeline.publishing.report.missing import NO_NUMBER, NO_RELEASE, name_of, statement_of
from hi_pipeline.publishing.report.numbers import NO_FIGURE, day_words, month_words
from hi_pipeline.publishing.report.pages.parts import heading, plain, said

DIMENSIONS = ("total", "age", "sex", "ethnicity", "deprivation")
_STATEMENT = "NHS England's statement on information on health inequalities, published 27 November 2023"
# A shape before each word, so that colour is never the only sign.
SHAPES = {
    "shown": "\u25cf shown",
    "partly shown": "\u25d0 partly shown",
    "suppressed": "\u25cb suppressed",
    "too few": "\u25cb too few",
    "no such breakdown": "\u2013 no breakdown",
}


def cover(facts: PackFacts, edition: str) -> list[Block]:
    """Return what the pack is about, as a table of two columns."""
    rows = (
        ("Board", f"{facts.board.name}"),
        ("ONS code", facts.board.ons),
        ("ODS code", facts.board.ods),
        ("NHS England region", facts.region),
        ("Financial year", facts.year),
        ("Footprint", f"boards as they were from {month_words(facts.vintage)}"),
        ("Statement", _STATEMENT),
        ("Latest release used", _latest(facts)),
        ("Edition of this pack", edition),
        ("Figures", "SYNTHETIC, made up, not for use" if facts.synthetic else "published statistics"),
    )
    table = Table(anchor="about", caption="About this pack", header=("What", "This pack"), rows=rows, widths=(1, 3))
    return [table]


def _latest(facts: PackFacts) -> str:
    """Return the last day on which a release was published, and among how many of them that is known."""
    every = [release["published"] for source in facts.sources for release in source["releases"]]
    days = sorted(day for day in every if day)
    if not days:
        return "the date of publication is not known"
    latest = day_words(date.fromisoformat(days[-1]))
    if len(days) == len(every):
        return latest
    are = "release whose date is" if len(days) == 1 else f"{len(days)} of {len(every)} releases whose date is"
    return f"{latest}, {'the only' if len(days) == 1 else 'among the'} {are} known"


def summary(facts: PackFacts) -> list[Block]:
    """Return the fixed box of counts, the largest gaps, and what cannot be said."""
    blocks: list[Block] = [heading(1, "Summary"), *said(overall.summary(facts), role="notice")]
    blocks += [heading(2, "Largest gaps"), *(b for sentence in overall.largest(facts) for b in said([sentence]))]
    blocks.append(
        plain(
            "Gaps are ranked by the ratio of the most to the least deprived group. One indicator of each area counts, "
            "and only where its direction is agreed and its 95% limits do not include 1.",
            role="small",
        )
    )
    blocks += [
        heading(2, "Changes over time"),
        *(b for sentence in overall.changes(facts) for b in said([sentence])),
        plain(_CHANGES, role="small"),
    ]
    blocks += [
        heading(2, "What is hidden, missing or out of date"),
        *said([*overall.hidden(facts), *overall.undivided(facts), *overall.age_of(facts)]),
    ]
    elsewhere = {row["indicator_id"] for row in facts.coverage or () if _is_total_shown(row)}
    absent = [card for card in facts.absent if card.id not in elsewhere]
    missing = len(facts.indicators) - len(facts.shown) + len(absent)
    known = len(facts.indicators) + len(facts.absent)
    blocks.append(plain(f"{missing} of the {known} indicators have no overall figure for this board and year."))
    return blocks


def _is_total_shown(row: Mapping[str, Any]) -> bool:
    return row["dimension"] == DIMENSIONS[0] and row["state"] in ("shown", "partly_shown")


_CHANGES = (
    "A gap is said to have narrowed or widened only where the 95% limits of the change do not include zero. Gaps of "
    "groups that differ in age are not counted."
)


def overview(facts: PackFacts) -> list[Block]:
    """Return both ends of deprivation for every indicator that has them."""
    drawn = charts.overview(facts.shown, synthetic=facts.synthetic)
    table = _overview_table(facts)
    blocks: list[Block] = [heading(1, "Overview by deprivation", new_page=bool(drawn))]
    if not table.rows:
        return [*blocks, plain("No indicator of this board and year has a figure at both ends of deprivation.")]
    return [*blocks, plain(_SCALE if drawn else _GROUPS, role="small"), *drawn, table]


_GROUPS = (
    "Fifths and tenths are national ones; those of practices are by the average deprivation of the practice. "
    "Indicators of the annexes have no chart of their own; all their groups stand in the workbook's sheet Figures."
)
_SCALE = f"Each row has its own scale, on which England's figure for everybody stands in one place. {_GROUPS}"


def _overview_table(facts: PackFacts) -> Table:
    rows = []
    for found in facts.shown:
        if found.ends is not None:
            most, least = found.ends
            gap = None if found.gap is None else found.most_less_least(found.gap)
            difference = NO_FIGURE if gap is None or gap.value is None else _with_limits(gap)
            stands = {"unclear": "no clear difference", "unknown": "not compared"}
            word = sentences.direction(found)
            rows.append((found.card.short, most.said, least.said, difference, stands.get(word, word)))
    return Table(
        anchor="overview",
        caption="Most and least deprived groups",
        header=(
            "Indicator",
            "Most deprived",
            "Least deprived",
            "Most deprived minus least deprived (95% limits)",
            "Most deprived group is",
        ),
        rows=tuple(rows),
        widths=(2.5, 1.3, 1.3, 2.8, 1.5),
        numeric=frozenset({1, 2, 3}),
    )


def _with_limits(gap: Figure) -> str:
    return f"{gap.said} ({gap.limits})" if gap.limits else gap.said


def coverage(facts: PackFacts) -> list[Block]:
    """Return which breakdowns are there: from the coverage table, or from the figures where there is none yet."""
    blocks: list[Block] = [heading(1, "Coverage", new_page=True)]
    if facts.coverage is None:
        note = (
            "This release has no coverage table. The table below lists the indicators of its catalogue; those of the "
            "statement that are not in the catalogue are not listed."
        )
        rows = [(f.card.short, statement_of(f.card), *(state_of(f, d) for d in DIMENSIONS)) for f in facts.indicators]
        rows += [(c.short, statement_of(c), *([_shape("not published")] * 5)) for c in facts.absent]
    else:
        every = covered(facts.coverage, facts.cards)
        rows = [row for row in every if row[1] != NO_NUMBER or any(_is_shown(state) for state in row[2:])]
        note = (
            "The table lists the indicators of the statement by breakdown, then those of its annexes that have a "
            f"figure. A further {len(every) - len(rows)} indicators of the annexes have no figure for this board and "
            "year. “What we cannot say” gives the reasons; the workbook's sheet Coverage lists them all."
        )
    table = Table(
        anchor="coverage",
        caption="What is shown, by indicator and breakdown",
        header=("Indicator", "Statement", "Total", "Age", "Sex", "Ethnicity", "Deprivation"),
        rows=tuple(rows),
        widths=(2.9, 0.9, 1.2, 1.2, 1.2, 1.2, 1.2),
    )
    return [*blocks, plain(note), table]


def _is_shown(state: str) -> bool:
    return state in (SHAPES["shown"], SHAPES["partly shown"])


def covered(rows: Sequence[Mapping[str, Any]], cards: Mapping[str, Card]) -> list[tuple[str, ...]]:
    """Return a row an indicator from the coverage table: its state by dimension, the statement's own first."""
    states: dict[str, dict[str, str]] = {}
    for row in rows:
        states.setdefault(row["indicator_id"], {})[row["dimension"]] = row["state"].replace("_", " ")
    none = NO_RELEASE.replace("_", " ")
    states |= {name: dict.fromkeys(DIMENSIONS, none) for name in cards if name not in states}
    last = 99

    def place(name: str) -> tuple[int, int, str]:
        card = cards.get(name)
        return (last, last, name) if card is None else (card.statement_number or last, card.order, name)

    return [
        (
            name_of(name, cards),
            statement_of(cards.get(name)),
            *(_shape(states[name].get(d, "no such breakdown")) for d in DIMENSIONS),
        )
        for name in sorted(states, key=place)
    ]


def state_of(found: IndicatorFacts, dimension: str) -> str:
    """Return how far a breakdown is shown, with its shape."""
    if dimension == "total":
        figures: tuple[Figure, ...] = (found.total,) if found.total is not None else ()
    else:
        figures = tuple(f for f in found.groups.get(dimension, ()) if f.category != UNKNOWN)
    if not figures:
        return _shape("no such breakdown")
    shown = [f for f in figures if f.value is not None]
    if shown:
        return _shape("shown" if len(shown) == len(figures) else "partly shown")
    return _shape(ABSENT[figures[0].status])


def _shape(state: str) -> str:
    return SHAPES.get(state, f"\u00d7 {state.replace('england', ENGLAND_NAME)}")
