"""Boards' own extracts on a footprint: each stands on the one that it was counted for, and nowhere else."""

import polars as pl

from hi_pipeline.core.errors import NothingToBuild, ValidationError
from hi_pipeline.core.geography import boards_of, boards_within
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.denominators import fill_residents
from hi_pipeline.tables.placing.placed import Context, Placed, not_published, shaped
from hi_pipeline.tables.reference import footprint

# Two footprints of one count would give their difference away.
NO_EXTRACT = "not public, and there is no extract of this board"
OTHER_FOOTPRINT = "not published: the extract was counted for {}, and stands on that footprint alone"


def place_extracts(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Place extracts: a board that the footprint has keeps its rows, every other board says why it has none.

    Each row names its own board's extract, and one that has none names no release: who else gave one is not told in
    another board's rows. Where an extract leaves its denominators out, they are residents by age and sex.

    Raises:
        NothingToBuild: no board has given an extract of the indicator for the year.
        ValidationError: extracts of one indicator and year count deciles of different Indices of Deprivation; a board
            gives the same by two lists of codes.
    """
    if parts.is_empty():
        raise NothingToBuild(f"{indicator.id}: no extract for {context.financial_year}")
    every = context.reader.clean(indicator.source, "extract", context.financial_year)
    _refuse_two_lists(every, indicator, context)
    about = every.filter(indicator_id=indicator.id)
    vintages = about["imd_vintage"].drop_nulls().unique().sort().to_list()
    if len(vintages) > 1:
        raise ValidationError(
            f"{indicator.id} {context.financial_year}: extracts count deciles of the Indices of {vintages}. Count them "
            "by one, or keep them in different data folders."
        )
    releases = about.select(area_code="icb_code", releases=pl.lit(f"{indicator.source}:") + pl.col("edition"))
    boards = footprint.boards(context.vintage).select("icb_code", "icb_name")
    rows = parts.join(boards, left_on="area_code", right_on="icb_code", how="inner", validate="m:1")
    rows = rows.join(releases, on="area_code", how="left", validate="m:1")
    shown = shaped(rows, area_type=AreaType.ICB, code=pl.col("area_code"), name=pl.col("icb_name"))
    bare = pl.col("icb_code").is_in(about.filter(~pl.col("has_denominators"))["icb_code"].implode())
    if indicator.denominator and shown.filter(bare).height:
        shown = pl.concat([shown.filter(~bare), fill_residents(shown.filter(bare), indicator, context)])
    changed = _changed(parts, boards, context)
    others = boards.join(rows, left_on="icb_code", right_on="area_code", how="anti")
    others = others.join(changed, on="icb_code", how="anti").with_columns(why=pl.lit(NO_EXTRACT))
    total = parts.filter(dimension=Dimension.TOTAL.value, category=ALL).head(1)
    without = not_published(pl.concat([changed, others]), total, why=pl.col("why"))
    return Placed(frame=pl.concat([shown, without]), imd_vintage=vintages[0] if vintages else "")


def _refuse_two_lists(every: pl.DataFrame, indicator: Indicator, context: Context) -> None:
    """Refuse two extracts of a board that count the same by different lists of codes."""
    declared = context.reader.indicators(indicator.source)
    alike = [i.id for i in declared if i.one_of and i.one_of == indicator.one_of]
    given = every.filter(pl.col("indicator_id").is_in(alike)).sort("icb_code", "indicator_id")
    twice = given.filter(pl.col("icb_code").is_duplicated())
    if twice.height:
        raise ValidationError(
            f"{indicator.source} {context.financial_year}: {', '.join(twice['edition'])} count {indicator.one_of} by "
            "different lists of codes. What one holds and the other does not could be worked out: take all but one out "
            "of the folder of extracts.",
            failures=twice,
        )


def _changed(parts: pl.DataFrame, boards: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return the boards of the footprint that an extract's board went into, each with the reason."""
    gone = set(parts["area_code"]) - set(boards["icb_code"])
    why = {}
    for board in boards_of(context.vintage) if gone else ():
        within = boards_within(board.ons, context.own_vintage, context.vintage)
        names = [old.short_name for old, _ in within if old.ons in gone]
        if names and context.own_vintage not in board.vintages:
            why[board.ons] = OTHER_FOOTPRINT.format(" and ".join(names))
    named = pl.DataFrame(list(why.items()), schema={"icb_code": pl.String, "why": pl.String}, orient="row")
    return named.join(boards, on="icb_code", how="left", validate="1:1").select("icb_code", "icb_name", "why")
