"""Denominators held against the people who live in the board: by age and sex, and by decile of deprivation.

Both sides count other people (a board's practices have patients who live elsewhere, lists hold people who moved away),
so only what no such difference explains is wrong: another age, thousands for people, rows that slipped, deciles
numbered from the other end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from hi_pipeline.extracts.contract import DECILE_LABELS, OLDEST, UNKNOWN_LABEL, Below, Extract, band_bounds
from hi_pipeline.extracts.problem import ROW, Problem, problem_of
from hi_pipeline.extracts.rows import LAST_OF_RESIDENTS, has_denominators
from hi_pipeline.extracts.tables import DECILES_CHECKED, grains

# The whole may be half to twice the residents of its ages, a group a third to three times; small groups are not judged.
WHOLE_FACTOR, GROUP_FACTOR, FEWEST = 2.0, 3.0, 1_000
# A table may be of some deciles or ethnic groups alone: only a sum below this share of the residents is too few.
_FEW_GROUPS = 1 / 50
# Said in source_note where the denominators are right all the same.
DENOMINATORS_CHECKED = "denominators checked"
# A decile's share of the people may differ from that of the residents by this factor or by these points.
# Measured 2026-11 over the 42 boards: between the Indices of 2019 and 2025 no share moves by more than 7 points.
_SHARE_FACTOR, _POINTS = 2.0, 0.08
# How much more deciles read from the other end may be like the residents'. Measured 2026-11: of right deciles by the
# other edition 0.02 at most; of reversed ones more than this in 35 of the 42 boards (in others both ends are alike).
_MORE_LIKE, _UNEVEN = 0.3, 1.25


@dataclass(frozen=True, kw_only=True)
class BoardPeople:
    """Residents of a board.

    Attributes:
        said: who they are, "residents of mid-2024 (ONS)".
        residents: sex (male, female), age (single years, 90 for 90 and over), people.
        deciles: people by decile of where they live, from the most deprived; empty where they are not in hand.
    """

    said: str
    residents: pl.DataFrame
    deciles: tuple[float, ...] = ()


def judge_people(rows: pl.DataFrame, extract: Extract, people: BoardPeople) -> Iterator[Problem]:
    """Yield where the denominators of a right extract cannot be people of the board.

    Args:
        rows: as ``read.typed`` returns them.
        extract: what the indicator takes; those not divided by a population are not judged.
        people: of the board and year.
    """
    if extract.below is not Below.POPULATION or not has_denominators(rows):
        return
    noted = rows["source_note"].fill_null("").str.to_lowercase()
    if not noted.str.contains(DENOMINATORS_CHECKED, literal=True).any():
        yield from _sizes(rows, extract, people)
    if people.deciles and not noted.str.contains(DECILES_CHECKED, literal=True).any():
        yield from _gradient(rows, people.deciles)


def _sizes(rows: pl.DataFrame, extract: Extract, people: BoardPeople) -> Iterator[Problem]:
    """Refuse a whole, or groups of age and sex, far from the residents of the same ages and sex."""
    far: list[tuple[int, int, float]] = []
    sums: list[tuple[int, int, float]] = []
    for grain, table in grains(rows).items():
        known = table.filter(pl.all_horizontal(pl.lit(True), *(pl.col(n) != UNKNOWN_LABEL for n in grain)))
        known = known.unique([*grain], maintain_order=True) if grain else known.head(1)
        if {"sex", "age_band"} >= set(grain):
            factor = GROUP_FACTOR if grain else WHOLE_FACTOR
            far += _held_against(known, extract, people, at_least=1 / factor, at_most=factor)
        else:
            summed = known.select(pl.col(ROW).min(), pl.col("denominator").sum(), sex=None, age_band=None)
            sums += _held_against(summed, extract, people, at_least=_FEW_GROUPS, at_most=WHOLE_FACTOR)
    remedy = (
        "Look whether denominators are people, not thousands, of the ages that are counted, and in their own rows. If "
        f"they are right, write '{DENOMINATORS_CHECKED}' in source_note"
    )
    if far:
        _, held, residents = min(far)
        yield problem_of(
            rows.filter(pl.col(ROW).is_in([row for row, _, _ in far])), column="denominator", value=f"{held:,}",
            what=f"is {_times(held, residents)} people of these ages: {people.said}", remedy=remedy,
        )  # fmt: skip
    elif sums:
        # A mistake of the rows above is in their sums as well, and is said once.
        row, held, residents = min(sums)
        yield Problem(
            what=f"the rows of the table that begins here add up to {held:,}, which is {_times(held, residents)} "
            f"people of the ages that are counted: {people.said}",
            column="denominator", rows=(row,), count=1, remedy=remedy,
        )  # fmt: skip


def _held_against(
    table: pl.DataFrame, extract: Extract, people: BoardPeople, *, at_least: float, at_most: float
) -> list[tuple[int, int, float]]:
    """Return row, denominator and residents of each row outside these multiples of the residents."""
    far = []
    for row in table.drop_nulls("denominator").iter_rows(named=True):
        low, high = extract.ages if row["age_band"] is None else band_bounds(str(row["age_band"]))
        # Residents end with 90 and over: nothing is known of 90 to 94.
        if low > LAST_OF_RESIDENTS or (low == LAST_OF_RESIDENTS and high < OLDEST):
            continue
        chosen = pl.col("age").is_between(low, high)
        if row["sex"] is not None:
            chosen &= pl.col("sex") == str(row["sex"])
        residents = float(people.residents.filter(chosen)["people"].sum())
        held = int(row["denominator"])
        if residents >= FEWEST and not residents * at_least <= held <= residents * at_most:
            far.append((int(row[ROW]), held, residents))
    return far


def _times(held: int, residents: float) -> str:
    ratio = held / residents
    return f"{ratio:,.1f} times the {residents:,.0f}" if ratio >= 1 else f"{ratio:.1%} of the {residents:,.0f}"


def _gradient(rows: pl.DataFrame, residents: tuple[float, ...]) -> Iterator[Problem]:
    """Refuse deciles whose people run against those who live in the board's areas of each decile."""
    for grain, table in grains(rows).items():
        if "imd_decile" not in grain:
            continue
        known = table.filter(pl.col("imd_decile").is_in(DECILE_LABELS)).unique([*grain], maintain_order=True)
        summed = known.group_by("imd_decile").agg(pl.col("denominator").sum())
        held = dict(summed.rows())
        if set(held) != set(DECILE_LABELS):
            continue
        counted = [float(held[label]) for label in DECILE_LABELS]
        if not sum(counted):
            continue
        more_like = _likeness(counted[::-1], residents) - _likeness(counted, residents)
        if more_like > _MORE_LIKE and max(counted) >= _UNEVEN * min(counted):
            yield problem_of(
                known, column="imd_decile",
                what=f"deciles 1 and 2 hold {_ends(counted)[0]:.0%} of the people and deciles 9 and 10 "
                f"{_ends(counted)[1]:.0%}, but {_ends(residents)[0]:.0%} and {_ends(residents)[1]:.0%} of the board's "
                "residents: deciles seem to be numbered from the least deprived, or denominators to have slipped",
                remedy="1 is the most deprived: write 11 less the decile, or put each denominator into its own row. If "
                f"they are right, write '{DECILES_CHECKED}' in source_note",
            )  # fmt: skip
        else:
            yield from _slipped(known, counted, residents)
        return


