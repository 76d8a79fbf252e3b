"""Hospital tooth extractions: six sheets of eight tables, by authority and by region."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.sample.areas import small_areas
from hi_pipeline.sample.authorities import AUTHORITIES, FORMER_AUTHORITIES, REGIONS
from hi_pipeline.sample.chance import chance, drawn, rounded, share_out
from hi_pipeline.sample.containers import Cell, Rows, write_file, xlsx_bytes
from hi_pipeline.sample.planted import DECAY_EXTRACTIONS
from hi_pipeline.sources.tooth_extractions.areas import ENGLAND_CODE, ENGLAND_LABELS
from hi_pipeline.sources.tooth_extractions.areas import REGIONS as REGION_CODES
from hi_pipeline.sources.tooth_extractions.parse import WITHDRAWN_MARK
from hi_pipeline.sources.tooth_extractions.sheets import AGES, SHEETS, Sheet
from hi_pipeline.sources.tooth_extractions.source import SOURCE

_SMALLEST_COUNTED = 8
# Share of residents in each age range, how often extraction is for decay and how often for other reasons.
_AGE_SHARES = (0.073, 0.062, 0.049, 0.060)
_DECAY = (1.0, 1.0, 0.4, 0.15)
_OTHER_REASONS = (0.004, 0.007, 0.013, 0.010)
_YEAR_FACTORS = {"2018-19": 1.0, "2019-20": 0.95, "2020-21": 0.55}
# Two small authorities stand with their neighbours.
_JOINED = {"E06000053": "E06000052", "E09000001": "E09000012"}
_JOINED_NAMES = {"E06000052": "Cornwall & Isles of Scilly", "E09000012": "Hackney and City of London"}
_LAST_YEARS_OF_FORMER = {"E06000060": "2018-19", "E06000061": "2019-20", "E06000062": "2019-20"}
_WITHDRAWN = ("2018-19", ("E07000061", "E07000062", "E07000063", "E07000064", "E07000065"))


@dataclass(frozen=True)
class _Area:
    """An authority, region or England with residents, extractions for decay and for other reasons by age."""

    label: str
    code: str
    name: str | None
    people: tuple[int, ...]
    decay: tuple[int, ...]
    other: tuple[int, ...]


def write(folder: Path) -> None:
    """Write the workbook with its front sheets, the sheets that are read and those that are not."""
    sheets: dict[str, Rows] = {"Index": [("Index to worksheets",)], "W1": [("Notes",)], "W12": [("Table 1",)]}
    for sheet in SHEETS:
        sheets[sheet.name] = _sheet(sheet)
    sheets["NHSRLO 2018-19"] = [("NHS Regional Local Office",)]
    write_file(folder, SOURCE.releases[0].mirror_file, xlsx_bytes(sheets))


def _sheet(sheet: Sheet) -> Iterator[Sequence[Cell]]:
    for note in sheet.notes:
        yield (note,)
    yield sheet.title_row
    yield sheet.header
    authorities = _authorities(sheet.financial_year)
    areas = authorities if sheet.level == "local_authority" else _regions(authorities)
    for area in areas:
        yield _row(area, sheet, exact=False)
    yield _row(_sum(authorities, ENGLAND_LABELS[sheet.name != "W11"], ENGLAND_CODE), sheet, exact=True)


@cache
def _authorities(year: str) -> tuple[_Area, ...]:
    """Return the authorities of a year, ordered by region and code, former districts in place of their successors."""
    former: dict[str, list[tuple[str, str]]] = {}
    for code, name, successor in FORMER_AUTHORITIES:
        if year <= _LAST_YEARS_OF_FORMER[successor]:
            former.setdefault(successor, []).append((code, name))
    residents: dict[str, int] = {}
    deprived: dict[str, float] = {}
    for lsoa in small_areas().of_2011:
        code = _JOINED.get(lsoa.authority, lsoa.authority)
        residents[code] = residents.get(code, 0) + lsoa.residents
        deprived[code] = deprived.get(code, 0) + lsoa.residents * lsoa.place
    made = []
    for code, name, region, _ in AUTHORITIES:
        if code not in _JOINED:
            own = former.get(code, [(code, _JOINED_NAMES.get(code, name))])
            for (part, title), people in zip(own, share_out(residents[code], [1] * len(own)), strict=True):
                mark = WITHDRAWN_MARK if year == _WITHDRAWN[0] and part in _WITHDRAWN[1] else ""
                place = deprived[code] / residents[code]
                made.append(_area(REGIONS[region], part, title + mark, people, place, year))
    return tuple(sorted(made, key=lambda area: (area.label, area.code)))


def _area(region: str, code: str, name: str, people: int, place: float, year: str) -> _Area:
    generator = chance(f"extractions {code} {year}")
    factor = _YEAR_FACTORS[year]
    children = [round(people * share * (1 + 0.004 * (start_year(year) - 2019))) for share in _AGE_SHARES]
    decay = [
        drawn(generator, count, factor * share * DECAY_EXTRACTIONS.at(place))
        for count, share in zip(children, _DECAY, strict=True)
    ]
    other = [drawn(generator, n, factor * rate) for n, rate in zip(children, _OTHER_REASONS, strict=True)]
    return _Area(region, code, name, tuple(children), tuple(decay), tuple(other))


def _regions(authorities: Sequence[_Area]) -> list[_Area]:
    codes = {name: code for code, name in REGION_CODES.items()}
    return [
        _sum([area for area in authorities if area.label == name], name, code)
        for name, code in sorted(codes.items(), key=lambda pair: pair[1])
    ]


def _sum(areas: Sequence[_Area], label: str, code: str) -> _Area:
    people, decay, other = (
        tuple(sum(column) for column in zip(*(getattr(area, name) for area in areas), strict=True))
        for name in ("people", "decay", "other")
    )
    return _Area(label, code, None, people, decay, other)


def _row(area: _Area, sheet: Sheet, *, exact: bool) -> list[Cell]:
    """Write the eight tables of an area: counts, residents, rates of the printed counts, and the share of decay."""
    people = [*area.people, sum(area.people)]
    withdrawn = (area.name or "").endswith(WITHDRAWN_MARK)
    decay, other = ([*counts, sum(counts)] for counts in (area.decay, area.other))
    total = [a + b for a, b in zip(decay, other, strict=True)]
    printed = [_printed(counts, exact=exact, withdrawn=withdrawn) for counts in (total, decay, other)]
    per = 1 if sheet.name == "W14" else 100_000
    rates = [[_ratio(n, of, per) for n, of in zip(counts, people, strict=True)] for counts in printed]
    shares = [_ratio(part, whole, 1) for part, whole in zip(printed[1], printed[0], strict=True)]
    residents: list[Cell] = ["c"] * len(people) if withdrawn else [*people]
    tables = [printed[0], residents, rates[0], printed[1], rates[1], printed[2], rates[2], shares]
    cells: list[Cell] = []
    for labels, table in zip(sheet.labels, tables, strict=True):
        head = (area.label, area.code, area.name)[: len(labels)]
        cells += [*head, *table, None]
    assert len(tables[0]) == len(AGES)
    return cells[:-1]


def _printed(counts: Sequence[int], *, exact: bool, withdrawn: bool) -> list[Cell]:
    if exact:
        return list(counts)
    return ["c" if withdrawn or count < _SMALLEST_COUNTED else rounded(count) for count in counts]


def _ratio(count: Cell, of: Cell, per: int) -> Cell:
    if isinstance(count, int) and isinstance(of, int) and of:
        return round(per * count / of, 9)
    return "c"
