"""Synthetic screening indicators of Fingertips: authorities with regions and England, boards, practices."""

from collections.abc import Iterator
from math import sqrt
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import ENGLAND, Vintage, boards_of, vintage_of
from hi_pipeline.sample.areas import location_of, locations, small_areas
from hi_pipeline.sample.authorities import AUTHORITIES, REGIONS
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.planted import Gradient
from hi_pipeline.sample.practices import practices
from hi_pipeline.sources.fingertips.parse import SUPPRESSED_NOTE, VALUE_NOTES
from hi_pipeline.sources.fingertips.source import COLUMNS, COMPARATOR_EXAMPLES, IN_HAND, SCREENING, SOURCE

# Share of those invited who are screened, by deprivation; and how many are invited of all residents or patients.
COVERAGE = Gradient(0.60, 0.76)
_INVITED = {"93560": 0.17, "93561": 0.09, "91720": 0.17, "94063": 0.15}
# Lists hold more patients than residents; those invited are about the same people.
_INVITED_OF_LIST = 0.96
_GROUP = {
    "93560": ("Female", "25-49 yrs"),
    "93561": ("Female", "50-64 yrs"),
    "91720": ("Persons", "60-74 yrs"),
    "94063": ("Female", "53-70 yrs"),
}
_COMPARATOR_AT = 22
_NOT_DECLARED = 2018
# A board without figures: an area type does not promise all of its areas.
_SILENT_BOARD = "QYG"
_HIDDEN_BELOW = 8
_DECILES = "District & UA deprivation deciles in England (IMD2019, 4/23 geography)"
_ABOLISHED = ("E07000053", "Weymouth and Portland", "District")
_LATER = ("E06000065", "North Yorkshire", "UA", "Value for North Yorkshire Cty applied to North Yorkshire UA")
_LATER_TOO = ("E06000066", "Somerset", "UA", "Value for Somerset Cty applied to Somerset UA")
_COUNTY = ("E10000023", "North Yorkshire Cty", "County", "")
_MERGED, _AGGREGATED = "Aggregated from values for merged local authorities", list(VALUE_NOTES)[2]

_Area = tuple[str, str, str, str, float, int]  # code, name, type, note, place, invited


def write(folder: Path) -> None:
    """Write every declared file of the screening indicators."""
    for release in SOURCE.releases:
        indicator, _, area_type = release.edition.partition("-")
        if indicator not in SCREENING:
            continue
        rows: list[tuple[Cell, ...]] = []
        years = [start_year(year) + 1 for year in release.financial_years]
        for year in (_NOT_DECLARED, *years) if release.edition == IN_HAND else years:
            areas = {"": _authorities, "221": _boards, "7": _practices}[area_type](indicator, year)
            rows += _year(indicator, year, list(areas), deciles=not area_type)
        header = (*COLUMNS[:_COMPARATOR_AT], COMPARATOR_EXAMPLES[2], *COLUMNS[_COMPARATOR_AT:])
        write_file(folder, release.mirror_file, csv_bytes(header, rows, line_end="\r\n"))


