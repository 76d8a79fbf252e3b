"""The counts of all indicators of one source and year: one engine, four ways of placing figures."""

from collections.abc import Callable

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, DenominatorFrom, Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.assemble import parts_of
from hi_pipeline.tables.complete import complete
from hi_pipeline.tables.denominators import add_populations
from hi_pipeline.tables.placing.authorities import place_authorities
from hi_pipeline.tables.placing.lsoas import place_core20
from hi_pipeline.tables.placing.practices import place_practices
from hi_pipeline.tables.placing.published import Context, Placed, place_published
from hi_pipeline.tables.reference.footprint import refuse_absent_boards
from hi_pipeline.tables.totals import validate_total


def counts_builder(source: str) -> Callable[[Reader, str], Built]:
    """Return the builder of a source's counts."""

    def build(reader: Reader, financial_year: str) -> Built:
        return build_counts(reader, financial_year, source=source)

    return build


def build_counts(reader: Reader, financial_year: str, *, source: str) -> Built:
    """Build the counts of every declared indicator of a source, in the COUNTS contract.

    Raises:
        NothingToBuild: no indicator of the source has figures in this year, or a linked table or a lookup that its
            way of placing needs is not in hand.
        ValidationError: the parts do not add up to England.
        LinkageError: a board without a row of its total, or areas without a place.
    """
    context = Context(reader=reader, financial_year=financial_year)
    frames: list[pl.DataFrame] = []
    releases: set[str] = set()
    counted: dict[str, int] = {}
    notes: list[str] = []
    for indicator in reader.indicators(source):
        try:
            placed, used = _place(indicator, context, counted)
        except NothingToBuild as nothing:
            notes.append(f"{indicator.id}: {nothing}")
            continue
        releases |= used
        frames.append(complete(placed, indicator, context, tuple(used)))
        counted |= {what: rows for what, rows in placed.counted.items() if rows}
        notes += [note for note in placed.notes if note not in notes]
    if not frames:
        raise NothingToBuild(f"{source}_counts {financial_year}: {'; '.join(notes) or 'no indicator is declared'}")
    frame = pl.concat(frames).sort("indicator_id", "area_type", "icb_code", "dimension", "category", nulls_last=True)
    return Built(frame=frame, releases=tuple(sorted(releases)), counted=counted, notes=tuple(notes))


def _place(indicator: Indicator, context: Context, counted: dict[str, int]) -> tuple[Placed, set[str]]:
    year = context.financial_year
    if indicator.attribution is Attribution.LSOA:
        placed = place_core20(context)
        _refuse_absent(placed, indicator, context)
        return placed, placed.releases
    parts = parts_of(context.reader.clean(indicator.source, "observations", year), indicator)
    if indicator.attribution is Attribution.PRACTICE:
        placed = place_practices(parts, indicator, context)
    elif indicator.attribution is Attribution.LOCAL_AUTHORITY:
        placed = place_authorities(parts, indicator, context)
    else:
        placed = place_published(parts, context)
    _refuse_absent(placed, indicator, context)
    if indicator.denominator_from is DenominatorFrom.POPULATION_OR_RATE:
        placed = add_populations(placed, indicator, context)
    counted |= validate_total(placed, parts, indicator, where=f"{indicator.source}_counts {year}")
    return placed, placed.releases | _own_releases(context.reader.releases(indicator.source, year), indicator)


def _refuse_absent(placed: Placed, indicator: Indicator, context: Context) -> None:
    totals = placed.frame.filter(area_type=AreaType.ICB.value, dimension=Dimension.TOTAL.value)
    where = f"{indicator.source}_counts {context.financial_year}, {indicator.id}"
    refuse_absent_boards(totals["icb_code"].to_list(), context.vintage, where=where)


def _own_releases(releases: tuple[str, ...], indicator: Indicator) -> set[str]:
    """Leave out releases of other indicators, where a release holds one and the measures carry its name."""
    own = {r for r in releases if any(name.endswith(f"_{r.partition(':')[2]}") for name in indicator.numerator)}
    return own or set(releases)
