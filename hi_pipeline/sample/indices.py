"""The Indices of Deprivation of 2019 and 2025, in the layouts of Files 1 and 7."""

from collections.abc import Sequence
from pathlib import Path

from hi_pipeline.sample.areas import AUTHORITY_NAMES, Lsoa, decile_of, small_areas
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file, xlsx_bytes
from hi_pipeline.sources.iod2019.source import FILE_1_COLUMNS, FILE_7_COLUMNS
from hi_pipeline.sources.iod2019.source import SOURCE as IOD2019
from hi_pipeline.sources.iod2025.parse import POPULATION_COLUMN
from hi_pipeline.sources.iod2025.source import FILE_7_COLUMNS as FILE_7_COLUMNS_2025
from hi_pipeline.sources.iod2025.source import SOURCE as IOD2025


def write(folder: Path) -> None:
    """Write File 1 and File 7 of 2019 and File 7 of 2025."""
    old, new = small_areas().of_2011, small_areas().of_2021
    file_1 = IOD2019.release("2019-file-1").mirror_file
    rows: list[Sequence[Cell]] = [FILE_1_COLUMNS]
    rows += [[*_names(lsoa), lsoa.rank, decile_of(lsoa.rank, "2019")] for lsoa in old]
    write_file(folder, file_1, xlsx_bytes({"Notes": [], "IMD2019": rows}))
    file_7 = IOD2019.release("2019-file-7").mirror_file
    header = tuple(name.replace("LSOA code", "LSOA Code") for name in FILE_7_COLUMNS)
    of_2019 = [(*_names(lsoa), *_index(lsoa, "2019"), _with_comma(lsoa.residents)) for lsoa in old]
    write_file(folder, file_7, csv_bytes(header, of_2019, bom=True))
    of_2025 = [(lsoa.code, *_index(lsoa, "2025"), lsoa.residents) for lsoa in new]
    header = (*FILE_7_COLUMNS_2025, POPULATION_COLUMN)
    write_file(folder, IOD2025.release("2025-file-7").mirror_file, csv_bytes(header, of_2025))


def _names(lsoa: Lsoa) -> tuple[str, ...]:
    return lsoa.code, lsoa.name, lsoa.authority, AUTHORITY_NAMES[lsoa.authority]


def _index(lsoa: Lsoa, vintage: str) -> tuple[Cell, ...]:
    """Score, rank and decile; the score falls as deprivation does."""
    score = round(75 * (1 - lsoa.place) ** 1.9 + 1, 3)
    return score, lsoa.rank, decile_of(lsoa.rank, vintage)


def _with_comma(number: int) -> str:
    """Write as the publisher does in places: "1,649", in quotes."""
    return f"{number:,}"
