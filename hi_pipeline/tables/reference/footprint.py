"""The areas of a footprint as frames: which board a sub-ICB location, an ODS code or a region means there."""

from collections.abc import Collection

import polars as pl

from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.geography import NHS_REGIONS, SUB_ICB_LOCATIONS, Vintage, board, boards_of, region_of


def boards(vintage: Vintage) -> pl.DataFrame:
    """Return icb_code, icb_ods, icb_name, region_code, region_name of every board of a footprint."""
    rows = [
        (b.ons, b.ods, b.name, region_of(b.ons, vintage).ons[vintage], region_of(b.ons, vintage).name)
        for b in boards_of(vintage)
    ]
    return pl.DataFrame(rows, schema=["icb_code", "icb_ods", "icb_name", "region_code", "region_name"], orient="row")


def sub_icbs(vintage: Vintage) -> pl.DataFrame:
    """Return sub_icb_ods, sub_icb_ons, icb_code of every sub-ICB location of a footprint."""
    rows = [(s.ods, s.ons, s.board[vintage]) for s in SUB_ICB_LOCATIONS if vintage in s.board]
    return pl.DataFrame(rows, schema=["sub_icb_ods", "sub_icb_ons", "icb_code"], orient="row").sort("sub_icb_ods")


def sub_icbs_by_ons(vintage: Vintage) -> pl.DataFrame:
    """Return sub_icb_ons, icb_code for every ONS code that ever was, by the ODS code that it shares.

    A sub-ICB location whose boundary changed has several ONS codes under one ODS code; the footprint knows one.
    """
    here = {s.ods: s.board[vintage] for s in SUB_ICB_LOCATIONS if vintage in s.board}
    rows = [(s.ons, here[s.ods]) for s in SUB_ICB_LOCATIONS if s.ods in here]
    return pl.DataFrame(rows, schema=["sub_icb_ons", "icb_code"], orient="row").sort("sub_icb_ons")


def regions(vintage: Vintage) -> pl.DataFrame:
    """Return region_ods, region_code, region_name of the regions of a footprint."""
    rows = [(r.ods, r.ons[vintage], r.name) for r in NHS_REGIONS]
    return pl.DataFrame(rows, schema=["region_ods", "region_code", "region_name"], orient="row")


def board_name(ons: str) -> str:
    """Return the name of a board."""
    return board(ons).name


def refuse_absent_boards(codes: Collection[str | None], vintage: Vintage, *, where: str) -> None:
    """Refuse a table in which a board of the footprint has no row of its total, not even one that says why.

    Args:
        codes: ONS codes of the boards that have one.
        vintage: the footprint.
        where: what is linked, for the error.

    Raises:
        LinkageError: naming the boards; ``failures`` holds them.
    """
    absent = boards(vintage).filter(~pl.col("icb_code").is_in([code for code in codes if code]))
    if absent.height:
        raise LinkageError(
            f"{where}: {absent.height} boards of the footprint {vintage} have no row: "
            f"{absent['icb_name'].to_list()[:8]}. Expected all of them. Is the publication whole, and are its areas "
            "those of this footprint?",
            failures=absent,
        )
