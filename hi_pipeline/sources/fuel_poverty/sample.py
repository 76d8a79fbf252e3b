"""Fuel poverty by authority and small area, in the workbook of the edition of 2023."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from hi_pipeline.sample.areas import AUTHORITY_NAMES, Lsoa, small_areas
from hi_pipeline.sample.authorities import AUTHORITIES, REGIONS
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.containers import Cell, Rows, write_file, xlsx_bytes
from hi_pipeline.sample.planted import Gradient
from hi_pipeline.sources.fuel_poverty.parse import AREA_HEADER, BACK, LSOA_COLUMNS
from hi_pipeline.sources.fuel_poverty.source import SOURCE

# Share of households at the most and at the least deprived place.
FUEL_POVERTY = Gradient(0.21, 0.06)
_PEOPLE_PER_HOUSEHOLD = 2.36
_REGION_OF = {code: REGIONS[region] for code, _, region, _ in AUTHORITIES}
_REGION_CODES = {name: f"E120000{n:02d}" for n, name in enumerate(REGIONS, start=1)}

Count = tuple[int, int]


def write(folder: Path) -> None:
    """Write the workbook with its front sheets, the two tables that are read and the two that are not."""
    sheets: dict[str, Rows] = {name: [(name,)] for name in ("Title", "Contents", "Metadata", "Notes")}
    sheets["Table 1"] = [("Table 1: Fuel Poverty by Region",)]
    sheets["Table 2"] = _table_2()
    sheets["Table 3"] = _table_3()
    sheets["Table 4"] = [("Table 4: Fuel Poverty by Parliamentary Constituency",)]
    write_file(folder, SOURCE.releases[0].mirror_file, xlsx_bytes(sheets))


@cache
def _counts() -> dict[Lsoa, Count]:
    """Return households, and those in fuel poverty, of each LSOA of 2021."""
    made = {}
    for lsoa in small_areas().of_2021:
        households = round(lsoa.residents / _PEOPLE_PER_HOUSEHOLD)
        poor = drawn(chance(f"fuel poverty {lsoa.code}"), households, FUEL_POVERTY.at(lsoa.place))
        made[lsoa] = households, poor
    return made


def _table_2() -> Iterator[Sequence[Cell]]:
    yield ("Table 2: Fuel poor households by administrative area [Notes 3 and 4], 2021",)
    yield ()
    # The publisher writes a blank after the heading of the names.
    yield ["Area names " if cell == "Area names" else cell for cell in AREA_HEADER]
    counts = _counts()
    yield ("E92000001", "ENGLAND", None, None, *_cells(list(counts.values())))
    for region in REGIONS:
        own = {lsoa: count for lsoa, count in counts.items() if _REGION_OF[lsoa.authority] == region}
        yield (_REGION_CODES[region], region.upper(), None, None, *_cells(list(own.values())))
        for code in sorted({lsoa.authority for lsoa in own}):
            of = [count for lsoa, count in own.items() if lsoa.authority == code]
            # Unitary authorities stand one column before the districts of counties.
            name = AUTHORITY_NAMES[code]
            yield (code, None, *((None, name) if code.startswith("E07") else (name, None)), *_cells(of))
    yield from ((), (), (BACK,))


def _table_3() -> Iterator[Sequence[Cell]]:
    yield ("Table 3: Fuel Poverty by LSOA [Notes 4 and 6], 2021",)
    yield ()
    yield LSOA_COLUMNS
    for lsoa, count in _counts().items():
        place = (lsoa.authority, AUTHORITY_NAMES[lsoa.authority], _REGION_OF[lsoa.authority])
        yield (lsoa.code, lsoa.name, *place, *_cells([count]))
    yield from ((), (), (BACK,))


def _cells(counts: Sequence[Count]) -> tuple[Cell, ...]:
    households, poor = (sum(column) for column in zip(*counts, strict=True))
    return households, poor, round(100 * poor / households, 9)
