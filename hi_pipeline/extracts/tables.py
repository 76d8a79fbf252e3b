"""The tables that an extract holds: bands that fit, no group left out, totals that equal their parts, deciles.

A table is the rows that fill the same columns of GROUPS: those by sex and age band are one, those by sex, age band
and decile another.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise

import polars as pl

from hi_pipeline.extracts.contract import (
    ADULT,
    DECILE_LABELS,
    GROUPS,
    OLDEST,
    SEX_LABELS,
    STANDARD_STARTS,
    UNKNOWN_LABEL,
    Below,
    Extract,
    band_bounds,
    standard_bands,
)
from hi_pipeline.extracts.problem import ROW, Problem, problem_of

Grain = tuple[str, ...]
SEX_AND_AGE: Grain = ("sex", "age_band")
_OLD = 65
# Said in source_note where the deciles are right although the oldest live in the most deprived areas.
DECILES_CHECKED = "deciles checked"
_TURNED = 1.25
_MANY_PEOPLE = 2_000
_SHOWN = 4


def grains(rows: pl.DataFrame) -> dict[Grain, pl.DataFrame]:
    """Return the tables of an extract by the columns that they fill.

    Args:
        rows: of the extract, with the columns GROUPS.

    Returns:
        By the names of the filled columns, the rows that fill just those.
    """
    filled = [pl.col(name).is_not_null().alias(f"filled {name}") for name in GROUPS]
    found = {}
    for flags, part in rows.with_columns(filled).group_by([f"filled {n}" for n in GROUPS], maintain_order=True):
        found[tuple(name for name, flag in zip(GROUPS, flags, strict=True) if flag)] = part.select(rows.columns)
    return found


def judge_tables(rows: pl.DataFrame, extract: Extract) -> Iterator[Problem]:
    """Yield what is wrong with the tables of an extract whose rows are right by themselves."""
    tables = grains(rows)
    yield from _bands(rows, extract)
    if extract.standardised:
        yield from _strata(tables, extract)
    if extract.below is Below.OTHERS:
        yield from _all_deciles(rows)
    yield from _sums(tables, extract)
    if extract.below is Below.POPULATION:
        yield from _deciles(tables)


def _bands(rows: pl.DataFrame, extract: Extract) -> Iterator[Problem]:
    """Refuse bands outside the indicator's ages, across the standard's bands, over one another, or with a gap."""
    labels = [b for b in rows["age_band"].drop_nulls().unique().to_list() if b != UNKNOWN_LABEL]
    bounds = sorted((*band_bounds(label), label) for label in labels)
    first, last = extract.ages
    fits = f"Bands are {', '.join(standard_bands(extract.ages))}, or finer ones"
    for low, high, label in bounds:
        if low < first or high > last:
            what = f"reaches beyond the ages that are counted, {_ages(extract.ages)}"
        elif _cut(low, high):
            what = "lies across two bands of the standard population"
        else:
            continue
        yield problem_of(
            rows.filter(pl.col("age_band") == label), what=what, column="age_band", value=label, remedy=fits
        )
    for (_, high, label), (start, _, other) in pairwise(bounds):
        if start <= high:
            yield Problem(what=f"overlaps {other!r}", column="age_band", value=label, remedy="Each age in one band")
        elif start > high + 1:
            what = f"is followed by {other!r}: ages {high + 1} to {start - 1} are in no band"
            yield Problem(what=what, column="age_band", value=label, remedy=fits)
    if bounds and (bounds[0][0] > first or max(high for _, high, _ in bounds) < last):
        what = f"bands run from {bounds[0][2]} to {bounds[-1][2]}, ages are counted from {_ages(extract.ages)}"
        yield Problem(what=what, column="age_band", remedy=fits)


def _ages(ages: tuple[int, int]) -> str:
    return f"{ages[0]} and over" if ages[1] == OLDEST else f"{ages[0]} to {ages[1]}"


def _cut(low: int, high: int) -> bool:
    start = max(s for s in STANDARD_STARTS if s <= low)
    return high > (start + 4 if start < STANDARD_STARTS[-1] else OLDEST)


def _strata(tables: dict[Grain, pl.DataFrame], extract: Extract) -> Iterator[Problem]:
    """Refuse an extract without rows by sex and age, or in whose groups one of them is left out."""
    by_strata = {grain: table for grain, table in tables.items() if set(SEX_AND_AGE) <= set(grain)}
    if not by_strata:
        yield Problem(
            what="no row has both sex and age_band", column="age_band",
            remedy="A standardised rate needs a row for each sex and age band, with its denominator, also where the "
            "numerator is 0",
        )  # fmt: skip
    for grain, table in by_strata.items():
        known = table.filter(pl.all_horizontal(pl.col(name) != UNKNOWN_LABEL for name in grain))
        bands = known["age_band"].unique().sort().to_list() or list(standard_bands(extract.ages))
        others = [name for name in grain if name not in SEX_AND_AGE]
        cells = pl.DataFrame({"sex": list(SEX_LABELS)}).join(pl.DataFrame({"age_band": bands}), how="cross")
        wanted = cells.join(known.select(others).unique(), how="cross") if others else cells
        lacking = wanted.join(known, on=list(grain), how="anti").sort(*others, *SEX_AND_AGE)
        if lacking.height:
            shown = "; ".join(", ".join(map(str, row)) for row in lacking.select(grain).head(_SHOWN).rows())
            more = f" and {lacking.height - _SHOWN:,} more" if lacking.height > _SHOWN else ""
            yield Problem(
                what=f"{lacking.height:,} groups by {', '.join(grain)} have no row: {shown}{more}", column="age_band",
                remedy="Write each with its denominator and numerator 0: start the query from the population",
            )  # fmt: skip


def _all_deciles(rows: pl.DataFrame) -> Iterator[Problem]:
    lacking = [label for label in DECILE_LABELS if label not in rows["imd_decile"].to_list()]
    if lacking:
        yield Problem(
            what=f"deciles {', '.join(lacking)} have no row", column="imd_decile",
            remedy="Shares are of all ten deciles: write each, with 0 where there is nobody",
        )  # fmt: skip


def _sums(tables: dict[Grain, pl.DataFrame], extract: Extract) -> Iterator[Problem]:
    """Refuse totals that are not the sum of their parts, within what rounding explains."""
    columns = ["numerator"] if extract.below is Below.NOTHING else ["numerator", "denominator"]
    wrong: dict[tuple[Grain, str], list[tuple[Grain, pl.DataFrame]]] = {}
    for whole, totals in tables.items():
        for fine, parts in tables.items():
            if set(whole) < set(fine):
                for column in columns:
                    found = _differ(_per_group(totals, column), _per_group(parts, column), whole, column)
                    wrong.setdefault((whole, column), []).extend([(fine, found)] if found.height else [])
    for (_, column), each in wrong.items():
        if each:
            yield _not_the_sum(tables, column, each)
    for one, other in combinations(tables, 2):
        if not (set(one) <= set(other) or set(other) <= set(one)):
            yield from _apart(tables, one, other)
            if "denominator" in columns:
                yield from _two_populations(tables, one, other)


def _apart(tables: dict[Grain, pl.DataFrame], one: Grain, other: Grain) -> Iterator[Problem]:
    """Refuse two tables that count different numbers of events, such as one by decile and one by ethnic group."""
    common = [table for grain, table in tables.items() if set(grain) <= set(one) & set(other)]
    if any(not table["numerator"].null_count() for table in common):
        # Both were held against a table without their groups, and one mistake is said once.
        return
    sums = [_per_group(tables[grain], "numerator") for grain in (one, other)]
    if any(found["amount"].null_count() for found in sums):
        return
    events = [int(found["amount"].sum()) for found in sums]
    slack = sum(float(found["half"].sum()) for found in sums)
    if abs(events[0] - events[1]) > slack:
        yield Problem(
            what=f"the rows by {', '.join(one)} count {events[0]:,} and those by {', '.join(other)} {events[1]:,}",
            column="numerator",
            remedy="Put people of no known group into rows of 'unknown', and count all tables by the same query",
        )


def _two_populations(tables: dict[Grain, pl.DataFrame], one: Grain, other: Grain) -> Iterator[Problem]:
    """Refuse two tables of different people where no third one says which of them a total is divided by."""
    if any(set(grain) <= set(one) & set(other) for grain in tables):
        return
    people = [int(_per_group(tables[grain], "denominator")["amount"].sum()) for grain in (one, other)]
    if people[0] != people[1]:
        yield Problem(
            what=f"the rows by {', '.join(one)} are of {people[0]:,} people and those by {', '.join(other)} of "
            f"{people[1]:,}: it is not clear which of them a total is divided by",
            column="denominator",
            remedy="Add the rows without these groups (by sex and age band alone, say): totals are then made from them",
        )


def _per_group(table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return one row a group: events over all frequencies, or the denominator once; what rounding may hide."""
    by = list(GROUPS)
    half = (pl.col("rounding").fill_null(0) / 2).alias("half")
    weight = pl.col("events_per_person").fill_null(1)
    if column == "denominator":
        return table.group_by(by, maintain_order=True).agg(
            pl.col(ROW).first(), amount=pl.col(column).first(), half=half.first()
        )
    amount = pl.when(pl.col(column).null_count() == 0).then((pl.col(column) * weight).sum())
    return table.group_by(by, maintain_order=True).agg(pl.col(ROW).first(), amount=amount, half=(half * weight).sum())


