"""The rows of an extract together: one indicator, board and year; no row twice; counts that can be; bands that fit."""

from collections.abc import Iterator

import polars as pl

from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import boards_of_year, vintage_of
from hi_pipeline.core.groups import ETHNIC_BROAD, ETHNIC_DETAIL_2001
from hi_pipeline.extracts.contract import (
    GROUPS,
    HIDDEN_COUNTS,
    HIDDEN_HIGH,
    HIDDEN_LOW,
    KEY,
    NEEDED,
    NO_FLAG,
    ONCE,
    UNKNOWN_LABEL,
    Below,
    Extract,
    band_bounds,
)
from hi_pipeline.extracts.problem import ROW, Problem, problem_of

_WHERE_USED = ("ethnicity_scheme", "imd_vintage")
_FEW_ROWS = 20
LAST_OF_RESIDENTS, OLDEST_BAND = 90, "90+"
_MOSTLY = 0.9


def judge_rows(rows: pl.DataFrame, read: pl.DataFrame, extract: Extract) -> Iterator[Problem]:
    """Yield what is wrong with the rows of an extract.

    Args:
        rows: as ``read.typed`` returns them.
        read: those of them whose labels were all read; of others it is not known of which group they are.
        extract: what the indicator takes.
    """
    yield from _said_once(rows)
    yield from _footprint(rows)
    yield from _twice(read)
    yield from _schemes(rows)
    yield from _hiding(rows, extract)
    yield from _rounded(rows)
    yield from _possible(rows, read, extract)
    yield from _frequencies(read, extract)


def _said_once(rows: pl.DataFrame) -> Iterator[Problem]:
    for column in ONCE:
        # A list of groups is named only in rows that have such a group.
        # Blanks of the others that every row needs are told where cells are judged.
        said = rows.drop_nulls(column) if column in (*_WHERE_USED, *NEEDED) else rows
        if said.is_empty():
            continue
        found = said.group_by(column).agg(pl.len(), pl.col(ROW).first()).sort("len", ROW, descending=[True, False])
        if found.height == 1:
            continue
        other = said.filter(pl.col(column).ne_missing(found[column][0]))
        if column == "source_note" and found.height > max(_FEW_ROWS, rows.height / 2):
            yield problem_of(
                other, what="differs from row to row, as what names a person would", column=column,
                remedy="Say in one sentence where the counts come from, the same in every row",
            )  # fmt: skip
        else:
            usual, value = found[column][0], other[column][0]
            what = "is blank in the other rows" if usual is None else f"is not the {str(usual)!r} of the other rows"
            yield problem_of(
                other, what=what if value is not None else f"is blank, and {str(usual)!r} in the other rows",
                column=column, value="" if column == "source_note" or value is None else str(value),
                remedy="One file is one indicator, one board and one year, made one way",
            )  # fmt: skip


def _footprint(rows: pl.DataFrame) -> Iterator[Problem]:
    """Refuse a board that did not exist in the year, by ONS or ODS code."""
    for (code, end), found in rows.drop_nulls(["area_code", "period_end"]).group_by("area_code", "period_end"):
        year = label_of_date(end)
        if board_of(str(code), year) is None:
            yield problem_of(
                found, what=f"is no board of {year}", column="area_code", value=str(code),
                remedy=f"Boards of {year} are those of the footprint of {vintage_of(year)}: write the code it had then",
            )  # fmt: skip


def board_of(code: str, financial_year: str) -> str | None:
    """Return the ONS code of a board of a year's own footprint, by ONS or ODS code; None where there is none."""
    own = vintage_of(financial_year)
    boards = [board for board in boards_of_year(financial_year) if own in board.vintages]
    return next((board.ons for board in boards if code in (board.ons, board.ods)), None)


def _twice(rows: pl.DataFrame) -> Iterator[Problem]:
    key = [*KEY, *("indicator_id", "area_code", "period_end")]
    twice = rows.filter(rows.select(key).is_duplicated())
    if twice.is_empty():
        return
    single = (rows["numerator"] == 1).sum() >= _MOSTLY * rows.height and rows.height > _FEW_ROWS
    if single:
        yield problem_of(
            twice, what="rows look like single persons: nearly all count 1 and groups stand many times",
            remedy="Nothing about single persons may enter: count by group (GROUP BY), one row a group",
        )  # fmt: skip
        return
    yield problem_of(twice, what="the same group stands twice", remedy="One row a group: add them up, or drop one")


def _schemes(rows: pl.DataFrame) -> Iterator[Problem]:
    for groups, scheme in (("ethnic_group", "ethnicity_scheme"), ("imd_decile", "imd_vintage")):
        silent = rows.filter(pl.col(groups).is_not_null() & pl.col(f"bare_{scheme}"))
        if silent.height:
            yield problem_of(
                silent, what=f"is blank, and {groups} is not", column=scheme,
                remedy="Write in every row which list the groups are of",
            )  # fmt: skip
    broad = rows.filter(pl.col("ethnic_group").is_in(ETHNIC_BROAD))
    if broad.height and rows["ethnic_group"].is_in(ETHNIC_DETAIL_2001).any():
        yield problem_of(
            broad, what="is a broad group beside detailed ones, so that people would count twice",
            column="ethnic_group", value=str(broad["ethnic_group"][0]), remedy="Keep the 16 groups, or the 5, not both",
        )  # fmt: skip


