"""From what is typed to areas: England, a region, boards by any of their names, the board of a sub-ICB location.

A name matches however it is written: "&" is "and", hyphens and commas are blanks, "NHS", "Integrated Care Board" and
letter case do not count. What became of a board stands here too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import (
    BOARDS,
    CURRENT,
    ENGLAND,
    ENGLAND_NAME,
    NHS_REGIONS,
    SUB_ICB_LOCATIONS,
    Board,
    Region,
    Vintage,
    board,
    boards_after,
    boards_within,
    is_valid,
    vintage_of,
)
from hi_pipeline.core.status import AreaType

_SUGGESTED = 3
_WORD = 4  # letters from which on a word of a name is told from others


@dataclass(frozen=True, kw_only=True)
class Area:
    """An area whose figures may be asked for: its kind and name, and its ONS code on each footprint it exists on."""

    area_type: AreaType
    name: str
    codes: dict[Vintage, str]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a text means: the areas, and what should be said about them ("" where nothing)."""

    areas: tuple[Area, ...]
    note: str = ""


def find_areas(text: str) -> Found:
    """Return England, a region, or the boards that a text means.

    Raises:
        SelectionError: nothing matches; the message names what comes near.
    """
    wanted = plain_name(text)
    if wanted in _ENGLAND:
        return Found(
            areas=(Area(area_type=AreaType.ENGLAND, name=ENGLAND_NAME, codes=dict.fromkeys(Vintage, ENGLAND)),)
        )
    regions = tuple(Area(area_type=AreaType.REGION, name=r.name, codes=r.ons) for r in _regions(wanted))
    if regions:
        return Found(areas=regions)
    boards, note = _boards(text)
    return Found(areas=tuple(_area(b) for b in boards), note=note)


def find_each(texts: Iterable[str]) -> dict[str, Found]:
    """Return what each text means; an area that several mean stands under the first alone.

    Raises:
        SelectionError: one matches nothing; the message names what comes near.
    """
    found: dict[str, Found] = {}
    seen: list[Area] = []
    for text in texts:
        meant = find_areas(text)
        if further := tuple(area for area in meant.areas if area not in seen):
            found[text] = replace(meant, areas=further)
            seen += further
    return found


def find_boards(text: str) -> tuple[Board, ...]:
    """Return the boards that an ONS code, an ODS code, a name, or the code of a sub-ICB location means.

    Several where codes changed hands: an ODS code may have named two areas. A region means its boards, England all.

    Raises:
        SelectionError: nothing matches; the message names what comes near.
    """
    wanted = plain_name(text)
    if wanted in _ENGLAND:
        return BOARDS
    regions = {region.ods for region in _regions(wanted)}
    return tuple(b for b in BOARDS if b.region_ods in regions) or _boards(text)[0]


def codes_of(areas: Iterable[Area]) -> tuple[str, ...]:
    """Return the ONS codes that areas have on any footprint, each once."""
    return tuple(dict.fromkeys(code for area in areas for code in area.codes.values()))


def successors(board: Board) -> tuple[Board, ...]:
    """Return the boards in force that took on what an ended board had; none for a board in force."""
    return () if CURRENT in board.vintages else _taken_on(board, CURRENT)


def predecessors(board: Board) -> tuple[Board, ...]:
    """Return the boards of the footprint before whose parts a board took on; none for a board of the first."""
    first = min(board.vintages)
    before = max((v for v in Vintage if v < first), default=None)
    return tuple(b for b, _ in boards_within(board.ons, before, first)) if before else ()


def _taken_on(board: Board, vintage: Vintage) -> tuple[Board, ...]:
    """Return the boards of a later footprint that took on what a board had."""
    places = [place for place in SUB_ICB_LOCATIONS if board.ons in place.board.values()]
    codes = {code for place in places for code in boards_after(place, vintage)}
    return tuple(b for b in BOARDS if b.ons in codes)


def when(board: Board) -> str:
    """Return when a board exists, in words: "to 2025-26, then NHS Thames Valley Integrated Care Board (E54000070)"."""
    years = [year for year in ALL_YEARS if vintage_of(year) in board.vintages]
    earlier = predecessors(board)
    said = []
    if min(board.vintages) is not Vintage.JULY_2022:
        before = f" (before: {_listed(earlier)})" if earlier else ""
        said.append(f"from {years[0]}{before}" if years else f"from {min(board.vintages)}{before}")
    if CURRENT not in board.vintages:
        later = _taken_on(board, min(v for v in Vintage if v > max(board.vintages)))
        further = f", now {_listed(now)}" if (now := successors(board)) != later else ""
        said.append(f"to {years[-1]}" + (f", then {_listed(later)}{further}" if later else ""))
    return ", ".join(said) or "throughout"


