"""The counts of all indicators of one source and year: one engine, each way of placing figures a module."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.columns import COUNTS_KEY
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.geography import Vintage, footprints_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, DenominatorFrom, Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.assemble import parts_of
from hi_pipeline.tables.complete import complete
from hi_pipeline.tables.denominators import add_populations
from hi_pipeline.tables.placing.authorities import place_authorities
from hi_pipeline.tables.placing.lsoas import place_core20
from hi_pipeline.tables.placing.placed import Context, Placed
from hi_pipeline.tables.placing.practices import place_practices
from hi_pipeline.tables.placing.published import place_published
from hi_pipeline.tables.placing.recast import recast
from hi_pipeline.tables.reference.footprint import refuse_absent_boards
from hi_pipeline.tables.totals import validate_footprints, validate_total

# How figures of areas smaller than boards are placed, on any footprint; those of boards are recast.
PLACING = {Attribution.PRACTICE: place_practices, Attribution.LOCAL_AUTHORITY: place_authorities}


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
    own, *others = footprints_of(financial_year)
    context = Context(reader=reader, financial_year=financial_year, vintage=own)
    frames: list[pl.DataFrame] = []
    releases: set[str] = set()
    counted: dict[str, int] = {}
    notes: list[str] = []
    for indicator in reader.indicators(source):
        try:
            parts, found = _on_own_footprint(indicator, context, counted)
        except NothingToBuild as nothing:
            notes.append(f"{indicator.id}: {nothing}")
            continue
        placed = {own: found} | {v: _on_other(found, parts, indicator, replace(context, vintage=v)) for v in others}
        frames.append(_completed(placed, indicator, context))
        for one in placed.values():
            releases |= one.releases
            counted |= {what: rows for what, rows in one.counted.items() if rows}
            notes += [note for note in one.notes if note not in notes]
    if not frames:
        raise NothingToBuild(f"{source}_counts {financial_year}: {'; '.join(notes) or 'no indicator is declared'}")
    frame = pl.concat(frames).sort(COUNTS_KEY, nulls_last=True)
    return Built(frame=frame, releases=tuple(sorted(releases)), counted=counted, notes=tuple(notes))


def _on_own_footprint(
    indicator: Indicator, context: Context, counted: dict[str, int]
) -> tuple[pl.DataFrame | None, Placed]:
    """Return the publisher's rows (None for what is linked from LSOAs) and the figures on the year's own footprint."""
    year, reader = context.financial_year, context.reader
    if indicator.attribution is Attribution.LSOA:
        placed = place_core20(context)
        _refuse_absent(placed, indicator, context)
        return None, placed
    parts = parts_of(reader.clean(indicator.source, "observations", year), indicator)
    place = PLACING.get(indicator.attribution)
    placed = place(parts, indicator, context) if place else place_published(parts, context)
    _refuse_absent(placed, indicator, context)
    if indicator.denominator_from is DenominatorFrom.POPULATION_OR_RATE:
        placed = add_populations(placed, indicator, context)
    counted |= validate_total(placed, parts, indicator, where=f"{indicator.source}_counts {year}")
    placed.releases |= _own_releases(reader.releases(indicator.source, year), indicator)
    return parts, placed


def _on_other(own: Placed, parts: pl.DataFrame | None, indicator: Indicator, context: Context) -> Placed:
    """Put figures on another footprint: by practices, authorities or LSOAs again, else by whole boards and locations.

    Raises:
        ValidationError: someone is lost or counted twice, or an unchanged board changes.
    """
    try:
        if parts is None:
            placed = place_core20(context)
        elif indicator.attribution in PLACING:
            placed = PLACING[indicator.attribution](parts, indicator, context)
        else:
            placed = recast(own, parts, context)
    except NothingToBuild as nothing:
        placed = recast(own, parts, context, why=f"not published: {nothing}")
        placed.notes.append(str(nothing))
    placed.releases |= own.releases
    where = f"{indicator.source}_counts {context.financial_year} on the footprint {context.vintage}, {indicator.id}"
    validate_footprints(own, placed, where=where)
    _refuse_absent(placed, indicator, context)
    return placed


def _completed(placed: dict[Vintage, Placed], indicator: Indicator, context: Context) -> pl.DataFrame:
    """Return the counts of all footprints in the contract; England is the same row on each."""
    frames: list[pl.DataFrame] = []
    for vintage, one in placed.items():
        frame = complete(one, indicator, replace(context, vintage=vintage), tuple(one.releases))
        england = pl.col("area_type") == AreaType.ENGLAND.value
        if frames:
            own = frames[0].filter(england).with_columns(geography_vintage=pl.lit(vintage.value))
            frame = pl.concat([frame.filter(~england), own])
        frames.append(frame)
    return pl.concat(frames)


def _refuse_absent(placed: Placed, indicator: Indicator, context: Context) -> None:
    totals = placed.frame.filter(area_type=AreaType.ICB.value, dimension=Dimension.TOTAL.value)
    where = f"{indicator.source}_counts {context.financial_year}, {indicator.id}"
    refuse_absent_boards(totals["icb_code"].to_list(), context.vintage, where=where)


def _own_releases(releases: tuple[str, ...], indicator: Indicator) -> set[str]:
    """Leave out releases of other indicators, where a release holds one and the measures carry its name."""
    own = {r for r in releases if any(name.endswith(f"_{r.partition(':')[2]}") for name in indicator.numerator)}
    return own or set(releases)