def _slipped(known: pl.DataFrame, counted: list[float], residents: tuple[float, ...]) -> Iterator[Problem]:
    """Refuse deciles whose share of the people is far from that of the residents."""
    shares = [
        (label, held / sum(counted), there / sum(residents))
        for label, held, there in zip(DECILE_LABELS, counted, residents, strict=True)
    ]
    wrong = [
        (label, share, there)
        for label, share, there in shares
        if abs(share - there) > _POINTS and max(share, there) > _SHARE_FACTOR * min(share, there)
    ]
    if wrong:
        label, share, there = wrong[0]
        yield problem_of(
            known.filter(pl.col("imd_decile").is_in([label for label, _, _ in wrong])), column="denominator",
            what=f"decile {label} holds {share:.1%} of the people, and {there:.1%} of the board's residents",
            remedy="Look whether each denominator stands in its own row, and 1 is the most deprived. If they are "
            f"right, write '{DECILES_CHECKED}' in source_note",
        )  # fmt: skip


def _ends(people: list[float] | tuple[float, ...]) -> tuple[float, float]:
    return sum(people[:2]) / sum(people), sum(people[-2:]) / sum(people)


def _likeness(one: list[float], other: tuple[float, ...]) -> float:
    """Return the correlation of two gradients over the deciles; 0 where one of them is level."""
    found = pl.DataFrame({"one": one, "other": list(other)}).select(pl.corr("one", "other")).item()
    return 0.0 if found is None or found != found else float(found)
