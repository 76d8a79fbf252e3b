"""Synthetic detailed tables of homelessness: three sheets by authority, with regions and England rounded to 10."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from hi_pipeline.core.groups import Dimension
from hi_pipeline.sample.areas import small_areas
from hi_pipeline.sample.authorities import AUTHORITIES, REGIONS
from hi_pipeline.sample.chance import chance, drawn, rounded, share_out
from hi_pipeline.sample.containers import Cell, ods_bytes, write_file
from hi_pipeline.sources.homelessness import sheets
from hi_pipeline.sources.homelessness.sheets import SHEETS, Sheet
from hi_pipeline.sources.homelessness.source import SOURCE

_PEOPLE_PER_HOUSEHOLD = 2.35
_ASSESSED, _OWED, _PREVENTION = 0.0037, 0.92, 0.45
_IN_TA, _WITH_CHILDREN, _CHILDREN_EACH = 0.0050, 0.63, 2.0
_GROUPS = (0.62, 0.12, 0.08, 0.04, 0.07, 0.07)
_SILENT = ("E06000027", "E09000021")
_HIDDEN_BELOW = 5
_LONDON, _REST = 6, "Rest of England"

_Key = tuple[str, Dimension, str]
_Figures = dict[_Key, int]


def write(folder: Path) -> None:
    """Write the spreadsheet of the one declared release, with two of the sheets that are not read."""
    (release,) = SOURCE.releases
    last = date.fromisoformat(f"{release.edition}-31")
    written: dict[str, list[list[Cell]]] = {
        "Contents": [[None, "SYNTHETIC"]],
        **{sheet.name: _sheet(sheet, last) for sheet in SHEETS},
        "MD1": [["SYNTHETIC"]],
    }
    write_file(folder, release.mirror_file, ods_bytes(written))


@cache
def _authorities() -> dict[str, _Figures]:
    residents: dict[str, int] = {}
    for lsoa in small_areas().of_2011:
        residents[lsoa.authority] = residents.get(lsoa.authority, 0) + lsoa.residents
    return {code: _figures(code, residents[code]) for code, *_ in AUTHORITIES}


def _figures(code: str, residents: int) -> _Figures:
    generator = chance(f"homelessness {code}")
    households = round(residents / _PEOPLE_PER_HOUSEHOLD)
    assessed = drawn(generator, households, _ASSESSED * generator.uniform(0.4, 1.8))
    owed = drawn(generator, assessed, _OWED)
    prevention = drawn(generator, owed, _PREVENTION)
    in_ta = drawn(generator, households, _IN_TA * (4 if code.startswith("E09") else 0.6))
    with_children = drawn(generator, in_ta, _WITH_CHILDREN)
    values = {
        sheets.ASSESSED: assessed,
        sheets.OWED: owed,
        sheets.PREVENTION: prevention,
        sheets.RELIEF: owed - prevention,
        sheets.HOUSEHOLDS: households,
        sheets.TRAVELLERS: owed // 90,
        sheets.IN_TA: in_ta,
        sheets.IN_TA_CHILDREN: with_children,
        sheets.CHILDREN: round(with_children * _CHILDREN_EACH),
    }
    groups = iter(share_out(owed, _GROUPS))
    keys = [key for sheet in SHEETS for key in sheet.figures.values()]
    return {key: next(groups) if key[1] is Dimension.ETHNICITY else values[key[0]] for key in keys}


def _sum(codes: list[str]) -> _Figures:
    made = [_authorities()[code] for code in codes]
    return {key: sum(figures[key] for figures in made) for key in made[0]}


def _sheet(sheet: Sheet, last: date) -> list[list[Cell]]:
    width = max(sheet.figures) + 1
    rows: list[list[Cell]] = [[None] * width for _ in range(sheet.first_row)]
    rows[0][0] = sheet.title_of(last)
    for (row, column), word in sheet.words.items():
        rows[row][column] = word
    of_region = {i: [code for code, _, region, _ in AUTHORITIES if region == i] for i in range(len(REGIONS))}
    everywhere = [code for code, *_ in AUTHORITIES]
    rest = [code for code in everywhere if code not in of_region[_LONDON]]
    rows.append(_row(sheet, "E92000001", "ENGLAND", _sum(everywhere), exact=False))
    london = _row(sheet, "E12000007", REGIONS[_LONDON], _sum(of_region[_LONDON]), exact=False)
    rows += [london, _row(sheet, "-", _REST, _sum(rest), exact=False), []]
    for i, name in enumerate(REGIONS):
        rows.append(_row(sheet, f"E1200000{i + 1}", name, _sum(of_region[i]), exact=False))
    rows.append([])
    rows += [_row(sheet, code, name, _authorities()[code], exact=True) for code, name, *_ in AUTHORITIES]
    return [*rows, [], ["Notes"], ["..", "Authority with missing data."], ["-", "Hidden."]]


def _row(sheet: Sheet, code: str, name: str, figures: Mapping[_Key, int], *, exact: bool) -> list[Cell]:
    row: list[Cell] = [code, name, *[None] * (max(sheet.figures) - 1)]
    owed = figures[sheets.A1.figures[6]]
    if sheet.all_of:
        row[sheet.all_of] = ".." if code in _SILENT else owed if exact else rounded(owed, 10)
    for column, key in sheet.figures.items():
        value = figures[key]
        if column in sheet.thousands:
            row[column] = round(value / 1000, 3)
        elif code in _SILENT:
            row[column] = ".."
        elif sheet.all_of and exact and owed < _HIDDEN_BELOW:
            row[column] = "-"
        else:
            row[column] = value if exact else rounded(value, 10)
    return row
