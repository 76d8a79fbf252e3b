"""The counts of all indicators of one source and year: one engine, a way of placing figures for each attribution."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.columns import COUNTS_KEY
from hi_pipeline.core.errors import NothingToBuild, ValidationError
from hi_pipeline.core.geography import NHS_REGIONS, Vintage, footprints_of, vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, DenominatorFrom, Indicator, Kind, Level
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.tables.assemble import left_out, parts_of
from hi_pipeline.tables.complete import complete
from hi_pipeline.tables.disclosure import controlled
from hi_pipeline.tables.people import ADDED, add_registered
from hi_pipeline.tables.placing.placed import Context, Placed, absent_boards
from hi_pipeline.tables.placing.recast import recast
from hi_pipeline.tables.placing.registry import PLACINGS
from hi_pipeline.tables.reference.footprint import refuse_absent_boards
from hi_pipeline.tables.strata import with_totals
from hi_pipeline.tables.totals import validate_footprints, validate_total

APART = [AreaType.PROVIDER.value, AreaType.AUTHORITY.value]


def counts_builder(source: str) -> Callable[[Reader, str], Built]:
    """Return the builder of a source's counts."""

    def build(reader: Reader, financial_year: str) -> Built:
        return build_counts(reader, financial_year, source=source)

    return build


def build_counts(reader: Reader, financial_year: str, *, source: str, only: Vintage | None = None) -> Built:
    """Build the counts of every declared indicator of a source, in the COUNTS contract.

    Args:
        reader: the tables to read.
        financial_year: such as 2024-25.
        source: the publication.
        only: the one footprint that is asked for; the year's own is built in any case, as the other is checked by it.

    Raises:
        NothingToBuild: no indicator of the source has figures in this year, or a linked table or a lookup that its
            way of placing needs is not in hand.
        ValidationError: the parts do not add up to England.
        LinkageError: a board without a row of its total, or areas without a place.
    """
    own = vintage_of(financial_year)
    others = [v for v in footprints_of(financial_year) if v != own and only in (None, v)]
    context = Context(reader=reader, financial_year=financial_year, vintage=own)
    frames: list[pl.DataFrame] = []
    counted: dict[str, int] = {}
    notes: list[str] = []
    not_given: list[str] = []
    declared = reader.indicators(source)
    several = any(indicator.further for indicator in declared)
    for indicator in declared:
        completed: list[pl.DataFrame] = []
        for origin in indicator.by_origin:
            try:
                if several and not reader.holds(origin.source, financial_year):
                    raise NothingToBuild(f"{origin.source} holds nothing for {financial_year}")
                parts, found = _on_own_footprint(origin, context, counted)
            except NothingToBuild as nothing:
                # That no board has given an extract of something else is no matter of those that are there.
                said = not_given if PLACINGS[origin.attribution].alone else notes
                said.append(f"{indicator.id}: {nothing}")
                continue
            placed = {own: found} | {v: _on_other(found, parts, origin, replace(context, vintage=v)) for v in others}
            completed.append(_completed(placed, origin, context))
            for one in placed.values():
                _add_counted(counted, one.counted, indicator)
                notes += [note for note in one.notes if note not in notes]
        if completed:
            counts = _first_counts(completed)
            frames.append(controlled(counts) if indicator.controlled else counts)
    if not frames:
        raise NothingToBuild(
            f"{source}_counts {financial_year}: {'; '.join([*notes, *not_given]) or 'no indicator is declared'}"
        )
    frame = pl.concat(frames).sort(COUNTS_KEY, nulls_last=True)
    releases = {release for text in frame["source_releases"].unique() for release in text.split(";") if release}
    return Built(frame=frame, releases=tuple(sorted(releases)), counted=counted, notes=tuple(notes))


def _add_counted(counted: dict[str, int], more: Mapping[str, int], indicator: Indicator) -> None:
    """Add what was counted of an indicator; it is named where an earlier one has another number for the same reason."""
    for what, rows in more.items():
        if rows:
            counted[what if counted.get(what, rows) == rows else f"{indicator.id}: {what}"] = rows


def _first_counts(completed: list[pl.DataFrame]) -> pl.DataFrame:
    """Put the counts of several publications together; of two with one key the first one counts.

    A row that only says that a publication has no such figure gives way to one of another publication.
    """
    frame = completed[0]
    for more in completed[1:]:
        bare = frame.filter(status=Status.NOT_PUBLISHED.value).join(more, on=COUNTS_KEY, how="semi", nulls_equal=True)
        frame = frame.join(bare, on=COUNTS_KEY, how="anti", nulls_equal=True)
        frame = pl.concat([frame, more.join(frame, on=COUNTS_KEY, how="anti", nulls_equal=True)])
    return frame


def _parts(indicator: Indicator, context: Context, counted: dict[str, int]) -> pl.DataFrame:
    """Return the publisher's rows, and count those left out; empty where the attribution reads linked tables only."""
    placing = PLACINGS[indicator.attribution]
    if not placing.observations:
        return pl.DataFrame(schema={"area_level": pl.String, "dimension": pl.String})
    if indicator.kind.as_printed and placing.sums:
        raise ValidationError(
            f"{indicator.id}: its figures are taken as printed and cannot be summed ({placing.words}). Choose another "
            "attribution, or declare the counts."
        )
    observations = context.reader.clean(indicator.source, "observations", context.financial_year)
    parts = parts_of(observations, indicator)
    counted |= left_out(observations, indicator)
    if indicator.kind is not Kind.DSR:
        return parts
    if parts.filter(dimension=Dimension.AGE_AND_SEX.value).is_empty():
        raise NothingToBuild(f"{indicator.source} gives no counts by age and sex for the year")
    return with_totals(parts)


