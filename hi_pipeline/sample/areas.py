"""The synthetic England's small areas: LSOAs of two censuses with their changes, deprivation and residents.

Codes of boards, sub-ICB locations and authorities are the real ones. LSOA codes are drawn from the 2011 census's
range, and for new areas of 2021 from numbers above any given out; no code stands for the place it names in reality.
Every number is made up.
"""

from dataclasses import dataclass
from functools import cache
from math import fsum

from hi_pipeline.core.deprivation import RANKED_AREAS
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, SubIcb, Vintage, board
from hi_pipeline.sample.authorities import AUTHORITIES
from hi_pipeline.sample.chance import chance

# Every twentieth number up to E01033768, the last of the 2011 census; the 2021 census ended below E01036000.
_STEP_2011 = 20
_LAST_BEFORE_2021 = 36_000
_SPLIT_EVERY, _MERGE_EVERY, _REGULAR = 19, 53, 17
_ENOUGH_OF_A_BOARD = 14

# Surrey Heartlands and Sussex exchanged areas in April 2023, which changed the codes of both.
_MOVED_2023 = {"70F": "92A"}
# Frimley was divided among three boards in April 2026, by authority; the rest makes the new location U2G6B.
_FRIMLEY, _NEW_2026 = "D4U1Y", "U2G6B"
_FROM_FRIMLEY = {"E07000085": "D9Y0V", "E07000092": "D9Y0V", "E07000209": "92A", "E07000214": "92A", "E07000216": "92A"}


@dataclass(frozen=True, kw_only=True)
class Lsoa:
    """A small area of either census.

    Attributes:
        authority: code of its district.
        sub_icb: ODS code of its location in July 2022.
        moved: it belongs to the neighbouring location from April 2023.
        place: where it stands in England by deprivation: 0 most deprived, 1 least.
        rank: 1 = most deprived, as the indices of its census rank it.
        residents: usual residents in March 2021.
    """

    code: str
    name: str
    authority: str
    sub_icb: str
    moved: bool
    place: float
    rank: int
    residents: int


@dataclass(frozen=True)
class Change:
    """One row of the lookup between the censuses; both codes are Welsh where the area is."""

    old: str
    old_name: str
    kind: str
    new: str
    new_name: str
    authority: str
    authority_name: str


@dataclass(frozen=True)
class SmallAreas:
    """All small areas of the sample and how the censuses' areas turn into one another."""

    of_2011: tuple[Lsoa, ...]
    of_2021: tuple[Lsoa, ...]
    changes: tuple[Change, ...]


AUTHORITY_NAMES = {code: name for code, name, _, _ in AUTHORITIES}
WELSH = tuple(f"W0100{n:04d}" for n in range(401, 1601, 100))


def locations(vintage: Vintage) -> tuple[SubIcb, ...]:
    """Return the sub-ICB locations of a footprint, by ODS code."""
    return tuple(sorted((s for s in SUB_ICB_LOCATIONS if vintage in s.board), key=lambda s: s.ods))


def location_of(lsoa: Lsoa, vintage: Vintage) -> str:
    """Return the ODS code of the location in which an area lies in a footprint."""
    if vintage is Vintage.APRIL_2026 and lsoa.sub_icb == _FRIMLEY:
        return _FROM_FRIMLEY.get(lsoa.authority, _NEW_2026)
    if vintage is not Vintage.JULY_2022 and lsoa.moved:
        return _MOVED_2023[lsoa.sub_icb]
    return lsoa.sub_icb


def location_name(location: SubIcb, vintage: Vintage) -> str:
    """Return the name as in "NHS Devon ICB - 15N"."""
    return f"{board(location.board[vintage]).name.replace('Integrated Care Board', 'ICB')} - {location.ods}"