def _differ(totals: pl.DataFrame, parts: pl.DataFrame, whole: Grain, column: str) -> pl.DataFrame:
    """Return the rows of a table that are not the sum of a finer table's, with that sum in ``parts``."""
    # Denominators may be left out of rows of no known group: then the whole may be larger, never smaller.
    some_blank = parts["amount"].null_count() > 0
    amount = pl.col("amount").sum() if column == "denominator" else (
        pl.when(pl.col("amount").null_count() == 0).then(pl.col("amount").sum())
    )  # fmt: skip
    summed = parts.select(*whole, "amount", "half", all=pl.lit(0)).group_by([*whole, "all"]).agg(
        parts=amount, slack=pl.col("half").sum()
    )  # fmt: skip
    joined = totals.with_columns(all=pl.lit(0)).join(summed, on=[*whole, "all"], how="inner", validate="m:1")
    less, slack = pl.col("amount") - pl.col("parts"), pl.col("slack") + pl.col("half")
    return joined.filter((less < -slack) | ((less > slack) & pl.lit(not some_blank))).sort(ROW)


def _not_the_sum(tables: dict[Grain, pl.DataFrame], column: str, each: list[tuple[Grain, pl.DataFrame]]) -> Problem:
    """Say once of which tables' rows a row is not the sum."""
    row = min((found.row(0, named=True) for _, found in each), key=lambda row: int(row[ROW]))
    sums = [
        f"the rows by {', '.join(fine)}, which is {int(found.filter(pl.col(ROW) == row[ROW])['parts'].item()):,}"
        for fine, found in each
        if row[ROW] in found[ROW].to_list()
    ]
    remedy = "Put people of no known group into rows of 'unknown', and count all tables by the same query"
    for fine, _ in each:
        lacking = [label for label in DECILE_LABELS if label not in tables[fine].get_column("imd_decile").to_list()]
        if "imd_decile" in fine and lacking:
            remedy = f"Decile {', '.join(lacking)} has no row: write it. {remedy}"
            break
    rows = pl.concat([found.select(ROW) for _, found in each]).unique()
    return problem_of(
        rows, what=f"is not the sum of {', nor of '.join(sums)}", column=column, value=f"{row['amount']:,}",
        remedy=remedy,
    )  # fmt: skip


