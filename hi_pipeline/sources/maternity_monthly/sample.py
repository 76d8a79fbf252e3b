"""Synthetic monthly maternity statistics: every board as a local maternity system, its region and England."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from pathlib import Path

from hi_pipeline.core.geography import NHS_REGIONS, boards_of, vintage_of
from hi_pipeline.core.groups import DECILES, UNKNOWN
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn, rounded
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.people import residents_by_decile
from hi_pipeline.sample.planted import Gradient
from hi_pipeline.sources.maternity_monthly import labels
from hi_pipeline.sources.maternity_monthly.source import DATA_COLUMNS, MEASURES_COLUMNS, SOURCE

PRETERM, PLACED = Gradient(0.088, 0.066), Gradient(0.20, 0.16)
_BIRTHS_A_MONTH, _NOT_KNOWN = 0.0009, 0.03
_ENGLAND = ("National", "National", "ALL SUBMITTERS")
_Births = dict[str, tuple[int, int, int]]  # by decile: babies, born before 37 weeks, women placed


def write(folder: Path) -> None:
    """Write both files of every declared month."""
    for release in SOURCE.releases:
        (year,) = release.financial_years
        month = release.edition[:7]
        areas = list(_areas(year, month))
        own = (f"{month}-01", f"{month}-{monthrange(*map(int, month.split('-')))[1]}")
        data = release.layout == "data"
        rows = _data(areas, own) if data else _measures(areas, own)
        write_file(folder, release.mirror_file, csv_bytes(DATA_COLUMNS if data else MEASURES_COLUMNS, rows))


def _areas(year: str, month: str) -> Iterator[tuple[str, str, str, _Births]]:
    """Yield level, code, name and births of each area."""
    vintage = vintage_of(year)
    people = residents_by_decile(vintage)
    boards: list[tuple[str, str, str, _Births]] = []
    for board in boards_of(vintage):
        own = [people[place.ods] for place in locations(vintage) if place.board[vintage] == board.ons]
        boards.append((board.region_ods, board.ons, board.short_name, _births(f"{board.ons} {month}", own)))
    yield *_ENGLAND, _added([births for *_, births in boards])
    for region in NHS_REGIONS:
        own_boards = [births for code, *_, births in boards if code == region.ods]
        yield "NHS England (Region)", region.ods, region.name.upper(), _added(own_boards)
    for _, code, name, births in boards:
        yield "Local Maternity System", code, name.upper(), births
    # What nobody reads is written once: the files are large enough.
    for level in labels.LEFT_OUT_LEVELS if month.endswith("-04") else ():
        yield level, "XXX", "ANOTHER AREA", boards[0][3]


def _births(name: str, people: Sequence[Sequence[int]]) -> _Births:
    generator = chance(f"monthly births {name}")
    found: _Births = {}
    for number, decile in enumerate(DECILES):
        babies = drawn(generator, sum(tenths[number] for tenths in people), _BIRTHS_A_MONTH)
        place = (number + 0.5) / len(DECILES)
        found[decile] = babies, drawn(generator, babies, PRETERM.at(place)), drawn(generator, babies, PLACED.at(place))
    return found


def _added(parts: Sequence[_Births]) -> _Births:
    return {
        decile: (sum(p[decile][0] for p in parts), sum(p[decile][1] for p in parts), sum(p[decile][2] for p in parts))
        for decile in DECILES
    }


def _data(areas: list[tuple[str, str, str, _Births]], month: tuple[str, str]) -> Iterator[tuple[Cell, ...]]:
    for level, code, name, births in areas:
        babies, early = (sum(counts[i] for counts in births.values()) for i in (0, 1))
        not_known = round(babies * _NOT_KNOWN)
        counts = dict(zip(labels.GESTATION_LABELS, (early, babies - early, not_known), strict=True))
        shown = "ALL" if level == _ENGLAND[0] else code
        for measure, count in counts.items():
            yield *month, labels.GESTATION, level, shown, name, measure, "Babies", f"{_printed(count)}.0"
        if level == _ENGLAND[0]:
            yield *month, "TotalBabies", level, shown, name, "", "Babies", f"{_printed(babies + not_known)}.0"


def _measures(areas: list[tuple[str, str, str, _Births]], month: tuple[str, str]) -> Iterator[tuple[Cell, ...]]:
    for level, code, name, births in areas:
        for indicator, (_, category) in labels.CONTINUITY_LABELS.items():
            own = births.get(category)
            women, placed = own[::2] if own else [sum(counts[i] for counts in births.values()) for i in (0, 2)]
            if category == UNKNOWN:
                women, placed = women // 200, 0
            yield from _indicator((code, name, level, *month), indicator, women, placed)
        if level == _ENGLAND[0]:
            for indicator in labels.LEFT_OUT_CONTINUITY:
                yield from _indicator((code, name, level, *month), indicator, 10, 5)
            yield code, name, level, *month, "Birth", "Induction", "Numerator", "15"


def _indicator(area: tuple[Cell, ...], indicator: str, women: int, placed: int) -> Iterator[tuple[Cell, ...]]:
    rate = f"{100 * placed / women:.1f}" if women else "0"
    counts: dict[str, Cell] = {"Denominator": _printed(women), "Numerator": _printed(placed)}
    if area[2] == _ENGLAND[0]:
        counts |= {"Rate": rate, "Result": "Pass"}
    for currency, value in counts.items():
        yield *area, "COC_Rate", indicator, currency, value


def _printed(count: int) -> int:
    return 5 if 0 < count < 8 else rounded(count)
