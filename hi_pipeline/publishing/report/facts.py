"""Facts: the figures of one board and year as small typed records, each with the key of the row it comes from.

Whatever a pack prints takes its numbers from here. A fact is rounded once, when it is printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import Board, Vintage, board, region_of, vintage_of
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.indicator import Polarity
from hi_pipeline.core.status import AreaType, Measure
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.covers import settled
from hi_pipeline.publishing.report.figures import Figure, figure_of
from hi_pipeline.publishing.report.judged import (
    GapChange,
    JudgedTarget,
    WorstCase,
    gap_change,
    judged_targets,
    worst_cases,
)
from hi_pipeline.publishing.report.people import People, people_of
from hi_pipeline.publishing.report.published import Published

_YEARS_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class IndicatorFacts:
    """All that is known of an indicator for one board and year.

    Attributes:
        total: the board's figure for everybody; None where there is no row.
        groups: by dimension, the figures of its groups in order, the unknown group last.
        derived: by measure (gap, ratio, sii, rii), the board's figure over the groups of deprivation.
        ethnic: differences of ethnic groups from the reference group.
        years: totals of up to three years, the pack's own last; gaps alike.
        gap_change: how the gap changed from an earlier year; targets: the verdicts on its targets.
        worst: by ethnic group, what unknown records leave open of its difference.
    """

    card: Card
    total: Figure | None
    groups: Mapping[str, tuple[Figure, ...]]
    derived: Mapping[str, Figure]
    ethnic: tuple[Figure, ...]
    years: tuple[Figure, ...]
    gaps: tuple[Figure, ...]
    gap_change: GapChange | None = None
    targets: tuple[JudgedTarget, ...] = ()
    worst: Mapping[str, WorstCase] = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        """Tell whether the board has a figure for everybody."""
        return self.total is not None and self.total.value is not None

    @property
    def gap(self) -> Figure | None:
        """Return the gap between the ends; None where there is no row."""
        return self.derived.get(Measure.GAP.value)

    def turned(self, number: float) -> float:
        """Return a gap of the results as most deprived less least deprived.

        There a gap is positive where the most deprived are worse off, so that of which more is better is turned round.
        """
        return -number if self.card.polarity is Polarity.HIGHER_IS_BETTER else number

    def most_less_least(self, gap: Figure) -> Figure:
        """Return a gap's figure as most deprived less least deprived: value, limits in their order, and comparator."""
        numbers = (gap.value, gap.lower, gap.upper, gap.comparator)
        value, low, high, beside = (None if number is None else self.turned(number) for number in numbers)
        if self.card.polarity is Polarity.HIGHER_IS_BETTER:
            low, high = high, low
        return replace(gap, value=value, lower=low, upper=high, comparator=beside)

    @property
    def apart(self) -> tuple[Figure, ...]:
        """Return the figures of groups that rest on another publication than that for everybody: of other people."""
        if self.total is None or self.total.value is None:
            return ()
        own = self.total.publications
        every = [f for group in self.groups.values() for f in group]
        return tuple(f for f in every if f.value is not None and f.releases and not own & f.publications)

    @property
    def ends(self) -> tuple[Figure, Figure] | None:
        """Return the most and the least deprived group where both have a figure."""
        known = [f for f in self.groups.get("deprivation", ()) if f.category != UNKNOWN]
        ends = [f for f in known if f.order in (1, self.card.fifths) and f.value is not None]
        return (ends[0], ends[1]) if len(ends) == 2 else None

    @property
    def bare_ends(self) -> tuple[Figure, ...]:
        """Return those of the most and the least deprived group that have no figure."""
        known = [f for f in self.groups.get("deprivation", ()) if f.category != UNKNOWN]
        return tuple(f for f in known if f.order in (1, self.card.fifths) and f.value is None)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Return every figure, each once."""
        singles = [self.total, *self.years, *self.gaps, *self.derived.values(), *self.ethnic]
        every = [f for f in singles if f is not None] + [f for group in self.groups.values() for f in group]
        return tuple({f.id: f for f in every}.values())


@dataclass(frozen=True, kw_only=True)
class PackFacts:
    """What one pack rests on.

    ``completeness`` is by publication and breakdown; ``similar`` names the boards most like this one, nearest first.
    """

    board: Board
    year: str
    vintage: Vintage
    region: str
    synthetic: bool
    indicators: tuple[IndicatorFacts, ...]
    absent: tuple[Card, ...]
    coverage: tuple[Mapping[str, Any], ...] | None
    comparisons: tuple[Mapping[str, Any], ...] | None
    completeness: tuple[Mapping[str, Any], ...] | None
    sources: tuple[Mapping[str, Any], ...]
    people: People | None
    similar: tuple[str, ...]

    @property
    def shown(self) -> tuple[IndicatorFacts, ...]:
        """Return the indicators for which the board has a figure, in the order of the pages."""
        return tuple(found for members in self.areas.values() for found in members if found.shown)

    @property
    def own_figures(self) -> tuple[Figure, ...]:
        """Return every figure of the board and the year."""
        figures = (figure for found in self.indicators for figure in found.figures)
        return tuple(f for f in figures if f.area == self.board.ons and f.year == self.year)

    @property
    def cards(self) -> dict[str, Card]:
        """Return all indicators of the list by id, those without a figure too."""
        return {c.id: c for c in (*(found.card for found in self.indicators), *self.absent)}

    @property
    def unseen(self) -> tuple[Card, ...]:
        """Return the indicators of the statement of which the results say nothing for the board and year."""
        numbered = [card for card in self.absent if card.statement_number is not None]
        return tuple(sorted(numbered, key=lambda card: (card.statement_number or 0, card.order)))

    @property
    def areas(self) -> dict[str, tuple[IndicatorFacts, ...]]:
        """Return the indicators by area, in the order of the statement's numbers; an area of it may have none."""
        last = 99
        by_area: dict[str, list[IndicatorFacts]] = {card.area: [] for card in self.unseen}
        for found in self.indicators:
            by_area.setdefault(found.card.area, []).append(found)
        cards = [*(found.card for found in self.indicators), *self.unseen]
        first = {a: min(c.statement_number or last for c in cards if c.area == a) for a in by_area}
        return {a: tuple(by_area[a]) for a in sorted(by_area, key=lambda a: (first[a], a))}