def _hiding(rows: pl.DataFrame, extract: Extract) -> Iterator[Problem]:
    flag, empty = pl.col("suppression_flag").fill_null(NO_FLAG), pl.col("bare_numerator")
    small = pl.col("numerator").is_between(HIDDEN_LOW, HIDDEN_HIGH)
    if extract.people:
        asked = rows.filter((flag == NO_FLAG) & small)
        if asked.height:
            yield problem_of(
                asked, what="is a small count, and suppression_flag does not say whether it is true",
                column="numerator", value=str(asked["numerator"][0]),
                remedy="Are these true counts? Write none in suppression_flag. Were small ones hidden? Write applied",
            )  # fmt: skip
        shown = rows.filter((flag == HIDDEN_COUNTS) & small)
        if shown.height:
            yield problem_of(
                shown, what="is a small count in a file that says small counts are hidden", column="numerator",
                value=str(shown["numerator"][0]), remedy="Empty it, or write none in suppression_flag",
            )  # fmt: skip
    bare = rows.filter(empty & (flag != HIDDEN_COUNTS))
    if bare.height:
        yield problem_of(
            bare, what="is empty, and suppression_flag does not say that counts are hidden", column="numerator",
            remedy=f"Write 0 where there is none; where it is hidden, write {HIDDEN_COUNTS} in suppression_flag. A "
            "formula of a workbook that no program has calculated is empty too",
        )  # fmt: skip


def _rounded(rows: pl.DataFrame) -> Iterator[Problem]:
    step = pl.col("rounding").fill_null(0)
    for column in ("numerator", "denominator"):
        odd = rows.filter((step > 0) & (pl.col(column) % step != 0))
        # Populations are seldom rounded: only where the whole column follows the rule is one row of it odd.
        if odd.height and (column == "numerator" or odd.height < rows.height / 10):
            yield problem_of(
                odd, what=f"is no multiple of {odd['rounding'][0]}, to which the file says it is rounded",
                column=column, value=str(odd[column][0]), remedy="Correct rounding, or round the counts",
            )  # fmt: skip


def has_denominators(rows: pl.DataFrame) -> bool:
    """Tell whether a typed extract has any denominator; one that leaves all of them out is divided by residents."""
    return not rows["bare_denominator"].all()


def _possible(rows: pl.DataFrame, read: pl.DataFrame, extract: Extract) -> Iterator[Problem]:
    known = ~pl.any_horizontal(pl.col(name).fill_null("") == UNKNOWN_LABEL for name in GROUPS)
    above = pl.col("numerator") > pl.col("denominator")
    if extract.below is Below.NOTHING:
        return
    if extract.below is Below.POPULATION and not has_denominators(rows):
        yield from _without_population(rows)
        return
    absent = read.filter(known & pl.col("bare_denominator"))
    if absent.height:
        yield problem_of(
            absent, what="is empty", column="denominator",
            remedy=f"Write {extract.below.value}, also where the numerator is 0",
        )  # fmt: skip
    if extract.below is Below.WHOLE:
        yield from _above(rows.filter(above), "is more than its denominator")
    nobody = rows.filter((pl.col("denominator") == 0) & pl.col("bare_numerator"))
    if nobody.height and extract.below in (Below.WHOLE, Below.POPULATION):
        yield problem_of(
            nobody, what="is hidden, which means 1 to 7, and its denominator is 0", column="numerator",
            remedy="Write 0 where nobody could be counted",
        )  # fmt: skip
    if extract.below is Below.POPULATION:
        yield from _above(
            rows.filter((pl.col("numerator") > 0) & (pl.col("denominator") == 0)), "counts events where nobody lives"
        )
        # People with exactly f events are people of the group.
        yield from _above(rows.filter(above & pl.col("events_per_person").is_not_null()), "people are more than live")


def _without_population(rows: pl.DataFrame) -> Iterator[Problem]:
    """Refuse groups for which there is no public population, where the extract leaves its denominators out."""
    for column, words in (("ethnic_group", "ethnic group"), ("imd_decile", "decile of deprivation")):
        grouped = rows.filter(pl.col(column).is_not_null())
        if grouped.height:
            yield problem_of(
                grouped, what=f"is left out throughout, and no population by age, sex and {words} is public",
                column="denominator", remedy=f"Write the people of each group, or leave the rows by {column} out",
            )  # fmt: skip
    bands = {label: band_bounds(label) for label in rows["age_band"].drop_nulls().unique() if label != UNKNOWN_LABEL}
    beyond = [label for label, (_, high) in bands.items() if high >= LAST_OF_RESIDENTS and label != OLDEST_BAND]
    if beyond:
        yield problem_of(
            rows.filter(pl.col("age_band").is_in(beyond)), value=min(beyond), column="age_band",
            what="is finer than the population that takes the place of the denominators, which ends with 90+",
            remedy=f"Write {OLDEST_BAND}, or the people of each group",
        )  # fmt: skip


def _above(found: pl.DataFrame, what: str) -> Iterator[Problem]:
    if found.height:
        yield problem_of(
            found, what=what, column="numerator", value=str(found["numerator"][0]),
            remedy="Look at the join of counts and denominators: are the two columns changed over?",
        )  # fmt: skip


def _frequencies(rows: pl.DataFrame, extract: Extract) -> Iterator[Problem]:
    if not rows["events_per_person"].is_not_null().any() or not extract.standardised:
        return
    blank = rows.filter(pl.col("events_per_person").is_null())
    if blank.height:
        yield problem_of(
            blank, what="is blank, and other rows have it", column="events_per_person",
            remedy="Either every row says how many events each person has, or none",
        )  # fmt: skip
    differ = rows.filter(pl.col("denominator").n_unique().over(GROUPS) > 1)
    if differ.height:
        yield problem_of(
            differ, what="differs between rows of one group that differ in events_per_person only",
            column="denominator", value=str(differ["denominator"][0]),
            remedy="The denominator is the whole group in each of them: it is repeated and not added up",
        )  # fmt: skip
