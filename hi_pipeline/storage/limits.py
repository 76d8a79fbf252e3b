"""How large a file may be, on the outside and once it is opened; what is beyond is refused, not read."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Caps on containers. The largest real file (RTT, 2026-11) is one member of 85 MB, 23 times its zip.

    Attributes:
        members: entries of an archive.
        member_bytes, total_bytes: unpacked size of one member and of all that are read.
        ratio: unpacked to packed size; looked at from ``ratio_from_bytes`` on, as small files pack well.
        columns: of a CSV or a sheet.
        sheet_cells: rows times columns of a sheet's used rectangle.
        shared_strings_bytes: the text table of a spreadsheet, which is held in memory as a whole.
        child_memory_bytes, child_seconds: for the process that reads a spreadsheet.
    """

    members: int = 1_000
    member_bytes: int = 512_000_000
    total_bytes: int = 1_024_000_000
    ratio: int = 200
    ratio_from_bytes: int = 1_000_000
    columns: int = 4_000
    sheet_cells: int = 20_000_000
    shared_strings_bytes: int = 100_000_000
    child_memory_bytes: int = 4_000_000_000
    child_seconds: int = 120


LIMITS = Limits()
