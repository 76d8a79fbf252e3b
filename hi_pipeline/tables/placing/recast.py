"""Figures of the boards of a year on the footprint in force: the same boards, whole boards together, or why not."""

import polars as pl

from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.geography import NHS_REGIONS, boards_of, boards_within
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.tables.assemble import GROUP, PRINTED
from hi_pipeline.tables.placing.locations import LOCATIONS, place_locations
from hi_pipeline.tables.placing.placed import Context, Placed, not_published, shaped
from hi_pipeline.tables.placing.published import BOARDS
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.sums import add_up

AS_PRINTED = "not published: the publisher's own figures of {} cannot be added up"
REPEATED = "not published: people may be counted in several of {}, so the boards cannot be added up"
PARTED = "not published: its figures are those of whole boards, and this one took part of {}"


def recast(own: Placed, parts: pl.DataFrame, indicator: Indicator, context: Context, *, why: str = "") -> Placed:
    """Put figures that stand on a year's own footprint on another one.

    A board that both footprints have keeps its rows, the publisher's figure included. A new board is the sum of the
    boards that it is made of, where it has all of each; else the sum of its locations, where the publication has them
    by the same groups as boards; else it says why it has no figure. England, remainders and regions are the same people
    on both footprints.

    Args:
        own: figures on the footprint of the year, denominators included.
        parts: the publisher's rows; empty where the figures are not of areas that it prints.
        indicator: the declaration; a figure that is taken as printed, or whose people count in several areas, is not
            added up.
        context: the year and the other footprint.
        why: why a new board that is not made of whole ones has no figure, where it is not for want of parts in the
            publication.
    """
    kept = own.frame.filter(
        (pl.col("area_type") != AreaType.ICB.value)
        | pl.col("icb_code").is_in([b.ons for b in boards_of(context.vintage)])
    )
    silent = _without_figures(own.frame)
    made: dict[str, str] = {}
    causes: dict[str, str] = {}
    for new in boards_of(context.vintage):
        if context.own_vintage not in new.vintages:
            within = boards_within(new.ons, context.own_vintage, context.vintage)
            together = all(whole and old.ons not in silent for old, whole in within)
            if together and indicator.repeated:
                causes[new.ons] = REPEATED.format(" and ".join(old.short_name for old, _ in within))
            elif together and indicator.kind.as_printed:
                causes[new.ons] = AS_PRINTED.format(" and ".join(old.name for old, _ in within))
            elif together:
                made |= {old.ons: new.ons for old, _ in within}
            else:
                split = [old.short_name for old, whole in within if not whole or old.ons in silent]
                causes[new.ons] = why or PARTED.format(" and ".join(split))
    frames = [_regions_moved(kept, context), _together(own.frame, made, context)]
    placed = Placed(frame=frames[0], whole=own.whole, imd_vintage=own.imd_vintage)
    if causes and not indicator.kind.as_printed and _by_locations(parts):
        from_locations = place_locations(parts, context)
        rows = from_locations.frame.filter(pl.col("icb_code").is_in(list(causes)))
        frames.append(rows)
    else:
        frames.append(not_published(_named(causes, context), _boards(own.frame), why=pl.col("why")))
    placed.frame = pl.concat(frames)
    return placed


def _by_locations(parts: pl.DataFrame) -> bool:
    """Tell whether locations can make up a board: each group of boards that is printed is printed of locations too."""
    of_boards, of_locations = (
        set(parts.filter(pl.col("area_level").is_in(levels))["dimension"]) for levels in (BOARDS, LOCATIONS)
    )
    return bool(of_locations) and of_boards <= of_locations


def _boards(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("area_type") == AreaType.ICB.value)


def _named(causes: dict[str, str], context: Context) -> pl.DataFrame:
    why = pl.DataFrame(list(causes.items()), schema={"icb_code": pl.String, "why": pl.String}, orient="row")
    return why.join(footprint.boards(context.vintage), on="icb_code", how="left", validate="1:1").select(
        "icb_code", "icb_name", "why"
    )


def _without_figures(frame: pl.DataFrame) -> set[str]:
    totals = _boards(frame).filter(dimension=Dimension.TOTAL.value, status=Status.NOT_PUBLISHED.value)
    return set(totals["icb_code"].to_list())


def _together(frame: pl.DataFrame, made: dict[str, str], context: Context) -> pl.DataFrame:
    """Sum boards that one new board is made of whole."""
    rows = _boards(frame).filter(pl.col("icb_code").is_in(list(made)))
    rows = rows.with_columns(pl.col("icb_code").replace(made))
    summed = add_up(rows.drop(*PRINTED, "area_type", "area_name"), by=["icb_code", *GROUP])
    named = summed.join(footprint.boards(context.vintage), on="icb_code", how="left", validate="m:1")
    return shaped(named, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))


def _regions_moved(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Give printed regions the codes of the footprint: a region whose boards all stay in it is the same area.

    Raises:
        LinkageError: a board of the footprint is made of boards of two regions.
    """
    for new in boards_of(context.vintage):
        regions = {b.region_ods for b, _ in boards_within(new.ons, context.own_vintage, context.vintage)}
        if context.own_vintage not in new.vintages and regions != {new.region_ods}:
            raise LinkageError(f"{new.name} lies in {new.region_ods} and is made of boards of {sorted(regions)}")
    codes = {r.ons[context.own_vintage]: r.ons[context.vintage] for r in NHS_REGIONS}
    region = pl.col("area_type") == AreaType.REGION.value
    return frame.with_columns(icb_code=pl.when(region).then(pl.col("icb_code").replace(codes)).otherwise("icb_code"))
