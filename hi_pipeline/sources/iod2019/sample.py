"""The Indices of Deprivation of 2019, in the layouts of Files 1 and 7."""

from collections.abc import Sequence
from pathlib import Path

from hi_pipeline.sample.areas import AUTHORITY_NAMES, Lsoa, decile_of, index_of, small_areas
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, xlsx_bytes
from hi_pipeline.sources.iod2019.source import FILE_1_COLUMNS, FILE_7_COLUMNS, SOURCE


def write(folder: Path) -> None:
    """Write File 1 and File 7."""
    areas = small_areas().of_2011
    rows: list[Sequence[Cell]] = [FILE_1_COLUMNS]
    rows += [[*_names(lsoa), lsoa.rank, decile_of(lsoa.rank, "2019")] for lsoa in areas]
    write_file(folder, SOURCE.release("2019-file-1").mirror_file, xlsx_bytes({"Notes": [], "IMD2019": rows}))
    header = tuple(name.replace("LSOA code", "LSOA Code") for name in FILE_7_COLUMNS)
    # The publisher writes residents as "1,649", in quotes.
    cells: list[Sequence[Cell]] = [(*_names(lsoa), *index_of(lsoa, "2019"), f"{lsoa.residents:,}") for lsoa in areas]
    write_file(folder, SOURCE.release("2019-file-7").mirror_file, csv_bytes(header, cells, bom=True))


def _names(lsoa: Lsoa) -> tuple[str, ...]:
    return lsoa.code, lsoa.name, lsoa.authority, AUTHORITY_NAMES[lsoa.authority]