def _placed(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Place the rows on a footprint, with the population of it where the publication has none."""
    placed = PLACINGS[indicator.attribution].place(parts, indicator, context)
    some = indicator.levels.total in (Level.PART, Level.UNVERIFIED)
    if some and indicator.attribution is Attribution.PUBLISHED:
        placed.frame = pl.concat([placed.frame, absent_boards(placed.frame, context)])
    if indicator.denominator_from in ADDED:
        placed = ADDED[indicator.denominator_from].add(placed, indicator, context)
    return placed


def _on_own_footprint(indicator: Indicator, context: Context, counted: dict[str, int]) -> tuple[pl.DataFrame, Placed]:
    """Return the publisher's rows and the figures on the year's own footprint."""
    parts = _parts(indicator, context, counted)
    placed = _placed(parts, indicator, context)
    _refuse_absent(placed, indicator, context)
    counted |= validate_total(placed, parts, indicator, where=f"{indicator.source}_counts {context.financial_year}")
    return parts, placed


def _on_other(own: Placed, parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Put figures on another footprint: by practices, authorities or LSOAs again, else by whole boards and locations.

    Raises:
        ValidationError: someone is lost or counted twice, or an unchanged board changes.
    """
    try:
        again = not PLACINGS[indicator.attribution].recast
        placed = (_placed if again else partial(recast, own))(parts, indicator, context)
        if not again and indicator.denominator_from is DenominatorFrom.REGISTERED:
            # A board that is the sum of its locations has no patients yet.
            placed = add_registered(placed, indicator, context)
    except NothingToBuild as nothing:
        placed = recast(own, parts, indicator, context, why=f"not published: {nothing}")
        placed.notes.append(str(nothing))
    where = f"{indicator.source}_counts {context.financial_year} on the footprint {context.vintage}, {indicator.id}"
    validate_footprints(own, placed, where=where, added_up=not PLACINGS[indicator.attribution].alone)
    _refuse_absent(placed, indicator, context)
    return placed


def _completed(placed: dict[Vintage, Placed], indicator: Indicator, context: Context) -> pl.DataFrame:
    """Return the counts of all footprints in the contract; England and all boards are the same rows on each."""
    frames: list[pl.DataFrame] = []
    releases = _own_releases(indicator, context)
    for vintage, one in placed.items():
        frame = complete(one, indicator, replace(context, vintage=vintage), releases, with_england=not frames)
        england = pl.col("area_type").is_in([AreaType.ENGLAND.value, AreaType.BOARDS.value])
        if frames:
            own = frames[0].filter(england).with_columns(geography_vintage=pl.lit(vintage.value))
            # Providers and authorities lie on no footprint of boards: they stand once, with the year's own.
            frame = pl.concat([frame.filter(~england & ~pl.col("area_type").is_in(APART)), own])
            frame = _with_regions(frame, frames[0], context.own_vintage, vintage)
        frames.append(frame)
    return pl.concat(frames)


def _with_regions(frame: pl.DataFrame, own: pl.DataFrame, own_vintage: Vintage, vintage: Vintage) -> pl.DataFrame:
    """Give a region whose boards of another footprint have no sum its figure on the year's own: it is the same area."""
    codes = {r.ons[own_vintage]: r.ons[vintage] for r in NHS_REGIONS}
    group = ["icb_code", "dimension", "category"]
    region = pl.col("area_type") == AreaType.REGION.value
    there = pl.col("status") == Status.OK.value
    known = own.filter(region & there).with_columns(
        icb_code=pl.col("icb_code").replace(codes), geography_vintage=pl.lit(vintage.value)
    )
    carried = known.join(frame.filter(region & ~there), on=group, how="semi")
    replaced = carried.select(*group, "area_type")
    return pl.concat([frame.join(replaced, on=replaced.columns, how="anti"), carried])


def _refuse_absent(placed: Placed, indicator: Indicator, context: Context) -> None:
    if Dimension.TOTAL not in indicator.dimensions:
        return
    totals = placed.frame.filter(area_type=AreaType.ICB.value, dimension=Dimension.TOTAL.value)
    where = f"{indicator.source}_counts {context.financial_year}, {indicator.id}"
    refuse_absent_boards(totals["icb_code"].to_list(), context.vintage, where=where)


def _own_releases(indicator: Indicator, context: Context) -> set[str]:
    """Return the publication's own releases: where the declaration names its editions, these.

    None for linked tables, and for boards' own extracts, of which each row names its own.

    Raises:
        ValidationError: the year rests on none of the editions that the declaration names.
    """
    placing = PLACINGS[indicator.attribution]
    if not placing.observations or placing.alone:
        return set()
    releases = context.reader.releases(indicator.source, context.financial_year)
    own = {release for release in releases if indicator.rests_on(release.partition(":")[2])}
    if indicator.editions and not own:
        raise ValidationError(
            f"{indicator.id}: it is declared for the editions {sorted(indicator.editions)}, its year rests on "
            f"{sorted(releases)}. Correct editions in the catalogue."
        )
    return own
