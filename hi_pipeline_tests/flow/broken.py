"""Breaks one thing in one publication's file, runs the plain steps again and tells what changed on disk."""

import csv
import hashlib
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import fastexcel

from hi_pipeline.core.indicator import Derived
from hi_pipeline.engine.layers.clean import build_clean, fetch_part, parts_of
from hi_pipeline.engine.layers.indicator import build_indicator
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.layers.published import publish_results
from hi_pipeline.engine.outcome import Outcome
from hi_pipeline.engine.pipeline import Catalogue, Pipeline, load_catalogue, open_pipeline
from hi_pipeline.sample.containers import xlsx_bytes, zip_bytes
from hi_pipeline.settings import Settings
from hi_pipeline.sources import SOURCES

Table = list[list[str]]
Change = Callable[[Path], None]
Outcomes = dict[tuple[str, str, str], Outcome]
BUILT = ("clean", "linked", "indicator")
LAYERS = (*BUILT, "published")
PAGE = b"<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head><body>Sorry</body></html>\n"


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A mirror's folder, a data root, and the declarations and financial years that are run on them."""

    mirror: Path
    data: Path
    catalogue: Catalogue
    years: tuple[str, ...]

    @property
    def root(self) -> Path:
        return self.data / "mirror"

    def open(self) -> Pipeline:
        return open_pipeline(Settings(source=f"mirror:{self.mirror}", data_dir=self.data), self.catalogue)

    def place(self, source: str, edition: str) -> Path:
        """Return where a release's file lies in the mirror."""
        return self.mirror / SOURCES[source].release(edition).mirror_file

    def take(self, sample: Path, releases: Iterable[tuple[str, str]]) -> None:
        """Put releases of the sample into the mirror."""
        link_releases(sample, self.mirror, releases)

    def copy(self, folder: Path) -> "Flow":
        """Return the same mirror and data elsewhere. Every writer replaces files, so links are as good as copies."""
        copied = replace(self, mirror=folder / "mirror", data=folder / "data")
        shutil.copytree(self.mirror, copied.mirror, copy_function=os.link)
        shutil.copytree(self.data, copied.data, copy_function=os.link)
        return copied

    def run(self, *, publish: bool = True) -> Outcomes:
        return run_steps(self.open(), self.years, publish=publish)

    def hashes(self, *layers: str) -> dict[str, str]:
        """Return the sha256 of every file of some layers, by its place below the data root."""
        return hashes_of(self.root, *layers)


def run_steps(pipeline: Pipeline, years: tuple[str, ...], *, publish: bool = True) -> Outcomes:
    """Run every step of every layer by the plain functions, without Dagster; return what became of each partition."""
    done: Outcomes = {}
    for source in pipeline.catalogue.sources.values():
        for part in parts_of(source):
            if not source.by_year or part in years:
                done["fetch", source.name, part] = fetch_part(pipeline, source, part)
                done["clean", source.name, part] = build_clean(pipeline, source, part)
    for level in pipeline.catalogue.table_levels():
        for table in level:
            for year in years:
                done["linked", table.name, year] = build_linked(pipeline, table, year)
    for indicator in pipeline.catalogue.indicators:
        for year in years:
            for icb, outcome in build_indicator(pipeline, indicator, year).items():
                done["indicator", indicator.id, f"{year}|{icb}"] = outcome
    if publish:
        done["published", "results", ""] = publish_results(pipeline)
    return done


def link_releases(sample: Path, mirror: Path, releases: Iterable[tuple[str, str]]) -> None:
    """Put releases (source, edition) of the sample into a mirror by hard link: their bytes are the sample's own."""
    for source, edition in releases:
        file = SOURCES[source].release(edition).mirror_file
        (mirror / file).parent.mkdir(parents=True, exist_ok=True)
        os.link(sample / file, mirror / file)


def hashes_of(root: Path, *layers: str) -> dict[str, str]:
    """Return the sha256 of every file of some layers, by its place below the data root."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for layer in layers
        for path in sorted((root / layer).rglob("*"))
        if path.is_file()
    }


def narrowed(indicators: Iterable[str]) -> Catalogue:
    """Return the project's own declarations of some indicators, with the tables and publications that these need."""
    full, ids = load_catalogue(), set(indicators)
    chosen = tuple(i for i in full.indicators if i.id in ids)
    needed = [full.counts_of(i).name for i in chosen]
    for name in needed:
        needed += [other for other in full.tables_by_name[name].linked if other not in needed]
    tables = tuple(table for table in full.tables if table.name in needed)
    read = {name for table in tables for name in table.sources}
    sources = {name: source for name, source in full.sources.items() if name in read}
    listed = tuple(entry for entry in full.listed if isinstance(entry, Derived) and entry.of in ids)
    return replace(full, indicators=chosen, listed=listed, sources=sources, tables=tables)


