"""Tables as CSV for programs, a part at a time: as text the results of all boards are hundreds of megabytes."""

from collections.abc import Iterator

import polars as pl

_ROWS_AT_ONCE = 50_000


def as_csv(rows: pl.DataFrame) -> Iterator[bytes]:
    """Yield rows as CSV with a header."""
    for number, part in enumerate(in_parts(rows)):
        yield part.write_csv(include_header=number == 0).encode()


def in_parts(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield rows in parts; where there are none, one part without rows."""
    yield from rows.iter_slices(_ROWS_AT_ONCE) if rows.height else (rows,)
