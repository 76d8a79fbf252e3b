"""No area is missing: a file without a board or a sub-ICB location stops; absent reporters are counted and said."""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, boards_of, vintage_of
from hi_pipeline.core.groups import Dimension

# Levels whose areas are those of a footprint, in ODS codes; practices are looked up in their publication's own map.
BOARD_LEVELS = ("icb",)
LOCATION_LEVELS = ("sub_icb", "ccg", "practice")
# A figure of less of an area's people is not compared: those who did not report may be unlike the others.
COMPARED_FROM = 0.9
_MAX_SHOWN = 8


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
    if level in BOARD_LEVELS:
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


def reporting(
    expected: pl.DataFrame, present: Collection[str], *, by: Sequence[str], words: str, people: str
) -> pl.DataFrame:
    """Say how much of each area reported: the share of its reporters and of the people behind them.

    Args:
        expected: one row a reporter that should be there: ``by``, ``reporter`` (its code), ``people`` (patients or
            residents of it; null where not known).
        present: codes of the reporters that have a figure; those that nobody expects are not counted.
        by: columns of the area (board and footprint); none for all of them together.
        words: reporters in the plural (``Source.reporters``).
        people: what the people of a reporter are ("patients").

    Returns:
        One row an area, sorted: ``by``, expected and present (numbers of reporters), coverage (present over expected),
        people_share (of the people; null where those of a reporter are not known), compared (whether people_share, or
        else coverage, reaches ``COMPARED_FROM``) and note ("71 of 143 practices, 48.9% of patients are in this figure";
        "" where all are).

    Raises:
        ValidationError: a reporter that is expected twice.
    """
    twice = expected.filter(pl.col("reporter").is_duplicated())
    if twice.height:
        raise ValidationError(
            f"{words}: {twice['reporter'].unique().sort().to_list()[:_MAX_SHOWN]} are expected twice; each belongs to "
            "one area, or its people would count twice",
            failures=twice,
        )
    here = pl.col("reporter").is_in(list(present))
    known = pl.col("people").null_count() == 0
    summed = (
        expected.group_by(list(by) or [pl.lit(0).alias("_all")])
        .agg(
            expected=pl.len(),
            present=here.sum(),
            people_share=pl.when(known & (pl.col("people").sum() > 0)).then(
                pl.col("people").filter(here).sum() / pl.col("people").sum()
            ),
        )
        .with_columns(coverage=pl.col("present") / pl.col("expected"))
    )
    counted = pl.format(f"{{}} of {{}} {words}", "present", "expected")
    share = pl.format(f"{{}}, {{}}% of {people}", counted, (100 * pl.col("people_share")).round(1))
    missed = pl.format(
        "{} are in this figure", pl.when(pl.col("people_share").is_null()).then(counted).otherwise(share)
    )
    return summed.select(
        *by,
        "expected",
        "present",
        "coverage",
        "people_share",
        compared=pl.coalesce("people_share", "coverage") >= COMPARED_FROM,
        note=pl.when(pl.col("present") < pl.col("expected")).then(missed).otherwise(pl.lit("")),
    ).sort(list(by) or "expected")
