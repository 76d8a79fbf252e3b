"""Census 2021, table TS021: residents of each LSOA by ethnic group, as bulk CSV and in its zip."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.sample.areas import WELSH, small_areas
from hi_pipeline.sample.chance import share_out
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, zip_bytes
from hi_pipeline.sample.people import CENSUS_GROUPS, ethnic_groups
from hi_pipeline.sources.census_ethnicity.parse import DETAIL, YEAR
from hi_pipeline.sources.census_ethnicity.source import LSOA_COLUMNS, LSOA_MEMBER, SOURCE

_WELSH_RESIDENTS = 1_480


def write(folder: Path) -> None:
    """Write the table twice: bare, and as a member of the zip beside its metadata."""
    data = csv_bytes(LSOA_COLUMNS, _rows())
    write_file(folder, SOURCE.release("2021-csv").mirror_file, data)
    members = {"metadata/ts021.txt": b"SYNTHETIC\n", LSOA_MEMBER: data}
    write_file(folder, SOURCE.release("2021-zip").mirror_file, zip_bytes(members))


def _rows() -> Iterator[tuple[Cell, ...]]:
    for lsoa in small_areas().of_2021:
        yield YEAR, lsoa.name, lsoa.code, *_with_sums(ethnic_groups(lsoa))
    for number, code in enumerate(WELSH, start=1):
        yield (
            YEAR,
            f"Powys {number:03d}A",
            code,
            *_with_sums(share_out(_WELSH_RESIDENTS, range(1, len(CENSUS_GROUPS) + 1))),
        )


def _with_sums(counts: tuple[int, ...] | list[int]) -> list[int]:
    """Put the total first and each broad group before its parts."""
    cells = [sum(counts)]
    at = 0
    for parts in DETAIL.values():
        own = counts[at : at + len(parts)]
        cells += [sum(own), *own]
        at += len(parts)
    return cells
