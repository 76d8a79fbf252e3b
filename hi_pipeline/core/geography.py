"""Boards, sub-ICB locations and regions, each with the footprints (vintages) in which it exists.

The ONS code is the key: an ODS code alone can name two different places (QRL, QXU, QNX).
"""

from dataclasses import dataclass
from enum import StrEnum

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.icb_codes import ICBS, REGIONS, SUB_ICBS

ENGLAND = "E92000001"
ENGLAND_NAME = "England"


class Vintage(StrEnum):
    """A footprint of boards, named by the month it came into force."""

    JULY_2022 = "2022-07"
    APRIL_2023 = "2023-04"
    APRIL_2026 = "2026-04"


_LETTERS = {"J": Vintage.JULY_2022, "A": Vintage.APRIL_2023, "P": Vintage.APRIL_2026}


@dataclass(frozen=True, kw_only=True)
class Board:
    """An integrated care board: one ONS code, the footprints it belongs to."""

    ons: str
    ods: str
    name: str
    region_ods: str
    vintages: frozenset[Vintage]


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
    if start <= 2022:
        return Vintage.JULY_2022
    return Vintage.APRIL_2023 if start <= 2025 else Vintage.APRIL_2026


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
    """Tell whether a board exists on the footprint of a financial year."""
    return vintage_of(financial_year) in board(ons).vintages


def find_boards(text: str) -> tuple[Board, ...]:
    """Return the boards that an ONS code, an ODS code or a name means (several where codes changed).

    Names match without "NHS", "Integrated Care Board" and letter case.

    Raises:
        SelectionError: nothing matches; the message lists the names that contain the text.
    """
    wanted = _plain(text)
    found = tuple(b for b in BOARDS if wanted in (_plain(b.ons), _plain(b.ods), _plain(b.name)))
    if not found:
        close = sorted({b.name for b in BOARDS if wanted in _plain(b.name)})
        hint = f"; do you mean {', '.join(close)}?" if close else "; see docs/glossary.md for the codes"
        raise SelectionError(f"{text!r} is no ONS code, ODS code or name of a board{hint}")
    return found


def _plain(text: str) -> str:
    return text.lower().replace("integrated care board", "").removeprefix("nhs").strip().removesuffix(" icb")


def region_of(ons: str, vintage: Vintage) -> Region:
    """Return the region of a board; ``Region.ons[vintage]`` is its key in that footprint."""
    wanted = board(ons).region_ods
    if vintage not in board(ons).vintages:
        raise SelectionError(f"board {ons} does not exist in footprint {vintage}")
    return next(region for region in NHS_REGIONS if region.ods == wanted)
