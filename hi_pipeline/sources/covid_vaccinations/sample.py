"""Synthetic weekly workbook of vaccinations: partnerships by age and ethnic group, and their populations."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from hi_pipeline.core.geography import Vintage, board
from hi_pipeline.core.groups import ETHNIC_DETAIL_2001
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.chance import chance, drawn, share_out
from hi_pipeline.sample.containers import Cell, write_file, xlsx_bytes
from hi_pipeline.sample.people import population, residents_by_group
from hi_pipeline.sources.covid_vaccinations import sheets
from hi_pipeline.sources.covid_vaccinations.labels import (
    ETHNICITY_LABELS,
    PARTNERSHIP_LABELS,
)
from hi_pipeline.sources.covid_vaccinations.parse import ABOVE_ALL
from hi_pipeline.sources.covid_vaccinations.sheets import Sheet
from hi_pipeline.sources.covid_vaccinations.source import APRIL_2021, SOURCE

_FOOTPRINT = Vintage.JULY_2022
_FIRST_AGES = (0, 45, 50, 55, 60, 65, 70, 75, 80, 91)
# Share of each band of DOSE_AGES with a first dose, and of these with a second.
_FIRST = (0.20, 0.70, 0.89, 0.95, 0.97, 0.95, 0.97, 0.99, 0.95)
_SECOND = (0.3, 0.18, 0.17, 0.18, 0.2, 0.33, 0.73, 0.9, 0.92)
# How often, relative to White British people.
_BY_GROUP = {"White": 1.0, "Mixed": 0.75, "Asian or Asian British": 0.82, "Black or Black British": 0.62}
_OF_OTHERS, _UNKNOWN_SHARE = 0.7, 0.11
# In one band more people are vaccinated than the estimate of mid-2019 has.
_GROWN = 1.06
# First doses of people with an address outside England or unknown: in England's rows, in no partnership's.
_ELSEWHERE = 2_345


class _Place:
    """A partnership: people by band of age, doses by band, first doses by ethnic group."""

    def __init__(self, code: str) -> None:
        own = [s.ods for s in locations(_FOOTPRINT) if board(s.board[_FOOTPRINT]).ods == code]
        generator = chance(f"vaccinations {code}")
        counts = [0] * 91
        for ods in own:
            for ages in population(ods, vintage=_FOOTPRINT, year=2019).values():
                counts = [a + b for a, b in zip(counts, ages, strict=True)]
        bands = [sum(counts[a:b]) for a, b in zip(_FIRST_AGES, _FIRST_AGES[1:], strict=False)]
        self.under_16 = sum(counts[:16])
        self.bands = bands
        self.first = [drawn(generator, n, share) for n, share in zip(bands, _FIRST, strict=True)]
        self.first[7] = round(bands[7] * _GROWN)
        self.second = [drawn(generator, n, share) for n, share in zip(self.first, _SECOND, strict=True)]
        groups = residents_by_group(_FOOTPRINT)
        weights = [
            sum(groups[ods][i] for ods in own) * _BY_GROUP.get(group.split(":")[0], _OF_OTHERS)
            for i, group in enumerate(ETHNIC_DETAIL_2001)
        ]
        unknown = round(sum(self.first) * _UNKNOWN_SHARE)
        # A few people of unknown age are in the totals and in no band.
        self.groups = [*share_out(sum(self.first) + 2 - unknown, weights), unknown]
        self.second_all = sum(self.second) + 1

    @property
    def doses(self) -> int:
        return sum(self.groups) + self.second_all


@cache
def _places() -> dict[str, _Place]:
    return {name: _Place(code) for name, code in PARTNERSHIP_LABELS.items()}


def write(folder: Path) -> None:
    """Write the workbook of the one declared release, with the names of the sheets that are not read."""
    (release,) = SOURCE.releases
    ages = {name: _ages(place) for name, place in _places().items()}
    groups: dict[str, list[Cell]] = {
        name: [*place.groups, None, place.second_all, None, place.doses] for name, place in _places().items()
    }
    people = {name: _people(place) for name, place in _places().items()}
    written: dict[str, list[list[Cell]]] = {
        "Contents": [["Title:", "SYNTHETIC"]],
        "ICS STP": _sheet(sheets.AGES, ages, _ages_of_all()),
        "CCG": [["Title:", "SYNTHETIC"]],
        "Ethnicity": _england(),
        "Ethnicity & ICS STP": _sheet(sheets.ETHNICITY, groups, _sum([*map(_fill, groups.values()), _elsewhere()])),
        "Population estimates (ONS)": _sheet(sheets.PEOPLE, people, _sum([_fill(row) for row in people.values()])),
    }
    assert {member.pattern.replace("\\", "") for member in APRIL_2021.members} <= set(written)
    write_file(folder, release.mirror_file, xlsx_bytes(written))


def _fill(row: Sequence[Cell]) -> list[int | None]:
    return [cell if isinstance(cell, int) else None for cell in row]


def _sum(rows: Sequence[Sequence[int | None]]) -> list[Cell]:
    return [None if column[0] is None else sum(n or 0 for n in column) for column in zip(*rows, strict=True)]


def _elsewhere() -> list[int | None]:
    return [*(0,) * (len(ETHNICITY_LABELS) - 1), _ELSEWHERE, None, 0, None, _ELSEWHERE]


def _shares(first: Sequence[int], people: Sequence[int]) -> list[Cell]:
    return [ABOVE_ALL if n > of else round(n / of, 9) for n, of in zip(first, people, strict=True)]


def _ages(place: _Place) -> list[Cell]:
    shares = _shares(place.first[1:], place.bands[1:])
    return [*place.first, None, *place.second, None, place.doses, None, *shares]


def _ages_of_all() -> list[Cell]:
    places = list(_places().values())
    first, second, people = (
        [sum(column) for column in zip(*(getattr(place, name) for place in places), strict=True)]
        for name in ("first", "second", "bands")
    )
    first[0] += _ELSEWHERE
    return [
        *first,
        None,
        *second,
        None,
        sum(p.doses for p in places) + _ELSEWHERE,
        None,
        *_shares(first[1:], people[1:]),
    ]


def _people(place: _Place) -> list[Cell]:
    adults = sum(place.bands) - place.under_16
    return [place.under_16, place.bands[0] - place.under_16, *place.bands[1:], adults]


def _sheet(sheet: Sheet, figures: dict[str, list[Cell]], england: list[Cell]) -> list[list[Cell]]:
    """Lay out notes, header, total and partnerships where the declaration of the sheet has them."""
    name = sheet.name_column
    rows: list[list[Cell]] = [[None] * (name + 1 + len(england)) for _ in range(sheets.TOTAL_ROW)]
    rows[1][1:3] = ["Title:", "SYNTHETIC COVID-19 Vaccinations"]
    rows[sheets.PERIOD_ROW][1:3] = ["Period:", sheet.period]
    for (row, column), word in sheet.words.items():
        rows[row][column] = word
    before: list[Cell] = [None] * (name - 2)
    rows.append([*before, "Total", None, None, *england])
    rows.append([])
    rows += [[*before, "A region", None, place, *cells] for place, cells in figures.items()]
    return [*rows, [], [None, "Data quality notes:"], [None, f"{ABOVE_ALL} signifies more than the estimate."]]


def _england() -> list[list[Cell]]:
    first = [sum(column) for column in zip(*(place.groups for place in _places().values()), strict=True)]
    first[-1] += _ELSEWHERE
    second = share_out(sum(place.second_all for place in _places().values()), first)
    rows: list[list[Cell]] = [[None] * 7 for _ in range(12)]
    rows[sheets.PERIOD_ROW][1:3] = ["Period:", sheets.TO_APRIL]
    rows[10] = [None, "Ethnicity ", None, "1st dose", "2nd dose", None, "Cumulative Total Doses to Date"]
    rows.append([None, "Total", None, sum(first), sum(second), None, sum(first) + sum(second)])
    rows.append([])
    for label, a, b in zip(ETHNICITY_LABELS, first, second, strict=True):
        rows.append([None, label, None, a, b, None, a + b])
    return rows
