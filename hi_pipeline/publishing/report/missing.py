"""What a pack does not show: each indicator, breakdown or group without a figure, why, and who could supply it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hi_pipeline.core.coverage import COVER_OF, Cover
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.status import Status
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.facts import IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.wording import COVERS, REASONS

NO_NUMBER = "none"
# Of an indicator of which coverage has no row for the year: its first known publication is of a later one.
NO_RELEASE = "none_known"
_THERE = (Cover.SHOWN.value, Cover.PARTLY_SHOWN.value)
# What the state of a cell says by itself of who holds the figure and how it would come in.
_HELD_BY = {Cover.NOT_IN_HAND.value: "the publisher", Cover.SUPPRESSED.value: "the publisher"}
_SUPPLIED = {Cover.NOT_IN_HAND.value: "By adding the published file"}
_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One cell without a figure.

    Attributes:
        indicator: its short name; statement: its number, or "none".
        breakdown: total, age, sex, ethnicity or deprivation; group: the one group of it that is missing, "" for all.
        whole: whether the indicator has no figure at all for the board and year.
        state: why, in the words of ``COVERS``; reason: what is known beyond that.
    """

    indicator: str
    statement: str
    breakdown: str
    group: str
    whole: bool
    state: str
    reason: str
    held_by: str
    how_to_supply: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Return it as a row of the workbook."""
        group = self.group or "all"
        return (
            self.indicator,
            self.statement,
            self.breakdown,
            group,
            self.state,
            self.reason,
            self.held_by,
            self.how_to_supply,
        )


def missing(facts: PackFacts) -> tuple[Missing, ...]:
    """Return every cell without a figure: of the statement's indicators first, in its order."""
    found = [*_groups(facts), *(_without_coverage(facts) if facts.coverage is None else _covered(facts))]
    last = 99
    place = {c.short: (c.statement_number or last, c.order) for c in facts.cards.values()}
    return tuple(sorted(found, key=lambda cell: place.get(cell.indicator, (last, last))))


def name_of(indicator: str, cards: Mapping[str, Card]) -> str:
    """Return the short name of an indicator; of what is no indicator of the list, its id in words."""
    return cards[indicator].short if indicator in cards else indicator.replace("_", " ")


def statement_of(card: Card | None) -> str:
    """Return the number of an indicator in the statement as a table prints it."""
    return NO_NUMBER if card is None else str(card.statement_number or NO_NUMBER)


def _covered(facts: PackFacts) -> Iterator[Missing]:
    """Yield the cells of the coverage table that hold nothing; an indicator without any figure is one whole."""
    rows = facts.coverage or ()
    shown = {row["indicator_id"] for row in rows if row["state"] in _THERE}
    for row in rows:
        if row["state"] not in _THERE:
            yield _cell(row, facts, whole=row["indicator_id"] not in shown)
    listed = {row["indicator_id"] for row in rows}
    for name, card in facts.cards.items():
        if name not in listed:
            yield _said(card, "total", "", COVERS[NO_RELEASE], "")


def _cell(row: Mapping[str, Any], facts: PackFacts, *, whole: bool) -> Missing:
    name = row["indicator_id"]
    return Missing(
        indicator=name_of(name, facts.cards),
        statement=statement_of(facts.cards.get(name)),
        breakdown=row["dimension"],
        group="",
        whole=whole,
        state=COVERS[row["state"]],
        reason=_in_words(row["reason"], facts.cards),
        held_by=row.get("held_by") or _HELD_BY.get(row["state"], ""),
        how_to_supply=_in_words(row.get("how_to_supply") or "", facts.cards) or _SUPPLIED.get(row["state"], ""),
    )


def _in_words(text: str, cards: Mapping[str, Card]) -> str:
    """Return a text with the short name of each indicator that it names by its id."""
    return _ID.sub(lambda found: cards[found[0]].short if found[0] in cards else found[0], text)


def _groups(facts: PackFacts) -> Iterator[Missing]:
    """Yield the single groups without a figure of breakdowns that have some."""
    for found in facts.shown:
        for dimension, figures in found.groups.items():
            known = [f for f in figures if f.category != UNKNOWN]
            if all(f.value is None for f in known) and facts.coverage is not None:
                continue
            for figure in known:
                if figure.value is None:
                    yield _of(found, dimension, figure.group, figure.status)


def _without_coverage(facts: PackFacts) -> Iterator[Missing]:
    """Yield the indicators without a figure where the release has no coverage table."""
    for found in facts.indicators:
        if not found.shown:
            status = found.total.status if found.total is not None else Status.NOT_PUBLISHED.value
            yield _of(found, "total", "", status)
    for card in facts.absent:
        yield _said(card, "total", "", COVERS[Cover.NOT_PUBLISHED_THAT_YEAR.value], "")


def _of(found: IndicatorFacts, breakdown: str, group: str, status: str) -> Missing:
    reason = REASONS[status]
    state = (
        reason[:1].upper() + reason[1:]
        if status == Status.NOT_APPLICABLE.value
        else COVERS[COVER_OF[Status(status)].value]
    )
    return _said(found.card, breakdown, group, state, reason)


def _said(card: Card, breakdown: str, group: str, state: str, reason: str) -> Missing:
    return Missing(
        indicator=card.short,
        statement=statement_of(card),
        breakdown=breakdown,
        group=group,
        whole=breakdown == "total",
        state=state,
        reason=reason,
        held_by=_HELD_BY[Cover.SUPPRESSED.value] if state == COVERS[Cover.SUPPRESSED.value] else "",
        how_to_supply="",
    )