def facts_of(published: Published, *, icb: str, year: str, vintage: Vintage) -> PackFacts:
    """Collect the facts of a board's pack.

    Args:
        published: the published folder.
        icb: ONS code of the board.
        year: financial year.
        vintage: the footprint that the figures stand on.

    Raises:
        SelectionError: the board is not on the footprint, or nothing is published for it and the year.
    """
    if vintage not in board(icb).vintages:
        raise SelectionError(f"{board(icb).name} ({icb}) is not on the footprint of {vintage}")
    rows = _up_to(published.results, icb=icb, year=year, vintage=vintage)
    here = rows.filter((pl.col("financial_year") == year) & (pl.col("icb_code") == icb))
    if here.is_empty():
        raise SelectionError(f"no figure of {board(icb).name} ({icb}) is published for {year}; see hi coverage")
    by_indicator = rows.partition_by("indicator_id", as_dict=True)
    beside = (published.pace, published.targets, published.bounds)
    pace, targets, bounds = (_rows(table, icb=icb, year=year, vintage=vintage) or () for table in beside)
    found = [
        replace(
            _indicator(card, by_indicator[name,], icb, year),
            gap_change=gap_change(pace, name),
            targets=judged_targets(targets, name),
            worst=worst_cases(bounds, name),
        )
        for name, card in published.cards.items()
        if (name,) in by_indicator and name in set(here["indicator_id"])
    ]
    covers = _rows(published.coverage, icb=icb, year=year, vintage=vintage)
    people = people_of(published, icb=icb, year=year, vintage=vintage)
    used = {release for f in found for figure in f.figures for release in figure.releases}
    used |= set(people.releases) if people is not None else set()
    return PackFacts(
        board=board(icb),
        year=year,
        vintage=vintage,
        region=region_of(icb, vintage).name,
        synthetic=published.synthetic,
        indicators=tuple(found),
        absent=tuple(c for c in published.cards.values() if c.id not in set(here["indicator_id"])),
        coverage=None if covers is None else settled(covers, {f.card.id: f.groups for f in found}),
        comparisons=_rows(published.comparisons, icb=icb, year=year, vintage=vintage),
        completeness=_rows(published.completeness, icb=icb, year=year, vintage=vintage),
        sources=_sources(published.sources, used),
        people=people,
        similar=_similar(published.similar_boards, icb=icb, vintage=vintage),
    )


