"""No area is missing: a file without a board or a sub-ICB location stops; and how much of an area is in a figure."""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, boards_of, vintage_of
from hi_pipeline.core.groups import Dimension

# A figure of less of an area's people is not compared: those who did not report may be unlike the others.
COMPARED_FROM = 0.9
# Clauses of notes: how many reporters, and how many of their people, are in a figure.
IN_FIGURE = "{} are in this figure"
BESIDE_PRINTED = "{} have a figure of their own, and this one is printed"
_CLAUSE = r"(?:^|; )(\d+ of \d+ [^;]*" + f"(?:{IN_FIGURE[2:]}|{BESIDE_PRINTED[2:]}))(?:$|;)"
_MAX_SHOWN = 8


def is_partial() -> pl.Expr:
    """Tell the rows (of counts or results) that rest on too few of their people or reporters to be compared."""
    return (pl.coalesce("people_share", "coverage") < COMPARED_FROM).fill_null(False)


def least_whole(groups: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return how whole a figure is that is made of several groups: as the group that lacks most.

    Args:
        groups: rows of one group each: ``category``, ``category_order``, ``note``, ``coverage``, ``people_share`` (0 to
            1, null where not known).
        by: columns that name the figure.

    Returns:
        One row a figure: ``by``, coverage and people_share (0 to 1: the least of the groups; of a group whose people
        are not known beside others whose are, the share of its reporters) and ``short``: the group that lacks most,
        with the clause of its note that says so, null where none lacks any.
    """
    share = pl.coalesce("people_share", "coverage")
    said = pl.format("{}: {}", "category", pl.col("note").str.extract(_CLAUSE))
    marked = groups.with_columns(share=share, said=said)
    return marked.group_by(by, maintain_order=True).agg(
        pl.col("coverage").min(),
        people_share=pl.when(pl.col("people_share").is_not_null().any()).then(pl.col("share").min()),
        short=pl.col("said").sort_by("share", "category_order").drop_nulls().first(),
    )


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
