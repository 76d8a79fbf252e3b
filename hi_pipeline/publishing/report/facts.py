"""Facts: the figures of one board and year as small typed records, each with the key of the row it comes from.

Whatever a pack prints takes its numbers from here. A fact is rounded once, when it is printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import ENGLAND_NAME, Board, Vintage, board, region_of
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.status import NOT_ACCEPTED, OLDER, STALE, AreaType, Measure, Status, Unit
from hi_pipeline.publishing.report.cards import Card
from hi_pipeline.publishing.report.judged import (
    GapChange,
    JudgedTarget,
    WorstCase,
    gap_change,
    judged_targets,
    worst_cases,
)
from hi_pipeline.publishing.report.numbers import decimals_of, printed, with_unit
from hi_pipeline.publishing.report.people import People, people_of
from hi_pipeline.publishing.report.published import Published

_YEARS_SHOWN = 3
# What makes a figure one that is not up to date, as its note begins or has it.
_STALE = STALE.partition(":")[0] + ":"
# How a pack begins the words of a group, where the results begin them otherwise: fifths and tenths as sentences say,
# a detailed ethnic group by a short word for its broad one.
_GROUPS = {
    "Quintile ": "Fifth ",
    "Decile ": "Tenth ",
    "Asian or Asian British: ": "Asian: ",
    "Black or Black British: ": "Black: ",
    "Other Ethnic Groups: ": "Other: ",
}
# Words for a figure that is not there; short enough for a cell.
ABSENT = {
    Status.SUPPRESSED.value: "suppressed",
    Status.TOO_FEW.value: "too few",
    Status.MISSING.value: "missing",
    Status.NOT_PUBLISHED.value: "not published",
    Status.NOT_APPLICABLE.value: "not applicable",
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the results, as it is printed.

    Attributes:
        id: the row's key, its parts joined by "/".
        value, lower, upper: of the row, in ``unit``; None where there is none.
        decimals: with which all its numbers are printed.
    """

    id: str
    indicator: str
    year: str
    period_start: date
    period_end: date
    period_type: str
    area: str
    dimension: str
    category: str
    order: int
    measure: str
    value: float | None
    lower: float | None
    upper: float | None
    numerator: float | None
    denominator: float | None
    unit: str
    decimals: int
    status: str
    note: str
    comparator: float | None
    compared_with: str
    comparison: str
    unknown_share: float | None
    coverage: float | None
    imd_vintage: str
    ethnicity_scheme: str
    releases: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the value without its unit, or why there is none."""
        return ABSENT[self.status] if self.value is None else printed(self.value, self.decimals)

    @property
    def group(self) -> str:
        """Return the words for the group that every chart, table and sentence uses: "Fifth 2", "Asian: Indian"."""
        for published, here in _GROUPS.items():
            if self.category.startswith(published):
                return here + self.category.removeprefix(published)
        return self.category

    @property
    def said(self) -> str:
        """Return the value with its unit."""
        return self.text if self.value is None else with_unit(self.text, self.unit)

    @property
    def is_stale(self) -> bool:
        """Tell whether a newer file is there which the figure does not rest on."""
        return _STALE in self.note

    @property
    def is_revised(self) -> bool:
        """Tell whether the figure rests on a file that its publisher revised, which nobody has accepted."""
        return NOT_ACCEPTED in self.note

    @property
    def is_older(self) -> bool:
        """Tell whether an earlier version of the program computed the figure."""
        return OLDER in self.note

    @property
    def limits(self) -> str:
        """Return "8.1 to 18.0", or "" where there are no limits."""
        if self.lower is None or self.upper is None:
            return ""
        return f"{printed(self.lower, self.decimals)} to {printed(self.upper, self.decimals)}"

    @property
    def comparator_text(self) -> str:
        """Return the comparator's value without its unit, or ""."""
        return "" if self.comparator is None else printed(self.comparator, self.decimals)


