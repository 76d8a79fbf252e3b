"""The counts of all indicators of one source and year: one engine, a way of placing figures for each attribution."""

from collections.abc import Callable

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.columns import COUNTS_KEY
from hi_pipeline.core.errors import NothingToBuild, ValidationError
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import DenominatorFrom, Indicator, Kind
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.assemble import parts_of
from hi_pipeline.tables.complete import complete
from hi_pipeline.tables.denominators import add_populations
from hi_pipeline.tables.placing.published import Context, Placed
from hi_pipeline.tables.placing.registry import PLACINGS
from hi_pipeline.tables.reference.footprint import refuse_absent_boards
from hi_pipeline.tables.strata import with_totals
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
    declared = reader.indicators(source)
    # Asked only where it matters: who asks which years there are is stale with every new one.
    several = any(indicator.further for indicator in declared)
    for indicator in declared:
        found: list[pl.DataFrame] = []
        for origin in indicator.by_origin:
            try:
                if several and financial_year not in reader.parts(origin.source):
                    raise NothingToBuild(f"{origin.source} holds nothing for {financial_year}")
                placed, used = _place(origin, context, counted)
            except NothingToBuild as nothing:
                notes.append(f"{indicator.id}: {nothing}")
                continue
            releases |= used
            found.append(complete(placed, origin, context, tuple(used)))
            counted |= {what: rows for what, rows in placed.counted.items() if rows}
            notes += [note for note in placed.notes if note not in notes]
        if found:
            frames.append(_first_counts(found))
            _refuse_absent(frames[-1], indicator, context)
    if not frames:
        raise NothingToBuild(f"{source}_counts {financial_year}: {'; '.join(notes) or 'no indicator is declared'}")
    frame = pl.concat(frames).sort("indicator_id", "area_type", "icb_code", "dimension", "category", nulls_last=True)
    return Built(frame=frame, releases=tuple(sorted(releases)), counted=counted, notes=tuple(notes))


def _first_counts(found: list[pl.DataFrame]) -> pl.DataFrame:
    """Put the counts of several publications together; of two with one key the first one counts.

    A row that only says that a publication has no such figure gives way to one that has it.
    """
    frame = found[0]
    for more in found[1:]:
        told = frame.filter(pl.col("status") == "not_published").join(more, on=COUNTS_KEY, how="semi", nulls_equal=True)
        frame = frame.join(told, on=COUNTS_KEY, how="anti", nulls_equal=True)
        frame = pl.concat([frame, more.join(frame, on=COUNTS_KEY, how="anti", nulls_equal=True)])
    return frame


def _place(indicator: Indicator, context: Context, counted: dict[str, int]) -> tuple[Placed, set[str]]:
    year, placing = context.financial_year, PLACINGS[indicator.attribution]
    if not placing.observations:
        placed = placing.place(pl.DataFrame(), indicator, context)
        return placed, placed.releases
    if indicator.kind is Kind.PUBLISHED and placing.sums:
        raise ValidationError(
            f"{indicator.id}: its figures are taken as printed and cannot be summed ({placing.words}). Choose another "
            "attribution, or declare the counts."
        )
    parts = parts_of(context.reader.clean(indicator.source, "observations", year), indicator)
    if indicator.kind is Kind.DSR:
        parts = with_totals(parts)
    placed = placing.place(parts, indicator, context)
    if indicator.denominator_from is DenominatorFrom.POPULATION_OR_RATE:
        placed = add_populations(placed, indicator, context)
    counted |= validate_total(placed, parts, indicator, where=f"{indicator.source}_counts {year}")
    return placed, placed.releases | _own_releases(context.reader.releases(indicator.source, year), indicator)


def _refuse_absent(counts: pl.DataFrame, indicator: Indicator, context: Context) -> None:
    totals = counts.filter(area_type=AreaType.ICB.value, dimension=Dimension.TOTAL.value)
    where = f"{indicator.source}_counts {context.financial_year}, {indicator.id}"
    refuse_absent_boards(totals["icb_code"].to_list(), context.vintage, where=where)


def _own_releases(releases: tuple[str, ...], indicator: Indicator) -> set[str]:
    """Leave out releases of other indicators, where the declaration names its own editions."""
    named = {f"{indicator.source}:{edition}" for edition in indicator.editions}
    if named and not named & set(releases):
        raise ValidationError(
            f"{indicator.id}: it is declared for the editions {sorted(named)}, its year rests on {sorted(releases)}. "
            "Correct editions in the catalogue."
        )
    return named & set(releases) or set(releases)
