"""Which areas the rows of a waiting list file are of, and whether the trusts that are declared as missing are."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import CorrectionError, LayoutError
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import ENGLAND_NAME, NHS_REGIONS, boards_of, vintage_of
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.text_tables import map_exactly
from hi_pipeline.sources.wlmds.labels import CATEGORIES, Gap

# The sector of a row. England has rows of each; regions, boards and trusts have those of NHS acute trusts only.
ALL_SECTORS, ACUTE, OTHER_SECTORS = "ENGLAND", "NHS ACUTE", ("INDEPENDENT SECTOR", "OTHER")
ENGLAND_CODE = "ENG"
_MAX_SHOWN = 8


def map_areas(frame: pl.DataFrame, day: date, account: Account, where: str) -> pl.DataFrame:
    """Name level, code and name of each area; sectors of England other than all of it are left out and counted.

    Raises:
        LayoutError: an area stands under another sector, or is none that the footprint of the day knows.
    """
    sectors = [ALL_SECTORS, ACUTE, *OTHER_SECTORS]
    map_exactly(frame, "Geography", labels={name: name for name in sectors}, into="sector", where=where)
    england = pl.col("Code") == ENGLAND_CODE
    part = england & (pl.col("Geography") != ALL_SECTORS)
    account.left_out("rows of England that are of one sector only", frame.filter(part).height)
    frame = frame.filter(~part)
    wrong = frame.filter(pl.col("Geography") != pl.when(england).then(pl.lit(ALL_SECTORS)).otherwise(pl.lit(ACUTE)))
    if wrong.height:
        shown = wrong.select("Code", "Name", "Geography").unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise LayoutError(f"{where}: areas that stand under another sector than {ACUTE}: {shown}")
    levels = _levels(day)
    level = pl.col("Code").replace_strict(levels, default="provider", return_dtype=pl.String)
    frame = frame.with_columns(
        level.alias("area_level"),
        pl.when(england).then(pl.lit("")).otherwise(pl.col("Code")).alias("area_code"),
        pl.when(england).then(pl.lit(ENGLAND_NAME)).otherwise(pl.col("Name")).alias("area_name"),
    )
    # A board or region that the footprint does not know would pass as a trust; a trust's code is R and two more.
    odd = frame.filter(
        (pl.col("area_level") == "provider")
        & (~pl.col("Code").str.contains(r"^R\w{2,4}$") | pl.col("Name").str.ends_with(" ICB"))
    )
    if odd.height:
        shown = odd.select("Code", "Name").unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: {shown} are no trusts and no boards or regions of the footprint of {day}; if boards changed, "
            "add them to core/icb_codes.py with their vintage"
        )
    return frame


def _levels(day: date) -> Mapping[str, str]:
    boards = {board.ods: "icb" for board in boards_of(vintage_of(label_of_date(day)))}
    regions = {region.ods: "region" for region in NHS_REGIONS}
    return boards | regions | {ENGLAND_CODE: "england"}


def validate_gaps(frame: pl.DataFrame, gaps: tuple[Gap, ...], where: str) -> None:
    """Refuse an edition in which a trust that is declared as missing has people of a known group."""
    unknown = [label for label, word in CATEGORIES["Ethnicity"].items() if word == UNKNOWN]
    for gap in gaps:
        there = frame.filter(
            (pl.col("Code") == gap.provider)
            & pl.col("Metric").is_in(list(gap.metrics))
            & ~pl.col("Category").is_in(unknown)
        )
        if there.height:
            raise CorrectionError(
                f"{where}: {gap.provider} is declared as missing in {list(gap.metrics)} and has {there.height} rows "
                "there. Take the edition out of its entry in GAPS of labels.py."
            )