@dataclass(frozen=True, kw_only=True)
class IndicatorFacts:
    """All that is known of an indicator for one board and year.

    Attributes:
        total: the board's figure for everybody; None where there is no row.
        groups: by dimension, the figures of its groups in order, the unknown group last.
        derived: by measure (gap, ratio, sii, rii), the board's figure over the groups of deprivation.
        ethnic: differences of ethnic groups from the reference group.
        england: England's figure for everybody.
        years: totals of up to three years, the pack's own last; gaps alike.
        gap_change: how the gap changed from an earlier year; targets: the verdicts on its targets.
        worst: by ethnic group, what unknown records leave open of its difference.
    """

    card: Card
    total: Figure | None
    groups: Mapping[str, tuple[Figure, ...]]
    derived: Mapping[str, Figure]
    ethnic: tuple[Figure, ...]
    england: Figure | None
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

    @property
    def ends(self) -> tuple[Figure, Figure] | None:
        """Return the most and the least deprived group where both have a figure."""
        known = [f for f in self.groups.get("deprivation", ()) if f.category != UNKNOWN]
        ends = [f for f in known if f.order in (1, self.card.fifths) and f.value is not None]
        return (ends[0], ends[1]) if len(ends) == 2 else None

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Return every figure, each once."""
        singles = [self.total, self.england, *self.years, *self.gaps, *self.derived.values(), *self.ethnic]
        every = [f for f in singles if f is not None] + [f for group in self.groups.values() for f in group]
        return tuple({f.id: f for f in every}.values())


@dataclass(frozen=True, kw_only=True)
class PackFacts:
    """What one pack rests on; ``completeness`` is by publication and breakdown."""

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
    def areas(self) -> dict[str, tuple[IndicatorFacts, ...]]:
        """Return the indicators by area of the statement, in the order of the statement's numbers."""
        last = 99
        by_area: dict[str, list[IndicatorFacts]] = {}
        for found in self.indicators:
            by_area.setdefault(found.card.area, []).append(found)
        first = {a: min(f.card.statement_number or last for f in members) for a, members in by_area.items()}
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
    years = ALL_YEARS[: ALL_YEARS.index(year) + 1]
    rows = published.results.filter(
        (pl.col("geography_vintage") == vintage.value)
        & pl.col("financial_year").is_in(years)
        & ((pl.col("icb_code") == icb) | (pl.col("area_type") == AreaType.ENGLAND.value))
    )
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
        coverage=_rows(published.coverage, icb=icb, year=year, vintage=vintage),
        comparisons=_rows(published.comparisons, icb=icb, year=year, vintage=vintage),
        completeness=_rows(published.completeness, icb=icb, year=year, vintage=vintage),
        sources=_sources(published.sources, used),
        people=people,
    )


def _indicator(card: Card, rows: pl.DataFrame, icb: str, year: str) -> IndicatorFacts:
    figures = [_figure(row, card) for row in rows.sort("category_order", "category").iter_rows(named=True)]
    own = [f for f in figures if f.year == year and f.area == icb]
    values = [f for f in own if f.measure == Measure.VALUE.value]
    england = [f for f in figures if f.year == year and f.area != icb and _is_total(f)]
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
        england=england[0] if england else None,
        years=_last([f for f in figures if f.area == icb and _is_total(f)]),
        gaps=_last([f for f in figures if f.area == icb and f.measure == Measure.GAP.value]),
    )


def _is_total(figure: Figure) -> bool:
    return figure.dimension == "total" and figure.measure == Measure.VALUE.value


def _last(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    return tuple(sorted(figures, key=lambda f: f.year)[-_YEARS_SHOWN:])


def _figure(row: Mapping[str, Any], card: Card) -> Figure:
    key = ("indicator_id", "financial_year", "geography_vintage", "icb_code", "dimension", "category", "measure")
    pp = row["unit"] == Unit.PERCENTAGE_POINTS.value
    same = row["unit"] == card.unit or pp
    return Figure(
        id="/".join(str(row[name]) for name in key),
        indicator=row["indicator_id"],
        year=row["financial_year"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        period_type=row["period_type"],
        area=row["icb_code"],
        dimension=row["dimension"],
        category=row["category"],
        order=row["category_order"],
        measure=row["measure"],
        value=row["value"],
        lower=row["lower_95"],
        upper=row["upper_95"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        unit=row["unit"],
        decimals=card.decimals if same else decimals_of(row["unit"]),
        status=row["status"],
        note=row["note"],
        comparator=row["comparator_value"],
        compared_with=row.get("comparator") or ENGLAND_NAME,
        comparison=row["comparison"],
        unknown_share=row["unknown_share"],
        coverage=row["coverage"],
        imd_vintage=row["imd_vintage"] or "",
        ethnicity_scheme=row["ethnicity_scheme"] or "",
        releases=tuple(r for r in row["source_releases"].split(";") if r),
    )


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
