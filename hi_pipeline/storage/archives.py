"""Opens a release's container by its declared layout and hands out text tables, header already compared.

What belongs here: which member is which table, and that none is missing, unknown or of another shape. How bytes
become text is in ``text``, ``zips`` and ``spreadsheets``.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.core.source import Container, Layout, Member, RawTable
from hi_pipeline.core.text_tables import check_header
from hi_pipeline.storage.json_rows import read_json
from hi_pipeline.storage.limits import LIMITS, Limits
from hi_pipeline.storage.parquet import read_parquet_text
from hi_pipeline.storage.spreadsheets import read_sheets, table_of_sheet
from hi_pipeline.storage.text import read_csv
from hi_pipeline.storage.zips import files_of, open_zip, read_member

_ARCHIVE_NAME = re.compile(r".*\.(zip|gz|tgz|bz2|xz|7z|rar|tar|zst)", re.IGNORECASE)
_HEADER_WITHIN = 30


def read_tables(path: Path, layout: Layout, *, limits: Limits = LIMITS) -> dict[str, tuple[RawTable, ...]]:
    """Read all declared tables of a release's file.

    Args:
        path: the kept file.
        layout: what it holds.
        limits: how large it may be.

    Returns:
        By table name, one RawTable for each member that matched, in the order of their names. Every cell is text or
        null. A sheet member without ``columns`` keeps all its rows, in columns column_0 (Excel's A), column_1, ...

    Raises:
        ArchiveError: the container is broken, hostile or larger than it may be.
        LayoutError: a member, sheet or column is missing, unknown or in another place.
    """
    if not path.is_file():
        raise ArchiveError(f"{path}: there is no such file; fetch the release first")
    if not path.stat().st_size:
        raise ArchiveError(f"{path.name}: the file is empty (0 bytes)", "fetch it again")
    read = {
        Container.CSV: _read_bare_csv,
        Container.ZIP: _read_zip,
        Container.XLSX: _read_workbook,
        Container.ODS: _read_workbook,
        Container.PARQUET: _read_bare_parquet,
    }[layout.container]
    tables: dict[str, tuple[RawTable, ...]] = {}
    for member, table in read(path, layout, limits):
        tables[member.table] = (*tables.get(member.table, ()), table)
    return tables


def _read_bare_csv(path: Path, layout: Layout, limits: Limits) -> Iterable[tuple[Member, RawTable]]:
    if len(layout.members) != 1:
        raise LayoutError(
            f"layout {layout.name!r} is a bare CSV and must declare one member, not {len(layout.members)}"
        )
    if path.stat().st_size > limits.member_bytes:
        raise ArchiveError(f"{path.name}: larger than {limits.member_bytes:,} bytes")
    yield layout.members[0], _csv_table(path.read_bytes(), layout.members[0], path.name, path.name, limits)


def _read_bare_parquet(path: Path, layout: Layout, limits: Limits) -> Iterable[tuple[Member, RawTable]]:
    (member,) = layout.members
    frame = read_parquet_text(path, where=path.name, limits=limits)
    check_header(frame.columns, member, where=path.name)
    yield member, RawTable(path.name, _with_rows(frame, path.name))


def _read_zip(path: Path, layout: Layout, limits: Limits) -> Iterable[tuple[Member, RawTable]]:
    with open_zip(path, limits=limits) as archive:
        for name, member in assign(files_of(archive), layout, where=path.name, what="member"):
            where = f"{path.name}, member {name}"
            if _ARCHIVE_NAME.fullmatch(name):
                raise ArchiveError(f"{where}: the member is itself an archive; nested archives are not opened")
            data = read_member(archive, name, where=where, limits=limits)
            if member.json_rows:
                yield member, _json_table(data, member, name, where)
            else:
                yield member, _csv_table(data, member, name, where, limits)


def _json_table(data: bytes, member: Member, name: str, where: str) -> RawTable:
    frame = read_json(data, rows=member.json_rows, where=where)
    declared = [column for column in member.columns or () if column in frame.columns]
    frame = frame.select(*declared, pl.exclude(declared)) if declared else frame
    check_header(frame.columns, member, where=where)
    return RawTable(name, frame, first_row=1)


def _csv_table(data: bytes, member: Member, name: str, where: str, limits: Limits) -> RawTable:
    frame = read_csv(data, where=where, limits=limits)
    check_header(frame.columns, member, where=where)
    return RawTable(name, _with_rows(frame, where))


def _with_rows(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    if frame.is_empty():
        raise LayoutError(
            f"{where}: a header and no row below it; expected figures. The file is not whole: fetch it again, or look "
            "at the publisher's page."
        )
    return frame


def _read_workbook(path: Path, layout: Layout, limits: Limits) -> Iterable[tuple[Member, RawTable]]:
    patterns = tuple(member.pattern for member in layout.members)
    names, frames = read_sheets(path, patterns, container=layout.container, limits=limits)
    for name, member in assign(names, layout, where=path.name, what="sheet"):
        where = f"{path.name}, sheet {name!r}"
        if member.columns is None:
            check_header(_words_at_the_top(frames[name]), member, where=where)
            yield member, RawTable(name, frames[name], first_row=1)
            continue
        frame = table_of_sheet(frames[name], header_row=member.header_row, where=where)
        check_header(frame.columns, member, where=where)
        yield member, RawTable(name, _with_rows(frame, where), first_row=member.header_row + 2)


def _words_at_the_top(matrix: pl.DataFrame) -> list[str]:
    """Return the cells among which a matrix has its headers, so that person-level columns are noticed there too."""
    return [cell for row in matrix.head(_HEADER_WITHIN).rows() for cell in row if cell]


def assign(names: Iterable[str], layout: Layout, *, where: str, what: str) -> list[tuple[str, Member]]:
    """Say which declared member each name is.

    Raises:
        LayoutError: a name that nobody declared, one that two members claim, or a member without a name.
    """
    found: list[tuple[str, Member]] = []
    unknown = []
    for name in names:
        claims = [member for member in layout.members if re.fullmatch(member.pattern, name)]
        if len(claims) > 1:
            tables = [member.table for member in claims]
            raise LayoutError(
                f"{where}: {what} {name!r} matches {tables} of layout {layout.name!r}; only one may claim it"
            )
        if claims:
            found.append((name, claims[0]))
        elif not any(re.fullmatch(pattern, name) for pattern in layout.ignored):
            unknown.append(name)
    taken = {member.table for _, member in found}
    missing = [m.pattern for m in layout.members if m.table not in taken and not m.optional]
    if unknown or missing:
        raise LayoutError(
            f"{where}: the {what}s differ from layout {layout.name!r}. Unknown: {unknown or 'none'}. "
            f"Missing (patterns): {missing or 'none'}. If the publisher changed the file, declare a new layout in the "
            "source's source.py."
        )
    return found