def _similar(lists: pl.DataFrame | None, *, icb: str, vintage: Vintage) -> tuple[str, ...]:
    if lists is None:
        return ()
    own = lists.filter(icb_code=icb, geography_vintage=vintage.value).sort("place")
    return tuple(board(code).short_name for code in own["similar_code"])


def _up_to(results: pl.DataFrame, *, icb: str, year: str, vintage: Vintage) -> pl.DataFrame:
    """Return the rows of a board and of England up to a year: on the footprint, earlier years else on their own.

    An ONS code names the same area on every footprint that has it, so the board's earlier figures are of this area.
    """
    years = ALL_YEARS[: ALL_YEARS.index(year) + 1]
    here = pl.col("geography_vintage") == vintage.value
    earlier = [
        (pl.col("financial_year") == past) & (pl.col("geography_vintage") == vintage_of(past).value)
        for past in years[:-1]
    ]
    theirs = pl.any_horizontal(pl.lit(False), *earlier)
    whose = (pl.col("icb_code") == icb) | (here & (pl.col("area_type") == AreaType.ENGLAND.value))
    rows = results.filter(pl.col("financial_year").is_in(years) & (here | theirs) & whose)
    # Where a year stands on both footprints, it is told on the pack's.
    by = ("indicator_id", "financial_year", "icb_code")
    return rows.filter(here | ~here.any().over(by))


def _indicator(card: Card, rows: pl.DataFrame, icb: str, year: str) -> IndicatorFacts:
    figures = [figure_of(row, card) for row in rows.sort("category_order", "category").iter_rows(named=True)]
    own = [f for f in figures if f.year == year and f.area == icb]
    values = [f for f in own if f.measure == Measure.VALUE.value]
    derived = {f.measure: f for f in own if f.dimension == "deprivation" and f.measure != Measure.VALUE.value}
    return IndicatorFacts(
        card=card,
        total=next((f for f in values if _is_total(f)), None),
        groups={
            d: group
            for d in ("deprivation", "ethnicity", "age", "sex")
            if (group := tuple(f for f in values if f.dimension == d))
        },
        derived=derived,
        ethnic=tuple(f for f in own if f.dimension == "ethnicity" and f.measure == Measure.DIFFERENCE.value),
        years=_last([f for f in figures if f.area == icb and _is_total(f)]),
        gaps=_last([f for f in figures if f.area == icb and f.measure == Measure.GAP.value]),
    )


def _is_total(figure: Figure) -> bool:
    return figure.dimension == "total" and figure.measure == Measure.VALUE.value


def _last(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    return tuple(sorted(figures, key=lambda f: f.year)[-_YEARS_SHOWN:])


def _rows(table: pl.DataFrame | None, *, icb: str, year: str, vintage: Vintage) -> tuple[Mapping[str, Any], ...] | None:
    """Return the rows of a further table that speak of the board, the year and the footprint."""
    if table is None:
        return None
    where = {"icb_code": icb, "financial_year": year, "geography_vintage": vintage.value}
    known = table.filter(*(pl.col(name) == value for name, value in where.items() if name in table.columns))
    return tuple(known.iter_rows(named=True))


def _sources(entries: Sequence[Mapping[str, Any]], used: set[str]) -> tuple[Mapping[str, Any], ...]:
    """Return the publications that the figures rest on, each with those of its releases that were used."""
    found = []
    for entry in entries:
        releases = [release for release in entry["releases"] if release["id"] in used]
        if releases:
            found.append({**entry, "releases": releases})
    return tuple(found)