def _year(indicator: str, year: int, areas: list[_Area], *, deciles: bool) -> Iterator[tuple[Cell, ...]]:
    """Yield England, which adds up its authorities, twice as the interface gives it, and the areas of a year."""
    counted = [(area, *_screened(indicator, year, area)) for area in areas]
    whole = [
        (n, of) for (_, _, kind, note, _, _), n, of in counted if kind in ("UA", "District", "ICBs", "GPs") and not note
    ]
    count, invited = sum(n for n, _ in whole), sum(of for _, of in whole)
    for parent in (("", ""), (ENGLAND, "England")):
        yield _row(indicator, year, (*parent, ENGLAND, "England", "England"), count, invited, note=_AGGREGATED)
    if deciles:
        category = (_DECILES, "Most deprived decile (IMD2019)")
        england = ("", "", ENGLAND, "England", "England")
        yield _row(indicator, year, england, count // 12, invited // 10, category=category)
    for (code, name, kind, note, _, _), n, of in counted:
        area = (ENGLAND, "England", code, name, kind)
        if not of:
            yield _row(indicator, year, area, None, None)
        elif kind == "GPs" and n < _HIDDEN_BELOW:
            yield _row(indicator, year, area, None, of, note=SUPPRESSED_NOTE)
        else:
            yield _row(indicator, year, area, n, of, note=note)


def _screened(indicator: str, year: int, area: _Area) -> tuple[int, int]:
    code, _, kind, _, place, people = area
    generator = chance(f"screening {indicator} {year} {code}")
    invited = round(people * _INVITED[indicator] * (_INVITED_OF_LIST if kind == "GPs" else 1))
    return drawn(generator, invited, COVERAGE.at(place)), invited


def _authorities(indicator: str, year: int) -> Iterator[_Area]:
    people: dict[str, int] = {}
    places: dict[str, float] = {}
    for lsoa in small_areas().of_2011:
        people[lsoa.authority] = people.get(lsoa.authority, 0) + lsoa.residents
        places[lsoa.authority] = places.get(lsoa.authority, 0.0) + lsoa.residents * lsoa.place
    regions = dict.fromkeys(range(len(REGIONS)), 0)
    for code, name, region, _ in AUTHORITIES:
        kind = "District" if code.startswith("E07") else "UA"
        regions[region] += people[code]
        yield code, name, kind, "", places[code] / people[code], people[code]
    for number, size in regions.items():
        yield f"E1200000{number + 1}", REGIONS[number], "Regions (statistical)", _AGGREGATED, 0.5, size
    yield (*_ABOLISHED, "", 0.5, 0)
    for code, name, kind, note in (_LATER, _LATER_TOO, _COUNTY):
        yield code, name, kind, note or _MERGED, 0.5, 30_000
    yield "E47000001", "CA-Greater Manchester", "Combined authorities", "", 0.4, 50_000
    yield "E45000009", "PHE centre", "PHE Centre", "", 0.5, 50_000
    yield "Cl_L2_1ar", "Rural-Urban Fringe", "ONS 2011 group", "", 0.6, 30_000


def _boards(indicator: str, year: int) -> Iterator[_Area]:
    vintage = vintage_of(f"{year - 1}-{year % 100:02d}") if year > 2022 else Vintage.JULY_2022
    people: dict[str, int] = {}
    places: dict[str, float] = {}
    owners = {s.ods: s.board[vintage] for s in locations(vintage)}
    for lsoa in small_areas().of_2011:
        owner = owners[location_of(lsoa, vintage)]
        people[owner] = people.get(owner, 0) + lsoa.residents
        places[owner] = places.get(owner, 0.0) + lsoa.residents * lsoa.place
    for board in boards_of(vintage):
        if board.ods != _SILENT_BOARD:
            yield board.ons, board.name, "ICBs", "", places[board.ons] / people[board.ons], people[board.ons]


def _practices(indicator: str, year: int) -> Iterator[_Area]:
    for practice in practices():
        if practice.is_open(year - 1) and practice.on_register:
            yield practice.code, practice.name, "GPs", "", practice.place, practice.list_of("TOTAL", year=year)


def _row(
    indicator: str,
    year: int,
    area: tuple[str, ...],
    count: int | None,
    invited: int | None,
    *,
    note: str = "",
    category: tuple[str, str] = ("", ""),
) -> tuple[Cell, ...]:
    figures: tuple[Cell, ...] = ("",) * 6
    if count is not None and invited:
        share = count / invited
        spread = sqrt(max(share * (1 - share), 1e-9) / invited)
        limits = [f"{100 * min(1.0, max(0.0, share + z * spread)):.7g}" for z in (-1.96, 1.96)]
        figures = (f"{100 * share:.7g}", *limits, "", "", count)
    title = f"Cancer screening coverage: {SCREENING[indicator]}"
    head: tuple[Cell, ...] = (indicator, title, *area, *_GROUP[indicator], *category, year)
    size: Cell = "" if invited is None else invited
    compared = ("Not compared", "Not compared")
    return (*head, *figures, size, note, "", *compared, f"{year}0000", "", "", "1y")