def decile_of(rank: int, vintage: str) -> int:
    """Return the tenth of England into which a rank of "2019" or "2025" falls; 1 is most deprived."""
    return -(-rank * 10 // RANKED_AREAS[vintage])


def index_of(lsoa: Lsoa, vintage: str) -> tuple[float, int, int]:
    """Return score, rank and decile of an area in the indices of "2019" or "2025"."""
    score = round(75 * (1 - lsoa.place) ** 1.9 + 1, 3)
    return score, lsoa.rank, decile_of(lsoa.rank, vintage)


@cache
def small_areas() -> SmallAreas:
    """Make the areas: some districts' areas unchanged, some split, merged or changed otherwise."""
    old = _old_areas()
    new, changes = _new_areas(old)
    changes += _welsh_changes()
    shares: dict[str, float] = {}
    residents = {lsoa.code: lsoa.residents for lsoa in new}
    parents: dict[str, int] = {}
    for change in changes:
        parents[change.new] = parents.get(change.new, 0) + 1
    for change in changes:
        shares[change.old] = shares.get(change.old, 0) + residents.get(change.new, 0) / parents[change.new]
    old_ranks = _ranks([lsoa.place for lsoa in old], "2019")
    new_ranks = _ranks([lsoa.place for lsoa in new], "2025")
    return SmallAreas(
        of_2011=tuple(
            _with(lsoa, rank=rank, residents=round(shares[lsoa.code]), of=RANKED_AREAS["2019"])
            for lsoa, rank in zip(old, old_ranks, strict=True)
        ),
        of_2021=tuple(
            _with(lsoa, rank=rank, residents=lsoa.residents, of=RANKED_AREAS["2025"])
            for lsoa, rank in zip(new, new_ranks, strict=True)
        ),
        changes=tuple(sorted(changes, key=lambda c: (c.old, c.new))),
    )


def _with(lsoa: Lsoa, *, rank: int, residents: int, of: int) -> Lsoa:
    return Lsoa(**{**lsoa.__dict__, "rank": rank, "residents": residents, "place": (rank - 0.5) / of})


def _old_areas() -> list[Lsoa]:
    generator = chance("areas of 2011")
    pairs = [(code, name, ods) for code, name, _, held in AUTHORITIES for ods in held.split()]
    main = {code: held.split()[0] for code, _, _, held in AUTHORITIES}
    counts = [generator.randint(4, 6) if main[code] == ods else 2 for code, _, ods in pairs]
    boards = {s.ods: s.board[Vintage.JULY_2022] for s in locations(Vintage.JULY_2022)}
    for icb in sorted(set(boards.values())):
        own = [i for i, (_, _, ods) in enumerate(pairs) if boards[ods] == icb]
        while sum(counts[i] for i in own) < _ENOUGH_OF_A_BOARD:
            counts[min(own, key=lambda i: counts[i])] += 1
    places = _places([boards[ods] for (_, _, ods), n in zip(pairs, counts, strict=True) for _ in range(n)])
    made: list[Lsoa] = []
    moved = 0
    last: dict[str, int] = {}
    for (code, name, ods), count in zip(pairs, counts, strict=True):
        for _ in range(count):
            last[code] = last.get(code, 0) + 1
            moves = ods in _MOVED_2023 and moved < 2
            moved += moves
            made.append(
                Lsoa(
                    code=f"E010{_STEP_2011 * (len(made) + 1):05d}",
                    name=f"{name} {(last[code] + 3) // 4:03d}{'ABCD'[(last[code] - 1) % 4]}",
                    authority=code,
                    sub_icb=ods,
                    moved=moves,
                    place=places[len(made)],
                    rank=0,
                    residents=0,
                )
            )
    return made


def _places(boards: list[str]) -> list[float]:
    """Spread each board's areas over the whole ladder of deprivation, some boards more to one end."""
    generator = chance("deprivation of boards")
    lean = {icb: generator.uniform(0.85, 1.2) for icb in sorted(set(boards))}
    steps = {icb: list(range(boards.count(icb))) for icb in lean}
    for own in steps.values():
        generator.shuffle(own)
    size = {icb: len(own) for icb, own in steps.items()}
    return [((steps[icb].pop() + generator.random()) / size[icb]) ** lean[icb] for icb in boards]


def _ranks(places: list[float], vintage: str) -> list[int]:
    """Rank areas and stretch the ranks over all of England's, one drawn from each stretch."""
    generator = chance(f"ranks of {vintage}")
    order = sorted(range(len(places)), key=lambda i: places[i])
    ranks = [0] * len(places)
    for position, i in enumerate(order):
        first = position * RANKED_AREAS[vintage] // len(places)
        last = (position + 1) * RANKED_AREAS[vintage] // len(places)
        ranks[i] = generator.randint(first + 1, last)
    return ranks


def _new_areas(old: list[Lsoa]) -> tuple[list[Lsoa], list[Change]]:
    generator = chance("areas of 2021")
    new: list[Lsoa] = []
    changes: list[Change] = []
    fresh = _LAST_BEFORE_2021
    at = 0
    while at < len(old):
        kind, parents = _change_at(old, at)
        children = {"S": 2 + (at % 3 == 0), "U": 1}.get(kind, 1)
        for child in range(children):
            fresh += kind != "U"
            parent = parents[0]
            lsoa = Lsoa(
                code=parent.code if kind == "U" else f"E010{fresh:05d}",
                name=parent.name if kind == "U" else f"{parent.name[:-1]}{'EFGHIJ'[child]}",
                authority=parent.authority,
                sub_icb=parent.sub_icb,
                moved=parent.moved,
                place=min(0.9999, max(0.0, fsum(p.place for p in parents) / len(parents) + generator.gauss(0, 0.02))),
                rank=0,
                residents=round(max(900, generator.gauss(1650, 220)) * (1.15 if kind == "M" else 1)),
            )
            new.append(lsoa)
            changes += [
                Change(p.code, p.name, kind, lsoa.code, lsoa.name, p.authority, AUTHORITY_NAMES[p.authority])
                for p in parents
            ]
        at += len(parents)
    return new, changes


def _change_at(old: list[Lsoa], at: int) -> tuple[str, list[Lsoa]]:
    """Return what becomes of the area at a place: with its neighbour where both are merged or changed otherwise."""
    pair = old[at : at + 2]
    neighbours = len(pair) == 2 and pair[0].sub_icb == pair[1].sub_icb and pair[0].authority == pair[1].authority
    if old[at].moved or (neighbours and pair[1].moved):
        return "U", pair[:1]
    if at % _MERGE_EVERY == _REGULAR and neighbours:
        return ("X" if at < 8 * _MERGE_EVERY and at % 2 else "M"), pair
    return ("S" if at % _SPLIT_EVERY == 1 else "U"), pair[:1]


def _welsh_changes() -> list[Change]:
    return [
        Change(code, f"Powys {i + 1:03d}A", "U", code, f"Powys {i + 1:03d}A", "W06000023", "Powys")
        for i, code in enumerate(WELSH)
    ]
