"""Boards, sub-ICB locations and regions, each with the footprints (vintages) in which it exists.

The ONS code is the key: an ODS code alone can name two different places (QRL, QXU, QNX).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.icb_codes import (
    ICBS,
    REGIONS,
    SUB_ICBS,
    SUB_ICBS_GROWN,
    SUB_ICBS_PARTED,
    SUB_ICBS_RECODED,
)

ENGLAND = "E92000001"
ENGLAND_NAME = "England"


class Vintage(StrEnum):
    """A footprint of boards, named by the month it came into force."""

    JULY_2022 = "2022-07"
    APRIL_2023 = "2023-04"
    APRIL_2026 = "2026-04"


# The footprint in force: every figure is put on it too, where its parts allow. A further one is one more member of
# Vintage with its first year, its columns in icb_codes, and this name moved to it on the day it comes into force.
CURRENT = Vintage.APRIL_2026
# The first financial year (by its start) that is reported on a footprint; the first one serves all earlier years.
_FIRST_YEAR = {Vintage.APRIL_2023: 2023, Vintage.APRIL_2026: 2026}
_LETTERS = {"J": Vintage.JULY_2022, "A": Vintage.APRIL_2023, "P": Vintage.APRIL_2026}


@dataclass(frozen=True, kw_only=True)
class Board:
    """An integrated care board: one ONS code, the footprints it belongs to."""

    ons: str
    ods: str
    name: str
    region_ods: str
    vintages: frozenset[Vintage]

    @property
    def short_name(self) -> str:
        """Return the name without "NHS" and "Integrated Care Board"."""
        return self.name.removeprefix("NHS ").removesuffix(" Integrated Care Board")


@dataclass(frozen=True, kw_only=True)
class SubIcb:
    """A sub-ICB location; ``board`` gives the ONS code of its board in each footprint it exists in."""

    ons: str
    ods: str
    board: dict[Vintage, str]


@dataclass(frozen=True, kw_only=True)
class Region:
    """An NHS England region; its ONS code depends on the footprint."""

    ods: str
    name: str
    ons: dict[Vintage, str]


BOARDS: tuple[Board, ...] = tuple(
    Board(
        ons=ons,
        ods=ods,
        name=f"NHS {name} Integrated Care Board",
        region_ods=region,
        vintages=frozenset(_LETTERS[letter] for letter in letters),
    )
    for ons, ods, name, region, letters in ICBS
)
SUB_ICB_LOCATIONS: tuple[SubIcb, ...] = tuple(
    SubIcb(ons=ons, ods=ods, board={v: c for v, c in zip(Vintage, codes, strict=True) if c})
    for ons, ods, *codes in SUB_ICBS
)
NHS_REGIONS: tuple[Region, ...] = tuple(
    Region(ods=ods, name=name, ons=dict(zip(Vintage, codes, strict=True))) for ods, name, *codes in REGIONS
)
_BY_ONS = {board.ons: board for board in BOARDS}


def vintage_of(financial_year: str) -> Vintage:
    """Return the footprint on which a financial year is reported."""
    start = start_year(financial_year)
    return max((v for v, first in _FIRST_YEAR.items() if first <= start), default=Vintage.JULY_2022)


def footprints_of(financial_year: str) -> tuple[Vintage, ...]:
    """Return the footprints that a financial year's figures stand on: its own, then the one in force."""
    return tuple(dict.fromkeys((vintage_of(financial_year), CURRENT)))


@cache
def boards_of_year(financial_year: str) -> tuple[Board, ...]:
    """Return the boards of all footprints of a financial year, in partition order (49 to 2025-26, then 36)."""
    wanted = set(footprints_of(financial_year))
    return tuple(board for board in BOARDS if wanted & board.vintages)


@cache
def boards_of(vintage: Vintage) -> tuple[Board, ...]:
    """Return the boards of a footprint, in partition order (42, 42 and 36 of them)."""
    return tuple(board for board in BOARDS if vintage in board.vintages)


def board(ons: str) -> Board:
    """Return the board with an ONS code.

    Raises:
        SelectionError: no board of any footprint has that code.
    """
    if ons not in _BY_ONS:
        raise SelectionError(f"{ons!r} is the ONS code of no board; the codes run from E54000008 to E54000071")
    return _BY_ONS[ons]


def is_valid(ons: str, financial_year: str) -> bool:
    """Tell whether a board exists on the footprint of a financial year or on the one in force."""
    return bool(board(ons).vintages & set(footprints_of(financial_year)))


def region_of(ons: str, vintage: Vintage) -> Region:
    """Return the region of a board; ``Region.ons[vintage]`` is its key in that footprint.

    Raises:
        SelectionError: there is no such board, or none of it on that footprint.
    """
    wanted = board(ons).region_ods
    if vintage not in board(ons).vintages:
        raise SelectionError(f"board {ons} does not exist in footprint {vintage}")
    return next(region for region in NHS_REGIONS if region.ods == wanted)


def same_sub_icb(ons: str, vintage: Vintage) -> str | None:
    """Return the location of a footprint that is the same area as one of any footprint; None where there is none.

    The ONS code is the area: a code that the footprint has is the same area there. Two locations of Surrey and Sussex
    were recoded in April 2023 for four LSOAs, and count as the same.
    """
    there = {s.ons for s in SUB_ICB_LOCATIONS if vintage in s.board}
    back = {new: old for old, new in SUB_ICBS_RECODED.items()}
    return next((code for code in (ons, SUB_ICBS_RECODED.get(ons), back.get(ons)) if code in there), None)


def holder_of(ons: str, vintage: Vintage) -> str | None:
    """Return the location of a footprint that holds all of one of any footprint: itself, or what it grew into."""
    code: str | None = ons
    while code is not None:
        same = same_sub_icb(code, vintage)
        if same is not None:
            return same
        code = SUB_ICBS_GROWN.get(code) or SUB_ICBS_GROWN.get(SUB_ICBS_RECODED.get(code, ""))
    return None


def heirs_of(ons: str, vintage: Vintage) -> tuple[str, ...]:
    """Return the locations of a footprint between which one was parted; () where it was not."""
    there = {s.ons for s in SUB_ICB_LOCATIONS if vintage in s.board}
    return tuple(code for code in SUB_ICBS_PARTED.get(ons, ()) if code in there)


@cache
def boards_within(ons: str, of: Vintage, vintage: Vintage) -> tuple[tuple[Board, bool], ...]:
    """Return the boards of an earlier footprint that a board of another one is made of, and whether it has all of each.

    Args:
        ons: ONS code of a board of ``vintage``.
        of: the earlier footprint.
        vintage: the footprint of the board.
    """
    touched, whole = set(), {b.ons: True for b in boards_of(of)}
    for location in SUB_ICB_LOCATIONS:
        if of in location.board:
            after = boards_after(location, vintage)
            whole[location.board[of]] &= after == {ons}
            if ons in after:
                touched.add(location.board[of])
    return tuple((b, whole[b.ons]) for b in boards_of(of) if b.ons in touched)


def boards_after(location: SubIcb, vintage: Vintage) -> set[str]:
    """Return the codes of the boards of a footprint that hold a location, or what it became."""
    by_ons = {s.ons: s.board[vintage] for s in SUB_ICB_LOCATIONS if vintage in s.board}
    holder = holder_of(location.ons, vintage)
    return {by_ons[code] for code in ((holder,) if holder else heirs_of(location.ons, vintage))}
