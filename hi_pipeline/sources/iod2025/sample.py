"""The Indices of Deprivation of 2025, in the layout of File 7."""

from pathlib import Path

from hi_pipeline.sample.areas import index_of, small_areas
from hi_pipeline.sample.containers import csv_bytes, write_file
from hi_pipeline.sources.iod2025.parse import POPULATION_COLUMN
from hi_pipeline.sources.iod2025.source import FILE_7_COLUMNS, SOURCE


def write(folder: Path) -> None:
    """Write File 7 with the index and the residents, the columns that are read."""
    cells = [(lsoa.code, *index_of(lsoa, "2025"), lsoa.residents) for lsoa in small_areas().of_2021]
    data = csv_bytes((*FILE_7_COLUMNS, POPULATION_COLUMN), cells)
    write_file(folder, SOURCE.release("2025-file-7").mirror_file, data)
