"""Boards' own extracts on a footprint: each stands on the one that it was counted for, and nowhere else."""

import polars as pl

from hi_pipeline.core.errors import NothingToBuild, ValidationError
from hi_pipeline.core.geography import boards_of, boards_within
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.placing.placed import Context, Placed, not_published, resting_on, shaped
from hi_pipeline.tables.reference import footprint

# Two footprints of one count would give their difference away.
NO_EXTRACT = "not public, and there is no extract of this board"
OTHER_FOOTPRINT = "not published: the extract was counted for {}, and stands on that footprint alone"


def place_extracts(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Place extracts: a board that the footprint has keeps its rows, every other board says why it has none.

    Each row names its own board's extract; one that has none names all extracts of the indicator and year.

    Raises:
        NothingToBuild: no board has given an extract of the indicator for the year.
        ValidationError: extracts of one indicator and year count deciles of different Indices of Deprivation.
    """
    if parts.is_empty():
        raise NothingToBuild(f"{indicator.id}: no extract for {context.financial_year}")
    about = context.reader.clean(indicator.source, "extract", context.financial_year).filter(indicator_id=indicator.id)
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
    changed = _changed(parts, boards, context)
    others = boards.join(rows, left_on="icb_code", right_on="area_code", how="anti")
    others = others.join(changed, on="icb_code", how="anti").with_columns(why=pl.lit(NO_EXTRACT))
    total = parts.filter(dimension=Dimension.TOTAL.value, category=ALL).head(1)
    without = not_published(pl.concat([changed, others]), total, why=pl.col("why"))
    frame = pl.concat([shown, resting_on(without, releases["releases"])])
    return Placed(frame=frame, imd_vintage=vintages[0] if vintages else "")


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
