"""The areas of a footprint as frames: which board a sub-ICB location, an ODS code or a region means there."""

from collections.abc import Callable, Collection

import polars as pl

from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.geography import (
    NHS_REGIONS,
    SUB_ICB_LOCATIONS,
    Vintage,
    boards_of,
    holder_of,
    region_of,
    same_sub_icb,
)


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


def same_sub_icbs(vintage: Vintage) -> pl.DataFrame:
    """Return sub_icb_ons (of any footprint), here_ons, icb_code: which is the same area on a footprint."""
    return _led(same_sub_icb, vintage)


def holding_sub_icbs(vintage: Vintage) -> pl.DataFrame:
    """Return sub_icb_ons (of any footprint), here_ons, icb_code: which location holds all of it on a footprint."""
    return _led(holder_of, vintage)


def _led(lead: Callable[[str, Vintage], str | None], vintage: Vintage) -> pl.DataFrame:
    boards_here = {s.ons: s.board[vintage] for s in SUB_ICB_LOCATIONS if vintage in s.board}
    led = [(s.ons, lead(s.ons, vintage)) for s in SUB_ICB_LOCATIONS]
    rows = [(ons, here, boards_here[here]) for ons, here in led if here]
    return pl.DataFrame(rows, schema=["sub_icb_ons", "here_ons", "icb_code"], orient="row").sort("sub_icb_ons")


def whole_boards(here_ons: Collection[str], vintage: Vintage) -> list[str]:
    """Return the boards of a footprint of which every location is among those given."""
    return (
        sub_icbs(vintage)
        .group_by("icb_code")
        .agg(whole=pl.col("sub_icb_ons").is_in(list(here_ons)).all())
        .filter("whole")["icb_code"]
        .sort()
        .to_list()
    )


def regions(vintage: Vintage) -> pl.DataFrame:
    """Return region_ods, region_code, region_name of the regions of a footprint."""
    rows = [(r.ods, r.ons[vintage], r.name) for r in NHS_REGIONS]
    return pl.DataFrame(rows, schema=["region_ods", "region_code", "region_name"], orient="row")


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