def _deciles(tables: dict[Grain, pl.DataFrame]) -> Iterator[Problem]:
    """Ask about deciles in which the most deprived are the oldest: in every board of England they are the youngest.

    Measured in 2026-11 on no board's own extract; the note ``deciles checked`` lets an exception pass.
    """
    for grain, table in tables.items():
        if not {"age_band", "imd_decile"} <= set(grain):
            continue
        if table["source_note"].fill_null("").str.to_lowercase().str.contains(DECILES_CHECKED, literal=True).any():
            return
        people = _per_group(table, "denominator").filter(
            (pl.col("age_band") != UNKNOWN_LABEL) & pl.col("imd_decile").is_in(DECILE_LABELS)
        )
        bands = people["age_band"].unique().to_list()
        lows = {label: band_bounds(label)[0] for label in bands}
        if not lows or max(lows.values()) < ADULT:
            continue
        old = pl.col("age_band").replace_strict(lows, return_dtype=pl.Int64) >= _OLD
        decile = pl.col("imd_decile").cast(pl.Int64)
        ends = [
            people.filter(decile.is_in(pair)).select(pl.col("amount").filter(old).sum(), all=pl.col("amount").sum())
            for pair in ([1, 2], [9, 10])
        ]
        (old_1, all_1), (old_10, all_10) = (end.row(0) for end in ends)
        if min(all_1, all_10) >= _MANY_PEOPLE and old_1 / all_1 > _TURNED * old_10 / all_10:
            yield Problem(
                what=f"people of 65 and over are {old_1 / all_1:.0%} of deciles 1 and 2, and {old_10 / all_10:.0%} of "
                "deciles 9 and 10: deciles seem to be numbered from the least deprived",
                column="imd_decile",
                remedy="1 is the most deprived: write 11 less the decile. If they are right, write "
                f"'{DECILES_CHECKED}' in source_note",
            )  # fmt: skip
        return
