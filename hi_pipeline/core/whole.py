"""No area is missing: a file without a board or a sub-ICB location stops."""

from collections.abc import Collection, Mapping

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, boards_of, vintage_of
from hi_pipeline.core.groups import Dimension

# A figure of less of an area's people is not compared: those who did not report may be unlike the others.
COMPARED_FROM = 0.9
_MAX_SHOWN = 8


def is_partial() -> pl.Expr:
    """Tell the rows (of counts or results) that rest on too few of their people or reporters to be compared."""
    return (pl.coalesce("people_share", "coverage") < COMPARED_FROM).fill_null(False)


def validate_whole(
    tables: Mapping[str, pl.DataFrame], levels: Mapping[str, Collection[str]], *, financial_year: str, where: str
) -> None:
    """Refuse a year in which an area of the footprint has no figure, not even a token that stands for one.

    Args:
        tables: a year's clean tables: ``observations``, and ``practices`` where a level is "practice".
        levels: financial years by level of area: in these years every area of the level must have a total.
        financial_year: the year.
        where: source and year, for the error.

    Raises:
        ValidationError: naming the boards or sub-ICB locations that are absent.
    """
    for level, years in levels.items():
        if financial_year not in years:
            continue
        rows = tables["observations"].filter(
            (pl.col("area_level") == level) & (pl.col("dimension") == Dimension.TOTAL.value)
        )
        found = rows["area_code"]
        if level == "practice":
            found = tables["practices"].filter(pl.col("practice_code").is_in(found.implode()))["sub_icb_ods"]
        validate_areas(found.unique().to_list(), level=level, financial_year=financial_year, where=where)


def validate_areas(codes: Collection[str], *, level: str, financial_year: str, where: str) -> None:
    """Refuse a list of ODS codes that lacks a board (level icb) or sub-ICB location of a year's footprint.

    Raises:
        ValidationError: naming those that are absent.
    """
    vintage = vintage_of(financial_year)
    if level == "icb":
        what, expected = "boards", {b.ods: b.name for b in boards_of(vintage)}
    else:
        names = {b.ons: b.name for b in boards_of(vintage)}
        what = "sub-ICB locations"
        expected = {s.ods: f"of {names[s.board[vintage]]}" for s in SUB_ICB_LOCATIONS if vintage in s.board}
    absent = [f"{code} {expected[code]}" for code in sorted(set(expected) - set(codes))]
    if absent:
        raise ValidationError(
            f"{where}: {len(absent)} of the {len(expected)} {what} of the footprint {vintage} are not in the file: "
            f"{absent[:_MAX_SHOWN]}. Expected all, with a token where there is no figure. Fetch the file again; if the "
            "footprint changed, declare it in core/icb_codes.py."
        )