def truncated(path: Path) -> None:
    """Cut a file in the middle."""
    data = path.read_bytes()
    _replace(path, data[: len(data) // 2])


def error_page(path: Path) -> None:
    """Put what a server says when it has no file in the file's place."""
    _replace(path, PAGE)


def emptied(path: Path) -> None:
    """Leave a file of no bytes."""
    _replace(path, b"")


def damaged_member(path: Path) -> None:
    """Change bytes in the middle of a zip's first member: the list of members stays whole."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8] = bytes(byte ^ 0xFF for byte in data[middle : middle + 8])
    _replace(path, bytes(data))


def edited(change: Callable[[Table], Table], *, member: str = ".*") -> Change:
    """Return a change of one table: of a CSV, of a member of a zip, or of a sheet of a workbook.

    Args:
        change: gets all lines with the header, every cell as text, and returns them.
        member: regular expression of the member's or sheet's name, which one of them has.
    """

    def apply(path: Path) -> None:
        if path.suffix == ".xlsx":
            _replace(path, _edit_workbook(path, change, member))
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                members = {name: archive.read(name) for name in archive.namelist()}
            (name,) = [name for name in members if re.fullmatch(member, name)]
            _replace(path, zip_bytes(members | {name: _edit_csv(members[name], change)}))
        else:
            _replace(path, _edit_csv(path.read_bytes(), change))

    return apply


def renamed(old: str, new: str, *, member: str = ".*", header: int = 0) -> Change:
    """Return a change of a column's name."""

    def change(table: Table) -> Table:
        assert old in table[header]
        return [[new if c == old else c for c in line] if n == header else line for n, line in enumerate(table)]

    return edited(change, member=member)


def with_cell(column: str, text: str, *, where: dict[str, str], member: str = ".*", header: int = 0) -> Change:
    """Return a change of one cell: of the first row that has the given texts in the given columns."""

    def change(table: Table) -> Table:
        at = table[header].index(column)
        row = next(row for row in table[header + 1 :] if _is(row, table[header], where))
        row[at] = text
        return table

    return edited(change, member=member)


def without_rows(where: dict[str, str], *, member: str = ".*", header: int = 0) -> Change:
    """Return a change that leaves out all rows with the given texts in the given columns."""

    def change(table: Table) -> Table:
        kept = [row for row in table[header + 1 :] if not _is(row, table[header], where)]
        assert len(kept) + header + 1 < len(table)
        return [*table[: header + 1], *kept]

    return edited(change, member=member)


def with_row_twice(where: dict[str, str], *, member: str = ".*", header: int = 0) -> Change:
    """Return a change that says the first such row again at the end."""

    def change(table: Table) -> Table:
        return [*table, next(row for row in table[header + 1 :] if _is(row, table[header], where))]

    return edited(change, member=member)


def without_any_row(table: Table) -> Table:
    """Keep the header alone."""
    return table[:1]


def _is(row: list[str], header: list[str], where: dict[str, str]) -> bool:
    return all(re.fullmatch(text, row[header.index(column)]) for column, text in where.items())


def _edit_csv(data: bytes, change: Callable[[Table], Table]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(change(list(csv.reader(io.StringIO(data.decode(), newline="")))))
    return buffer.getvalue().encode()


def _edit_workbook(path: Path, change: Callable[[Table], Table], sheet: str) -> bytes:
    book = fastexcel.read_excel(path)
    (wanted,) = [name for name in book.sheet_names if re.fullmatch(sheet, name)]
    sheets = {}
    for name in book.sheet_names:
        rows = book.load_sheet(name, header_row=None, dtypes="string").to_polars().rows()
        table = [[cell or "" for cell in row] for row in rows]
        lines = change(table) if name == wanted else table
        sheets[name] = [[int(cell) if cell.isdecimal() else cell or None for cell in line] for line in lines]
    return xlsx_bytes(sheets)


def _replace(path: Path, data: bytes) -> None:
    """Write a new file in the place of a linked one, whose other names keep the old bytes."""
    path.unlink()
    path.write_bytes(data)