def no_such_board(text: str, areas: Iterable[Area], year: str) -> str:
    """Return why boards that a text means do not exist in a year; "" where one does, or where it means no board."""
    meant = [board(code) for area in areas if area.area_type is AreaType.ICB for code in codes_of([area])]
    if not meant or any(is_valid(b.ons, year) for b in meant):
        return ""
    return f"{text} does not exist in {year}: {explain_absence(meant, [year])}"


def explain_absence(boards: Iterable[Board], years: Iterable[str]) -> str:
    """Return why boards do not exist in years, and which codes do."""
    listed = list(years)
    absent = [b for b in boards if not any(is_valid(b.ons, year) for year in listed)]
    return "; ".join(f"{b.name} ({b.ons}) exists {when(b)}" for b in absent)


def plain_name(text: str) -> str:
    """Return a name as it is compared."""
    words = re.sub(r"[^\w]+", " ", text.casefold().replace("&", " and ")).strip()
    words = re.sub(r"\bintegrated care (board|system)\b", "", words).strip()
    return " ".join(re.sub(r" (icb|ics|region)$", "", words.removeprefix("nhs ")).split())


def _boards(text: str) -> tuple[tuple[Board, ...], str]:
    wanted = plain_name(text)
    found = tuple(b for b in BOARDS if wanted in (b.ons.lower(), b.ods.lower(), plain_name(b.name)))
    if found:
        return found, ""
    places = [p for p in SUB_ICB_LOCATIONS if wanted in (p.ons.lower(), p.ods.lower())]
    codes = {code for place in places for code in place.board.values()}
    parents = tuple(b for b in BOARDS if b.ons in codes)
    if parents:
        return parents, f"{text} is a sub-ICB location of {_listed(parents)}; figures are those of the board"
    raise SelectionError(f"{text!r} is no ONS code, ODS code or name of a board{_hint(wanted)}")


def _hint(wanted: str) -> str:
    names = {plain_name(b.name): b.name for b in BOARDS}
    names |= {word: r.name for r in NHS_REGIONS for word in [plain_name(r.name)]} | {"england": ENGLAND_NAME}
    codes = {code.lower(): f"{code} ({b.name})" for b in BOARDS for code in (b.ons, b.ods)}
    codes |= {p.ods.lower(): f"{p.ods} (a sub-ICB location)" for p in SUB_ICB_LOCATIONS}
    near = [name for plain, name in names.items() if wanted and wanted in plain]
    near = near or [names[n] for n in get_close_matches(wanted, names, n=_SUGGESTED, cutoff=0.75)]
    near = near or [name for plain, name in names.items() if _a_word_is_near(wanted, plain)]
    near = near or [codes[n] for n in get_close_matches(wanted, codes, n=_SUGGESTED, cutoff=0.66)]
    shown = list(dict.fromkeys(near))[:_SUGGESTED]
    return f"; do you mean {', '.join(shown)}?" if shown else "; hi list boards shows all"


def _a_word_is_near(wanted: str, name: str) -> bool:
    """Tell whether a word is one of a name's but for a slip ("Stafordshire"), or the beginning of one ("Staffs")."""
    words = [word for word in name.split() if len(word) >= _WORD]
    begun = wanted.removesuffix("s")
    return bool(get_close_matches(wanted, words, n=1, cutoff=0.8)) or (
        len(begun) >= _WORD and any(word.startswith(begun) for word in words)
    )


def _listed(boards: Iterable[Board]) -> str:
    return ", ".join(f"{b.name} ({b.ons})" for b in boards)


def _area(board: Board) -> Area:
    return Area(area_type=AreaType.ICB, name=board.name, codes=dict.fromkeys(sorted(board.vintages), board.ons))


def _regions(wanted: str) -> tuple[Region, ...]:
    return tuple(
        region
        for region in NHS_REGIONS
        if wanted in (region.ods.lower(), plain_name(region.name), *(code.lower() for code in region.ons.values()))
    )


_ENGLAND = (plain_name(ENGLAND_NAME), ENGLAND.lower())
