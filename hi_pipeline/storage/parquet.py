"""A parquet file to a table of text, as every other file is read."""

from pathlib import Path

import polars as pl

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.storage.limits import LIMITS, Limits


def read_parquet_text(path: Path, *, where: str, limits: Limits = LIMITS) -> pl.DataFrame:
    """Return a parquet file's cells as text or null.

    Raises:
        ArchiveError: it cannot be read, or is larger than it may be.
        LayoutError: a column holds lists or structures.
    """
    if path.stat().st_size > limits.member_bytes:
        raise ArchiveError(f"{where}: larger than {limits.member_bytes:,} bytes")
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ArchiveError(f"{where}: the parquet file cannot be read ({error})") from error
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    if nested:
        raise LayoutError(f"{where}: columns {nested} hold lists or structures; every cell is one value")
    return frame.select(pl.all().cast(pl.String))
