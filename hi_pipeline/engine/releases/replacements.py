"""Which kept bytes took the place of others, what that changed, and the record of it beside the newer file.

Covered are, for each declared release: bytes that wait (live, or a mirror's manifest), bytes that came in the place of
others at the same address or at a newly declared one, accepted or not, and a provisional release of the same financial
year that this final one replaces, for the years that both hold and no other final release holds. Plain functions.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from hi_pipeline.core.account import take_account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.revisions import CHANGES, FIGURE, TABLE, changed_tables
from hi_pipeline.core.source import Release, ReleaseStatus, Source, Tables, release_id
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.storage.changes import find_changes, write_changes
from hi_pipeline.storage.folder_mirror import MANIFEST
from hi_pipeline.storage.kept import Snapshot

_log = logging.getLogger(__name__)
_YEAR = "financial_year"


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """Bytes of a release that took, or wait to take, the place of others.

    Attributes:
        release: id of the release that the newer bytes belong to.
        newer: where they are kept; ``newer_sha256`` is their hash.
        older: the kept file that they replace, None where it is gone; ``older_release`` declares it.
        years: financial years to compare; all where empty.
        pending: the newer bytes are not used yet.
        alarm: they are a revision that nobody has accepted.
        provisional: they replace a provisional edition, which is expected.
        record: a .csv with what changed, a .txt that says why it is not known, or None while there is neither.
        by_manifest: a mirror's manifest says which bytes are accepted, not the declaration.
    """

    release: str
    address: str
    newer: Path
    newer_sha256: str
    older: Path | None
    older_sha256: str
    older_release: Release
    years: tuple[str, ...] = ()
    pending: bool = False
    alarm: bool = False
    provisional: bool = False
    record: Path | None
    by_manifest: bool = False

    @cached_property
    def figures(self) -> int | None:
        """Return how many rows of clean tables differ, None where that is not known."""
        if self.record is None or self.record.suffix != ".csv":
            return None
        last = pl.scan_csv(self.record, infer_schema=False).select(pl.col(FIGURE).cast(pl.Int64).max()).collect().item()
        return int(last or 0)

    @property
    def difference(self) -> str:
        """Say in plain words how much differs."""
        if self.record is None:
            return "the two files have not been compared yet"
        if self.figures is None:
            return "the two files cannot be compared"
        return {0: "no figure differs", 1: "1 figure differs"}.get(self.figures, f"{self.figures:,} figures differ")

    @property
    def acceptance(self) -> str:
        """Say what to do to accept the newer bytes."""
        declaration = f"hi_pipeline/sources/{self.release.split(':')[0]}/source.py"
        place = f"the mirror's {MANIFEST}" if self.by_manifest else declaration
        accept = f"hi accept {self.release}"
        return f"compare the two files, then run {accept}, or pin the new sha256 {self.newer_sha256} in {place}"

    @property
    def words(self) -> str:
        """Say in a few words how it stands; "" where there is nothing to say any more."""
        if self.alarm:
            return f"REVISED, {self.difference}"
        if self.pending:
            return "what replaces its provisional waits for its sha256"
        return "replaced its provisional" if self.provisional else ""


def replacements(pipeline: Pipeline, source: Source, release: Release) -> tuple[Replacement, ...]:
    """Return what replaces, or replaced, kept bytes of a release; empty where only one file was ever kept."""
    found = pipeline.snapshots.latest(source.name, release.edition)
    if found is None:
        return ()
    return (*_of_edition(pipeline, source, release, found), *_of_year(pipeline, source, release, found))


def alarm_of(pipeline: Pipeline, source: Source, release: Release) -> Replacement | None:
    """Return the revision of a release that nobody has accepted, if there is one."""
    return next((r for r in replacements(pipeline, source, release) if r.alarm), None)


def lacks_record(pipeline: Pipeline, source: Source, release: Release) -> bool:
    """Tell whether kept bytes have not been compared with those whose place they took: a kill came between."""
    return any(found.record is None for found in replacements(pipeline, source, release))


def record_changes(pipeline: Pipeline, source: Source, release: Release) -> None:
    """Keep what changed beside each newer file, once; why that is not known is kept in words and tried again.

    Nothing is raised: what was fetched stands whether or not it can be compared.
    """
    for found in replacements(pipeline, source, release):
        if found.record is not None and found.record.suffix == ".csv":
            continue
        changes = _compared_or_why_not(pipeline, source, release, found)
        try:
            write_changes(pipeline.snapshots.store, found.newer, found.older_sha256, changes)
        except Exception:
            _log.warning("%s: what changed could not be kept", found.release, exc_info=True)


def first_changes(found: Replacement, rows: int) -> pl.DataFrame:
    """Return the first changed cells: table, key (as text), column, before, after; empty where they are not known."""
    if found.figures is None or found.record is None:
        return pl.DataFrame(schema=dict.fromkeys((TABLE, "key", *CHANGES), pl.String))
    cells = pl.read_csv(found.record, infer_schema=False, n_rows=rows)
    keys = [name for name in cells.columns if name not in (FIGURE, TABLE, *CHANGES)]
    parts = [pl.when(pl.col(k).is_not_null()).then(pl.concat_str(pl.lit(f"{k}="), pl.col(k))) for k in keys]
    key = pl.concat_str(parts, separator=" ", ignore_nulls=True) if parts else pl.lit("")
    return cells.select(TABLE, key.alias("key"), *CHANGES)


def _of_edition(pipeline: Pipeline, source: Source, release: Release, found: Snapshot) -> Iterator[Replacement]:
    """Yield the bytes that wait to take the place of the current ones, and the current ones where they took one."""
    if found.pending is None and found.supersedes is None:
        return
    kept = pipeline.snapshots.history(source.name, release.edition)
    waiting = next((s for s in kept if s.path == found.pending), None)
    older = next((s for s in kept if s.sha256 == found.supersedes), None)
    if waiting is not None:
        manifest = not pipeline.snapshots.supply.is_live
        pair = _pair(source, release, waiting, found.sha256, older=found)
        yield replace(pair, pending=True, alarm=found.revised, provisional=not found.revised, by_manifest=manifest)
    if found.supersedes is not None:
        alarm = found.revised and found.pending is None
        was = older is not None and older.status == ReleaseStatus.PROVISIONAL
        pair = _pair(source, release, found, found.supersedes, older=older)
        yield replace(pair, alarm=alarm, provisional=was and not alarm)


def _of_year(pipeline: Pipeline, source: Source, release: Release, found: Snapshot) -> Iterator[Replacement]:
    """Yield the kept provisional releases whose place a final one took."""
    for other in source.releases:
        years = tuple(y for y in other.financial_years if _takes_place(source, release, other, y))
        older = pipeline.snapshots.latest(source.name, other.edition) if years else None
        if older is not None:
            pair = _pair(source, release, found, older.sha256, older=older)
            yield replace(pair, older_release=other, years=years, provisional=True)


def _takes_place(source: Source, release: Release, other: Release, year: str) -> bool:
    finals = [r for r in source.releases_of(year) if r.status is ReleaseStatus.FINAL]
    return other.status is ReleaseStatus.PROVISIONAL and finals == [release]


def _pair(
    source: Source, release: Release, newer: Snapshot, older_sha256: str, *, older: Snapshot | None
) -> Replacement:
    return Replacement(
        release=release_id(source, release),
        address=newer.address,
        newer=newer.path,
        newer_sha256=newer.sha256,
        older=older.path if older else None,
        older_sha256=older_sha256,
        older_release=release,
        record=find_changes(newer.path, older_sha256),
    )


def _compared_or_why_not(
    pipeline: Pipeline, source: Source, release: Release, found: Replacement
) -> pl.DataFrame | str:
    if found.older is None:
        return f"not compared: the file that it replaces (sha256 {found.older_sha256}) is not kept any more"
    try:
        return _compared(pipeline, source, release, found)
    except (Exception, pl.exceptions.PanicException) as error:
        said = f"{type(error).__name__}: {error}".replace(f"{pipeline.settings.root}/", "")
        return f"not compared, because {said}"


def _compared(pipeline: Pipeline, source: Source, release: Release, found: Replacement) -> pl.DataFrame:
    sides = [(found.older_release, found.older, found.older_sha256), (release, found.newer, found.newer_sha256)]
    # The bytes in use last: the pipeline remembers what it parsed last, and builds read just that.
    tables = {
        sha256: _of_years(take_account(_parsed(pipeline, source, declared, path, sha256)).tables, found.years)
        for declared, path, sha256 in (reversed(sides) if found.pending else sides)
    }
    return changed_tables(tables[found.older_sha256], tables[found.newer_sha256], schemas=source.schemas)


def _parsed(pipeline: Pipeline, source: Source, release: Release, path: Path | None, sha256: str) -> Tables:
    try:
        return pipeline.parse(source, release, path=path, sha256=sha256)
    except Exception as error:
        name = path.name if path else ""
        raise LayoutError(f"{name} cannot be read as {release.layout!r}: {type(error).__name__}: {error}") from error


def _of_years(tables: Tables, years: tuple[str, ...]) -> Tables:
    return {
        name: frame.filter(pl.col(_YEAR).is_in(years)) if years and _YEAR in frame.columns else frame
        for name, frame in tables.items()
    }
